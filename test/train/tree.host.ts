import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { classOfRow, type Examples, growTree, nodeCount, type TreeNode } from "../../train/tree"

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
            low: { classIndex: 0, counts: [2, 0] },
            high: { classIndex: 1, counts: [0, 2] },
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
        const thresholds = (splits: number) => {
            const { split } = grown(TWO_GROUPS, splits)
            return [split, split?.low.split, split?.high.split].map(cut => cut?.threshold)
        }
        assert.deepEqual(thresholds(0), [undefined, undefined, undefined])
        assert.deepEqual(thresholds(1), [0.5, undefined, undefined])
        assert.deepEqual(thresholds(2), [0.5, undefined, 4.5])
        assert.deepEqual(thresholds(3), [0.5, 7.5, 4.5])
        assert.deepEqual(thresholds(7), thresholds(3))
        assert.equal(nodeCount(grown(TWO_GROUPS, 7)), 7)
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
            2
        )
        assert.notEqual(split?.low.split, undefined)
        assert.equal(split?.high.split, undefined)
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

    describe("with gaps", () => {
        /** Feature 0 tells the classes at 4.5; feature 1 says nearly the same the other way round; feature 2 says nothing. */
        const GAPS = examplesOf(
            [
                [1, 2, 3, NaN, 5, 6, 7, 8, NaN],
                [9, 8, 7, 9, 3, 2, 1, 7.5, 2],
                [1, 2, 1, 2, 1, 2, 1, 2, 1],
            ],
            [0, 0, 0, 0, 1, 1, 1, 1, 1]
        )

        test("a cut is judged by the rows that have its value", () => {
            // Without them: 3 of class 0, 4 of class 1, parted at 4 without an error.
            const { split } = grown(GAPS, 1)
            assert.equal(split?.feature, 0)
            assert.equal(split?.threshold, 4)
        })

        test("the surrogate is the input that agrees most, and rows with a gap go by it", () => {
            // Of 7 rows with both, 4 go high. Feature 1 agrees in 6 at 5, low above it (8 and 7.5 lie on one side); feature 2 in 4.
            const { split } = grown(GAPS, 1)
            assert.deepEqual(split?.surrogate, { feature: 1, threshold: 5, lowIsBelow: false })
            assert.deepEqual(split?.low.counts, [4, 0])
            assert.deepEqual(split?.high.counts, [0, 5])
        })

        test("no input agreeing better than the larger side, there is none, and the larger side takes the gaps", () => {
            const examples = examplesOf(
                [
                    [1, 2, 3, NaN, 5, 6, 7, 8],
                    [1, 2, 1, 1, 2, 1, 2, 1],
                ],
                [0, 0, 0, 0, 1, 1, 1, 1]
            )
            const { split } = grown(examples, 1)
            assert.equal(split?.feature, 0)
            assert.equal(split?.surrogate, undefined)
            assert.deepEqual(split?.low.counts, [3, 0])
            assert.deepEqual(split?.high.counts, [1, 4])
        })

        test("in the field a missing input takes the surrogate, and without one it is left open", () => {
            const tree = grown(GAPS, 1)
            const told = (...values: number[]) =>
                classOfRow(
                    tree,
                    values.map(value => Float64Array.of(value)),
                    0
                )
            assert.equal(told(1, 0, 0), 0)
            assert.equal(told(NaN, 6, 0), 0)
            assert.equal(told(NaN, 5, 0), 1)
            assert.equal(told(NaN, NaN, 1), undefined)
        })

        test("a recording without gaps pays for no surrogates", () => {
            const whole = examplesOf(
                [
                    [1, 2, 3, 4],
                    [1, 2, 3, 4],
                ],
                [0, 0, 1, 1]
            )
            assert.equal(grown(whole, 1).split?.surrogate, undefined)
        })
    })
})
