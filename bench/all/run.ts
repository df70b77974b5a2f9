/**
 * Runs quick forms, each as its own command in a process of its own: what one leaves behind (a heap, a panic, a thread) does not get into
 * another's figures, one that crashes takes nobody with it, and the figures are those that anybody gets who types the command.
 */
import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { inProject } from "../../image/project"
import type { Figures, Quick } from "./quick"
import { apart, named, type BenchResult } from "./results"

/** Of any quick form, on a machine that has other things to do. */
const PATIENCE_MS = 1_800_000
/** What a bench that needs no quiet is run beside. */
const LANES = 2
const TOLD_LINES = 12

export interface Ended {
    name: string
    wallMs: number
    /** Absent when it crashed. */
    result?: BenchResult
    /** The last it said on standard error, when it crashed. */
    told?: string
}

export interface Watcher {
    onBegin: (name: string) => void
    onEnd: (ended: Ended) => void
}

/** First those that can be two at a time, then those that want the machine for themselves; in the order of the list. */
export async function runQuicks(
    quicks: Quick[],
    { onBegin, onEnd }: Watcher,
    program = inProject("bin/motewise.mjs")
): Promise<Ended[]> {
    const all = new Map<Quick, Ended>()
    const drain = async (waiting: Quick[]) => {
        for (let quick = waiting.shift(); quick !== undefined; quick = waiting.shift()) {
            onBegin(quick.name)
            const ended = await run(quick, program)
            all.set(quick, ended)
            onEnd(ended)
        }
    }
    const beside = quicks.filter(({ isAlone }) => !isAlone)
    await Promise.all(Array.from({ length: LANES }, () => drain(beside)))
    await drain(quicks.filter(({ isAlone }) => isAlone))
    return quicks.map(quick => all.get(quick) as Ended)
}

async function run(
    { name, args, rowsBy, measured, more = () => ({}) }: Quick,
    program: string
): Promise<Ended> {
    const startMs = performance.now()
    const child = spawn(process.execPath, [program, "bench", ...args, "--json"], {
        stdio: ["ignore", "pipe", "pipe"],
        timeout: PATIENCE_MS,
    })
    const exit = new Promise<number | string>(resolve => {
        child.once("close", (code, signal) => resolve(code ?? signal ?? "nothing"))
        child.once("error", e => resolve(e.message))
    })
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
    const wallMs = Math.round(performance.now() - startMs)
    try {
        if (code !== 0 && code !== 1) throw new Error(`it ended with ${code}`)
        const figures = named(JSON.parse(lastLine(out)) as Figures | Figures[], rowsBy)
        const result: BenchResult = {
            command: `npx motewise bench ${args.join(" ")}`,
            passed: code === 0,
            ...apart({ ...figures, ...more(figures) }, [...measured, "wallMs"]),
            wallMs,
        }
        return { name, wallMs, result }
    } catch (e) {
        const told = err.trimEnd().split("\n").slice(-TOLD_LINES)
        return { name, wallMs, told: [(e as Error).message, ...told].join("\n") }
    }
}

function lastLine(text: string): string {
    return text.trimEnd().split("\n").at(-1) ?? ""
}
