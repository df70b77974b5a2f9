/** The features of src/sensing/features.ts in plain style: each an expression over a list of samples, the oldest first. */
import { goertzelCoefficient } from "../../src/sensing/goertzel"

/** NaN while there are fewer samples than the window is long, or one is missing. */
export function feature(
    name: string,
    samples: number[],
    length: number,
    samplesPerSecond: number
): number {
    if (name === "last") return samples.length === 0 ? NaN : samples[samples.length - 1]
    if (samples.length < length) return NaN
    if (name.startsWith("band:"))
        return band(samples, goertzelCoefficient(parseFloat(name.slice(5)), samplesPerSecond))
    const all: { [name: string]: () => number } = {
        mean: () => mean(samples),
        sd: () => standardDeviation(samples),
        min: () => least(samples),
        max: () => -least(samples.map(sample => -sample)),
        range: () => -least(samples.map(sample => -sample)) - least(samples),
        slope: () => slope(samples),
        meanAbsoluteDifference: () =>
            sum(differences(samples).map(difference => Math.abs(difference))) /
            (samples.length - 1),
        zeroCrossings: () => crossings(samples, mean(samples)),
        energy: () => mean(squares(samples)),
    }
    return all[name]()
}

function sum(values: number[]): number {
    return values.reduce((a, b) => a + b, 0)
}

function mean(values: number[]): number {
    return sum(values) / values.length
}

function standardDeviation(values: number[]): number {
    const middle = mean(values)
    return Math.sqrt(mean(squares(values.map(value => value - middle))))
}

/** NaN when one is missing. */
function least(values: number[]): number {
    return values.every(value => value === value)
        ? values.reduce((a, b) => (b < a ? b : a), values[0])
        : NaN
}

function squares(values: number[]): number[] {
    return values.map(value => value * value)
}

function differences(values: number[]): number[] {
    return values.slice(1).map((value, i) => value - values[i])
}

function slope(samples: number[]): number {
    const n = samples.length
    if (n < 2) return NaN
    return (sum(samples.map((sample, i) => (i - (n - 1) / 2) * sample)) * 12) / (n * (n * n - 1))
}

function crossings(samples: number[], middle: number): number {
    if (middle !== middle) return NaN
    const above = samples.map(sample => sample >= middle)
    return above.slice(1).filter((isAbove, i) => isAbove !== above[i]).length
}

/** Goertzel's recurrence, its two values in an object that goes from sample to sample. */
function band(samples: number[], coefficient: number): number {
    const middle = mean(samples)
    const { now, before } = samples.reduce(
        (state, sample) => ({
            now: sample - middle + coefficient * state.now - state.before,
            before: state.now,
        }),
        { now: 0, before: 0 }
    )
    return (
        (2 * (now * now + before * before - coefficient * now * before)) /
        (samples.length * samples.length)
    )
}
