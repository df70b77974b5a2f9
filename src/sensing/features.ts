/**
 * What a model may ask of a window. The trainer computes its features with this very file, so both sides agree by construction.
 *
 * Every feature but `last` wants a full window without a gap and is NaN otherwise: a model never sees a half-filled one. A name is
 * taken apart once, at start; from then on a window costs one or two passes over its samples and allocates nothing that grows.
 *
 * A build takes the cases away that no model of the program names (image/features.ts): a feature is one case and one row of FEATURES.
 */
import { bandEnergy, goertzelCoefficient } from "./goertzel"
import { energy, mean, standardDeviation } from "./moments"
import { extreme, range } from "./range"
import { meanAbsoluteDifference, slope, zeroCrossings } from "./shape"
import { Window } from "./window"

/** The features whose name is all there is to say. Beside them `band:12.5`, the energy around 12.5 Hz. */
export const FEATURES = [
    "last",
    "mean",
    "sd",
    "min",
    "max",
    "range",
    "slope",
    "meanAbsoluteDifference",
    "zeroCrossings",
    "energy",
]

export const BAND_PREFIX = "band:"

const LAST = 0
const MEAN = 1
const SD = 2
const MIN = 3
const MAX = 4
const RANGE = 5
const SLOPE = 6
const MEAN_ABSOLUTE_DIFFERENCE = 7
const ZERO_CROSSINGS = 8
const ENERGY = 9
const BAND = 10

/** A feature's name, taken apart. */
export interface Feature {
    /** The place in FEATURES; after the last of them, a band. */
    kind: number
    /** Goertzel's, of a band; else 0. */
    coefficient: number
}

/**
 * @param name one of FEATURES, or `band:` and a frequency in Hz, written in decimal
 * @param samplesPerSecond of the windows to come; only a band asks for it
 * @throws Error for any other name, and for a band that is not above 0 and below half the sample rate
 */
export function parseFeature(name: string, samplesPerSecond: number): Feature {
    const kind = FEATURES.indexOf(name)
    if (kind >= 0) return { kind, coefficient: 0 }
    if (name.startsWith(BAND_PREFIX)) return parseBand(name, samplesPerSecond)
    throw new Error(`no feature "${name}"`)
}

function parseBand(name: string, samplesPerSecond: number): Feature {
    const hertz = decimal(name.slice(BAND_PREFIX.length))
    // NaN fails both, and so does a sample rate nobody knows.
    if (!(hertz > 0 && hertz < samplesPerSecond / 2))
        throw new Error(`feature "${name}": not above 0 and below half of ${samplesPerSecond} Hz`)
    return { kind: BAND, coefficient: goertzelCoefficient(hertz, samplesPerSecond) }
}

/**
 * In the measurand's unit; `slope` in that unit per sample, `energy` and bands in its square, `zeroCrossings` in crossings.
 * @returns NaN while the window is not full or has a gap
 */
export function featureOf(feature: Feature, window: Window): number {
    const { kind } = feature
    if (kind === LAST) return window.at(0)
    if (window.filled < window.capacity) return NaN
    switch (kind) {
        case MEAN:
            return mean(window)
        case SD:
            return standardDeviation(window)
        case MIN:
            return extreme(window, -1)
        case MAX:
            return extreme(window, 1)
        case RANGE:
            return range(window)
        case SLOPE:
            return slope(window)
        case MEAN_ABSOLUTE_DIFFERENCE:
            return meanAbsoluteDifference(window)
        case ZERO_CROSSINGS:
            return zeroCrossings(window)
        case ENERGY:
            return energy(window)
        case BAND:
            return bandEnergy(window, feature.coefficient)
        default:
            return NaN // no such kind
    }
}

/** Digits with at most one point among them; NaN otherwise. By hand: DeviceScript's parseFloat reads "1e3x" as 1000. */
function decimal(text: string): number {
    let value = 0
    let scale = 0
    for (let i = 0; i < text.length; ++i) {
        const digit = text.charCodeAt(i) - 48
        if (digit === -2 && scale === 0) scale = 1
        else if (digit < 0 || digit > 9) return NaN
        else {
            value = value * 10 + digit
            scale *= 10
        }
    }
    // Both are whole numbers, so the quotient is the nearest double, as a literal's would be.
    return scale > 1 ? value / scale : value
}
