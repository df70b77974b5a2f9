/**
 * Mutation testing of the drivers: bugs are seeded one at a time, and each has to be noticed by the driver's suite in the VM.
 *
 * A compilation takes 2.5 s of processor time, a suite in the VM 10 to 100 ms; so mutants share images (see schemata.ts), and in one process
 * one driver's mutants run while the images of the next are compiled in processes of their own: both cores are busy, and there is no
 * state to pass around. A mutant's time is counted in questions for the time, not in seconds: the same seed gives the same verdicts
 * on a slow machine.
 */
import { availableParallelism } from "node:os"
import { sourcesOf } from "../../image/sources"
import { RandomStream } from "../../sim/random"
import { mutantsOf, type Mutant } from "./operators"
import type { DriverResult, MutationResult } from "./result"
import type { Target } from "./targets"
import { Unhealthy, judge, type Verdict } from "./trial"

/** One that runs, and as many that compile as there are cores for: two cores are busy with three. */
const LANES_MAX = 4

export interface MutationOptions {
    /** Of each driver, drawn at random; all if absent. */
    max?: number
    seed: number
}

interface Job extends Target {
    sources: Map<string, string>
    seeded: Mutant[]
}

/** @param onProgress called with the share of the mutants that are judged */
export async function mutate(
    targets: Target[],
    { max = Infinity, seed }: MutationOptions,
    onProgress: (share: number) => void
): Promise<MutationResult> {
    const startMs = performance.now()
    // All sources are read now: who edits one meanwhile does not change what is measured.
    const jobs = targets.map((target): Job => {
        const sources = sourcesOf([target.file, ...target.suites])
        const all = mutantsOf(sources.get(target.file) ?? "", seed)
        return { ...target, sources, seeded: drawn(all, max, `${seed}/${target.driver}`) }
    })
    const all = jobs.reduce((sum, { seeded }) => sum + seeded.length, 0)
    let judged = 0
    const drivers: DriverResult[] = []
    const unhealthy: MutationResult["unhealthy"] = []
    // The longest first, so that no core is idle at the end.
    const waiting = [...jobs].sort((a, b) => b.seeded.length - a.seeded.length)
    const lane = async () => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
            const { driver, file, suites, sources, seeded } = job
            try {
                const verdicts = await judge(sources, file, suites, seeded, () =>
                    onProgress(++judged / all)
                )
                drivers.push({ driver, ...resultOf(seeded, verdicts) })
            } catch (e) {
                if (!(e instanceof Unhealthy)) throw e
                unhealthy.push({ driver, told: e.message })
            }
        }
    }
    await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, LANES_MAX) }, lane))
    const sum = (of: (result: DriverResult) => number) =>
        drivers.reduce((total, result) => total + of(result), 0)
    const [mutants, killed] = [sum(d => d.mutants), sum(d => d.killed)]
    return {
        mutants,
        killed,
        survived: sum(d => d.survived),
        invalid: sum(d => d.invalid),
        rate: rateOf(killed, mutants),
        drivers: drivers.sort(byDriver),
        unhealthy: unhealthy.sort(byDriver),
        wallMs: Math.round(performance.now() - startMs),
        seed,
    }
}

function byDriver(a: { driver: string }, b: { driver: string }): number {
    return a.driver < b.driver ? -1 : 1
}

/** In their order. */
function drawn(mutants: Mutant[], max: number, key: string): Mutant[] {
    const random = new RandomStream(`mutation/${key}`)
    const left = [...mutants]
    while (left.length > max) left.splice(random.integer(left.length), 1)
    return left
}

function resultOf(seeded: Mutant[], verdicts: Verdict[]): Omit<DriverResult, "driver"> {
    const count = (verdict: Verdict) => verdicts.filter(other => other === verdict).length
    const [killed, survived, invalid] = [count("killed"), count("survived"), count("invalid")]
    return {
        mutants: killed + survived,
        killed,
        survived,
        invalid,
        rate: rateOf(killed, killed + survived),
        survivors: seeded
            .filter((_, index) => verdicts[index] === "survived")
            .map(({ operator, line, from, to }) => ({ operator, line, from, to })),
    }
}

function rateOf(killed: number, mutants: number): number {
    return mutants === 0 ? 1 : killed / mutants
}
