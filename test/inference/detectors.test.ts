import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import { EwmaZ } from "../../src/inference/ewma-z"
import { FastSlow } from "../../src/inference/fast-slow"
import { HALVES_MAX, HalfSpaceTrees } from "../../src/inference/half-space-trees"
import { QUIET, UNUSUAL } from "../../src/inference/verdict"
import { expectNear } from "../expect"
import {
    FROZEN,
    FROZEN_CASES,
    JOLT_BOUND_CASES,
    JOLT_CASES,
    JOLT_DOWN_CASES,
    ONE_CUT,
    ONE_CUT_CASES,
    ONE_CUT_SCORES,
    SETTLING,
    SETTLING_CASES,
    STEPS,
    STEPS_CASES,
    YIELDING,
    YIELDING_CASES,
} from "./detectorCases"

function expectVerdicts(cases: number[][], push: (value: number) => number): void {
    for (let i = 0; i < cases.length; ++i) {
        const verdict = push(cases[i][0])
        if (verdict !== cases[i][1]) throw new Error(`${i}, ${cases[i][0]}: ${verdict}`)
    }
}

describe("detectors", () => {
    test("EWMA z: a bound that does not move while alarmed, and a floor under it", () => {
        const detector = new EwmaZ(FROZEN)
        expectVerdicts(FROZEN_CASES, value => detector.push(value))
    })

    test("EWMA z: while alarmed it gets used to the event as fast as it is told to", () => {
        const detector = new EwmaZ(YIELDING)
        expectVerdicts(YIELDING_CASES, value => detector.push(value))
    })

    test("EWMA z: a reading beyond all reason is learnt of as if twice beyond the bound", () => {
        const streams = [JOLT_CASES, JOLT_BOUND_CASES, JOLT_DOWN_CASES]
        streams.forEach(cases => {
            const detector = new EwmaZ(YIELDING)
            expectVerdicts(cases, value => detector.push(value))
        })
    })

    test("fast and slow: one alarm where they part, then none for a while", () => {
        const detector = new FastSlow(STEPS)
        expectVerdicts(STEPS_CASES, value => detector.push(value))
    })

    test("fast and slow: downwards as upwards", () => {
        const detector = new FastSlow(STEPS)
        expectVerdicts(STEPS_CASES, value => detector.push(-value))
    })

    test("fast and slow: no alarm while it settles", () => {
        const detector = new FastSlow(SETTLING)
        expectVerdicts(SETTLING_CASES, value => detector.push(value))
    })

    test("half-space trees: a half with no more than massMin values is cut no further", () => {
        // The root's 4 are not more than 4: its mass, once, over the window.
        const detector = new HalfSpaceTrees({ ...ONE_CUT, massMin: 4 })
        for (let i = 0; i < 4; ++i) detector.push([-9])
        for (const value of [-9, 9]) {
            expect(detector.push([value])).toBe(QUIET)
            expect(detector.score).toBe(1)
        }
    })

    test("half-space trees: a half is counted beyond 255, and each window anew", async () => {
        for (const window of [300, 4]) {
            const detector = new HalfSpaceTrees({ ...ONE_CUT, window })
            for (let i = 0; i < 4 * window; ++i) {
                if (i % 100 === 0) await ds.sleep(0)
                detector.push([-9])
                // All of a window in one half of two.
                if (i >= window) expect(detector.score).toBe(2)
            }
        }
    })

    test("half-space trees: counts of a single cut", () => {
        const detector = new HalfSpaceTrees(ONE_CUT)
        for (let i = 0; i < ONE_CUT_CASES.length; ++i) {
            const verdict = detector.push([ONE_CUT_CASES[i][0]])
            if (verdict !== ONE_CUT_CASES[i][1]) throw new Error(`${i}: ${verdict}`)
            expectNear(detector.score, ONE_CUT_SCORES[i], 1e-12)
        }
    })

    test("half-space trees: as large as they may be, within the VM's budget", async () => {
        const trees = HALVES_MAX / 128
        const detector = new HalfSpaceTrees({ ...ONE_CUT, trees, depth: 6, window: 2 })
        for (let i = 0; i < 4; ++i) {
            await ds.sleep(0)
            detector.push([0.5])
        }
        expect(detector.push([0.5]) === UNUSUAL).toBe(false)
        expect(() => new HalfSpaceTrees({ ...ONE_CUT, trees: trees + 1, depth: 6 })).toThrow()
        expect(() => new HalfSpaceTrees({ ...ONE_CUT, highs: [0] })).toThrow()
        expect(() => new HalfSpaceTrees({ ...ONE_CUT, window: 65536 })).toThrow()
    })
})
