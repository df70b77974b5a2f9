/**
 * Classification trees by Gini impurity (Breiman et al., Classification and Regression Trees, 1984), grown best split first.
 *
 * Best first means that every smaller tree is the beginning of the larger one: a split knows its order, and the tree of k splits
 * is the one with the orders below k. One growth serves all sizes.
 */

/** Rows x features, kept by feature, and the class of every row. */
export interface Examples {
    columns: Float64Array[]
    classes: Int32Array
    classCount: number
}

export interface TreeNode {
    /** The most frequent class here; of equals, the lowest. */
    classIndex: number
    split?: Split
}

export interface Split {
    feature: number
    /** A value at or below goes low. */
    threshold: number
    /** 0 for the first split of the tree. */
    order: number
    low: TreeNode
    high: TreeNode
}

/** A node that may still be split: its rows sorted by each feature, and the best way to split them. */
interface Open {
    node: TreeNode
    orders: Int32Array[]
    cut: Cut
}

interface Cut {
    feature: number
    threshold: number
    /** Rows going low. */
    lowCount: number
    /** By how much the impurity, summed over rows, falls. */
    gain: number
}

/** A gain below this share of the rows is rounding. */
const GAIN_MIN_PER_ROW = 1e-12

/** At most `maxSplits` splits; of equal gains the older node, the lower feature, the lower threshold. */
export function growTree(examples: Examples, rows: Int32Array, maxSplits: number): TreeNode {
    const open: Open[] = []
    const goesLow = new Uint8Array(examples.classes.length)

    function nodeOf(orders: Int32Array[]): TreeNode {
        const counts = classCounts(examples, orders[0])
        const node: TreeNode = { classIndex: counts.indexOf(Math.max(...counts)) }
        const cut = bestCut(examples, orders, counts)
        if (cut !== undefined) open.push({ node, orders, cut })
        return node
    }

    const root = nodeOf(examples.columns.map(column => rows.slice().sort(byValue(column))))
    for (let order = 0; order < maxSplits && open.length > 0; ++order) {
        let best = 0
        for (let i = 1; i < open.length; ++i) if (open[i].cut.gain > open[best].cut.gain) best = i
        const [{ node, orders, cut }] = open.splice(best, 1)
        orders[cut.feature].forEach((row, i) => (goesLow[row] = i < cut.lowCount ? 1 : 0))
        const { feature, threshold } = cut
        const low = nodeOf(orders.map(sorted => sorted.filter(row => goesLow[row] === 1)))
        const high = nodeOf(orders.map(sorted => sorted.filter(row => goesLow[row] === 0)))
        node.split = { feature, threshold, order, low, high }
    }
    return root
}

/** The beginning of a tree, its first `splits` splits, without those that do not change the class. */
export function prunedTree(node: TreeNode, splits: number): TreeNode {
    const { classIndex, split } = node
    if (split === undefined || split.order >= splits) return { classIndex }
    const low = prunedTree(split.low, splits)
    const high = prunedTree(split.high, splits)
    const same = low.classIndex === high.classIndex
    if (same && low.split === undefined && high.split === undefined) return low
    return { classIndex, split: { ...split, low, high } }
}

export function nodeCount(node: TreeNode): number {
    return node.split === undefined ? 1 : 1 + nodeCount(node.split.low) + nodeCount(node.split.high)
}

export function classOfRow(root: TreeNode, columns: Float64Array[], row: number): number {
    let node = root
    while (node.split !== undefined) {
        const { feature, threshold, low, high } = node.split
        node = columns[feature][row] <= threshold ? low : high
    }
    return node.classIndex
}

/** By value, and rows of equal value by their place, so that nothing hangs on the sort. */
function byValue(column: Float64Array): (a: number, b: number) => number {
    return (a, b) => column[a] - column[b] || a - b
}

function classCounts(examples: Examples, rows: Int32Array): number[] {
    const counts: number[] = new Array(examples.classCount).fill(0)
    for (const row of rows) ++counts[examples.classes[row]]
    return counts
}

/**
 * Impurity summed over the n rows of a node is n - sum(count^2) / n, so the least impurity is the greatest sum(count^2) / n over
 * both sides, and the sums of squares can be kept up to date row by row.
 */
function bestCut(examples: Examples, orders: Int32Array[], counts: number[]): Cut | undefined {
    const n = orders[0].length
    let squares = 0
    for (const count of counts) squares += count * count
    let best: Cut | undefined
    let bestGain = GAIN_MIN_PER_ROW * n
    orders.forEach((order, feature) => {
        const column = examples.columns[feature]
        const low: number[] = new Array(examples.classCount).fill(0)
        const high = counts.slice()
        let lowSquares = 0
        let highSquares = squares
        for (let i = 0; i + 1 < n; ++i) {
            const c = examples.classes[order[i]]
            lowSquares += 2 * low[c]++ + 1
            highSquares -= 2 * high[c]-- - 1
            const value = column[order[i]]
            const next = column[order[i + 1]]
            if (value === next) continue
            const lowCount = i + 1
            const gain = lowSquares / lowCount + highSquares / (n - lowCount) - squares / n
            if (gain > bestGain) {
                bestGain = gain
                best = { feature, threshold: between(value, next), lowCount, gain }
            }
        }
    })
    return best
}

/** Halfway; the lower one where nothing lies between, for the upper must stay above. */
function between(low: number, high: number): number {
    const middle = low + (high - low) / 2
    return middle < high ? middle : low
}
