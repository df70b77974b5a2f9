import { describe, expect, test } from "../suite"
import { occupancy } from "../../models/occupancy/model"
import { occupancyVectors } from "../../models/occupancy/vectors"
import { MISSING, Model, ModelInput, ticksFromValue, UNKNOWN } from "../../src/inference/model"
import { QUARTER_CASES, QUARTERS, TENTH_CASES, TENTHS } from "./tickCases"

function expectTicks(input: ModelInput, cases: number[][]): void {
    expect(cases.length > 0).toBe(true)
    for (const pair of cases) {
        const ticks = ticksFromValue(input, pair[0])
        if (ticks !== pair[1]) throw new Error(`${pair[0]}: expected ${pair[1]}, got ${ticks}`)
    }
}

describe("ticks", () => {
    test("are rounded halves upwards, held to the scale, and missing for what is no measurement", () => {
        expectTicks(QUARTERS, QUARTER_CASES)
    })
    test("of steps that are no binary fraction are the nearest too", () => {
        expectTicks(TENTHS, TENTH_CASES)
    })
})

describe("occupancy model", () => {
    const model: Model = occupancy
    test("answers every vector as the trainer did", () => {
        expect(occupancyVectors.length > 0).toBe(true)
        let missing = 0
        for (const vector of occupancyVectors) {
            const ticks = vector.slice(0, model.inputs.length)
            expect(model.classify(ticks)).toBe(vector[model.inputs.length])
            if (ticks.includes(MISSING)) missing++
        }
        expect(missing > 0).toBe(true)
    })
    test("tells a lit room from a dark one, and a broken sensor from both", () => {
        // 500 lx is what offices are lit to (EN 12464-1).
        const verdict = (illuminanceLuxes: number) =>
            model.classify([ticksFromValue(model.inputs[0], illuminanceLuxes)])
        expect(model.inputs.length).toBe(1)
        expect(model.inputs[0].measurand).toBe("illuminanceLuxes")
        expect(model.classes[verdict(500)]).toBe("occupied")
        expect(model.classes[verdict(0)]).toBe("vacant")
        expect(verdict(undefined)).toBe(UNKNOWN)
    })
})
