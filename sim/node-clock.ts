/** A node's own clock: the run's, faster or slower by some parts per million, in whole milliseconds that never go back. */
import type { Clock } from "./clock"

/** Code that waits for time without giving way would wait for ever: after so many looks at one moment a millisecond has passed. */
const LOOKS_A_MS = 1000

export class NodeClock {
    private saidMs = 0
    private looks = 0
    /** What the node's clock has gained, up to `seenMs` of the run's. */
    private gainedMs = 0
    private seenMs = 0

    /** @param skewPpm how fast the node's clock is, now */
    constructor(
        private readonly clock: Clock,
        private readonly skewPpm: () => number
    ) {}

    nowMs(): number {
        const nowMs = this.clock.nowMs()
        if (nowMs > this.seenMs) {
            this.gainedMs += ((nowMs - this.seenMs) * this.skewPpm()) / 1e6
            this.seenMs = nowMs
        }
        const ownMs = Math.floor(nowMs + this.gainedMs)
        if (ownMs > this.saidMs) {
            this.saidMs = ownMs
            this.looks = 0
        } else if (++this.looks % LOOKS_A_MS === 0) {
            this.saidMs++
        }
        return this.saidMs
    }

    /** A wait by the node's clock, in milliseconds of the run's. */
    waitMs(ownMs: number): number {
        return ownMs / (1 + this.skewPpm() / 1e6)
    }
}
