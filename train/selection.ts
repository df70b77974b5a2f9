/**
 * How large the tree may be, found on the training data alone.
 *
 * Rows of a recording resemble their neighbours: with rows drawn at random into test folds, a tree that remembers the minute
 * before passes for a good one. So the folds are contiguous blocks of time. Among sizes that differ by less than the standard
 * error of the best one, the smallest is taken (Breiman et al., 1984, section 3.4.3).
 */
import { type Examples, growTree, type TreeNode } from "./tree"

/** What a tree of at most `nodes` nodes gets wrong in the blocks it has not seen, as shares of rows. */
export interface SizeError {
    nodes: number
    error: number
    standardError: number
}

export interface Selection {
    /** By size, from the single leaf on. */
    curve: SizeError[]
    least: SizeError
    chosen: SizeError
}

/** A binary tree of k splits has 2 k + 1 nodes. */
export function splitsOfNodes(nodes: number): number {
    return Math.floor((nodes - 1) / 2)
}

/** @param blocks at least 2, at most the number of rows */
export function selectSize(examples: Examples, maxNodes: number, blocks: number): Selection {
    const maxSplits = splitsOfNodes(maxNodes)
    const rows = Int32Array.from(examples.classes.keys())
    const errors: number[][] = []
    for (let block = 0; block < blocks; ++block) {
        const start = Math.floor((block * rows.length) / blocks)
        const end = Math.floor(((block + 1) * rows.length) / blocks)
        const tree = growTree(
            examples,
            rows.filter(row => row < start || row >= end),
            maxSplits
        )
        errors.push(
            wrongBySplits(tree, examples, rows.subarray(start, end), maxSplits).map(
                wrong => wrong / (end - start)
            )
        )
    }
    const curve: SizeError[] = []
    for (let splits = 0; splits <= maxSplits; ++splits)
        curve.push({ nodes: 2 * splits + 1, ...meanOf(errors.map(block => block[splits])) })
    return { curve, ...smallestGoodSize(curve) }
}

/** The least error, and the smallest size within one standard error of it. */
export function smallestGoodSize(curve: SizeError[]): { least: SizeError; chosen: SizeError } {
    let least = curve[0]
    for (const size of curve) if (size.error < least.error) least = size
    const bound = least.error + least.standardError
    return { least, chosen: curve.find(size => size.error <= bound) ?? least }
}

/**
 * Rows told wrongly by the beginnings of a tree of 0..maxSplits splits, in one walk a row: orders grow on the way down, so a node
 * gives the answer for all sizes from the split above it up to its own.
 */
function wrongBySplits(
    root: TreeNode,
    examples: Examples,
    rows: Int32Array,
    maxSplits: number
): number[] {
    const wrong: number[] = new Array(maxSplits + 1).fill(0)
    for (const row of rows) {
        let node: TreeNode | undefined = root
        let splits = 0
        while (node !== undefined) {
            const until: number = node.split?.order ?? maxSplits
            const right = node.classIndex === examples.classes[row]
            for (; splits <= until; ++splits) if (!right) ++wrong[splits]
            node = childFor(node, examples.columns, row)
        }
    }
    return wrong
}

function childFor(node: TreeNode, columns: Float64Array[], row: number): TreeNode | undefined {
    if (node.split === undefined) return undefined
    const { feature, threshold, low, high } = node.split
    return columns[feature][row] <= threshold ? low : high
}

function meanOf(values: number[]): { error: number; standardError: number } {
    const n = values.length
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { error: mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}
