import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { alphasOf, prunedTree, weakestLinks } from "../../train/pruning"
import { nodeCount, type TreeNode } from "../../train/tree"

function leaf(...counts: number[]): TreeNode {
    return { classIndex: counts.indexOf(Math.max(...counts)), counts }
}

function cut(low: TreeNode, high: TreeNode): TreeNode {
    const counts = low.counts.map((count, i) => count + high.counts[i])
    return { ...leaf(...counts), split: { feature: 0, threshold: 0, low, high } }
}

/** 100 rows, 50 of each class. */
const left = cut(leaf(30, 2), leaf(6, 2))
const right = cut(leaf(3, 40), leaf(11, 6))
const tree = cut(left, right)

describe("cost-complexity pruning", () => {
    test("the links fall in the order of what a leaf saves, by hand", () => {
        const links = weakestLinks(tree)
        // left saves nothing: 4 wrong either way. right: 14 wrong as a leaf, 3 + 6 split: 5 rows. Then the root: 50 - 18 = 32 rows for 1 leaf.
        assert.equal(links.get(left), 0)
        assert.equal(links.get(right), 0.05)
        assert.equal(links.get(tree), 0.32)
        assert.deepEqual(alphasOf(links), [0, 0.05, 0.32])
    })

    test("trees shrink as alpha grows, each a part of the one before", () => {
        const links = weakestLinks(tree)
        const nodes = [0, 0.04, 0.05, 0.31, 0.32, Infinity].map(alpha =>
            nodeCount(prunedTree(tree, links, alpha))
        )
        assert.deepEqual(nodes, [5, 5, 3, 3, 1, 1])
        assert.deepEqual(prunedTree(tree, links, 0).split?.high, right)
        assert.deepEqual(prunedTree(tree, links, 0).split?.low, leaf(36, 4))
    })

    test("a split that helps only with the one below it stays as long as both earn their leaves", () => {
        // 40 rows, exclusive or: the first split saves nothing by itself, the three together 20 rows for 3 leaves.
        const xor = cut(cut(leaf(10, 0), leaf(0, 10)), cut(leaf(0, 10), leaf(10, 0)))
        const links = weakestLinks(xor)
        assert.deepEqual([...new Set(links.values())], [20 / 40 / 3])
    })

    test("a single leaf has nothing to prune", () => {
        assert.deepEqual(alphasOf(weakestLinks(leaf(3, 4))), [0])
    })
})
