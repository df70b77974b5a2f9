/** One direction of a connection: what is late makes what follows it late too, for a stream keeps its order. */
import type { Clock } from "./clock"

export class Lane {
    private lastMs = 0
    private waiting = 0

    constructor(private readonly clock: Clock) {}

    /** Runs at once when it is not to be late and nothing waits before it. */
    pass(lateMs: number, run: () => void): void {
        if (lateMs === 0 && this.waiting === 0) run()
        else this.runAt(Math.max(this.lastMs, this.clock.nowMs() + lateMs), run)
    }

    /** Runs so long after the last one that waits, or after now. */
    passAfterLast(afterMs: number, run: () => void): void {
        this.runAt(Math.max(this.lastMs, this.clock.nowMs()) + afterMs, run)
    }

    private runAt(timeMs: number, run: () => void): void {
        this.lastMs = timeMs
        this.waiting++
        this.clock.at(timeMs, () => {
            this.waiting--
            run()
        })
    }
}
