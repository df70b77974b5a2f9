/** Streams, and what both runtimes must say of them: [value, verdict], by hand. */
import { EwmaZModel } from "../../src/inference/ewma-z"
import { FastSlowModel } from "../../src/inference/fast-slow"
import { HalfSpaceModel } from "../../src/inference/half-space-trees"
import { UNKNOWN } from "../../src/inference/model"
import { QUIET, UNUSUAL } from "../../src/inference/verdict"

export const FROZEN: EwmaZModel = { alpha: 0.5, threshold: 2, deviationFloor: 1, alarmedShare: 0 }

export const FROZEN_CASES: number[][] = [
    [NaN, UNKNOWN],
    // The first value is the mean.
    [10, QUIET],
    // 2 from it, and the floor allows 2; then mean 11, variance (0 + 2) / 2 = 1
    [12, QUIET],
    [13.1, UNUSUAL],
    [8.9, UNUSUAL],
    [1e9, UNUSUAL],
    [Infinity, UNKNOWN],
    [-Infinity, UNKNOWN],
    // The mean has not moved: 2 again; then mean 12, variance (1 + 2) / 2 = 1.5, and 2 * sqrt(1.5) = 2.449
    [13, QUIET],
    [9.5, UNUSUAL],
    [9.6, QUIET],
]

export const YIELDING: EwmaZModel = { ...FROZEN, alarmedShare: 0.5 }

export const YIELDING_CASES: number[][] = [
    [10, QUIET],
    [12, QUIET],
    // 3 from the mean: a quarter of it is taken, 11.75, and the variance is 0.75 (1 + 9 / 4) = 2.4375: 2 * 1.56125 = 3.1225
    [14, UNUSUAL],
    [14.88, UNUSUAL],
]

/** After those: mean 11.75 + 3.13 / 4 = 12.5325, variance 0.75 (2.4375 + 3.13^2 / 4) = 3.6650, bound 2 * 1.91442 = 3.8288. */
const JOLT: number[][] = [
    ...YIELDING_CASES,
    // Learnt of as if 7.6577 away: mean 14.4469, variance 0.75 (3.6650 + 7.6577^2 / 4) = 13.744, and 2 * 3.7073 = 7.4146.
    [1e9, UNUSUAL],
]
export const JOLT_CASES: number[][] = [...JOLT, [21.85, QUIET]]
export const JOLT_BOUND_CASES: number[][] = [...JOLT, [21.87, UNUSUAL]]
/** The same downwards, about 10. */
export const JOLT_DOWN_CASES: number[][] = JOLT_CASES.map(row => [20 - row[0], row[1]])

export const STEPS: FastSlowModel = {
    fastAlpha: 0.5,
    slowAlpha: 0.25,
    threshold: 1,
    deviationFloor: 1,
    refractory: 2,
    settling: 1,
}

export const STEPS_CASES: number[][] = [
    // Settling.
    [10, QUIET],
    // fast 11 against 10, bound 1; then slow 10.5, variance 0.75 * 0.25 * 4 = 0.75
    [12, QUIET],
    [NaN, UNKNOWN],
    // fast 11.3 against 10.5; then slow 10.775, variance 0.75 (0.75 + 0.25 * 1.21) = 0.789
    [11.6, QUIET],
    // fast 11.8 against 10.775: 1.025 is above the floor; then slow 11.156, variance 1.028
    [12.3, UNUSUAL],
    // Refractory. slow 13.367, variance 15.436; slow 15.025, variance 19.826, whose root is 4.453
    [20, QUIET],
    [20, QUIET],
    // fast 18.975 against 15.025; then slow 16.269, variance 19.509, whose root is 4.417
    [20, QUIET],
    // fast 24.4875 against 16.269
    [30, UNUSUAL],
]

export const SETTLING: FastSlowModel = { ...STEPS, settling: 3 }

export const SETTLING_CASES: number[][] = [
    [10, QUIET],
    // fast 15 against 10, and the bound is 1: but it settles. slow 12.5, variance 18.75; then slow 14.375, variance 24.609
    [20, QUIET],
    [20, QUIET],
    // fast 23.75 against 14.375, and the bound is 4.961
    [30, UNUSUAL],
]

/** One tree of one cut, so that its counts can be followed by hand. */
export const ONE_CUT: HalfSpaceModel = {
    seed: 1,
    trees: 1,
    depth: 1,
    window: 4,
    lows: [0],
    highs: [1],
    threshold: 0.6,
    massMin: 0,
    refractory: 1,
}

/** Far below and far above whatever the seed makes of a range of 0..1: the cut is in it. */
export const ONE_CUT_CASES: number[][] = [
    [-9, QUIET],
    [-9, QUIET],
    [-9, QUIET],
    // The first window has three below and one above; a half with all of it would be 2, and even spreading is 1.
    [9, QUIET],
    // 1 * 2 / 4 = 0.5
    [9, UNUSUAL],
    // Refractory.
    [9, QUIET],
    [NaN, UNKNOWN],
    [9, UNUSUAL],
    // 3 * 2 / 4 = 1.5
    [-9, QUIET],
    // Now three were above and one below.
    [9, QUIET],
    [-9, UNUSUAL],
]
export const ONE_CUT_SCORES = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 0.5]
