import { describe, expect, test } from "../suite"
import { airQuality } from "../../models/air/model"
import { Model, ticksFromValue } from "../../src/inference/model"
import { AIR_CASES } from "./airCases"

const model: Model = airQuality

describe("air model", () => {
    test("answers on the board as its tables say, at and around every breakpoint", () => {
        expect(AIR_CASES.length > 30).toBe(true)
        for (const row of AIR_CASES) {
            const ticks = [
                ticksFromValue(model.inputs[0], row[0]),
                ticksFromValue(model.inputs[1], row[1]),
            ]
            const answer = model.classify(ticks)
            if (answer !== row[2])
                throw new Error(`${row[0]} ug/m3, ${row[1]} ppm: expected ${row[2]}, got ${answer}`)
        }
    })
})
