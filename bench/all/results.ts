/** bench/results.json: the figures of one run of all quick forms on one machine. */
import { readFileSync } from "node:fs"
import { inProject } from "../../image/project"
import { InputError } from "../../table/input-error"
import { writeFormatted } from "./formatted"
import type { Machine } from "./machine"
import type { Figures, Value } from "./quick"

export const RESULTS = "bench/results.json"

export interface Results {
    /** The day, UTC, as 2026-11-21. */
    date: string
    version: string
    /** What was measured, by `git describe`; absent outside of a clone. */
    commit?: string
    /** Of everything random, in every bench. */
    seed: number
    machine: Machine
    wallMs: number
    benches: Record<string, BenchResult>
}

export interface BenchResult {
    /** As somebody would type it who wants just this one. */
    command: string
    /** What the bench itself holds to be right: no alarm lost, no panic, enough bugs noticed. */
    passed: boolean
    /** The same again from the same seed, on any machine. */
    exact: Figures
    /** Of this machine and this run. */
    measured: Figures
    wallMs: number
}

/** @throws InputError when it is not there */
export function readResults(): Results {
    try {
        return JSON.parse(readFileSync(inProject(RESULTS), "utf8")) as Results
    } catch (e) {
        throw new InputError(`${RESULTS}: ${(e as Error).message}. \`npm run bench\` writes it.`)
    }
}

export async function writeResults(results: Results): Promise<void> {
    await writeFormatted(RESULTS, JSON.stringify(results, undefined, 4), "json")
}

/** What a bench printed, its rows by their names. @throws Error when a row has none, or two have the same */
export function named(printed: Figures | Figures[], rowsBy: string[] = []): Figures {
    if (!Array.isArray(printed)) return withNamedRows(printed, rowsBy)
    const [by = "", ...more] = rowsBy
    const groups = new Map<string, Figures[]>()
    for (const { [by]: name, ...row } of printed) {
        if (name === undefined) throw new Error(`a row has no "${by}" to tell it by`)
        const group = groups.get(String(name))
        if (group === undefined) groups.set(String(name), [row])
        else group.push(row)
    }
    const rows: Figures = {}
    for (const [name, group] of groups) {
        if (more.length > 0) rows[name] = named(group, more)
        else if (group.length === 1) rows[name] = group[0]
        else throw new Error(`${group.length} rows have the "${by}" ${name}`)
    }
    return rows
}

/** Lists of such rows among the figures become rows by their names too; other lists stay as they are. */
function withNamedRows(figures: Figures, rowsBy: string[]): Figures {
    const isRows = (value: Value): value is Figures[] =>
        Array.isArray(value) && value.every(row => isFigures(row) && rowsBy[0] in row)
    const entries = Object.entries(figures).map(([name, value]): [string, Value] =>
        rowsBy.length > 0 && isRows(value) ? [name, named(value, rowsBy)] : [name, value]
    )
    return Object.fromEntries(entries)
}

/** Those that repeat exactly, and those of these names, at any depth. */
export function apart(
    figures: Figures,
    measured: string[]
): Pick<BenchResult, "exact" | "measured"> {
    const both = { exact: {} as Figures, measured: {} as Figures }
    for (const [name, value] of Object.entries(figures)) {
        if (measured.includes(name)) both.measured[name] = value
        else if (!isFigures(value)) both.exact[name] = value
        else {
            const inner = apart(value, measured)
            if (Object.keys(inner.exact).length > 0) both.exact[name] = inner.exact
            if (Object.keys(inner.measured).length > 0) both.measured[name] = inner.measured
        }
    }
    return both
}

/** Both kinds again as the bench printed them. */
export function together({ exact, measured }: BenchResult): Figures {
    return merged(exact, measured)
}

function merged(one: Figures, other: Figures): Figures {
    const both = { ...one }
    for (const [name, value] of Object.entries(other)) {
        const has = both[name]
        both[name] = isFigures(has) && isFigures(value) ? merged(has, value) : value
    }
    return both
}

/** @param path names with dots between them */
export function figureAt(figures: Figures, path: string): Value | undefined {
    let at: Value | undefined = figures
    for (const name of path.split(".")) {
        if (!isFigures(at)) return undefined
        at = at[name]
    }
    return at
}

export function isFigures(value: Value | undefined): value is Figures {
    return typeof value === "object" && value !== null && !Array.isArray(value)
}
