/** The cases test/inference/occupancy.test.ts runs in the VM, here on the trainer's side. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { ticksFromValue } from "../../src/inference/model"
import { QUARTER_CASES, QUARTERS, TENTH_CASES, TENTHS } from "../inference/tickCases"

test("ticks are the same as on the board", () => {
    for (const [value, ticks] of QUARTER_CASES)
        assert.equal(ticksFromValue(QUARTERS, value), ticks, `${value}`)
    for (const [value, ticks] of TENTH_CASES)
        assert.equal(ticksFromValue(TENTHS, value), ticks, `${value}`)
})
