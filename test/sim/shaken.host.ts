/** The worlds of raw acceleration: repeatable at any moment, within what the part can measure, and as physics and the recording have it. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { BALANCES, fanStatistics, SPEEDS } from "../../sim/worlds/fan"
import { normalAt, noiseKey, uniformAt } from "../../sim/worlds/noise"
import type { Vector } from "../../sim/worlds/shaken"
import type { World } from "../../sim/worlds/world"
import { worldKind } from "../../sim/worlds/worlds"
import { featureOf, parseFeature } from "../../src/sensing/features"
import { Window } from "../../src/sensing/window"
import { readTable } from "../../table/csv"
import { sharedFile } from "../harness/needs"

const HOUR_MS = 3_600_000
const SAMPLE_MS = 20
const G = 9.80665

function accelerationAt(world: World, place: number, timeMs: number): Vector {
    const felt = world.conditionsAt(place, timeMs)
    return [
        felt.accelerationXMetresPerSecondSquared ?? NaN,
        felt.accelerationYMetresPerSecondSquared ?? NaN,
        felt.accelerationZMetresPerSecondSquared ?? NaN,
    ]
}

function meanOf(values: number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length
}

function medianOf(values: number[]): number {
    return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** sd, range and mean step in m/s2 of these samples, as the board takes them. */
function shakeOf(samples: number[]): number[] {
    const window = new Window(samples.length)
    for (const sample of samples) window.push(sample)
    return ["sd", "range", "meanAbsoluteDifference"].map(name =>
        featureOf(parseFeature(name, 50), window)
    )
}

for (const name of ["machine", "wear"])
    describe(name, () => {
        const make = (seed: number, places: number) => worldKind(name).make(seed, places)

        test("is the same whoever asks in whatever order, and whatever stands beside", () => {
            const forward = make(1, 2)
            const times = Array.from({ length: 500 }, (_, i) => i * 14_020)
            const expected = times.map(timeMs => accelerationAt(forward, 1, timeMs))
            const jumping = make(1, 5)
            for (let i = 0; i < times.length; ++i) {
                // 77 shares no factor with 500.
                const at = (i * 77) % times.length
                accelerationAt(jumping, 4, times[times.length - 1 - at])
                assert.deepEqual(accelerationAt(jumping, 1, times[at]), expected[at])
                const row = Math.floor(times[at] / jumping.rowMs)
                assert.equal(jumping.truthAt(1, row), forward.truthAt(1, row))
            }
        })

        test("differs from seed to seed and from place to place", () => {
            const felt = (seed: number, place: number) =>
                [1000, 500_020, 2_000_040].map(at => accelerationAt(make(seed, 2), place, at))
            assert.notDeepEqual(felt(1, 0), felt(2, 0))
            assert.notDeepEqual(felt(1, 0), felt(1, 1))
        })

        test("never leaves the 8 g that the part is set to", () => {
            const world = make(3, 1)
            for (let at = 0; at < HOUR_MS; at += SAMPLE_MS)
                for (const value of accelerationAt(world, 0, at))
                    assert.ok(Math.abs(value) <= 8 * G, `${value} m/s2 at ${at} ms`)
        })
    })

describe("machine", () => {
    test("begins each hour in balance, loses it in two steps, and is mended before the hour is over", () => {
        const world = worldKind("machine").make(5, 1)
        for (let hour = 0; hour < 20; ++hour) {
            const truths = Array.from({ length: 3600 }, (_, s) => world.truthAt(0, hour * 3600 + s))
            const changes = truths.filter((truth, at) => truth !== truths[at - 1])
            assert.deepEqual(changes, ["balanced", "askew", "unbalanced", "balanced"])
        }
    })

    test("shakes at full speed, out of balance, some ten times as hard as in balance", () => {
        // The recording's own figures, Y axis: 21.5 and 1.45 m/s2.
        const [balanced, , unbalanced] = BALANCES.map(
            balance => fanStatistics(balance, SPEEDS.length - 1).axes[1].standardDeviation
        )
        assert.ok(unbalanced > 10 * balanced, `${unbalanced}, ${balanced}`)
        const world = worldKind("machine").make(1, 1)
        const shakes = new Map<string, number>()
        for (let second = 0; second < 3600; ++second) {
            const y = Array.from(
                { length: 50 },
                (_, i) => accelerationAt(world, 0, second * 1000 + i * SAMPLE_MS)[1]
            )
            const truth = world.truthAt(0, second) ?? ""
            shakes.set(truth, Math.max(shakes.get(truth) ?? 0, shakeOf(y)[0]))
        }
        const share = (shakes.get("unbalanced") ?? 0) / (shakes.get("balanced") ?? 0)
        assert.ok(share > 8 && share < 40, `${share} times`)
    })
})

const FAN = sharedFile("data/fan-raw-train.csv")
test("the fan's table is what the recording shows, to its three digits", { skip: FAN.skip }, () => {
    const { rows } = readTable(FAN.path)
    const runs = new Map<string, number[][]>()
    for (const [speed, , x, y, z, label] of rows) {
        const key = `${BALANCES[3 - Number(label)]} ${speed}`
        const run = runs.get(key) ?? []
        run.push([Number(x) * G, Number(y) * G, Number(z) * G])
        runs.set(key, run)
    }
    for (const balance of BALANCES)
        SPEEDS.forEach((speed, at) => {
            const samples = runs.get(`${balance} ${speed}`) ?? assert.fail(`${balance} ${speed}`)
            fanStatistics(balance, at).axes.forEach((axis, k) => {
                const seconds = Array.from({ length: 36 }, (_, s) =>
                    shakeOf(samples.slice(s * 50, s * 50 + 50).map(sample => sample[k]))
                )
                const deviation = medianOf(seconds.map(([sd]) => sd))
                const range = medianOf(seconds.map(([sd, r]) => r / sd))
                const near = (one: number, other: number) =>
                    assert.ok(
                        Math.abs(one / other - 1) < 0.03,
                        `${balance} ${speed} ${k}: ${one}, ${other}`
                    )
                near(axis.standardDeviation, deviation)
                near(axis.range, range)
            })
        })
})

describe("wear", () => {
    const world = worldKind("wear").make(1, 1)
    const rows = Array.from({ length: 7200 }, (_, row) => ({
        truth: world.truthAt(0, row) ?? "",
        samples: Array.from({ length: 100 }, (_, i) =>
            accelerationAt(world, 0, row * world.rowMs + i * SAMPLE_MS)
        ),
    }))
    const magnitudes = (row: number) => rows[row].samples.map(sample => Math.hypot(...sample))

    test("has all four classes, and people carry their weight: 1 g in the mean at rest and on the feet", () => {
        for (const kind of ["rest", "walk", "run"]) {
            const of = rows.filter(({ truth }) => truth === kind)
            const sums = of.map(({ samples }) =>
                Math.hypot(...[0, 1, 2].map(axis => meanOf(samples.map(s => s[axis]))))
            )
            const g = medianOf(sums) / G
            assert.ok(g > 0.85 && g < 1.15, `${kind}: ${g} g`)
        }
    })

    test("falls through weightlessness into an impact of 2 g and more, and lies after it", () => {
        let falls = 0
        for (let row = 1; row < rows.length - 2; ++row) {
            if (rows[row].truth !== "fall" || rows[row - 1].truth === "fall") continue
            ++falls
            const around = [row - 1, row, row + 1].flatMap(magnitudes)
            // Bourke et al. look for less than 0.6 g and, within a second, more than 2 to 3 g.
            assert.ok(Math.min(...around) < 0.7 * G, `${Math.min(...around)} m/s2 in row ${row}`)
            assert.ok(Math.max(...around) > 2 * G, `${Math.max(...around)} m/s2 in row ${row}`)
            const after = rows[row + 2].samples.map(([x]) => x)
            assert.equal(rows[row + 2].truth, "rest")
            // Upright it would be 9.6 or more; 25 degrees short of lying is 4.1.
            assert.ok(meanOf(after) < 0.55 * G, `${meanOf(after)} m/s2 along the body`)
        }
        assert.ok(falls > 20, `${falls} falls`)
    })

    test("runs with flight and push: below 0.4 g and above 1.6 g in every stretch of it", () => {
        for (let row = 1; row < rows.length - 1; ++row) {
            if ([row - 1, row, row + 1].some(at => rows[at].truth !== "run")) continue
            const x = rows[row].samples.map(sample => sample[0])
            assert.ok(Math.min(...x) < 0.4 * G && Math.max(...x) > 1.6 * G, `row ${row}`)
        }
    })
})

describe("noise", () => {
    test("is normal and white, and of another key another", () => {
        const [key, other] = [noiseKey("a"), noiseKey("b")]
        const values = Array.from({ length: 20_000 }, (_, i) => normalAt(key, i))
        const near = (value: number, expected: number) =>
            assert.ok(Math.abs(value - expected) < 0.04, `${value}, not ${expected}`)
        near(meanOf(values), 0)
        near(meanOf(values.map(value => value * value)), 1)
        near(meanOf(values.map(value => value ** 4)) / 3, 1)
        near(meanOf(values.map((value, i) => value * normalAt(key, i + 1))), 0)
        near(meanOf(values.map((value, i) => value * normalAt(other, i))), 0)
        for (let i = -100; i < 100; ++i)
            assert.ok(uniformAt(key, i) >= 0 && uniformAt(key, i) < 1, "in [0, 1)")
    })
})
