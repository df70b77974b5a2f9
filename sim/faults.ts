/**
 * Faults by name, on a schedule: `crc:part=sht4x,p=0.1;brokerKill:every=30s,for=5s;halfOpen:node=0-4,from=1h,for=10min`.
 *
 * A fault is a kind (fault-kinds.ts) and its conditions: `node` (which nodes, by index: `3`, `0-4`, `0+2+7-9`; default all), `part`
 * (which part; default all), `p` (the chance each time; default 1), `from` (when it begins; default 0), `for` (how long; default
 * for ever), `every` (again after this long), `until` (when it is over for good), `by` (how much), `code`. Kinds that strike at a moment begin at `every` when `from` is
 * not given: at 0 there is nothing to strike yet.
 */
import { nearest } from "../image/nearest"
import { UsageError } from "../image/project"
import { FAULT_NAMES, factsOf, type FaultKey, type FaultKind } from "./fault-kinds"

export interface Fault {
    kind: FaultKind
    /** Inclusive ranges of node indices; undefined: all. */
    nodes: [number, number][] | undefined
    part: string | undefined
    chance: number
    fromMs: number
    forMs: number
    everyMs: number
    untilMs: number
    byMs: number
    /** Of clockSkew. */
    skewPpm: number
    /** Of connackRefuse: the return code. */
    code: number
    /** As it was written, for the command that repeats a run. */
    text: string
}

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, min: 60000, h: 3600000, d: 86400000 }
/** MQTT 3.1.1, table 3.1: "server unavailable". */
const CODE_DEFAULT = 3
/** A crystal is within 100 ppm, an RC oscillator within some per cent. */
const SKEW_PPM_MAX = 100_000

/** @param parts names that `part` may have @throws UsageError that names the word it does not know */
export function parseFaults(spec: string, parts: string[]): Fault[] {
    return spec
        .split(";")
        .map(text => text.trim())
        .filter(text => text !== "")
        .map(text => parseFault(text, parts))
}

/** As `parseFaults` takes it. */
export function formatFaults(faults: Fault[]): string {
    return faults.map(fault => fault.text).join(";")
}

function parseFault(text: string, parts: string[]): Fault {
    const [word, ...rest] = text.split(":")
    const kind = FAULT_NAMES.find(name => name === word)
    if (kind === undefined) throw new UsageError(`no fault "${word}"${nearest(word, FAULT_NAMES)}`)
    const { byMs, momentary, keys } = factsOf(kind)
    const given = pairsFrom(rest.join(":"), kind, keys)
    const time = (key: FaultKey, missing: number) => {
        const value = given.get(key)
        return value === undefined ? missing : millisecondsFrom(value, `fault ${kind}: ${key}`)
    }
    const everyMs = time("every", Infinity)
    const isSkew = kind === "clockSkew"
    const fault: Fault = {
        kind,
        nodes: nodesFrom(given.get("node"), kind),
        part: partFrom(given.get("part"), kind, parts),
        chance: chanceFrom(given.get("p") ?? "1", kind),
        fromMs: time("from", momentary === undefined ? 0 : everyMs),
        forMs: time("for", momentary?.forMs ?? Infinity),
        everyMs,
        untilMs: time("until", Infinity),
        byMs: isSkew ? 0 : time("by", byMs ?? 0),
        skewPpm: isSkew ? ppmFrom(given.get("by")) : 0,
        code: codeFrom(given.get("code"), kind),
        text,
    }
    if (fault.fromMs === Infinity)
        throw new UsageError(`fault ${kind}: give it "from" or "every": it strikes at a moment`)
    if (everyMs === 0) throw new UsageError(`fault ${kind}: every: "0" is no time to wait`)
    if (fault.forMs >= everyMs && everyMs !== Infinity)
        throw new UsageError(`fault ${kind}: "for" must be shorter than "every"`)
    return fault
}

function pairsFrom(text: string, kind: string, keys: readonly FaultKey[]): Map<FaultKey, string> {
    const given = new Map<FaultKey, string>()
    for (const pair of text.split(",")) {
        if (pair === "") continue
        const [word, value, ...more] = pair.split("=")
        if (value === undefined || more.length > 0)
            throw new UsageError(`fault ${kind}: "${pair}" is not key=value`)
        const key = keys.find(name => name === word)
        if (key === undefined)
            throw new UsageError(`fault ${kind}: no "${word}"${nearest(word, [...keys])}`)
        given.set(key, value)
    }
    return given
}

function partFrom(part: string | undefined, kind: string, parts: string[]): string | undefined {
    if (part !== undefined && !parts.includes(part))
        throw new UsageError(`fault ${kind}: no part "${part}"${nearest(part, parts)}`)
    return part
}

function nodesFrom(text: string | undefined, kind: string): [number, number][] | undefined {
    return text?.split("+").map((range): [number, number] => {
        const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range)
        const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])]
        if (match === null || last < first)
            throw new UsageError(`fault ${kind}: node: "${text}" is not like 3, 0-4 or 0+2+7-9`)
        return [first, last]
    })
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

function ppmFrom(text: string | undefined): number {
    const ppm = Number(/^(-?\d+(?:\.\d+)?)ppm$/.exec(text ?? "")?.[1])
    if (!(Math.abs(ppm) <= SKEW_PPM_MAX))
        throw new UsageError(
            `fault clockSkew: by: "${text ?? ""}" is not like 200ppm or -50ppm, up to ${SKEW_PPM_MAX}`
        )
    return ppm
}

function codeFrom(text: string | undefined, kind: string): number {
    if (text === undefined) return CODE_DEFAULT
    if (!/^[1-5]$/.test(text))
        throw new UsageError(`fault ${kind}: code: "${text}" is not a CONNACK code from 1 to 5`)
    return Number(text)
}

/** Faults that may befall the node with this index. */
export function faultsOfNode(faults: Fault[], index: number): Fault[] {
    return faults.filter(
        ({ nodes }) => nodes?.some(([first, last]) => index >= first && index <= last) ?? true
    )
}

/** @throws UsageError for a fault of nodes that there are not */
export function checkNodes(faults: Fault[], count: number): void {
    for (const { kind, nodes } of faults)
        for (const [, last] of nodes ?? [])
            if (last >= count)
                throw new UsageError(
                    `fault ${kind}: node: no node ${last}. There are: 0 to ${count - 1}`
                )
}

/** The fault has its time now. */
export function isDue({ fromMs, forMs, everyMs, untilMs }: Fault, nowMs: number): boolean {
    if (nowMs < fromMs || nowMs >= untilMs) return false
    const sinceMs = everyMs === Infinity ? nowMs - fromMs : (nowMs - fromMs) % everyMs
    return sinceMs < forMs
}

/** It has, or had at any time since `sinceMs`, or what it did lasts until then. */
export function wasDueSince(fault: Fault, sinceMs: number, nowMs: number): boolean {
    const { fromMs, forMs, everyMs, untilMs, byMs } = fault
    if (nowMs < fromMs) return false
    const thenMs = Math.min(nowMs, untilMs)
    const lastStartMs = everyMs === Infinity ? fromMs : thenMs - ((thenMs - fromMs) % everyMs)
    return Math.min(lastStartMs + forMs, untilMs) + byMs >= sinceMs
}
