/**
 * A verdict counts once it has held for some rounds. A reading that lies on a threshold flickers across it, and each change is an alarm: a
 * report at once, and a write that wears the flash.
 */
import { VERDICT_UNKNOWN } from "./contract/senml"

export class SteadyVerdict {
    /** Undefined before the first. */
    held: string
    /** What would hold if it came so often: `rounds` in a row it did. */
    next: string
    rounds = 0

    /** @param least rounds in a row, 1 or more */
    constructor(private readonly least: number) {}

    /** What holds after this round. The first verdict holds at once, and so does `unknown`: a model without its inputs holds nothing. */
    push(verdict: string): string {
        if (this.held === undefined || this.held === VERDICT_UNKNOWN) this.held = verdict
        if (verdict === this.held) {
            this.rounds = 0
            return this.held
        }
        if (verdict !== this.next) this.rounds = 0
        this.next = verdict
        this.rounds++
        if (this.rounds >= this.least || verdict === VERDICT_UNKNOWN) {
            this.held = verdict
            this.rounds = 0
        }
        return this.held
    }
}
