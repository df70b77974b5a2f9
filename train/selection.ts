/**
 * How large the tree may be, found on the training data alone: cost-complexity pruning, its alpha by cross-validation. Among sizes that
 * differ by less than the standard error of the best one, the smallest is taken (Breiman et al., 1984, section 3.4.3).
 */
import { alphasOf, prunedTree, weakestLinks } from "./pruning"
import { classOfRow, type Examples, growTree, nodeCount, sortedRows, type TreeNode } from "./tree"

/** What trees pruned at `alpha` get wrong in the folds they have not seen, as shares of rows; `unknown` is wrong. */
export interface SizeError {
    /** Of the tree grown on all rows and pruned there. */
    nodes: number
    alpha: number
    error: number
    standardError: number
}

export interface Selection {
    /** By size, from the single leaf on. */
    curve: SizeError[]
    least: SizeError
    chosen: SizeError
    tree: TreeNode
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
    const foldCount = folds.reduce((most, fold) => Math.max(most, fold), 0) + 1
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
    const curve = alphas
        .map((alpha, i) => ({
            nodes: nodeCount(prunedTree(whole, links, alpha)),
            alpha,
            ...meanOf(errors.map(fold => fold[i])),
        }))
        .reverse()
    const { least, chosen } = smallestGoodSize(curve)
    return { curve, least, chosen, tree: prunedTree(whole, links, chosen.alpha) }
}

/** The least error, and the smallest size within one standard error of it. */
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

function meanOf(values: number[]): { error: number; standardError: number } {
    const n = values.length
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { error: mean, standardError: Math.sqrt(squares / (n - 1) / n) }
}
