/** Features of how samples follow each other, oldest first. Of a full window; NaN when it has a gap. */
import { mean } from "./moments"
import { Window } from "./window"

/** Least-squares slope over the sample number; NaN for a window of one. */
export function slope(window: Window): number {
    const { samples, capacity } = window
    if (capacity < 2) return NaN
    const middle = (capacity - 1) / 2
    let index = window.next
    let products = 0
    for (let i = 0; i < capacity; ++i) {
        products += (i - middle) * samples[index]
        if (++index === capacity) index = 0
    }
    return (products * 12) / (capacity * (capacity * capacity - 1))
}

/** The mean of |x[i] - x[i - 1]|; NaN for a window of one. */
export function meanAbsoluteDifference(window: Window): number {
    const { samples, capacity } = window
    if (capacity < 2) return NaN
    const { next } = window
    let before = samples[next]
    let sum = 0
    let index = next + 1
    // From the oldest to the end of the ring, then from its beginning on.
    for (let end = capacity; ; end = next) {
        for (; index < end; ++index) {
            const value = samples[index]
            if (value < before) sum += before - value
            else sum += value - before
            before = value
        }
        if (end === next) return sum / (capacity - 1)
        index = 0
    }
}

/** How often it crosses its own mean. A sample on the mean counts as above: touching from above is no crossing. */
export function zeroCrossings(window: Window): number {
    const { samples, capacity } = window
    const middle = mean(window)
    if (middle !== middle) return NaN
    // Once round the ring; the step from the newest to the oldest is none of the window's.
    let wasAbove = samples[capacity - 1] >= middle
    let crossings = 0
    for (let i = 0; i < capacity; ++i) {
        const isAbove = samples[i] >= middle
        if (isAbove !== wasAbove) {
            ++crossings
            wasAbove = isAbove
        }
    }
    return window.at(0) >= middle !== samples[window.next] >= middle ? crossings - 1 : crossings
}
