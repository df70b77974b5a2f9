/**
 * How large the tree may be, found on the training data alone: cost-complexity pruning, its alpha by cross-validation. Among sizes that
 * differ by less than the standard error of the best one, the smallest is taken (Breiman et al., 1984, section 3.4.3).
 */
import type { Ensemble } from "./ensemble"
import { alphasOf, prunedTree, weakestLinks } from "./pruning"
import { classOfRow, type Examples, growTree, nodeCount, sortedRows, type TreeNode } from "./tree"

/** What models of one size get wrong in the folds they have not seen, as shares of rows; `unknown` is wrong. */
export interface SizeError {
    trees: number
    /** Of all trees, as they come out of all rows. */
    nodes: number
    error: number
    standardError: number
}

export interface Selection {
    /** By size, from the smallest on. */
    curve: SizeError[]
    least: SizeError
    chosen: SizeError
    ensemble: Ensemble
}

/** A binary tree of k splits has 2 k + 1 nodes. */
export function splitsOfNodes(nodes: number): number {
    return Math.floor((nodes - 1) / 2)
}

/**
 * @param folds of each row its fold, 0 to at least 1, none of them empty
 * @param progress told the share that is done
 */
export function selectTree(
    examples: Examples,
    maxNodes: number,
    folds: Int32Array,
    progress: (share: number) => void = () => {}
): Selection {
    const maxSplits = splitsOfNodes(maxNodes)
    const sorted = sortedRows(examples)
    const rows = Int32Array.from(folds.keys())
    const whole = growTree(examples, rows, maxSplits, sorted)
    const links = weakestLinks(whole)
    const alphas = alphasOf(links)
    const foldCount = foldsIn(folds)
    const errors: number[][] = []
    for (let fold = 0; fold < foldCount; ++fold) {
        progress((fold + 1) / (foldCount + 1))
        const tree = growTree(
            examples,
            rows.filter(row => folds[row] !== fold),
            maxSplits,
            sorted
        )
        const unseen = rows.filter(row => folds[row] === fold)
        const foldLinks = weakestLinks(tree)
        errors.push(
            alphas.map((_, i) => {
                const pruned = prunedTree(tree, foldLinks, typicalAlpha(alphas, i))
                return wrongIn(pruned, examples, unseen) / unseen.length
            })
        )
    }
    const sizes = alphas
        .map((alpha, i) => ({
            size: {
                trees: 1,
                nodes: nodeCount(prunedTree(whole, links, alpha)),
                ...meanOf(errors.map(fold => fold[i])),
            },
            alpha,
        }))
        .reverse()
    const curve = sizes.map(({ size }) => size)
    const { least, chosen } = smallestGoodSize(curve)
    const { alpha } = sizes[curve.indexOf(chosen)]
    const root = prunedTree(whole, links, alpha)
    return { curve, least, chosen, ensemble: [{ weight: 1, root }] }
}

/** @param folds of each row its fold, from 0 on */
export function foldsIn(folds: Int32Array): number {
    return folds.reduce((most, fold) => Math.max(most, fold), 0) + 1
}

/** @param curve by size @returns the least error, and the smallest size within one standard error of it. */
export function smallestGoodSize(curve: SizeError[]): { least: SizeError; chosen: SizeError } {
    let least = curve[0]
    for (const size of curve) if (size.error < least.error) least = size
    const bound = least.error + least.standardError
    return { least, chosen: curve.find(size => size.error <= bound) ?? least }
}

/** A tree of other rows has other alphas: from this one to the next all mean the same size, and their geometric middle is asked for. */
function typicalAlpha(alphas: number[], index: number): number {
    return index + 1 < alphas.length ? Math.sqrt(alphas[index] * alphas[index + 1]) : Infinity
}

function wrongIn(tree: TreeNode, { columns, classes }: Examples, rows: Int32Array): number {
    let wrong = 0
    for (const row of rows) if (classOfRow(tree, columns, row) !== classes[row]) ++wrong
    return wrong
}

/** With its standard error. */
export function meanOf(values: number[]): { error: number; standardError: number } {
    const n = values.length
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { error: mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}
