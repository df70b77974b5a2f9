/**
 * What a model may ask of a window. The trainer computes its features with this very file, so both sides agree by construction.
 *
 * Every feature but `last` wants a full window without a gap and is NaN otherwise: a model never sees a half-filled one.
 */
import { Window } from "./window"

export const FEATURES = ["last", "mean", "min", "max", "slope"]

/** In the measurand's unit; `slope` in that unit per sample. @throws Error for a name that is none of FEATURES */
export function feature(name: string, window: Window): number {
    if (name === "last") return window.at(0)
    if (window.filled < window.capacity) return NaN
    switch (name) {
        case "mean":
            return mean(window)
        case "min":
            return extreme(window, -1)
        case "max":
            return extreme(window, 1)
        case "slope":
            return slope(window)
        default:
            throw new Error(`no feature "${name}"`)
    }
}

function mean(window: Window): number {
    let sum = 0
    for (let age = 0; age < window.capacity; ++age) sum += window.at(age)
    return sum / window.capacity
}

/** The largest value for sign 1, the smallest for sign -1; NaN when any is missing. */
function extreme(window: Window, sign: number): number {
    let best = window.at(0)
    for (let age = 0; age < window.capacity; ++age) {
        const value = window.at(age)
        if (value !== value) return NaN
        if (value * sign > best * sign) best = value
    }
    return best
}

/** Least-squares slope over the sample number. */
function slope(window: Window): number {
    const n = window.capacity
    if (n < 2) return NaN
    const middle = (n - 1) / 2
    let products = 0
    for (let age = 0; age < n; ++age) products += (middle - age) * window.at(age)
    return (products * 12) / (n * (n * n - 1))
}
