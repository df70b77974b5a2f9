/** The device's features under Node: the cases the VM runs, and sines against what analysis says of them. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { featureOf, parseFeature } from "../../src/sensing/features"
import { goertzelCoefficient } from "../../src/sensing/goertzel"
import { Window } from "../../src/sensing/window"
import { RandomStream } from "../../sim/random"
import { FEATURE_CASES, FEATURE_TOLERANCE, NO_FEATURES } from "./featureCases"

function taken(name: string, samplesPerSecond: number, samples: number[]): number {
    const window = new Window(samples.length)
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
            near(taken(`band:${hertz}`, 50, samples), expected, 1e-9, `${hertz} Hz`)
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
})
