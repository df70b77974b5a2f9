/** What a report computes on its own, against arithmetic done by hand. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, test } from "node:test"
import { UNKNOWN } from "../../src/inference/model"
import { estimatedCodeBytes } from "../../train/report/code-estimate"
import { importanceOf } from "../../train/report/importance"
import { marginsOf } from "../../train/report/margins"
import { wrongStretches } from "../../train/report/stretches"
import { decimalsFor, few, quantity, titleOf, unitOf } from "../../train/report/wording"
import type { TreeNode } from "../../train/tree"

function leaf(counts: number[]): TreeNode {
    return { classIndex: counts.indexOf(Math.max(...counts)), counts }
}

function split(feature: number, threshold: number, low: TreeNode, high: TreeNode): TreeNode {
    const counts = low.counts.map((count, i) => count + high.counts[i])
    return { ...leaf(counts), split: { feature, threshold, low, high } }
}

function near(actual: number, expected: number): void {
    assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)
}

/** 8 - 32/8 = 4 at the root, 5 - 17/5 = 1.6 below: input 0 takes 2.4 of it and input 1 the rest. */
const TWO_QUESTIONS = split(0, 7, split(1, 3, leaf([4, 0]), leaf([0, 1])), leaf([0, 3]))

describe("importance", () => {
    test("is each input's share of the impurity that goes, and sums to 1", () => {
        const [first, second, third] = importanceOf([{ root: TWO_QUESTIONS, weight: 1 }], 3)
        near(first, 0.6)
        near(second, 0.4)
        assert.equal(third, 0)
    })

    test("counts a tree of an ensemble by its weight", () => {
        // 4 - 8/4 = 2, three times: 2.4 and 1.6 + 6 of 10.
        const other = split(1, 0, leaf([2, 0]), leaf([0, 2]))
        const shares = importanceOf(
            [
                { root: TWO_QUESTIONS, weight: 1 },
                { root: other, weight: 3 },
            ],
            2
        )
        near(shares[0], 0.24)
        near(shares[1], 0.76)
    })

    test("is none where nothing is asked", () => {
        assert.deepEqual(importanceOf([{ root: leaf([3, 5]), weight: 1 }], 2), [0, 0])
    })
})

describe("margins", () => {
    const columns = [
        Float64Array.of(0, 49, 50, 50.75, 100, NaN),
        Float64Array.of(0, 200, 5, 10, 30, 11),
    ]
    const root = split(0, 50.25, leaf([3, 0]), split(1, 12, leaf([0, 1]), leaf([1, 0])))

    test("tell how near rows come on each side, and how many within 1 % of the range", () => {
        // Ranges are 100 and 200: within 1 of 50.25 lie 50 and 50.75; within 2 of 12 lies 10, of the rows that come there.
        assert.deepEqual(marginsOf([{ root, weight: 1 }], { columns }, 6), [
            {
                tree: 1,
                question: 1,
                feature: 0,
                threshold: 50.25,
                surrogate: undefined,
                rows: 5,
                near: 2,
                below: 0.25,
                above: 0.5,
            },
            {
                tree: 1,
                question: 2,
                feature: 1,
                threshold: 12,
                surrogate: undefined,
                rows: 2,
                near: 1,
                below: 2,
                above: 18,
            },
        ])
    })

    test("are 0 for a row at the threshold, and none where no row comes", () => {
        const never = split(1, 12, leaf([0, 0]), leaf([0, 0]))
        const [first, second] = marginsOf(
            [{ root: split(0, 100, leaf([5, 0]), never), weight: 1 }],
            { columns },
            6
        )
        assert.equal(first.below, 0)
        assert.equal(first.above, Infinity)
        assert.deepEqual([second.rows, second.below, second.above], [0, Infinity, Infinity])
    })

    test("number the questions from the root down, low side first, anew in each tree", () => {
        const three = split(
            0,
            7,
            split(1, 3, leaf([4, 0]), leaf([0, 1])),
            split(0, 9, leaf([0, 3]), leaf([1, 0]))
        )
        const all = marginsOf(
            [
                { root: three, weight: 1 },
                { root, weight: 1 },
            ],
            { columns },
            6
        )
        assert.deepEqual(
            all.map(({ tree, question, feature }) => [tree, question, feature]),
            [
                [1, 1, 0],
                [1, 2, 1],
                [1, 3, 0],
                [2, 1, 0],
                [2, 2, 1],
            ]
        )
    })
})

describe("wrong stretches", () => {
    const evaluation = { rows: 9, accuracy: 0, macroF1: 0, confusion: [], unknown: 0 }

    test("end where the verdict or the truth is another", () => {
        const stretches = wrongStretches({
            recording: "",
            evaluation,
            rowNumbers: [2, 3, 4],
            truths: [0, 0, 1],
            verdicts: [1, 2, 2],
            columns: [],
        })
        assert.deepEqual(
            stretches.map(({ first, last }) => [first, last]),
            [
                [2, 2],
                [3, 3],
                [4, 4],
            ]
        )
    })

    test("merge neighbours with the same mistake, the longest first", () => {
        const stretches = wrongStretches({
            recording: "",
            evaluation,
            //                     right, wrong, other mistake, three neighbours, row 9 is not there, unknown
            rowNumbers: [2, 3, 4, 5, 6, 7, 10, 11, 12],
            truths: [0, 1, 0, 1, 1, 1, 1, 0, 1],
            verdicts: [0, 0, 1, 0, 0, 0, 0, 0, UNKNOWN],
            columns: [Float64Array.of(1, 2, 3, 9, NaN, 4, 5, 6, NaN)],
        })
        assert.deepEqual(stretches, [
            { first: 5, last: 7, rows: 3, truth: 1, verdict: 0, values: [[4, 9]] },
            { first: 3, last: 3, rows: 1, truth: 1, verdict: 0, values: [[2, 2]] },
            { first: 4, last: 4, rows: 1, truth: 0, verdict: 1, values: [[3, 3]] },
            { first: 10, last: 10, rows: 1, truth: 1, verdict: 0, values: [[5, 5]] },
            { first: 12, last: 12, rows: 1, truth: 1, verdict: UNKNOWN, values: [undefined] },
        ])
    })
})

describe("wording", () => {
    test("a value has the digits its range deserves, and three where it is small beside it", () => {
        // A thousandth of 1546 lx is 1.5 lx; of 4 degrees 0.004.
        assert.equal(quantity(365.125, decimalsFor(1546, 365.125), "lx"), "365 lx")
        assert.equal(quantity(21.375, decimalsFor(4, 21.375), "°C"), "21.38 °C")
        assert.equal(quantity(0.0765, decimalsFor(15, 0.0765), ""), "0.0765")
        assert.equal(quantity(-0.001, 2, ""), "0.00")
        assert.equal(quantity(8143, decimalsFor(0), ""), "8,143.00")
    })

    test("a feature is named with its measurand, in a unit that fits it", () => {
        const acceleration = "accelerationXMetresPerSecondSquared"
        const words = (measurand: string, feature: string) => {
            const input = { measurand, feature }
            return [titleOf(input), unitOf(input)]
        }
        assert.deepEqual(words("temperatureCelsius", "last"), ["temperature", "°C"])
        assert.deepEqual(words(acceleration, "sd"), [
            "standard deviation of acceleration x",
            "m/s²",
        ])
        assert.deepEqual(words(acceleration, "energy"), ["energy of acceleration x", "(m/s²)²"])
        assert.deepEqual(words(acceleration, "zeroCrossings"), [
            "zero crossings of acceleration x",
            "",
        ])
        assert.deepEqual(words("T 7", "last"), ["T 7", ""])
    })

    test("a list of many is cut", () => {
        assert.equal(few(["a", "b", "c"], 3, "inputs"), "a, b and c")
        assert.equal(few(["a", "b", "c", "d"], 3, "inputs"), "a, b and 2 more inputs")
    })
})

describe("code estimate", () => {
    test("is within 2 bytes of what the occupancy model compiles to", () => {
        // 52 bytes, as models/occupancy/README.md tells and `motewise eval` measures.
        const text = readFileSync(
            new URL("../../models/occupancy/model.ts", import.meta.url),
            "utf8"
        )
        const estimate = estimatedCodeBytes(text)
        assert.ok(Math.abs(estimate - 52) <= 2, `estimated ${estimate}`)
    })
})
