/** A detector: how many standard deviations a value lies from its exponentially weighted mean. One for each channel of each group. */
import { QUIET, UNUSUAL } from "./verdict"
import { UNKNOWN } from "./model"

export interface EwmaZModel {
    /** The weight of a new value, 0..1. */
    alpha: number
    /** Alarmed above so many standard deviations, either way. */
    threshold: number
    /** The least standard deviation believed, in the measurand's unit. */
    deviationFloor: number
    /** What alpha is multiplied by while alarmed, lest the detector gets used to the event: 0 freezes the mean. */
    alarmedShare: number
}

export class EwmaZ {
    private mean = NaN
    private variance = 0

    constructor(private readonly model: EwmaZModel) {}

    /** QUIET or UNUSUAL, the value held against those before it; UNKNOWN for one that is missing. Allocates nothing. */
    push(value: number): number {
        const { alpha, threshold, deviationFloor, alarmedShare } = this.model
        // NaN for NaN and for both infinities.
        if (value - value !== 0) return UNKNOWN
        if (this.mean !== this.mean) {
            this.mean = value
            return QUIET
        }
        let difference = value - this.mean
        let deviation = Math.sqrt(this.variance)
        if (deviation < deviationFloor) deviation = deviationFloor
        const bound = threshold * deviation
        const isUnusual = difference > bound || difference < -bound
        let weight = alpha
        if (isUnusual) {
            weight *= alarmedShare
            // A reading beyond all reason must not widen the bound for hours: it is learnt of as if twice beyond the bound.
            if (difference > 2 * bound) difference = 2 * bound
            else if (difference < -2 * bound) difference = -2 * bound
        }
        // West (1979): the variance is about the mean that moves with it.
        this.mean += weight * difference
        this.variance = (1 - weight) * (this.variance + weight * difference * difference)
        return isUnusual ? UNUSUAL : QUIET
    }
}
