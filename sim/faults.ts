/**
 * Faults by name, on a schedule: `crc:part=sht4x,p=0.1;absent:part=scd4x,from=1h,for=10min`.
 *
 * A fault is a kind and its conditions: `part` (which part; default all), `p` (the chance of each transaction; default 1),
 * `from` (when it begins; default 0), `for` (how long; default for ever), `every` (again after this long), `by` (how late).
 */
import { UsageError } from "../image/project"
import { nearest } from "../image/nearest"

/** What can go wrong on a bus. */
export const BUS_FAULTS = {
    nack: "a transaction is not acknowledged",
    absent: "the part is not there",
    crc: "one bit of an answer is flipped",
    stuck: "the part repeats its last answer",
    slow: "the part has its answer `by` later than its datasheet says",
} as const

export type FaultKind = keyof typeof BUS_FAULTS

export interface Fault {
    kind: FaultKind
    part: string | undefined
    chance: number
    fromMs: number
    forMs: number
    everyMs: number
    byMs: number
}

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, min: 60000, h: 3600000, d: 86400000 }
const KEYS = ["part", "p", "from", "for", "every", "by"]

/** @param parts names that `part` may have @throws UsageError that names the word it does not know */
export function parseFaults(spec: string, parts: string[]): Fault[] {
    return spec
        .split(";")
        .map(text => text.trim())
        .filter(text => text !== "")
        .map(text => parseFault(text, parts))
}

function parseFault(text: string, parts: string[]): Fault {
    const [kind, ...rest] = text.split(":")
    const kinds = Object.keys(BUS_FAULTS)
    if (!kinds.includes(kind)) throw new UsageError(`no fault "${kind}"${nearest(kind, kinds)}`)
    const given = new Map<string, string>()
    for (const pair of rest.join(":").split(",")) {
        if (pair === "") continue
        const [key, value, ...more] = pair.split("=")
        if (value === undefined || more.length > 0)
            throw new UsageError(`fault ${kind}: "${pair}" is not key=value`)
        if (!KEYS.includes(key))
            throw new UsageError(`fault ${kind}: no "${key}"${nearest(key, KEYS)}`)
        given.set(key, value)
    }
    const part = given.get("part")
    if (part !== undefined && !parts.includes(part))
        throw new UsageError(`fault ${kind}: no part "${part}"${nearest(part, parts)}`)
    const time = (key: string, missing: number) => {
        const value = given.get(key)
        return value === undefined ? missing : millisecondsFrom(value, `fault ${kind}: ${key}`)
    }
    const fault: Fault = {
        kind: kind as FaultKind,
        part,
        chance: chanceFrom(given.get("p") ?? "1", kind),
        fromMs: time("from", 0),
        forMs: time("for", Infinity),
        everyMs: time("every", Infinity),
        byMs: time("by", 50),
    }
    if (fault.forMs >= fault.everyMs && fault.everyMs !== Infinity)
        throw new UsageError(`fault ${kind}: "for" must be shorter than "every"`)
    return fault
}

function millisecondsFrom(text: string, what: string): number {
    const match = /^(\d+(?:\.\d+)?)(ms|s|min|h|d)$/.exec(text)
    if (match === null)
        throw new UsageError(`${what}: "${text}" is no time such as 500ms, 5s, 2min`)
    return Number(match[1]) * UNITS_MS[match[2]]
}

function chanceFrom(text: string, kind: string): number {
    const chance = Number(text)
    if (text === "" || !(chance >= 0 && chance <= 1))
        throw new UsageError(`fault ${kind}: p: "${text}" is not a number from 0 to 1`)
    return chance
}

/** The fault has its time now. */
export function isDue({ fromMs, forMs, everyMs }: Fault, nowMs: number): boolean {
    if (nowMs < fromMs) return false
    const sinceMs = everyMs === Infinity ? nowMs - fromMs : (nowMs - fromMs) % everyMs
    return sinceMs < forMs
}
