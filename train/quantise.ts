/** From trees on measured values to trees on int16 ticks, each input on a scale of its own. */
import { MISSING, type ModelInput, ticksFromValue, UNKNOWN } from "../src/inference/model"
import { type Ensemble, voted, type Weighted } from "./ensemble"
import type { Surrogate, TreeNode } from "./tree"

/** Thresholds in ticks: at or below goes low. `input` is an index into the inputs the trees use. */
export interface TickNode {
    classIndex: number
    split?: TickSplit
}

export interface TickSplit {
    input: number
    threshold: number
    surrogate?: TickSurrogate
    low: TickNode
    high: TickNode
}

/** What decides when the split's own input is missing: whether a tick at or below goes low, or one above. */
export interface TickSurrogate {
    input: number
    threshold: number
    lowIsBelow: boolean
}

export interface TickEnsemble {
    trees: Weighted<TickNode>[]
    /** Only what the trees ask for: a board needs no part whose value is not looked at. */
    inputs: ModelInput[]
    /** Of each input, its column among the examples. */
    columns: number[]
    /** Of each input, what its ticks may be called in code. */
    names: string[]
}

/** What is known of a column of the examples. */
export interface ColumnFacts {
    measurand: string
    feature: string
    name: string
}

/** Kept free above and below the training range, as a share of it. */
const MARGIN = 0.25
const TICKS_SPAN = 2 * 32767

/** @param facts of every column */
export function quantised(
    trees: Ensemble,
    columns: Float64Array[],
    facts: ColumnFacts[]
): TickEnsemble {
    const used = columnsOf(trees)
    const inputs = used.map(column => ({
        measurand: facts[column].measurand,
        feature: facts[column].feature,
        ...scaleOf(columns[column]),
    }))

    function cut(column: number, value: number): { input: number; threshold: number } {
        const input = used.indexOf(column)
        const { offset, step } = inputs[input]
        // Ticks are rounded, so "at most t" reaches to t + 1/2: floor puts that within half a tick of the threshold.
        return { input, threshold: Math.floor((value - offset) / step) }
    }

    function surrogateOf({ feature, threshold, lowIsBelow }: Surrogate): TickSurrogate {
        return { ...cut(feature, threshold), lowIsBelow }
    }

    function inTicks({ classIndex, split }: TreeNode): TickNode {
        if (split === undefined) return { classIndex }
        const { feature, threshold, surrogate } = split
        const low = inTicks(split.low)
        const high = inTicks(split.high)
        const own = cut(feature, threshold)
        if (surrogate === undefined) return { classIndex, split: { ...own, low, high } }
        return { classIndex, split: { ...own, surrogate: surrogateOf(surrogate), low, high } }
    }

    return {
        trees: trees.map(({ root, weight }) => ({ weight, root: inTicks(root) })),
        inputs,
        columns: used,
        names: used.map(column => facts[column].name),
    }
}

/** What generated code and packed bytes must answer, missing inputs included. */
export function verdictOfTicks({ trees }: TickEnsemble, ticks: ArrayLike<number>): number {
    return voted(trees, root => classOfTicks(root, ticks))
}

/** A class, or UNKNOWN. */
export function classOfTicks(root: TickNode, ticks: ArrayLike<number>): number {
    let node = root
    while (node.split !== undefined) {
        const low = goesLow(node.split, ticks)
        if (low === undefined) return UNKNOWN
        node = low ? node.split.low : node.split.high
    }
    return node.classIndex
}

/** Undefined when both the split's input and its surrogate's are missing. */
export function goesLow(split: TickSplit, ticks: ArrayLike<number>): boolean | undefined {
    const tick = ticks[split.input]
    if (tick !== MISSING) return tick <= split.threshold
    if (split.surrogate === undefined) return undefined
    const { input, threshold, lowIsBelow } = split.surrogate
    if (ticks[input] === MISSING) return undefined
    return ticks[input] <= threshold === lowIsBelow
}

export function ticksOfRow(model: TickEnsemble, columns: Float64Array[], row: number): number[] {
    return model.inputs.map((input, i) => ticksFromValue(input, columns[model.columns[i]][row]))
}

/**
 * A step that is a power of two, and an offset that is a multiple of it: dividing by the step is exact, so no runtime can round
 * it otherwise. It costs at most one of the sixteen bits.
 */
export function scaleOf(values: Float64Array): { offset: number; step: number } {
    let least = Infinity
    let greatest = -Infinity
    for (const value of values) {
        if (value < least) least = value
        if (value > greatest) greatest = value
    }
    const range = greatest - least
    const step = range > 0 ? 2 ** Math.ceil(Math.log2((range * (1 + 2 * MARGIN)) / TICKS_SPAN)) : 1
    const offset = step * Math.round((least + range / 2) / step)
    return { offset, step }
}

/** Which columns the trees ask for, surrogates included, upwards. */
export function columnsOf(trees: Ensemble): number[] {
    const features = new Set<number>()
    function visit({ split }: TreeNode): void {
        if (split === undefined) return
        features.add(split.feature)
        if (split.surrogate !== undefined) features.add(split.surrogate.feature)
        visit(split.low)
        visit(split.high)
    }
    for (const { root } of trees) visit(root)
    return [...features].sort((a, b) => a - b)
}
