/** Whether a fault strikes: by its schedule, and by a chance drawn from a seeded stream. */
import type { Clock } from "./clock"
import type { FaultKind } from "./fault-kinds"
import { isDue, type Fault } from "./faults"
import type { RandomStream } from "./random"

/** How often each kind has struck, over all nodes. */
export type Tally = Map<FaultKind, number>

export class Strikes {
    /** @param random of this node and room alone, so that one fault's draws never shift another's */
    constructor(
        private readonly faults: Fault[],
        private readonly clock: Clock,
        readonly random: RandomStream,
        private readonly tally: Tally = new Map()
    ) {}

    /** The first fault of this kind that strikes now. */
    now(kind: FaultKind, part?: string): Fault | undefined {
        const fault = this.faults.find(
            fault =>
                fault.kind === kind &&
                (fault.part === undefined || fault.part === part) &&
                isDue(fault, this.clock.nowMs()) &&
                this.draw(fault)
        )
        if (fault !== undefined) this.count(kind)
        return fault
    }

    /** Runs `strike` whenever a fault of this kind begins; it says whether there was anything to strike. */
    atEachStart(kind: FaultKind, strike: (fault: Fault) => boolean): void {
        for (const fault of this.faults) {
            if (fault.kind !== kind) continue
            const start = () => {
                if (this.draw(fault) && strike(fault)) this.count(kind)
                const nextMs = this.clock.nowMs() + fault.everyMs
                if (nextMs < fault.untilMs) this.clock.at(nextMs, start)
            }
            this.clock.at(fault.fromMs, start)
        }
    }

    /** Parts per million that a clock is fast now, by all skews together. */
    skewPpm(): number {
        let ppm = 0
        for (const fault of this.faults)
            if (fault.kind === "clockSkew" && isDue(fault, this.clock.nowMs())) ppm += fault.skewPpm
        return ppm
    }

    private count(kind: FaultKind): void {
        this.tally.set(kind, (this.tally.get(kind) ?? 0) + 1)
    }

    private draw({ chance }: Fault): boolean {
        return chance === 1 || this.random.uniform() < chance
    }
}
