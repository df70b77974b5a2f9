/**
 * The energy around one frequency, by Goertzel's recurrence (American Mathematical Monthly 65, 1958): one multiplication a sample, where
 * a Fourier transform would want a table. The frequency need not be a whole number of cycles a window (Sysel, Rajmic 2012).
 */
import { mean } from "./moments"
import { Window } from "./window"

const PI = 3.141592653589793
/** Enough for an angle of at most pi / 2: the first term left out is below 1e-19. */
const COSINE_TERMS = 11

/** 2 cos(2 pi f / rate). @param hertz above 0 and below half the rate */
export function goertzelCoefficient(hertz: number, samplesPerSecond: number): number {
    // By its series, for DeviceScript has no Math.cos, and so that both runtimes have the same last digit.
    let angle = (2 * PI * hertz) / samplesPerSecond
    let sign = 1
    if (angle > PI / 2) {
        angle = PI - angle
        sign = -1
    }
    let cosine = 1
    let term = 1
    for (let i = 1; i <= COSINE_TERMS; ++i) {
        term *= -(angle * angle) / (2 * i * (2 * i - 1))
        cosine += term
    }
    return sign * 2 * cosine
}

/**
 * 2 |X(f)|^2 / n^2, where X is the transform of the samples less their mean: of a sine of amplitude A that fits the window A^2 / 2, its
 * mean square, so that a band is its share of `energy`. A neighbour at k cycles a window more or less has none of it, k being whole.
 */
export function bandEnergy(window: Window, coefficient: number): number {
    const { samples, capacity } = window
    // Without it a frequency between two whole numbers of cycles would mostly hear gravity.
    const middle = mean(window)
    let index = window.next
    let now = 0
    let before = 0
    for (let i = 0; i < capacity; ++i) {
        const next = samples[index] - middle + coefficient * now - before
        before = now
        now = next
        if (++index === capacity) index = 0
    }
    return (2 * (now * now + before * before - coefficient * now * before)) / (capacity * capacity)
}
