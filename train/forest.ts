/**
 * Random forests (L. Breiman, Random Forests, Machine Learning 45, 2001): each tree is grown on as many rows as there are, drawn with
 * replacement, and each of its cuts on the best of a few inputs drawn for it. Every tree has one vote.
 */
import { growBinned } from "./binned-tree"
import type { BinnedColumn } from "./bins"
import type { Ensemble } from "./ensemble"
import { mulberry32 } from "./random"
import type { Examples } from "./tree"

/** @param rows to learn from @param maxSplits of each tree */
export function growForest(
    examples: Examples,
    binned: BinnedColumn[],
    rows: Int32Array,
    treeCount: number,
    maxSplits: number,
    seed: number
): Ensemble {
    const random = mulberry32(seed)
    const features = binned.map((_, feature) => feature)
    /** The first of a shuffle; the rest follow for a node that none of them divides. */
    const draw = () => {
        for (let i = 0; i + 1 < features.length; ++i) {
            const j = i + Math.floor(random() * (features.length - i))
            const kept = features[i]
            features[i] = features[j]
            features[j] = kept
        }
        return features
    }
    const tried = Math.max(1, Math.round(Math.sqrt(features.length)))
    return Array.from({ length: treeCount }, () => {
        const weights = new Float64Array(examples.classes.length)
        for (let i = 0; i < rows.length; ++i) ++weights[rows[Math.floor(random() * rows.length)]]
        const drawn = rows.filter(row => weights[row] > 0)
        const growth = { examples, binned, weights, maxSplits, draw, tried }
        return { weight: 1, root: growBinned(growth, drawn) }
    })
}
