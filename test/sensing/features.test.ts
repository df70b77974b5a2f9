import { describe, expect, test } from "../suite"
import { FEATURES, feature } from "../../src/sensing/features"
import { Window } from "../../src/sensing/window"
import { expectNear } from "../expect"

function filled(values: number[]): Window {
    const window = new Window(values.length)
    for (const value of values) window.push(value)
    return window
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

    // numpy: mean, min, max, polyfit(range(5), x, 1)[0] of [3.5, 1.25, 4, -1, 5.75]
    test("values are those of another implementation", () => {
        const window = filled([3.5, 1.25, 4, -1, 5.75])
        expect(feature("last", window)).toBe(5.75)
        expectNear(feature("mean", window), 2.7, 1e-12)
        expect(feature("min", window)).toBe(-1)
        expect(feature("max", window)).toBe(5.75)
        expectNear(feature("slope", window), 0.225, 1e-12)
    })

    test("a steady rise has its slope, whatever its height", () => {
        expectNear(feature("slope", filled([101325, 101326.5, 101328, 101329.5])), 1.5, 1e-6)
        expectNear(feature("slope", filled([7, 7, 7])), 0, 1e-12)
    })

    test("but for the last value, a window that is not full has no features", () => {
        const window = new Window(4)
        window.push(20)
        window.push(21)
        expect(feature("last", window)).toBe(21)
        for (const name of FEATURES)
            if (name !== "last") expect(isMissing(feature(name, window))).toBe(true)
    })

    test("a gap anywhere leaves no feature but the last value, until it has passed", () => {
        for (let gap = 0; gap < 3; ++gap) {
            const window = new Window(3)
            for (let i = 0; i < 3; ++i) window.push(i === gap ? NaN : 20)
            for (const name of FEATURES)
                if (name !== "last") expect(isMissing(feature(name, window))).toBe(true)
            expect(isMissing(feature("last", window))).toBe(gap === 2)
            for (let i = 0; i < 3; ++i) window.push(21)
            expectNear(feature("mean", window), 21, 1e-12)
        }
    })

    test("an unknown feature is a mistake, not a number", () => {
        expect(() => feature("median", filled([1, 2]))).toThrow()
    })
})
