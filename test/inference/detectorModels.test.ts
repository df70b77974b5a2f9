import { describe, expect, test } from "../suite"
import { EwmaDetector } from "../../src/inference/ewma-detector"
import { FastSlowDetector } from "../../src/inference/fast-slow-detector"
import { HalfSpaceDetector } from "../../src/inference/half-space-detector"
import { MISSING, Model, ticksFromValue, UNKNOWN } from "../../src/inference/model"
import {
    FROZEN,
    FROZEN_CASES,
    ONE_CUT,
    ONE_CUT_CASES,
    SETTLING,
    SETTLING_CASES,
    STEPS,
    STEPS_CASES,
} from "./detectorCases"

/** As motewise train writes it. The second channel's floor is ten times the first's. */
const GENERATED = {
    name: "steam",
    classes: ["usual", "unusual"],
    inputs: [
        { measurand: "relativeHumidityPercent", feature: "last", offset: 10, step: 0.01 },
        { measurand: "pressurePascals", feature: "last", offset: 100000, step: 0.5 },
    ],
    windowSamples: 1,
    samplesPerSecond: 0,
    kind: "ewma-z",
    alpha: FROZEN.alpha,
    threshold: FROZEN.threshold,
    alarmedShare: FROZEN.alarmedShare,
    deviationFloors: [1, 10],
}

const USUAL = 0
const UNUSUAL = 1

/** One channel, in hundredths about 10: fine enough for the streams by hand. */
const ONE_INPUT = {
    name: "one",
    classes: GENERATED.classes,
    inputs: [GENERATED.inputs[0]],
    windowSamples: 1,
    samplesPerSecond: 0,
}

function expectStream(model: Model, cases: number[][]): void {
    for (let i = 0; i < cases.length; ++i) {
        const verdict = model.classify([ticksFromValue(model.inputs[0], cases[i][0])])
        if (verdict !== cases[i][1]) throw new Error(`${i}, ${cases[i][0]}: ${verdict}`)
    }
}

describe("detectors as models", () => {
    test("say of ticks what the detector says of values, and again from the beginning after a reset", () => {
        const ewma = new EwmaDetector({
            ...ONE_INPUT,
            kind: "ewma-z",
            alpha: FROZEN.alpha,
            threshold: FROZEN.threshold,
            alarmedShare: FROZEN.alarmedShare,
            deviationFloors: [FROZEN.deviationFloor],
        })
        const steps = new FastSlowDetector({
            ...ONE_INPUT,
            ...STEPS,
            kind: "fast-slow",
            deviationFloors: [STEPS.deviationFloor],
        })
        const settling = new FastSlowDetector({
            ...ONE_INPUT,
            ...SETTLING,
            kind: "fast-slow",
            deviationFloors: [SETTLING.deviationFloor],
        })
        const cut = new HalfSpaceDetector({ ...ONE_INPUT, ...ONE_CUT, kind: "half-space-trees" })
        for (let i = 0; i < 2; ++i) {
            expectStream(ewma, FROZEN_CASES)
            expectStream(steps, STEPS_CASES)
            expectStream(settling, SETTLING_CASES)
            expectStream(cut, ONE_CUT_CASES)
            ewma.reset()
            steps.reset()
            settling.reset()
            cut.reset()
        }
    })

    test("are models: name, classes and inputs of the generated module", () => {
        const model: Model = new EwmaDetector(GENERATED)
        expect(model.name).toBe("steam")
        expect(model.classes[UNUSUAL]).toBe("unusual")
        expect(model.inputs[1].measurand).toBe("pressurePascals")
    })

    test("one unusual channel is enough, whatever the other is; else a missing one leaves it unknown", () => {
        const model = new EwmaDetector(GENERATED)
        expect(model.classify([0, 0])).toBe(USUAL)
        // 15 Pa of at most 20; then 5 %RH of at most 2; then 25 Pa.
        expect(model.classify([0, 30])).toBe(USUAL)
        expect(model.classify([500, 0])).toBe(UNUSUAL)
        expect(model.classify([0, 80])).toBe(UNUSUAL)
        expect(model.classify([500, MISSING])).toBe(UNUSUAL)
        expect(model.classify([MISSING, 80])).toBe(UNUSUAL)
        expect(model.classify([0, MISSING])).toBe(UNKNOWN)
        expect(model.classify([MISSING, 0])).toBe(UNKNOWN)
        expect(model.classify([MISSING, MISSING])).toBe(UNKNOWN)
        expect(model.classify([0, 0])).toBe(USUAL)
    })

    test("a channel goes on learning while the other is missing or alarmed", () => {
        const model = new EwmaDetector(GENERATED)
        model.classify([0, 0])
        // The pressure climbs by 15 Pa a row, each time half of what it is ahead: 100 Pa in one go would alarm.
        const others = [MISSING, 500, MISSING, 500, MISSING]
        let pressure = 0
        for (let i = 0; i < others.length; ++i) {
            pressure += 20
            model.classify([others[i], pressure])
        }
        expect(model.classify([0, pressure])).toBe(USUAL)
        expect(model.classify([0, 0])).toBe(UNUSUAL)
    })

    test("fast and slow: an alarm of any channel is one, and a missing channel is asked for", () => {
        const model = new FastSlowDetector({
            ...GENERATED,
            ...STEPS,
            kind: "fast-slow",
            deviationFloors: [1, 10],
        })
        expect(model.classify([0, 0])).toBe(USUAL)
        expect(model.classify([MISSING, 0])).toBe(UNKNOWN)
        // 5 of 10 %RH are a bound of 1 apart; the pressure is usual.
        expect(model.classify([1000, 0])).toBe(UNUSUAL)
        expect(model.classify([0, MISSING])).toBe(UNKNOWN)
        // Half of 30 Pa.
        expect(model.classify([MISSING, 60])).toBe(UNUSUAL)
    })

    test("half-space trees: with a channel missing nothing is said, and nothing learnt", () => {
        const model = new HalfSpaceDetector({
            ...GENERATED,
            ...ONE_CUT,
            kind: "half-space-trees",
            lows: [0, 99000],
            highs: [1, 99001],
        })
        for (let i = 0; i < 8; ++i) {
            expect(model.classify([0, MISSING])).toBe(UNKNOWN)
            expect(model.classify([MISSING, 0])).toBe(UNKNOWN)
        }
        // The first window of four.
        for (let i = 0; i < 4; ++i) expect(model.classify([0, 0])).toBe(USUAL)
        expect(model.classify([-20000, -20000])).toBe(UNUSUAL)
    })
})
