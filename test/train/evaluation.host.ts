import assert from "node:assert/strict"
import { test } from "node:test"
import { UNKNOWN } from "../../src/inference/model"
import { evaluate } from "../../train/evaluation"

test("the user guide's example of scikit-learn: macro F1 of 0,1,2,0,1,2 told 0,2,1,0,0,1 is 0.26...", () => {
    // https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html
    const { macroF1, accuracy, confusion } = evaluate([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1], 3)
    assert.ok(Math.abs(macroF1 - 0.8 / 3) < 1e-12, `${macroF1}`)
    assert.equal(accuracy, 2 / 6)
    assert.deepEqual(confusion, [
        [2, 0, 0],
        [1, 0, 1],
        [0, 2, 0],
    ])
})

test("unknown is wrong, is counted, and is no class; a class nobody saw or said does not count", () => {
    // Class 0: 1 of 2 told, F1 2/3. Class 1: F1 1. Class 2 is not there.
    const { rows, accuracy, macroF1, unknown, confusion } = evaluate([0, 0, 1], [0, UNKNOWN, 1], 3)
    assert.equal(rows, 3)
    assert.equal(unknown, 1)
    assert.equal(accuracy, 2 / 3)
    assert.ok(Math.abs(macroF1 - (2 / 3 + 1) / 2) < 1e-12, `${macroF1}`)
    assert.deepEqual(confusion, [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
    ])
})
