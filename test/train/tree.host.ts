import assert from "node:assert/strict"
import { describe, test } from "node:test"
import {
    classOfRow,
    type Examples,
    growTree,
    nodeCount,
    prunedTree,
    type TreeNode,
} from "../../train/tree"

function examplesOf(columns: number[][], classes: number[]): Examples {
    return {
        columns: columns.map(column => Float64Array.from(column)),
        classes: Int32Array.from(classes),
        classCount: Math.max(...classes) + 1,
    }
}

function grown(examples: Examples, maxSplits: number): TreeNode {
    return growTree(examples, Int32Array.from(examples.classes.keys()), maxSplits)
}

/** Two groups by the first feature. The second splits group 0 with a gain of 1.75 rows, group 1 with one of 4. */
const TWO_GROUPS = examplesOf(
    [
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1],
        [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 3, 3, 3, 3]
)

describe("tree", () => {
    test("a threshold lies halfway between the values it divides, whatever the order of rows", () => {
        const { split } = grown(examplesOf([[4, 1, 3, 2]], [1, 0, 1, 0]), 7)
        assert.deepEqual(split, {
            feature: 0,
            threshold: 2.5,
            order: 0,
            low: { classIndex: 0 },
            high: { classIndex: 1 },
        })
    })

    test("a value at the threshold goes low", () => {
        const tree = grown(examplesOf([[1, 2, 3, 4]], [0, 0, 1, 1]), 1)
        const columns = [Float64Array.of(2.5, 2.5000001)]
        assert.equal(classOfRow(tree, columns, 0), 0)
        assert.equal(classOfRow(tree, columns, 1), 1)
    })

    test("the purer cut wins over the more even one", () => {
        // Summed impurities by hand: feature 0 at 3.5, 8/3; feature 1 at 2.5, 4 * 6/16 = 1.5.
        const examples = examplesOf(
            [
                [1, 2, 3, 4, 5, 6],
                [1, 3, 2, 4, 5, 6],
            ],
            [0, 1, 0, 1, 0, 1]
        )
        const { split } = grown(examples, 1)
        assert.equal(split?.feature, 1)
        assert.equal(split?.threshold, 2.5)
    })

    test("the best split of the whole tree comes first", () => {
        const { split } = grown(TWO_GROUPS, 7)
        assert.equal(split?.feature, 0)
        assert.equal(split?.threshold, 0.5)
        assert.equal(split?.high.split?.order, 1)
        assert.equal(split?.high.split?.threshold, 4.5)
        assert.equal(split?.low.split?.order, 2)
        assert.equal(split?.low.split?.threshold, 7.5)
    })

    test("a smaller tree is the beginning of a larger one", () => {
        const whole = grown(TWO_GROUPS, 7)
        for (let splits = 0; splits <= 3; ++splits)
            assert.deepEqual(prunedTree(grown(TWO_GROUPS, splits), 7), prunedTree(whole, splits))
        assert.deepEqual(
            [0, 1, 2, 3].map(splits => nodeCount(prunedTree(whole, splits))),
            [1, 3, 5, 7]
        )
    })

    test("of equal gains the lower feature and the lower threshold are taken", () => {
        // On either feature, 1.5 and 2.5 leave the same impurity.
        const column = [1, 1, 2, 2, 3, 3]
        const { split } = grown(examplesOf([column, column], [0, 0, 0, 1, 1, 1]), 1)
        assert.equal(split?.feature, 0)
        assert.equal(split?.threshold, 1.5)
    })

    test("of equal gains the older node is split first", () => {
        const { split } = grown(
            examplesOf(
                [
                    [0, 0, 0, 0, 9, 9, 9, 9],
                    [1, 1, 2, 2, 1, 1, 2, 2],
                ],
                [0, 0, 1, 1, 2, 2, 3, 3]
            ),
            7
        )
        assert.equal(split?.low.split?.order, 1)
        assert.equal(split?.high.split?.order, 2)
    })

    test("of equally frequent classes the lowest is the answer", () => {
        assert.equal(grown(examplesOf([[5, 5]], [1, 0]), 7).classIndex, 0)
    })

    test("rows no cut can tell apart stay a leaf", () => {
        assert.equal(grown(examplesOf([[5, 5, 5]], [0, 1, 2]), 7).split, undefined)
        const exclusiveOr = examplesOf(
            [
                [0, 0, 1, 1],
                [0, 1, 0, 1],
            ],
            [0, 1, 1, 0]
        )
        assert.equal(grown(exclusiveOr, 7).split, undefined)
    })

    test("the threshold between neighbouring doubles keeps them apart", () => {
        // Halfway rounds to the even one of the two: once the lower, once the upper.
        for (const least of [1, 1 + Number.EPSILON]) {
            const examples = examplesOf([[least, least + Number.EPSILON]], [0, 1])
            const tree = grown(examples, 1)
            assert.equal(classOfRow(tree, examples.columns, 0), 0)
            assert.equal(classOfRow(tree, examples.columns, 1), 1)
        }
    })

    test("only the given rows are looked at", () => {
        const { split } = growTree(TWO_GROUPS, Int32Array.of(0, 7), 7)
        assert.equal(split?.feature, 1)
        assert.equal(split?.threshold, 4.5)
    })

    test("a split that does not change the class is pruned", () => {
        // The best cut, 4.5, leaves 0,0,0,0 and 1,0: class 0 on both sides.
        const tree = grown(examplesOf([[1, 2, 3, 4, 5, 6]], [0, 0, 0, 0, 1, 0]), 1)
        assert.equal(tree.split?.threshold, 4.5)
        assert.deepEqual(prunedTree(tree, 1), { classIndex: 0 })
    })
})
