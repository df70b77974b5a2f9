/** What the channels of a recording are like before any detector is chosen: the ticks they are written in, and how much they move. */
import { MISSING, type ModelInput, ticksFromValue } from "../../src/inference/model"

/** An event goes beyond what was seen: the range of the recording is an eighth of what ticks can tell. */
const RANGE_SHARE = 8
const TICKS = 65534
/** A lone reading further out than so many times what 98 % of rows span is cut off, lest it flattens all others. */
const OUTLIER_SPANS = 4

/** @param values of the training rows, NaN where missing; two or more that differ */
export function inputFor(measurand: string, values: Float64Array): ModelInput {
    const sorted = values.filter(value => value === value).sort()
    const middle = quantile(sorted, 0.5)
    const span = quantile(sorted, 0.99) - quantile(sorted, 0.01)
    let low = sorted[0]
    let high = sorted[sorted.length - 1]
    // A column that hardly ever moves has no span to measure an outlier by.
    if (span > 0) {
        low = Math.max(low, middle - OUTLIER_SPANS * span)
        high = Math.min(high, middle + OUTLIER_SPANS * span)
    }
    const step = rounded((RANGE_SHARE * (high - low)) / TICKS)
    // A whole number of steps, without the digits that its product's rounding leaves behind.
    const offset = Number((Math.round((low + high) / 2 / step) * step).toPrecision(15))
    return { measurand, feature: "last", offset, step }
}

/** A scale needs no more than six digits. */
function rounded(value: number): number {
    return Number(value.toPrecision(6))
}

/** The values as a board has them: in whole ticks, held to the scale. */
export function asTicks(input: ModelInput, values: Float64Array): Float64Array {
    return values.map(value => {
        const tick = ticksFromValue(input, value)
        return tick === MISSING ? NaN : input.offset + tick * input.step
    })
}

/** @param sorted rising */
export function quantile(sorted: ArrayLike<number>, share: number): number {
    return sorted[Math.floor(share * (sorted.length - 1))]
}

/**
 * The standard deviation about a moving mean that most rows have: the median of an exponentially weighted one over all groups. What is
 * quieter than half of the recording is not believed to be that quiet for long.
 * @param alpha the weight of a new value @param groups the channel's values @param step one tick, the least there can be
 */
export function typicalDeviation(groups: Float64Array[], alpha: number, step: number): number {
    const deviations: number[] = []
    for (const values of groups) {
        let mean = NaN
        let variance = 0
        for (const value of values) {
            if (value !== value) continue
            if (mean !== mean) mean = value
            const difference = value - mean
            mean += alpha * difference
            variance = (1 - alpha) * (variance + alpha * difference * difference)
            deviations.push(Math.sqrt(variance))
        }
    }
    const median = quantile(Float64Array.from(deviations).sort(), 0.5)
    return rounded(Math.max(median, step))
}

/** Correlation of a channel with itself `lag` rows later, over all groups, about each group's mean; 0 for noise, 1 for what wanders slowly. */
export function autocorrelation(groups: Float64Array[], lag: number): number {
    let products = 0
    let squares = 0
    for (const values of groups) {
        const there = values.filter(value => value === value)
        const mean = there.reduce((sum, value) => sum + value / there.length, 0)
        for (let i = 0; i < there.length; ++i) {
            squares += (there[i] - mean) ** 2
            if (i >= lag) products += (there[i] - mean) * (there[i - lag] - mean)
        }
    }
    return squares > 0 ? products / squares : 0
}
