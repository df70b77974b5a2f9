/**
 * One driver's mutants against its suites.
 *
 * An image with mutants is trusted when with none of them selected it does what the suite demands. When it does not, or does not compile
 * (a mutant that is no program, or more code than the VM takes), it is made again in halves; what is left alone at the end is invalid.
 */
import { build } from "../../image/compile"
import { runToEnd, type Run } from "../../test/harness/vm-suite"
import type { Mutant } from "./operators"
import { HEALTHY, deviceIdOf, withMutants } from "./schemata"

/** More of them make a test's steps many, of which the VM allows 131,072 between two waits; fewer, more compilations. */
const MUTANTS_PER_IMAGE = 150
/** Of what the healthy suite takes. A mutant that takes more has been noticed: nobody would wait for the suite to end. */
const SLOWER = 3
const CLOCK_READS_MORE = 3000
const VIRTUAL_MS_MORE = 3000

export type Verdict = "killed" | "survived" | "invalid"

/** The driver's own tests fail, or do not compile: its mutants would prove nothing. */
export class Unhealthy extends Error {}

/**
 * @param sources of the suites, the driver among them
 * @param suites tried one after the other, each against what those before it let live
 * @param onJudged called for each mutant once
 * @throws Unhealthy
 */
export async function judge(
    sources: Map<string, string>,
    file: string,
    suites: string[],
    mutants: Mutant[],
    onJudged: () => void = () => {}
): Promise<Verdict[]> {
    const verdicts = new Map<Mutant, Verdict>(mutants.map(mutant => [mutant, "survived"]))
    for (const suite of suites) {
        const trial = new Trial(sources, file, suite, (mutant, verdict) => {
            if (verdict !== "survived") onJudged()
            verdicts.set(mutant, verdict)
        })
        const open = mutants.filter(mutant => verdicts.get(mutant) === "survived")
        const images = Math.ceil(open.length / MUTANTS_PER_IMAGE)
        const share = Math.ceil(open.length / images)
        for (let at = 0; at < open.length; at += share) await trial.run(open.slice(at, at + share))
    }
    const judged = mutants.map(mutant => verdicts.get(mutant) ?? "survived")
    for (const verdict of judged) if (verdict === "survived") onJudged()
    return judged
}

class Trial {
    private isProvenHealthy = false

    constructor(
        private readonly sources: Map<string, string>,
        private readonly file: string,
        private readonly suite: string,
        private readonly tell: (mutant: Mutant, verdict: Verdict) => void
    ) {}

    async run(mutants: Mutant[]): Promise<void> {
        const image = await this.healthyImage(mutants)
        if (image === undefined) {
            await this.proveHealthy()
            if (mutants.length === 1) return this.tell(mutants[0], "invalid")
            const half = Math.ceil(mutants.length / 2)
            await this.run(mutants.slice(0, half))
            return await this.run(mutants.slice(half))
        }
        const { bytes, healthy } = image
        for (const [index, mutant] of mutants.entries()) {
            const run = runToEnd(bytes, {
                deviceId: deviceIdOf(index + 1),
                virtualMsMax: healthy.virtualMs * SLOWER + VIRTUAL_MS_MORE,
                clockReadsMax: healthy.clockReads * SLOWER + CLOCK_READS_MORE,
            })
            this.tell(mutant, totalOf(run) === totalOf(healthy) ? "survived" : "killed")
            // The other driver's compiler wants to be heard.
            await new Promise(setImmediate)
        }
    }

    private async healthyImage(
        mutants: Mutant[]
    ): Promise<{ bytes: Uint8Array; healthy: Run } | undefined> {
        let bytes: Uint8Array
        try {
            bytes = await build(this.suite, withMutants(this.sources, this.file, mutants))
        } catch {
            return undefined
        }
        try {
            const healthy = runToEnd(bytes, { deviceId: deviceIdOf(HEALTHY) })
            return isPassed(healthy) ? { bytes, healthy } : undefined
        } catch {
            // The VM refuses the image: more code than it takes.
            return undefined
        }
    }

    /** The sources as they are. */
    private async proveHealthy(): Promise<void> {
        if (this.isProvenHealthy) return
        let run: Run
        try {
            run = runToEnd(await build(this.suite, this.sources), {
                deviceId: deviceIdOf(HEALTHY),
            })
        } catch (e) {
            throw new Unhealthy((e as Error).message)
        }
        if (!isPassed(run)) throw new Unhealthy(`${run.lines.join("\n")}\nended: ${run.ended}`)
        this.isProvenHealthy = true
    }
}

function isPassed(run: Run): boolean {
    const total = /^tests: (\d+), pass: (\d+), error: 0, ended: panic 0$/.exec(totalOf(run))
    return total !== null && total[1] === total[2] && total[1] !== "0"
}

function totalOf({ lines, ended }: Run): string {
    return `${lines.findLast(said => said.startsWith("tests: ")) ?? "no end"}, ended: ${ended}`
}
