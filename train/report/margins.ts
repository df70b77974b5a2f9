/** How near the training rows come to each threshold: where they crowd around it, a little noise turns the verdict. */
import { childFor, type Surrogate, type TreeNode } from "../tree"
import type { JudgedRows, ReportTree } from "./facts"

export interface Margin {
    /** Which tree, and which of its questions, each from 1 on; questions are counted from the root down, low side first. */
    tree: number
    question: number
    feature: number
    threshold: number
    surrogate?: Surrogate
    /** Training rows that come to it and have its input. */
    rows: number
    /** Of these, how many lie within NEAR_SHARE of the input's range. */
    near: number
    /** Of the nearest row at or below, and above, in the input's unit; Infinity where there is none. */
    below: number
    above: number
}

/** Of the range that an input has over all training rows. */
export const NEAR_SHARE = 0.01

export function marginsOf(
    trees: ReportTree[],
    { columns }: Pick<JudgedRows, "columns">,
    rows: number
): Margin[] {
    const ranges = columns.map(rangeOf)
    const margins: Margin[] = []

    function visit(node: TreeNode, here: number[], tree: number, before: number): number {
        if (node.split === undefined) return before
        const { feature, threshold, surrogate, low, high } = node.split
        const question = before + 1
        const margin: Margin = {
            tree,
            question,
            feature,
            threshold,
            surrogate,
            rows: 0,
            near: 0,
            below: Infinity,
            above: Infinity,
        }
        for (const row of here) {
            const value = columns[feature][row]
            if (Number.isNaN(value)) continue
            const distance = Math.abs(value - threshold)
            ++margin.rows
            if (distance <= NEAR_SHARE * ranges[feature]) ++margin.near
            if (value > threshold) margin.above = Math.min(margin.above, distance)
            else margin.below = Math.min(margin.below, distance)
        }
        margins.push(margin)
        const children = here.map(row => childFor(node, columns, row))
        const side = (child: TreeNode) => here.filter((_, i) => children[i] === child)
        return visit(high, side(high), tree, visit(low, side(low), tree, question))
    }

    const all = Array.from({ length: rows }, (_, row) => row)
    trees.forEach(({ root }, i) => visit(root, all, i + 1, 0))
    return margins
}

/** Least to greatest; 0 where there is no value. */
export function rangeOf(column: Float64Array): number {
    let least = Infinity
    let greatest = -Infinity
    for (const value of column) {
        if (value < least) least = value
        if (value > greatest) greatest = value
    }
    return greatest > least ? greatest - least : 0
}
