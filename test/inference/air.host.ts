/** The air model against its tables, under Node; air.test.ts asks the same on the board. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { inProject } from "../../image/project"
import { airQuality } from "../../models/air/model"
import { type Model, ticksFromValue } from "../../src/inference/model"
import { AIR_CASES } from "./airCases"

const model: Model = airQuality

function classOf(pm25: number, carbonDioxide: number): number {
    return model.classify([
        ticksFromValue(model.inputs[0], pm25),
        ticksFromValue(model.inputs[1], carbonDioxide),
    ])
}

test("the class is the tables', at and around every breakpoint", () => {
    for (const [pm25, carbonDioxide, expected] of AIR_CASES)
        assert.equal(classOf(pm25, carbonDioxide), expected, `${pm25} ug/m3, ${carbonDioxide} ppm`)
})

test("worse air is never called better", () => {
    for (let ppm = 400; ppm <= 2600; ppm += 100)
        for (let tenths = 1; tenths <= 3000; ++tenths) {
            const here = classOf(tenths / 10, ppm)
            assert.ok(here >= classOf((tenths - 1) / 10, ppm), `${tenths / 10} ug/m3`)
            assert.ok(here >= classOf(tenths / 10, ppm - 100), `${ppm} ppm`)
        }
})

test("every class of the model stands in its README, and no other", () => {
    const readme = readFileSync(inProject("models/air/README.md"), "utf8")
    const told = [...readme.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)
    assert.deepEqual(told, model.classes)
})
