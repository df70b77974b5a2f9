/** What people call the measurands. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { TITLES } from "../../src/telemetry/contract/titles"
import { allMeasurands } from "../../src/telemetry/contract/measurands"

test("every measurand has a title, and nothing else does", () => {
    assert.deepEqual(
        Object.keys(TITLES).sort(),
        allMeasurands()
            .map(({ measurand }) => measurand)
            .sort()
    )
})
