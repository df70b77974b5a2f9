/**
 * Trees for ensembles: grown best split first by Gini impurity as train/tree.ts grows its one, but on weighted rows, on values in bins, and,
 * where it is asked for, with a few inputs drawn for each cut. Gaps are treated as there.
 */
import { BINS_MAX, type BinnedColumn, GAP } from "./bins"
import type { Examples, Split, Surrogate, TreeNode } from "./tree"

export interface Growth {
    examples: Examples
    binned: BinnedColumn[]
    /** Of each row, 0 or more. */
    weights: Float64Array
    maxSplits: number
    /** Which inputs a cut may be on, in the order they are tried: at least `tried`, more only while none of them helps. */
    draw: () => number[]
    tried: number
}

interface Open {
    node: TreeNode
    rows: Int32Array
    cut: Cut
}

interface Cut {
    feature: number
    /** The last bin that goes low. */
    bin: number
    lowIsLarger: boolean
    gain: number
}

/** What a search for a cut adds up: taken once a tree. */
interface Sums {
    /** Weight by bin, then class. */
    byClass: Float64Array
    /** By bin. */
    totals: Float64Array
    /** Either side, by class. */
    low: Float64Array
    high: Float64Array
}

/** A gain below this share of the weight is rounding. */
const GAIN_MIN_SHARE = 1e-9

/** @param rows those of a weight above 0 */
export function growBinned(growth: Growth, rows: Int32Array): TreeNode {
    const { examples, binned, maxSplits } = growth
    const { classes, classCount } = examples
    const sums: Sums = {
        byClass: new Float64Array((GAP + 1) * classCount),
        totals: new Float64Array(GAP + 1),
        low: new Float64Array(classCount),
        high: new Float64Array(classCount),
    }
    const open: Open[] = []
    let splits = 0

    function nodeOf(rows: Int32Array): TreeNode {
        const counts: number[] = new Array(classCount).fill(0)
        const weights: number[] = new Array(classCount).fill(0)
        for (let i = 0; i < rows.length; ++i) {
            const row = rows[i]
            ++counts[classes[row]]
            weights[classes[row]] += growth.weights[row]
        }
        const node: TreeNode = { classIndex: weights.indexOf(Math.max(...weights)), counts }
        const isPure = counts.filter(count => count > 0).length < 2
        if (isPure || splits >= maxSplits) return node
        const cut = bestCut(growth, rows, sums)
        if (cut !== undefined) open.push({ node, rows, cut })
        return node
    }

    const root = nodeOf(rows)
    while (splits < maxSplits && open.length > 0) {
        let best = 0
        for (let i = 1; i < open.length; ++i) if (open[i].cut.gain > open[best].cut.gain) best = i
        const [{ node, rows, cut }] = open.splice(best, 1)
        ++splits
        const { feature, bin, lowIsLarger } = cut
        const { bins, edges, hasGaps } = binned[feature]
        const surrogate = hasGaps ? bestSurrogate(growth, rows, cut) : undefined
        const isLow = (row: number): boolean => {
            if (bins[row] !== GAP) return bins[row] <= bin
            if (surrogate === undefined) return lowIsLarger
            const value = examples.columns[surrogate.feature][row]
            if (Number.isNaN(value)) return lowIsLarger
            return value <= surrogate.threshold === surrogate.lowIsBelow
        }
        const split: Split = {
            feature,
            threshold: edges[bin],
            ...(surrogate !== undefined && { surrogate }),
            low: nodeOf(rows.filter(isLow)),
            high: nodeOf(rows.filter(row => !isLow(row))),
        }
        node.split = split
    }
    return root
}

/** As in train/tree.ts, the greatest sum(weight^2) / total over both sides. Most of a training is spent here. */
function bestCut(growth: Growth, rows: Int32Array, sums: Sums): Cut | undefined {
    const { examples, binned, tried } = growth
    const { classCount } = examples
    const { byClass, totals, low, high } = sums
    const classes = new Int32Array(rows.length)
    const weights = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; ++i) {
        classes[i] = examples.classes[rows[i]]
        weights[i] = growth.weights[rows[i]]
    }
    let best: Cut | undefined
    const features = growth.draw()
    for (let at = 0; at < features.length && (at < tried || best === undefined); ++at) {
        const feature = features[at]
        const { bins, edges } = binned[feature]
        byClass.fill(0)
        totals.fill(0)
        for (let i = 0; i < rows.length; ++i) {
            const bin = bins[rows[i]]
            byClass[bin * classCount + classes[i]] += weights[i]
            totals[bin] += weights[i]
        }
        low.fill(0)
        high.fill(0)
        let highTotal = 0
        for (let bin = 0; bin <= edges.length; ++bin) {
            if (totals[bin] === 0) continue
            highTotal += totals[bin]
            for (let c = 0; c < classCount; ++c) high[c] += byClass[bin * classCount + c]
        }
        const total = highTotal
        const whole = squaresOf(high) / total
        let lowTotal = 0
        let bestGain = best?.gain ?? GAIN_MIN_SHARE * total
        let filled = -1
        for (let bin = 0; bin <= edges.length; ++bin) {
            if (totals[bin] === 0) continue
            if (filled >= 0) {
                const gain = squaresOf(low) / lowTotal + squaresOf(high) / highTotal - whole
                if (gain > bestGain) {
                    bestGain = gain
                    // In the middle of the bins that hold no row of this node.
                    const middle = (filled + bin - 1) >> 1
                    best = { feature, bin: middle, lowIsLarger: lowTotal >= highTotal, gain }
                }
            }
            for (let c = 0; c < classCount; ++c) {
                low[c] += byClass[bin * classCount + c]
                high[c] -= byClass[bin * classCount + c]
            }
            lowTotal += totals[bin]
            highTotal -= totals[bin]
            filled = bin
        }
    }
    return best
}

function squaresOf(weights: Float64Array): number {
    let squares = 0
    for (let c = 0; c < weights.length; ++c) squares += weights[c] * weights[c]
    return squares
}

/** The cut on another input that sends the most weight as the given one does, more than the larger side holds; or none. */
function bestSurrogate(
    { binned, weights }: Growth,
    rows: Int32Array,
    cut: Cut
): Surrogate | undefined {
    const own = binned[cut.feature].bins
    const lows = new Float64Array(BINS_MAX + 1)
    const all = new Float64Array(BINS_MAX + 1)
    let best: Surrogate | undefined
    let bestGained = 0
    binned.forEach(({ bins, edges }, feature) => {
        if (feature === cut.feature) return
        lows.fill(0)
        all.fill(0)
        let low = 0
        let total = 0
        for (const row of rows) {
            if (own[row] === GAP || bins[row] === GAP) continue
            const isLow = own[row] <= cut.bin
            total += weights[row]
            all[bins[row]] += weights[row]
            if (isLow) low += weights[row]
            if (isLow) lows[bins[row]] += weights[row]
        }
        const majority = Math.max(low, total - low)
        let below = 0
        let lowsBelow = 0
        edges.forEach((threshold, i) => {
            below += all[i]
            lowsBelow += lows[i]
            // Lows below and highs above; the other way round it is all the rest.
            const agreeing = lowsBelow + (total - low - (below - lowsBelow))
            const lowIsBelow = 2 * agreeing >= total
            const gained = (lowIsBelow ? agreeing : total - agreeing) - majority
            if (gained > bestGained + GAIN_MIN_SHARE * total) {
                bestGained = gained
                best = { feature, threshold, lowIsBelow }
            }
        })
    })
    return best
}
