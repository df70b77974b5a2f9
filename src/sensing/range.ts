/** The least and the greatest of a full window. */
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
