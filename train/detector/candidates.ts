/** The detectors among which a recording chooses: of each kind a grid, whose scales (deviations, ranges) are the recording's own. */
import type { ModelInput } from "../../src/inference/model"
import { quantile, typicalDeviation } from "./scale"
import type { EwmaParameters, FastSlowParameters, Kind, Parameters } from "./parameters"
import type { Stream } from "./streams"

/** Parameters by place in the grid; along the last axis, the threshold in steps of a factor of the root of two, there are ever fewer alarms. */
export interface Grid {
    kind: Kind
    /** Places along each axis. */
    shape: number[]
    at: (place: number[]) => Parameters
}

/** What the mean learns while alarmed: an eighth, so that an event is not soon usual and a step for good does not alarm for ever. */
const ALARMED_SHARE = 1 / 8
/** Rows after an alarm without another: at least what makes an episode, or three fast time constants, until the means have met again. */
const REFRACTORY_ROWS_MIN = 60
const REFRACTORY_FASTS = 3

/** Each the one before times `ratio`. */
export function ladder(first: number, last: number, ratio: number): number[] {
    const steps = Math.floor(Math.log(last / first) / Math.log(ratio) + 1e-9)
    return Array.from({ length: steps + 1 }, (_, i) => Number((first * ratio ** i).toPrecision(4)))
}

/** The channel of every stream. */
function channel(streams: Stream[], index: number): Float64Array[] {
    return streams.map(({ channels }) => channels[index])
}

export function deviationFloors(streams: Stream[], inputs: ModelInput[], alpha: number): number[] {
    return inputs.map(({ step }, i) => typicalDeviation(channel(streams, i), alpha, step))
}

export function ewmaParameters(alpha: number, threshold: number, floors: number[]): EwmaParameters {
    return {
        kind: "ewma-z",
        alpha,
        threshold,
        alarmedShare: ALARMED_SHARE,
        deviationFloors: floors,
    }
}

/** @param slowRows @param fastRows time constants */
export function fastSlowParameters(
    fastRows: number,
    slowRows: number,
    threshold: number,
    floors: number[]
): FastSlowParameters {
    return {
        kind: "fast-slow",
        fastAlpha: Number((1 / fastRows).toPrecision(6)),
        slowAlpha: Number((1 / slowRows).toPrecision(6)),
        threshold,
        deviationFloors: floors,
        refractory: Math.max(REFRACTORY_ROWS_MIN, Math.round(REFRACTORY_FASTS * fastRows)),
        settling: Math.round(slowRows),
    }
}

/** A slow mean needs its time constant a few times over before it means anything. */
const SETTLED_SHARE = 1 / 8

/** Of streams with labels. @param seed draws the cuts of the half-space trees */
export function labelledGrids(streams: Stream[], inputs: ModelInput[], seed: number): Grid[] {
    const longest = streams.reduce((most, { length }) => Math.max(most, length), 0)
    const rowsMax = longest * SETTLED_SHARE
    return [
        ewmaGrid(streams, inputs, rowsMax),
        fastSlowGrid(streams, inputs, rowsMax),
        halfSpaceGrid(streams, inputs, rowsMax, seed),
    ].filter(({ shape }) => shape.every(length => length > 0))
}

function ewmaGrid(streams: Stream[], inputs: ModelInput[], rowsMax: number): Grid {
    const times = ladder(8, 512, 2).filter(rows => rows <= Math.max(8, rowsMax))
    const floors = times.map(rows => deviationFloors(streams, inputs, 1 / rows))
    const shares = ladder(0.5, 2, 2)
    const thresholds = ladder(2, 64, Math.SQRT2)
    return {
        kind: "ewma-z",
        shape: [times.length, shares.length, thresholds.length],
        at: ([time, share, threshold]) =>
            ewmaParameters(
                1 / times[time],
                thresholds[threshold],
                floors[time].map(floor => floor * shares[share])
            ),
    }
}

function fastSlowGrid(streams: Stream[], inputs: ModelInput[], rowsMax: number): Grid {
    const slows = ladder(64, 4096, 2).filter(rows => rows <= rowsMax)
    const floors = slows.map(rows => deviationFloors(streams, inputs, 1 / rows))
    const ratios = ladder(4, 32, 2)
    const thresholds = ladder(0.7, 16, Math.SQRT2)
    return {
        kind: "fast-slow",
        shape: [slows.length, ratios.length, thresholds.length],
        at: ([slow, ratio, threshold]) =>
            fastSlowParameters(
                slows[slow] / ratios[ratio],
                slows[slow],
                thresholds[threshold],
                floors[slow]
            ),
    }
}

/** As the paper has them, but few: ten trees of 64 leaves are 5 kB. */
const TREES = 10
const DEPTH = 6
const MASS_SHARE = 0.1

function halfSpaceGrid(
    streams: Stream[],
    inputs: ModelInput[],
    rowsMax: number,
    seed: number
): Grid {
    const windows = [250, 500, 1000].filter(rows => rows <= rowsMax)
    // A score below it is unusual.
    const thresholds = ladder(0.05, 1.6, Math.SQRT2).reverse()
    const sorted = inputs.map((_, i) =>
        Float64Array.from(channel(streams, i).flatMap(values => Array.from(values)))
            .filter(value => value === value)
            .sort()
    )
    const lows = sorted.map(values => quantile(values, 0.01))
    const highs = sorted.map((values, i) =>
        Math.max(quantile(values, 0.99), lows[i] + inputs[i].step)
    )
    return {
        kind: "half-space-trees",
        shape: [windows.length, thresholds.length],
        at: ([window, threshold]) => ({
            kind: "half-space-trees",
            seed,
            trees: TREES,
            depth: DEPTH,
            window: windows[window],
            lows,
            highs,
            threshold: thresholds[threshold],
            massMin: Math.round(windows[window] * MASS_SHARE),
            refractory: REFRACTORY_ROWS_MIN,
        }),
    }
}
