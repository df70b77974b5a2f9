/** Windows of a recording, and the recording's cells as a window's samples. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { featureColumn, samplesOf, windowEnds } from "../../train/windows"

describe("windows of a recording", () => {
    test("follow each other, and none spans two runs; the rest of a run is left out", () => {
        const runs = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2)
        assert.deepEqual([...windowEnds(runs, 2)], [1, 3, 6, 8, 10])
        assert.deepEqual([...windowEnds(runs, 3)], [2, 9])
        assert.deepEqual([...windowEnds(runs, 1)], [...runs.keys()])
        assert.deepEqual([...windowEnds(runs, 6)], [])
    })

    test("hold the samples up to their last row, in order", () => {
        const column = Float64Array.of(0, 1, 2, 3, 4, 5)
        assert.deepEqual([...samplesOf(column, Int32Array.of(2, 5), 2)], [1, 2, 4, 5])
    })

    test("a missing sample leaves its window, and no other, without a feature", () => {
        const taken = Float64Array.of(1, 3, NaN, 5, 7, 9)
        assert.deepEqual([...featureColumn(taken, 2, "mean", 0)], [2, NaN, 8])
        assert.deepEqual([...featureColumn(taken, 2, "sd", 0)], [1, NaN, 1])
        // What came last needs no full window.
        assert.deepEqual([...featureColumn(taken, 2, "last", 0)], [3, 5, 9])
    })
})
