/** How much each input counts: by how much its splits lower the Gini impurity of the training rows (Breiman et al., 1984, section 5.3.4). */
import type { TreeNode } from "../tree"
import type { ReportTree } from "./facts"

/** Of each input its share of all that the trees lower it, each tree by its weight; 0 throughout where nothing is split. */
export function importanceOf(trees: ReportTree[], inputs: number): number[] {
    const decrease: number[] = new Array(inputs).fill(0)

    function visit({ counts, split }: TreeNode, weight: number): void {
        if (split === undefined) return
        const { feature, low, high } = split
        decrease[feature] +=
            weight * (impurity(counts) - impurity(low.counts) - impurity(high.counts))
        visit(low, weight)
        visit(high, weight)
    }

    for (const { root, weight } of trees) visit(root, weight)
    const total = decrease.reduce((sum, value) => sum + value, 0)
    return total > 0 ? decrease.map(value => value / total) : decrease
}

/** Summed over rows. */
function impurity(counts: number[]): number {
    const rows = counts.reduce((sum, count) => sum + count, 0)
    if (rows === 0) return 0
    return rows - counts.reduce((sum, count) => sum + count * count, 0) / rows
}
