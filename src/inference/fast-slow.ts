/** A detector: a fast exponentially weighted mean against a slow one, in standard deviations. One for each channel of each group. */
import { UNKNOWN } from "./model"
import { QUIET, UNUSUAL } from "./verdict"

export interface FastSlowModel {
    fastAlpha: number
    /** Below `fastAlpha`. */
    slowAlpha: number
    /** Alarmed when the fast mean is so many standard deviations below or above the slow one. */
    threshold: number
    /** The least standard deviation believed, in the measurand's unit. */
    deviationFloor: number
    /** Values after an alarm during which there is no other. */
    refractory: number
    /** Values before the first alarm. */
    settling: number
}

export class FastSlow {
    private fast = NaN
    private slow = NaN
    private variance = 0
    private quietFor: number

    constructor(private readonly model: FastSlowModel) {
        this.quietFor = model.settling
    }

    /** UNUSUAL where an alarm begins, else QUIET; UNKNOWN for a value that is missing. Allocates nothing. */
    push(value: number): number {
        const { fastAlpha, slowAlpha, threshold, deviationFloor, refractory } = this.model
        // NaN for NaN and for both infinities.
        if (value - value !== 0) return UNKNOWN
        if (this.fast !== this.fast) {
            this.fast = value
            this.slow = value
        }
        this.fast += fastAlpha * (value - this.fast)
        // Held against what was before the value: an event must not widen its own bound.
        let deviation = Math.sqrt(this.variance)
        if (deviation < deviationFloor) deviation = deviationFloor
        const bound = threshold * deviation
        const apart = this.fast - this.slow
        // As in ewma-z.ts: the variance is about the mean that moves with it.
        const difference = value - this.slow
        this.slow += slowAlpha * difference
        this.variance = (1 - slowAlpha) * (this.variance + slowAlpha * difference * difference)
        if (this.quietFor > 0) {
            this.quietFor--
            return QUIET
        }
        if (apart <= bound && apart >= -bound) return QUIET
        this.quietFor = refractory
        return UNUSUAL
    }
}
