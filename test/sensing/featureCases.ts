/** What both runtimes must make of the same windows, by hand. */

export interface FeatureCase {
    name: string
    samplesPerSecond: number
    /** Oldest first; the window is as long. */
    samples: number[]
    expected: number
}

/** numpy: mean, std, min, max, ptp, polyfit(range(5), x, 1)[0], abs(diff).mean, (x * x).mean. */
const FIVE = [3.5, 1.25, 4, -1, 5.75]
/** A whole cycle in 8 samples, amplitude 2, about 10: sines of 0, 45, 90 degrees, and so on. */
const ROOT = 1.4142135623730951
const CYCLE = [10, 10 + ROOT, 12, 10 + ROOT, 10, 10 - ROOT, 8, 10 - ROOT]
/** A quarter of the sample rate: four samples a cycle, amplitude 3. */
const QUARTER = [0, 3, 0, -3, 0, 3, 0, -3]

export const FEATURE_CASES: FeatureCase[] = [
    { name: "last", samplesPerSecond: 1, samples: FIVE, expected: 5.75 },
    { name: "mean", samplesPerSecond: 1, samples: FIVE, expected: 2.7 },
    // deviations 0.8, -1.45, 1.3, -3.7, 3.05: squares 0.64 + 2.1025 + 1.69 + 13.69 + 9.3025 = 27.425, over 5 is 5.485
    { name: "sd", samplesPerSecond: 1, samples: FIVE, expected: 2.342007685724535 },
    { name: "min", samplesPerSecond: 1, samples: FIVE, expected: -1 },
    { name: "max", samplesPerSecond: 1, samples: FIVE, expected: 5.75 },
    { name: "range", samplesPerSecond: 1, samples: FIVE, expected: 6.75 },
    { name: "slope", samplesPerSecond: 1, samples: FIVE, expected: 0.225 },
    // 2.25 + 2.75 + 5 + 6.75 = 16.75, over 4
    { name: "meanAbsoluteDifference", samplesPerSecond: 1, samples: FIVE, expected: 4.1875 },
    // above, below, above, below, above 2.7
    { name: "zeroCrossings", samplesPerSecond: 1, samples: FIVE, expected: 4 },
    // 12.25 + 1.5625 + 16 + 1 + 33.0625 = 63.875, over 5
    { name: "energy", samplesPerSecond: 1, samples: FIVE, expected: 12.775 },
    // near 1e5 Pa a sum of squares has lost these digits
    {
        name: "sd",
        samplesPerSecond: 1,
        samples: [101325.01, 101325.02, 101325.03],
        expected: 0.00816496580927726,
    },
    // never below its mean of 2, then above
    { name: "zeroCrossings", samplesPerSecond: 1, samples: [2, 2, 2, 2], expected: 0 },
    // the 2 is on the mean and counts as above
    { name: "zeroCrossings", samplesPerSecond: 1, samples: [1, 2, 3], expected: 1 },
    { name: "zeroCrossings", samplesPerSecond: 1, samples: [3, 2, 3, 0], expected: 1 },
    // the sine is half a cycle up, half down, and starts on its mean
    { name: "zeroCrossings", samplesPerSecond: 50, samples: [0, 1, 0, -1, -1, 1], expected: 2 },
    // amplitude 3: 3^2 / 2, at 12.5 of 50 Hz; the whole of its energy
    { name: "band:12.5", samplesPerSecond: 50, samples: QUARTER, expected: 4.5 },
    { name: "energy", samplesPerSecond: 50, samples: QUARTER, expected: 4.5 },
    { name: "band:25", samplesPerSecond: 100, samples: QUARTER, expected: 4.5 },
    // amplitude 2 at 1/8 of the rate, whatever it swings about
    { name: "band:6.25", samplesPerSecond: 50, samples: CYCLE, expected: 2 },
    { name: "band:0.125", samplesPerSecond: 1, samples: CYCLE, expected: 2 },
    // its neighbours have none of it, below and above a quarter of the rate
    { name: "band:12.5", samplesPerSecond: 50, samples: CYCLE, expected: 0 },
    { name: "band:18.75", samplesPerSecond: 50, samples: CYCLE, expected: 0 },
    { name: "band:6.25", samplesPerSecond: 50, samples: QUARTER, expected: 0 },
    // 3/8 of the rate: sines of 0, 135, 270 degrees, and so on, amplitude 2
    {
        name: "band:18.75",
        samplesPerSecond: 50,
        samples: [0, ROOT, -2, ROOT, 0, -ROOT, 2, -ROOT],
        expected: 2,
    },
]

/** Against 1e5 Pa a tolerance of 1e-9 is what doubles leave. */
export const FEATURE_TOLERANCE = 1e-9

/** Names and sample rates that are a mistake. */
export const NO_FEATURES: { name: string; samplesPerSecond: number }[] = [
    { name: "median", samplesPerSecond: 1 },
    { name: "", samplesPerSecond: 1 },
    { name: "band", samplesPerSecond: 50 },
    { name: "band:", samplesPerSecond: 50 },
    { name: "band:0", samplesPerSecond: 50 },
    { name: "band:-3", samplesPerSecond: 50 },
    { name: "band:25", samplesPerSecond: 50 },
    { name: "band:26", samplesPerSecond: 50 },
    { name: "band:1.2.5", samplesPerSecond: 50 },
    { name: "band:1e1", samplesPerSecond: 50 },
    { name: "band:12,5", samplesPerSecond: 50 },
    { name: "band:12.5", samplesPerSecond: NaN },
]
