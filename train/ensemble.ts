/** Trees that vote, which is what every kind of model is: a single tree is an ensemble of one. The rule is that of src/inference/packed.ts. */
import { UNKNOWN } from "../src/inference/model"
import { classOfRow, nodeCount, type TreeNode } from "./tree"

/** A tree, and how much its vote counts: a whole number, 1 or more. */
export interface Weighted<Node> {
    weight: number
    root: Node
}

export type Ensemble = Weighted<TreeNode>[]

/**
 * The class of the greatest weight, of equals the lowest; UNKNOWN when the trees that do not know weigh as much.
 * @param answer of one tree: a class, or UNKNOWN
 */
export function voted<Node>(trees: Weighted<Node>[], answer: (root: Node) => number): number {
    const votes: number[] = []
    let unknown = 0
    for (const { root, weight } of trees) {
        const told = answer(root)
        if (told === UNKNOWN) unknown += weight
        else votes[told] = (votes[told] ?? 0) + weight
    }
    return verdictOf(votes, unknown)
}

/** @param votes by class; nothing where no tree was for it */
export function verdictOf(votes: ArrayLike<number>, unknown: number): number {
    let most = unknown
    let best = UNKNOWN
    for (let i = 0; i < votes.length; ++i)
        if (votes[i] > most) {
            most = votes[i]
            best = i
        }
    return best
}

/** A class, or UNKNOWN. */
export function verdictOfRow(trees: Ensemble, columns: Float64Array[], row: number): number {
    return voted(trees, root => classOfRow(root, columns, row) ?? UNKNOWN)
}

export function nodesOf(trees: Ensemble): number {
    return trees.reduce((sum, { root }) => sum + nodeCount(root), 0)
}
