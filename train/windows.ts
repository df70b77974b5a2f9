/** A recording of raw signals cut into windows, and their features, computed by the code that the firmware computes them with. */
import { featureOf, parseFeature } from "../src/sensing/features"
import { Window } from "../src/sensing/window"

/** How many samples make an example, and how fast they came. */
export interface Sampling {
    samples: number
    /** 0 where it was not said. */
    samplesPerSecond: number
}

/** Every row is an example of its own. */
export const ROW_BY_ROW: Sampling = { samples: 1, samplesPerSecond: 0 }

/**
 * Windows follow one another without a gap and none spans two runs, which are rows of one group and one label.
 * @param runs of each row its run
 * @returns of each whole window its last row; rows that fill none are left out
 */
export function windowEnds(runs: Int32Array, samples: number): Int32Array {
    const ends: number[] = []
    let filled = 0
    for (let row = 0; row < runs.length; ++row) {
        if (row > 0 && runs[row] !== runs[row - 1]) filled = 0
        if (++filled === samples) {
            ends.push(row)
            filled = 0
        }
    }
    return Int32Array.from(ends)
}

/** The samples of the windows that end at these rows, one window behind the other. */
export function samplesOf(column: Float64Array, ends: Int32Array, samples: number): Float64Array {
    const taken = new Float64Array(ends.length * samples)
    ends.forEach((end, i) => taken.set(column.subarray(end + 1 - samples, end + 1), i * samples))
    return taken
}

/** @param taken from `samplesOf` @returns of each window its feature, NaN where a sample is missing */
export function featureColumn(
    taken: Float64Array,
    samples: number,
    feature: string,
    samplesPerSecond: number
): Float64Array {
    const parsed = parseFeature(feature, samplesPerSecond)
    const window = new Window(samples)
    const features = new Float64Array(taken.length / samples)
    taken.forEach((sample, i) => {
        window.push(sample)
        if ((i + 1) % samples === 0) features[(i + 1) / samples - 1] = featureOf(parsed, window)
    })
    return features
}
