/**
 * Classification trees by Gini impurity (Breiman et al., Classification and Regression Trees, 1984), grown best split first.
 *
 * A gap in a recording is NaN. A cut is judged by the rows that have its value. Where a column of the recording has gaps, a split
 * on it carries a surrogate: another input that sends more rows the same way than always taking the larger side would (section 5.3).
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
    /** Training rows of each class that came here. */
    counts: number[]
    split?: Split
}

export interface Split {
    feature: number
    /** A value at or below goes low. */
    threshold: number
    surrogate?: Surrogate
    low: TreeNode
    high: TreeNode
}

/** What decides when a split's own input is missing. */
export interface Surrogate {
    feature: number
    threshold: number
    /** Whether a value at or below goes low, or one above. */
    lowIsBelow: boolean
}

/** A node that may still be split. */
interface Open {
    node: TreeNode
    rows: Int32Array
    /** By feature, the rows that have it, by value. */
    orders: Int32Array[]
    cut: Cut
}

interface Cut {
    feature: number
    threshold: number
    /** Rows going low, of those that have the value. */
    lowCount: number
    /** By how much the impurity, summed over rows, falls. */
    gain: number
}

/** A gain below this share of the rows is rounding. */
const GAIN_MIN_PER_ROW = 1e-12

/** Of each feature the rows that have it, by value; rows of equal value by their place, so that nothing hangs on the sort. */
export function sortedRows({ columns }: Examples): Int32Array[] {
    return columns.map(column => {
        const rows = Int32Array.from(column.keys()).filter(row => !Number.isNaN(column[row]))
        return rows.sort((a, b) => column[a] - column[b] || a - b)
    })
}

/**
 * At most `maxSplits` splits; of equal gains the older node, the lower feature, the lower threshold.
 * @param sorted from `sortedRows`: whoever grows several trees sorts once
 */
export function growTree(
    examples: Examples,
    rows: Int32Array,
    maxSplits: number,
    sorted = sortedRows(examples)
): TreeNode {
    const { columns, classes } = examples
    const open: Open[] = []
    const mark = new Uint8Array(classes.length)
    const hasGaps = sorted.map(order => order.length < classes.length)

    function nodeOf(rows: Int32Array, orders: Int32Array[]): TreeNode {
        const counts = classCounts(examples, rows)
        const node: TreeNode = { classIndex: counts.indexOf(Math.max(...counts)), counts }
        const cut = bestCut(examples, orders, rows.length)
        if (cut !== undefined) open.push({ node, rows, orders, cut })
        return node
    }

    for (const row of rows) mark[row] = 1
    const root = nodeOf(
        rows,
        sorted.map(order => order.filter(row => mark[row] === 1))
    )
    for (let splits = 0; splits < maxSplits && open.length > 0; ++splits) {
        let best = 0
        for (let i = 1; i < open.length; ++i) if (open[i].cut.gain > open[best].cut.gain) best = i
        const [{ node, rows, orders, cut }] = open.splice(best, 1)
        const { feature, threshold } = cut
        const surrogate = hasGaps[feature] ? bestSurrogate(examples, orders, cut) : undefined
        const lowIsLarger = 2 * cut.lowCount >= orders[feature].length
        const split = { feature, threshold, surrogate }
        for (const row of rows) mark[row] = (isLow(split, columns, row) ?? lowIsLarger) ? 1 : 0
        const side = (low: number) =>
            nodeOf(
                rows.filter(row => mark[row] === low),
                orders.map(order => order.filter(row => mark[row] === low))
            )
        node.split = { ...split, low: side(1), high: side(0) }
        if (surrogate === undefined) delete node.split.surrogate
    }
    return root
}

/** Undefined when both the split's input and its surrogate's are missing: a node in the field cannot tell. */
function isLow(
    { feature, threshold, surrogate }: Omit<Split, "low" | "high">,
    columns: Float64Array[],
    row: number
): boolean | undefined {
    const value = columns[feature][row]
    if (!Number.isNaN(value)) return value <= threshold
    if (surrogate === undefined) return undefined
    const other = columns[surrogate.feature][row]
    if (Number.isNaN(other)) return undefined
    return other <= surrogate.threshold === surrogate.lowIsBelow
}

export function nodeCount(node: TreeNode): number {
    return node.split === undefined ? 1 : 1 + nodeCount(node.split.low) + nodeCount(node.split.high)
}

/** Where the row goes; undefined from a leaf, and where it cannot be told. */
export function childFor(
    { split }: TreeNode,
    columns: Float64Array[],
    row: number
): TreeNode | undefined {
    if (split === undefined) return undefined
    const low = isLow(split, columns, row)
    if (low === undefined) return undefined
    return low ? split.low : split.high
}

/** Undefined where a missing input leaves it open. */
export function classOfRow(
    root: TreeNode,
    columns: Float64Array[],
    row: number
): number | undefined {
    let node: TreeNode | undefined = root
    while (node?.split !== undefined) node = childFor(node, columns, row)
    return node?.classIndex
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
function bestCut(examples: Examples, orders: Int32Array[], rowCount: number): Cut | undefined {
    const { classes } = examples
    let best: Cut | undefined
    let bestGain = GAIN_MIN_PER_ROW * rowCount
    orders.forEach((order, feature) => {
        const column = examples.columns[feature]
        const n = order.length
        const low: number[] = new Array(examples.classCount).fill(0)
        const high = classCounts(examples, order)
        let squares = 0
        for (const count of high) squares += count * count
        let lowSquares = 0
        let highSquares = squares
        for (let i = 0; i + 1 < n; ++i) {
            const c = classes[order[i]]
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

/** Of all other inputs the cut that sends the most rows as the given one does, more than the larger side holds; or none. */
function bestSurrogate(
    { columns }: Examples,
    orders: Int32Array[],
    cut: Cut
): Surrogate | undefined {
    const own = columns[cut.feature]
    let best: Surrogate | undefined
    let bestGained = 0
    orders.forEach((order, feature) => {
        if (feature === cut.feature) return
        const both = order.filter(row => !Number.isNaN(own[row]))
        const n = both.length
        let lows = 0
        for (const row of both) if (own[row] <= cut.threshold) ++lows
        const majority = Math.max(lows, n - lows)
        let lowsBelow = 0
        for (let i = 0; i + 1 < n; ++i) {
            if (own[both[i]] <= cut.threshold) ++lowsBelow
            const value = columns[feature][both[i]]
            const next = columns[feature][both[i + 1]]
            if (value === next) continue
            // Lows below and highs above; the other way round it is all the rest.
            const agreeing = lowsBelow + (n - lows - (i + 1 - lowsBelow))
            const lowIsBelow = 2 * agreeing >= n
            const gained = (lowIsBelow ? agreeing : n - agreeing) - majority
            if (gained > bestGained) {
                bestGained = gained
                best = { feature, threshold: between(value, next), lowIsBelow }
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
