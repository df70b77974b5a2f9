/** A figure as README and the pictures write it. */
import type { Value } from "./quick"

const UNITS: Record<string, (value: number) => string> = {
    "": value => number(value, value % 1 === 0 ? 0 : 2),
    "%": share => `${number(100 * share, 1)} %`,
    B: bytes => `${number(bytes, 0)} B`,
    kB: bytes => `${number(bytes / 1024, 0)} kB`,
    MB: bytes => `${number(bytes / 2 ** 20, 0)} MB`,
    ms: ms => `${significant(ms)} ms`,
    /** Of milliseconds. */
    s: ms => `${significant(ms / 1000)} s`,
    times: ratio => `${number(ratio, 1)} times`,
}

/** @param unit "" or one of the above @throws Error of a unit there is not, and of a figure that has none */
export function written(value: Value, unit = ""): string {
    if (!(unit in UNITS)) throw new Error(`no unit "${unit}"; there are ${Object.keys(UNITS)}`)
    if (typeof value === "number") return UNITS[unit](value)
    if (typeof value === "boolean") return value ? "yes" : "no"
    if (typeof value === "string") return value
    throw new Error(`${JSON.stringify(value)} is no figure`)
}

/** "21 November 2026" */
export function dayText(date: string): string {
    return new Date(date).toLocaleDateString("en-GB", {
        day: "numeric",
        month: "long",
        year: "numeric",
        timeZone: "UTC",
    })
}

function number(value: number, decimals: number): string {
    return value.toLocaleString("en-US", {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
    })
}

function significant(value: number): string {
    if (value >= 100) return number(value, 0)
    return value.toLocaleString("en-US", { maximumSignificantDigits: 2 })
}
