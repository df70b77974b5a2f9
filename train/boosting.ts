/**
 * Boosted trees: SAMME, multi-class AdaBoost (J. Zhu, H. Zou, S. Rosset, T. Hastie, Multi-class AdaBoost, Statistics and Its Interface 2,
 * 2009, algorithm 2). Each tree is grown on the rows as the ones before it left them: those told wrongly weigh more. The better a tree
 * tells its rows, the more its vote counts.
 */
import { growBinned } from "./binned-tree"
import type { BinnedColumn } from "./bins"
import type { Ensemble } from "./ensemble"
import { classOfRow, type Examples } from "./tree"

/** Votes are whole numbers: this many to one unit of the paper's alpha. */
const VOTES_PER_ALPHA = 32

/** @param rows to learn from @param maxSplits of each tree @returns fewer trees when one tells all rows, or none better than chance */
export function growBoosted(
    examples: Examples,
    binned: BinnedColumn[],
    rows: Int32Array,
    treeCount: number,
    maxSplits: number
): Ensemble {
    const { columns, classes, classCount } = examples
    const features = binned.map((_, feature) => feature)
    const weights = new Float64Array(classes.length)
    for (const row of rows) weights[row] = 1 / rows.length
    const trees: Ensemble = []
    while (trees.length < treeCount) {
        const growth = { examples, binned, weights, maxSplits, draw: () => features }
        const root = growBinned({ ...growth, tried: features.length }, rows)
        const wrong = rows.filter(row => classOfRow(root, columns, row) !== classes[row])
        // Half a row at least: nothing is told for certain.
        const error = Math.max(
            wrong.reduce((sum, row) => sum + weights[row], 0),
            0.5 / rows.length
        )
        const alpha = Math.log((1 - error) / error) + Math.log(classCount - 1)
        if (alpha <= 0 && trees.length > 0) break
        trees.push({ weight: Math.max(1, Math.round(VOTES_PER_ALPHA * alpha)), root })
        if (wrong.length === 0 || alpha <= 0) break
        for (const row of wrong) weights[row] *= Math.exp(alpha)
        const total = rows.reduce((sum, row) => sum + weights[row], 0)
        for (const row of rows) weights[row] /= total
    }
    return trees
}
