import { describe, expect, test } from "../suite"
import { BAND_PREFIX, FEATURES, featureOf, parseFeature } from "../../src/sensing/features"
import { Window } from "../../src/sensing/window"
import { expectNear } from "../expect"
import { FEATURE_CASES, FEATURE_TOLERANCE, NO_FEATURES } from "./featureCases"

const ALL = [`${BAND_PREFIX}0.25`, ...FEATURES]

function filled(values: number[]): Window {
    const window = new Window(values.length)
    for (const value of values) window.push(value)
    return window
}

function taken(name: string, window: Window): number {
    return featureOf(parseFeature(name, 1), window)
}

function isMissing(value: number): boolean {
    return value !== value
}

describe("features", () => {
    test("a window keeps the newest, and knows their age", () => {
        const window = new Window(3)
        expect(isMissing(window.at(0))).toBe(true)
        for (let value = 1; value <= 5; ++value) window.push(value)
        expect(window.at(0)).toBe(5)
        expect(window.at(1)).toBe(4)
        expect(window.at(2)).toBe(3)
        expect(window.filled).toBe(3)
    })

    test("are what was worked out by hand, wherever in the ring the oldest sample lies", () => {
        for (const one of FEATURE_CASES) {
            const { name, samplesPerSecond, samples, expected } = one
            const feature = parseFeature(name, samplesPerSecond)
            const window = new Window(samples.length)
            for (let turn = 0; turn < 3; ++turn) {
                for (const sample of samples) window.push(sample)
                expectNear(featureOf(feature, window), expected, FEATURE_TOLERANCE)
                window.push(turn)
            }
        }
    })

    test("a steady rise has its slope, whatever its height", () => {
        expectNear(taken("slope", filled([101325, 101326.5, 101328, 101329.5])), 1.5, 1e-6)
        expectNear(taken("slope", filled([7, 7, 7])), 0, 1e-12)
    })

    test("but for the last value, a window that is not full has no features", () => {
        const window = new Window(4)
        window.push(20)
        window.push(21)
        expect(taken("last", window)).toBe(21)
        for (const name of ALL)
            if (name !== "last") expect(isMissing(taken(name, window))).toBe(true)
    })

    test("a gap anywhere leaves no feature but the last value, until it has passed", () => {
        for (let gap = 0; gap < 3; ++gap) {
            const window = new Window(3)
            for (let i = 0; i < 3; ++i) window.push(i === gap ? NaN : 20)
            for (const name of ALL)
                if (name !== "last") expect(isMissing(taken(name, window))).toBe(true)
            expect(isMissing(taken("last", window))).toBe(gap === 2)
            for (let i = 0; i < 3; ++i) window.push(21)
            for (const name of ALL) expect(isMissing(taken(name, window))).toBe(false)
            expectNear(taken("mean", window), 21, 1e-12)
        }
    })

    test("of ordered pairs there are none in a window of one", () => {
        expect(isMissing(taken("slope", filled([3])))).toBe(true)
        expect(isMissing(taken("meanAbsoluteDifference", filled([3])))).toBe(true)
        expect(taken("zeroCrossings", filled([3]))).toBe(0)
    })

    test("a second at 500 Hz is within the VM's budget for any of them", () => {
        const window = new Window(500)
        for (let i = 0; i < 500; ++i) window.push(i & 1)
        for (const name of ["sd", "slope", "zeroCrossings"])
            expect(isMissing(taken(name, window))).toBe(false)
        // Half up, half down, so 2 |X|^2 / n^2 at half the rate would be 1/2; next to nothing of it is at a quarter.
        expectNear(taken("band:0.25", window), 0, 1e-6)
    })

    test("an unknown feature is a mistake, not a number", () => {
        NO_FEATURES.forEach(({ name, samplesPerSecond }) => {
            expect(() => parseFeature(name, samplesPerSecond)).toThrow()
        })
    })
})
