/**
 * Cost-complexity pruning (Breiman et al., 1984, chapter 3): the cost of a tree is its share of training rows told wrongly, plus
 * alpha a leaf. As alpha grows, the tree of the least cost shrinks, link by weakest link; those trees are nested.
 */
import type { TreeNode } from "./tree"

/** Links that differ by less are equal but for rounding. */
const ALPHA_EPSILON = 1e-12

/** From which alpha on a split is not worth its leaves. A split's is never more than that of the split above it. */
export type Links = Map<TreeNode, number>

export function weakestLinks(root: TreeNode): Links {
    const rows = sum(root.counts)
    const links: Links = new Map()
    let alpha = 0
    let next = strengths(root, rows, links)
    while (next.size > 0) {
        let least = Infinity
        for (const strength of next.values()) if (strength < least) least = strength
        // Equal links go together; those that got weaker by an earlier cut go with it.
        alpha = Math.max(alpha, least)
        for (const [node, strength] of next)
            if (strength <= alpha + ALPHA_EPSILON) cutOff(node, alpha, links)
        next = strengths(root, rows, links)
    }
    return links
}

/** The alphas at which the tree changes, upwards, from 0. */
export function alphasOf(links: Links): number[] {
    return [...new Set([0, ...links.values()])].sort((a, b) => a - b)
}

/** Without the splits that are not worth `alpha` a leaf. */
export function prunedTree(node: TreeNode, links: Links, alpha: number): TreeNode {
    const { classIndex, counts, split } = node
    if (split === undefined || isCut(node, links, alpha)) return { classIndex, counts }
    const low = prunedTree(split.low, links, alpha)
    const high = prunedTree(split.high, links, alpha)
    return { classIndex, counts, split: { ...split, low, high } }
}

export function isCut(node: TreeNode, links: Links, alpha: number): boolean {
    return (links.get(node) ?? -Infinity) <= alpha
}

/** Of every split still there, how much error each of its leaves but one saves. */
function strengths(root: TreeNode, rows: number, links: Links): Map<TreeNode, number> {
    const found = new Map<TreeNode, number>()

    function visit(node: TreeNode): { wrong: number; leaves: number } {
        const wrongAsLeaf = sum(node.counts) - node.counts[node.classIndex]
        if (node.split === undefined || links.has(node)) return { wrong: wrongAsLeaf, leaves: 1 }
        const low = visit(node.split.low)
        const high = visit(node.split.high)
        const wrong = low.wrong + high.wrong
        const leaves = low.leaves + high.leaves
        found.set(node, (wrongAsLeaf - wrong) / rows / (leaves - 1))
        return { wrong, leaves }
    }

    visit(root)
    return found
}

function cutOff(node: TreeNode, alpha: number, links: Links): void {
    if (node.split === undefined || links.has(node)) return
    links.set(node, alpha)
    cutOff(node.split.low, alpha, links)
    cutOff(node.split.high, alpha, links)
}

function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0)
}
