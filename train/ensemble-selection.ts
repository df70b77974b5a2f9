/**
 * How many trees, and how large, found on the training data alone: by cross-validation over the folds that a single tree is chosen by, and by
 * its rule, the smallest within one standard error of the least. Smallest is in bytes of model.bin.
 */
import {
    CHECKSUM_BYTES,
    HEADER_BYTES,
    INPUT_BYTES,
    NODE_BYTES,
    ROOT_BYTES,
} from "../src/inference/packed"
import { UNKNOWN } from "../src/inference/model"
import { binnedColumns } from "./bins"
import { growBoosted } from "./boosting"
import { type Ensemble, nodesOf, verdictOf } from "./ensemble"
import { growForest } from "./forest"
import { columnsOf } from "./quantise"
import type { Kind } from "./recipe"
import {
    foldsIn,
    meanOf,
    type Selection,
    type SizeError,
    smallestGoodSize,
    splitsOfNodes,
} from "./selection"
import { classOfRow, type Examples, type TreeNode } from "./tree"

/** Of one tree. Boosting adds up small trees; those of a forest are right each by itself. */
const TREE_NODES: Record<Exclude<Kind, "tree">, number[]> = {
    forest: [7, 15, 31, 63, 127],
    boosted: [3, 7, 15, 31],
}
/** Growing by about two fifths: fewer trees are the first of more. More would wait longer on the board for a verdict than they gain. */
const TREE_COUNTS = [3, 5, 7, 10, 14, 20, 28, 40, 57, 80, 113]

/**
 * @param maxNodes of all trees together
 * @param folds of each row its fold, 0 to at least 1, none of them empty
 * @param progress told the share that is done
 */
export function selectEnsemble(
    kind: Exclude<Kind, "tree">,
    examples: Examples,
    maxNodes: number,
    folds: Int32Array,
    seed: number,
    progress: (share: number) => void = () => {}
): Selection {
    const binned = binnedColumns(examples)
    const rows = Int32Array.from(folds.keys())
    const foldCount = foldsIn(folds)
    const treeNodes = TREE_NODES[kind].filter(nodes => TREE_COUNTS[0] * nodes <= maxNodes)
    const sizes = treeNodes.length > 0 ? treeNodes : [3]
    const candidates: { ensemble: Ensemble; size: SizeError; bytes: number }[] = []
    sizes.forEach((nodes, done) => {
        const counts = countsWithin(Math.max(1, Math.floor(maxNodes / nodes)))
        const most = counts[counts.length - 1]
        const grown = (of: Int32Array): Ensemble =>
            kind === "forest"
                ? growForest(examples, binned, of, most, splitsOfNodes(nodes), seed)
                : growBoosted(examples, binned, of, most, splitsOfNodes(nodes))
        const errors: number[][] = []
        for (let fold = 0; fold < foldCount; ++fold) {
            progress((done + fold / foldCount) / sizes.length)
            const ensemble = grown(rows.filter(row => folds[row] !== fold))
            const unseen = rows.filter(row => folds[row] === fold)
            errors.push(errorsOfFirst(ensemble, counts, examples, unseen))
        }
        const whole = grown(rows)
        counts.forEach((count, i) => {
            const ensemble = whole.slice(0, count)
            if (ensemble.length < count && i > 0 && ensemble.length <= counts[i - 1]) return
            const error = meanOf(errors.map(fold => fold[i]))
            const size = { trees: ensemble.length, nodes: nodesOf(ensemble), ...error }
            candidates.push({ ensemble, size, bytes: bytesOf(ensemble) })
        })
    })
    candidates.sort((a, b) => a.bytes - b.bytes || a.size.nodes - b.size.nodes)
    const curve = candidates.map(({ size }) => size)
    const { least, chosen } = smallestGoodSize(curve)
    const { ensemble } = candidates[curve.indexOf(chosen)]
    return { curve, least, chosen, ensemble }
}

function countsWithin(most: number): number[] {
    const bound = Math.min(most, TREE_COUNTS[TREE_COUNTS.length - 1])
    return [...TREE_COUNTS.filter(count => count < bound), bound]
}

/** Of model.bin. */
function bytesOf(ensemble: Ensemble): number {
    const surrogates = ensemble.reduce((sum, { root }) => sum + surrogatesOf(root), 0)
    return (
        HEADER_BYTES +
        columnsOf(ensemble).length * INPUT_BYTES +
        ensemble.length * ROOT_BYTES +
        (nodesOf(ensemble) + surrogates) * NODE_BYTES +
        CHECKSUM_BYTES
    )
}

function surrogatesOf({ split }: TreeNode): number {
    if (split === undefined) return 0
    const own = split.surrogate === undefined ? 0 : 1
    return own + surrogatesOf(split.low) + surrogatesOf(split.high)
}

/** What the first of the trees get wrong, for each of the counts, as shares of the rows. */
function errorsOfFirst(
    ensemble: Ensemble,
    counts: number[],
    { columns, classes, classCount }: Examples,
    rows: Int32Array
): number[] {
    const wrong: number[] = new Array(counts.length).fill(0)
    const votes = new Float64Array(classCount)
    for (const row of rows) {
        votes.fill(0)
        let unknown = 0
        let voters = 0
        counts.forEach((count, i) => {
            for (; voters < Math.min(count, ensemble.length); ++voters) {
                const { root, weight } = ensemble[voters]
                const told = classOfRow(root, columns, row) ?? UNKNOWN
                if (told === UNKNOWN) unknown += weight
                else votes[told] += weight
            }
            if (verdictOf(votes, unknown) !== classes[row]) ++wrong[i]
        })
    }
    return wrong.map(count => count / rows.length)
}
