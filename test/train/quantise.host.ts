import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { MISSING, ticksFromValue, UNKNOWN } from "../../src/inference/model"
import { classOfTicks, quantised, scaleOf, ticksOfRow, verdictOfTicks } from "../../train/quantise"
import type { TreeNode } from "../../train/tree"

function stump(feature: number, threshold: number): TreeNode {
    const low = { classIndex: 0, counts: [1, 0] }
    const high = { classIndex: 1, counts: [0, 1] }
    return { classIndex: 0, counts: [1, 1], split: { feature, threshold, low, high } }
}

function alone(root: TreeNode) {
    return [{ weight: 1, root }]
}

const LAST = { measurand: "temperatureCelsius", feature: "last" }

function factsOf(...measurands: string[]) {
    return measurands.map(measurand => ({ measurand, feature: "last", name: measurand }))
}

describe("scales", () => {
    test("a range with its margin fits into int16, on the finest power of two that does", () => {
        // 150 in 65534 ticks wants a step of 0.00229, so 2^-8 and not 2^-9.
        assert.deepEqual(scaleOf(Float64Array.of(0, 100)), {
            offset: 50,
            step: 2 ** -8,
        })
    })

    const RANGES = [
        [-40, 85],
        [-1e9, 1e9],
        [101325, 101325.001],
        [0, 1e-6],
        [-3, -3],
        [999999999, 1e9],
    ]
    for (const [least, greatest] of RANGES)
        test(`${least} to ${greatest} keeps its resolution and its margin`, () => {
            const input = { ...LAST, ...scaleOf(Float64Array.of(least, greatest)) }
            const margin = (greatest - least) / 4
            const low = ticksFromValue(input, least - margin)
            const high = ticksFromValue(input, greatest + margin)
            assert.ok(low >= -32767 && high <= 32767, `ticks ${low}..${high}`)
            // A power of two at worst leaves half of the ticks unused.
            if (greatest > least) assert.ok(high - low > 32000, `ticks ${low}..${high}`)
            assert.ok(
                Number.isInteger(Math.log2(input.step)),
                "Number.isInteger(Math.log2(input.step))"
            )
            assert.ok(
                Number.isInteger(input.offset / input.step),
                "Number.isInteger(input.offset / input.step)"
            )
        })
})

describe("quantised tree", () => {
    test("values either side of a threshold stay there, and so does one that lies on it", () => {
        const columns = [Float64Array.of(0, 49.99, 50.5, 50.51, 100)]
        const tree = quantised(alone(stump(0, 50.5)), columns, factsOf("illuminanceLuxes"))
        const verdicts = [0, 1, 2, 3, 4].map(row =>
            verdictOfTicks(tree, ticksOfRow(tree, columns, row))
        )
        assert.deepEqual(verdicts, [0, 0, 0, 1, 1])
        // (50.5 - 50) * 2^8
        assert.equal(tree.trees[0].root.split?.threshold, 128)
    })

    test("a threshold between two ticks moves by half a tick at most", () => {
        const columns = [Float64Array.of(0, 100)]
        for (const part of [0.1, 0.4, 0.6, 0.9]) {
            const tree = quantised(alone(stump(0, 50 + (7 + part) / 256)), columns, factsOf("co2"))
            assert.equal(tree.trees[0].root.split?.threshold, 7)
            // What rounds to tick 7 is all that is below 7.5.
            assert.equal(ticksFromValue(tree.inputs[0], 50 + 7.49 / 256), 7)
            assert.equal(ticksFromValue(tree.inputs[0], 50 + 7.5 / 256), 8)
        }
    })

    test("only the inputs the tree asks for are kept, in the order of the columns", () => {
        const columns = [Float64Array.of(0, 1), Float64Array.of(5, 9), Float64Array.of(-4, 4)]
        const tree: TreeNode = stump(2, 0)
        if (tree.split !== undefined) tree.split.high = stump(0, 0.5)
        const {
            inputs,
            columns: used,
            trees,
        } = quantised(alone(tree), columns, factsOf("a", "b", "c"))
        const [{ root }] = trees
        assert.deepEqual(used, [0, 2])
        assert.deepEqual(
            inputs.map(input => input.measurand),
            ["a", "c"]
        )
        assert.equal(root.split?.input, 1)
        assert.equal(root.split?.high.split?.input, 0)
    })

    test("a missing input is unknown where the path needs it, and only there", () => {
        const columns = [Float64Array.of(0, 1), Float64Array.of(0, 1)]
        const tree = stump(0, 0.5)
        if (tree.split !== undefined) tree.split.high = stump(1, 0.5)
        const [{ root }] = quantised(alone(tree), columns, factsOf("a", "b")).trees
        assert.equal(classOfTicks(root, [MISSING, 0]), UNKNOWN)
        assert.equal(classOfTicks(root, [-32767, MISSING]), 0)
        assert.equal(classOfTicks(root, [32767, MISSING]), UNKNOWN)
        assert.equal(classOfTicks(root, [32767, 32767]), 1)
    })
})
