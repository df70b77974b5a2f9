/** What nodes have said that they used, as figures for a board and a battery. */
import type { BoardPower } from "../src/power/board-power"
import { batteryDays, energyOf, sumOf, type Span } from "../src/power/energy"

const DAY_SECONDS = 86400

/** See `Energy` for what each covers; null while nothing can be said. */
export interface EnergyFigures {
    millijoulesPerSample: number | null
    millijoulesPerVerdict: number
    millijoulesPerReport: number | null
    meanMilliwatts: number
    millijoulesPerDay: number
    radioOnSecondsPerDay: number
    batteryDays: number
}

/** Null where no node keeps an account, or none was heard yet. */
export function energyFigures(
    spans: Span[],
    power: BoardPower,
    batteryMilliwattHours: number
): EnergyFigures | null {
    if (spans.length === 0) return null
    const sum = sumOf(spans)
    const energy = energyOf(power, sum)
    if (energy.meanMilliwatts === undefined) return null
    const days = sum.uptimeMs / 1000 / DAY_SECONDS
    return {
        millijoulesPerSample: rounded(energy.millijoulesPerSample),
        millijoulesPerVerdict: figure(energy.millijoulesPerVerdict),
        millijoulesPerReport: rounded(energy.millijoulesPerReport),
        meanMilliwatts: figure(energy.meanMilliwatts),
        millijoulesPerDay: figure(energy.meanMilliwatts * DAY_SECONDS),
        radioOnSecondsPerDay: figure(energy.radioOnSeconds / days),
        batteryDays: figure(batteryDays(energy.meanMilliwatts, batteryMilliwattHours)),
    }
}

function rounded(value: number | undefined): number | null {
    return value === undefined ? null : figure(value)
}

/** A model's figures have no more than four digits to tell. */
export function figure(value: number): number {
    return Number(value.toPrecision(4))
}
