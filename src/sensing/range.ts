/** The least and the greatest of a full window. */
import { mean } from "./moments"
import { Window } from "./window"

/** The largest value for sign 1, the smallest for sign -1; NaN when any is missing. */
export function extreme(window: Window, sign: number): number {
    const { samples, capacity } = window
    let best = samples[0]
    for (let i = 0; i < capacity; ++i) {
        const value = samples[i]
        if (value !== value) return NaN
        if (value * sign > best * sign) best = value
    }
    return best
}

/** The distance between the two, in one pass; NaN when any is missing. */
export function range(window: Window): number {
    const { samples, capacity } = window
    let least = samples[0]
    let greatest = least
    for (let i = 0; i < capacity; ++i) {
        const value = samples[i]
        if (value > greatest) greatest = value
        else if (value < least) least = value
    }
    // No comparison finds what is no number; the mean is one of all or of none.
    const middle = mean(window)
    return middle !== middle ? NaN : greatest - least
}
