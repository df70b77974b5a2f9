/** The device's features under Node: the cases the VM runs, and sines against what analysis says of them. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { FEATURES, featureOf, parseFeature } from "../../src/sensing/features"
import { goertzelCoefficient } from "../../src/sensing/goertzel"
import { Window } from "../../src/sensing/window"
import { RandomStream } from "../../sim/random"
import { FEATURE_CASES, FEATURE_TOLERANCE, NO_FEATURES } from "./featureCases"

/** @param before samples that the window has forgotten again: where its ring begins */
function taken(
    name: string,
    samplesPerSecond: number,
    samples: number[],
    before: number[] = []
): number {
    const window = new Window(samples.length)
    for (const sample of before) window.push(sample)
    for (const sample of samples) window.push(sample)
    return featureOf(parseFeature(name, samplesPerSecond), window)
}

function near(actual: number, expected: number, tolerance: number, message: string): void {
    assert.ok(Math.abs(actual - expected) <= tolerance, `${message}: ${actual}, not ${expected}`)
}

/** 2 |X|^2 / n^2 by the definition of the transform. */
function bandByDefinition(hertz: number, samplesPerSecond: number, samples: number[]): number {
    const n = samples.length
    const mean = samples.reduce((sum, x) => sum + x, 0) / n
    let [re, im] = [0, 0]
    samples.forEach((x, i) => {
        const angle = (2 * Math.PI * hertz * i) / samplesPerSecond
        re += (x - mean) * Math.cos(angle)
        im -= (x - mean) * Math.sin(angle)
    })
    return (2 * (re * re + im * im)) / (n * n)
}

describe("features", () => {
    test("are the same as on the board", () => {
        for (const { name, samplesPerSecond, samples, expected } of FEATURE_CASES)
            near(taken(name, samplesPerSecond, samples), expected, FEATURE_TOLERANCE, name)
        for (const { name, samplesPerSecond } of NO_FEATURES)
            assert.throws(() => parseFeature(name, samplesPerSecond), Error, name)
    })

    test("a sine of amplitude A has A^2 / 2 in its band, and its neighbours none", () => {
        for (let cycles = 1; cycles < 25; ++cycles)
            for (const phase of [0, 1, 2.5]) {
                const sine = Array.from(
                    { length: 50 },
                    (_, i) => 9.81 + 3 * Math.sin((2 * Math.PI * cycles * i) / 50 + phase)
                )
                near(taken(`band:${cycles}`, 50, sine), 4.5, 1e-9, `${cycles} Hz`)
                for (const other of [cycles - 1, cycles + 1])
                    if (other > 0 && other < 25)
                        near(taken(`band:${other}`, 50, sine), 0, 1e-9, `${other} Hz`)
            }
    })

    test("a band between whole cycles is what the transform's definition says", () => {
        const random = new RandomStream("features/bands")
        for (let round = 0; round < 200; ++round) {
            const samples = Array.from({ length: 3 + random.integer(120) }, () => random.normal())
            const hertz = (1 + random.integer(2499)) / 100
            const expected = bandByDefinition(hertz, 50, samples)
            const before = Array.from({ length: random.integer(200) }, () => random.normal())
            near(taken(`band:${hertz}`, 50, samples, before), expected, 1e-9, `${hertz} Hz`)
        }
    })

    test("the cosine is right to the last digits", () => {
        for (let i = 1; i < 1000; ++i)
            near(
                goertzelCoefficient(i, 2000),
                2 * Math.cos((Math.PI * i) / 1000),
                1e-15 * 4,
                `${i} of 2000 Hz`
            )
    })

    test("the bands of a noise add up to its variance (Parseval)", () => {
        const random = new RandomStream("features/parseval")
        const noise = Array.from({ length: 51 }, () => 20 + random.normal())
        let sum = 0
        for (let cycles = 1; cycles <= 25; ++cycles) sum += taken(`band:${cycles}`, 51, noise)
        near(sum, taken("sd", 51, noise) ** 2, 1e-9, "variance")
    })

    test("a gap anywhere, and a window that is short of one sample, leave nothing but the last", () => {
        for (const name of [...FEATURES, "band:3"]) {
            for (let gap = 0; gap < 4; ++gap) {
                const samples = [4, 1, 3, 2].map((value, i) => (i === gap ? NaN : value))
                const isLast = name === "last" && gap < 3
                assert.equal(Number.isNaN(taken(name, 50, samples)), !isLast, `${name}, gap ${gap}`)
            }
            const window = new Window(4)
            for (const sample of [4, 1, 3]) window.push(sample)
            const value = featureOf(parseFeature(name, 50), window)
            assert.equal(Number.isNaN(value), name !== "last", name)
        }
    })
})
