/** Numbers, units and names as a person reads them. */
import { measurandByName } from "../../src/telemetry/contract/measurands"
import { TITLES } from "../../src/telemetry/contract/titles"
import { UNKNOWN } from "../../src/inference/model"
import type { ReportInput } from "./facts"

/** SenML's units are for machines. */
const UNITS_FOR_PEOPLE: Record<string, string> = {
    Cel: "°C",
    "%RH": "% RH",
    "%EL": "%",
    "/100": "%",
    "/": "",
    count: "ticks",
    "ug/m3": "µg/m³",
    "m/s2": "m/s²",
    "deg/s": "°/s",
    uT: "µT",
}

const FEATURES_FOR_PEOPLE: Record<string, string> = {
    sd: "standard deviation",
    meanAbsoluteDifference: "mean step",
    zeroCrossings: "zero crossings",
    range: "peak to peak",
}

/** "light", or "standard deviation of acceleration x" */
export function titleOf({ measurand, feature }: ReportInput): string {
    const title = TITLES[measurand] ?? measurand
    return feature === "last" ? title : `${FEATURES_FOR_PEOPLE[feature] ?? feature} of ${title}`
}

/** "" for what has no unit, and for a column the contract does not know. */
export function unitOf({ measurand, feature }: ReportInput): string {
    const unit = measurandByName(measurand)?.unit ?? ""
    const forPeople = UNITS_FOR_PEOPLE[unit] ?? unit
    if (feature === "zeroCrossings" || forPeople === "") return ""
    if (feature === "slope") return `${forPeople} per s`
    return feature === "energy" || feature.startsWith("band:") ? `(${forPeople})²` : forPeople
}

export function counted(count: number, singular: string): string {
    return `${whole(count)} ${count === 1 ? singular : `${singular}s`}`
}

/** "8,143" */
export function whole(count: number): string {
    return count.toLocaleString("en-US")
}

/** "98.8 %" */
export function shareText(share: number): string {
    return `${(100 * share).toFixed(1)} %`
}

/** Digits after the point that tell a thousandth of the range, and three digits of a value that is small beside it. */
export function decimalsFor(range: number, value = range): number {
    if (!(range > 0)) return 2
    const ofRange = Math.round(-Math.log10(range / 1000))
    const ofValue = value === 0 ? 0 : 2 - Math.floor(Math.log10(Math.abs(value)))
    return Math.min(9, Math.max(0, ofRange, Math.min(ofValue, ofRange + 2)))
}

/** "365 lx" */
export function quantity(value: number, decimals: number, unit: string): string {
    const number = value.toLocaleString("en-US", {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
    })
    // Not "-0.00".
    const text = /[1-9]/.test(number) ? number : number.replace("-", "")
    return unit === "" ? text : `${text} ${unit}`
}

/** "0.736 °C": three digits, for what is an amount rather than a reading. */
export function amount(value: number, unit: string): string {
    const number = value.toLocaleString("en-US", { maximumSignificantDigits: 3 })
    return unit === "" ? number : `${number} ${unit}`
}

/** "a, b and c" */
export function listed(names: string[]): string {
    if (names.length < 2) return names.join("")
    return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`
}

/** "a, b and 3 more inputs": more names than these make no sentence. */
export function few(names: string[], most: number, what: string): string {
    if (names.length <= most) return listed(names)
    return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more ${what}`
}

export function verdictName(classes: string[], verdict: number): string {
    return verdict === UNKNOWN ? "unknown" : classes[verdict]
}
