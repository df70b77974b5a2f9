/** Features of how much and how spread, whatever the order of the samples. Of a full window; NaN when it has a gap. */
import { Window } from "./window"

/** Added up once, for half of the features ask for it. */
export function mean(window: Window): number {
    if (window.mean !== undefined) return window.mean
    const { samples, capacity } = window
    let sum = 0
    for (let i = 0; i < capacity; ++i) sum += samples[i]
    window.mean = sum / capacity
    return window.mean
}

/** The population's: over n, not n - 1. */
export function standardDeviation(window: Window): number {
    const { samples, capacity } = window
    const middle = mean(window)
    // Two passes: the one-pass sum of squares cancels badly near 1e5 Pa.
    let squares = 0
    for (let i = 0; i < capacity; ++i) {
        const deviation = samples[i] - middle
        squares += deviation * deviation
    }
    return Math.sqrt(squares / capacity)
}

/** The mean square, the mean not taken away: sum of squares over n, as in Anguita et al.'s activity data set (2013). */
export function energy(window: Window): number {
    const { samples, capacity } = window
    let squares = 0
    for (let i = 0; i < capacity; ++i) squares += samples[i] * samples[i]
    return squares / capacity
}
