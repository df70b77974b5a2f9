/** What stands on a display, as text: the node's state in the words and figures that a person reads from a distance. */
import { Measurand, measurandByName } from "../telemetry/contract/measurands"
import { NodeState } from "./display"

export interface Card {
    /** The top line, left and right. */
    title: string
    status: string
    /** The top line is a bar: something wants attention. */
    isAlert: boolean
    /** In the middle, as large as it fits. */
    large: string
    /** Two to a line; the first four. */
    readings: string[]
    /** The bottom line, left and right. */
    name: string
    news: string
}

/** A display has room for no more. */
export const READINGS_MAX = 4
/** Half a line, and a column between the two. */
export const READING_CHARACTERS = 10
/** The id's last digits tell the nodes of a house apart. */
const ID_DIGITS = 4
/** A board takes seconds to find its network: until then it is not offline, it is on its way. */
const CONNECTING_MS = 60000
const GAP = "--"

/** The measurands that are shown: looked up once, for the table of all there are is long. */
export function shownMeasurands(state: NodeState): Measurand[] {
    return state.measurands.slice(0, READINGS_MAX).map(measurandByName)
}

/** @param shown as `shownMeasurands` has them @param offlineMs how long there has been no link */
export function cardOf(state: NodeState, shown: Measurand[], offlineMs: number): Card {
    const { app, id, isOnline, verdict } = state
    const isConnecting = !isOnline && state.uptimeMs < CONNECTING_MS
    const offline = isConnecting ? "connecting" : `offline ${ageText(offlineMs)}`
    return {
        title: app,
        status: isOnline ? "online" : offline,
        isAlert: !isOnline && !isConnecting,
        large: verdict === undefined ? "starting" : verdict,
        readings: shown.map(({ decimals, unit }, i) =>
            readingText(state.values[i], decimals, unit)
        ),
        name: id.slice(id.length - ID_DIGITS),
        news: newsOf(state),
    }
}

/** Whole minutes, then hours, then days: short, and the same for a while. */
export function ageText(ms: number): string {
    const minutes = Math.floor(ms / 60000)
    if (minutes < 1) return "<1m"
    if (minutes < 60) return `${minutes}m`
    const hours = Math.floor(minutes / 60)
    return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`
}

/** With its unit where half a line has room for both. @param decimals 0..6 */
export function readingText(value: number, decimals: number, unit: string): string {
    const figures = value === value ? decimalText(value, decimals) : GAP
    const shown = unitText(unit)
    if (shown.length === 0) return figures
    const text = `${figures} ${shown}`
    return text.length <= READING_CHARACTERS ? text : figures
}

function newsOf(state: NodeState): string {
    if (state.waiting > 0) return `${state.waiting} waiting`
    if (state.reportedMs === undefined) return ""
    return `sent ${ageText(state.uptimeMs - state.reportedMs)} ago`
}

/** Always so many digits after the point: figures that change their width cannot be read in passing. */
function decimalText(value: number, decimals: number): string {
    let scale = 1
    for (let i = 0; i < decimals; ++i) scale *= 10
    const scaled = Math.floor(Math.abs(value) * scale + 0.5)
    const whole = Math.floor(scaled / scale)
    const sign = value < 0 && scaled > 0 ? "-" : ""
    if (decimals === 0) return `${sign}${whole}`
    // A one before it keeps the zeros after the point.
    const fraction = `${scaled - whole * scale + scale}`.slice(1)
    return `${sign}${whole}.${fraction}`
}

/** From SenML to what is printed on instruments. */
function unitText(unit: string): string {
    if (unit === "Cel") return "°C"
    if (unit === "%RH" || unit === "%EL" || unit === "/100") return "%"
    return unit === "count" || unit === "/" ? "" : unit
}
