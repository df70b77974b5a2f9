/** A state that only stepping leads to, at any step: checkpoints spare the way from the start to a caller who looks back a little. */
import assert from "node:assert/strict"

/** Of a room these are two days of hours: a few kB. */
const CHECKPOINTS_KEPT = 48

export class Trajectory<State> {
    /** Where stepping can start over, and where it stands. */
    private readonly checkpoints = new Map<number, State>()
    private step = 0
    private state: State

    /** @param advance the state after a step, made of the one before it and the step's number; it draws from nothing else */
    constructor(
        private readonly first: State,
        private readonly stepsACheckpoint: number,
        private readonly advance: (state: State, step: number) => State
    ) {
        this.state = first
    }

    /** The state at the beginning of this step. */
    at(step: number): State {
        assert(Number.isInteger(step) && step >= 0, `step ${step}`)
        if (step < this.step) this.goBack(step)
        while (this.step < step) this.advanceOnce()
        return this.state
    }

    /** To the nearest checkpoint before the step, or the start. */
    private goBack(step: number): void {
        this.step = 0
        this.state = this.first
        for (const [at, state] of this.checkpoints) {
            if (at > step || at < this.step) continue
            this.step = at
            this.state = state
        }
    }

    private advanceOnce(): void {
        this.state = this.advance(this.state, this.step)
        ++this.step
        if (this.step % this.stepsACheckpoint !== 0) return
        const [oldest] = this.checkpoints.keys()
        if (this.checkpoints.size === CHECKPOINTS_KEPT) this.checkpoints.delete(oldest)
        this.checkpoints.set(this.step, this.state)
    }
}
