/** The device's detectors under Node: the streams the VM runs, and recordings whose events are known. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, test } from "node:test"
import { EwmaZ, type EwmaZModel } from "../../src/inference/ewma-z"
import { FastSlow } from "../../src/inference/fast-slow"
import { HalfSpaceTrees } from "../../src/inference/half-space-trees"
import { UNUSUAL } from "../../src/inference/verdict"
import { RandomStream } from "../../sim/random"
import { sharedFile } from "../harness/needs"
import * as cases from "./detectorCases"
import { nabScore } from "./nab-score"

function expectVerdicts(stream: number[][], push: (value: number) => number): void {
    stream.forEach(([value, verdict], i) => assert.equal(push(value), verdict, `${i}, ${value}`))
}

function rowsOf(path: string): string[][] {
    const [, ...lines] = readFileSync(path, "utf8").trim().split("\n")
    return lines.map(line => line.trim().split(","))
}

describe("detectors", () => {
    test("say the same as on the board", () => {
        const frozen = new EwmaZ(cases.FROZEN)
        expectVerdicts(cases.FROZEN_CASES, value => frozen.push(value))
        const yielding = new EwmaZ(cases.YIELDING)
        expectVerdicts(cases.YIELDING_CASES, value => yielding.push(value))
        const steps = new FastSlow(cases.STEPS)
        expectVerdicts(cases.STEPS_CASES, value => steps.push(value))
        const cut = new HalfSpaceTrees(cases.ONE_CUT)
        expectVerdicts(cases.ONE_CUT_CASES, value => cut.push([value]))
    })

    test("half-space trees find what leaves the usual corner of two channels, and hang on the seed alone", () => {
        const model = {
            ...cases.ONE_CUT,
            seed: 7,
            trees: 10,
            depth: 6,
            window: 300,
            lows: [0, 0],
            highs: [1, 1],
            threshold: 2,
            massMin: 30,
            refractory: 0,
        }
        const scores = (seed: number) => {
            const detector = new HalfSpaceTrees({ ...model, seed })
            const random = new RandomStream("detectors/corner")
            const verdicts: number[] = []
            for (let i = 0; i < 1000; ++i) {
                // Along the diagonal: neither channel alone tells the corner.
                const along = random.uniform()
                verdicts.push(detector.push([along, along + 0.02 * random.normal()]))
            }
            const usual = detector.score
            const verdict = detector.push([0.05, 0.95])
            return { verdicts, usual, verdict, unusual: detector.score }
        }
        const { verdicts, usual, verdict, unusual } = scores(7)
        assert.equal(verdict, UNUSUAL)
        assert.ok(unusual < usual / 4, `${unusual} of ${usual}`)
        const alarms = verdicts.filter(said => said === UNUSUAL).length
        assert.ok(alarms <= 10, `${alarms} of 1,000`)
        assert.deepEqual(scores(7).unusual, unusual)
        assert.notEqual(scores(8).unusual, unusual)
    })
})

describe("NAB's score", () => {
    // Windows of 100 rows from 1,000 and from 2,000; 5,000 rows, of which 750 are not scored.
    const windows: [number, number][] = [
        [1000, 1099],
        [2000, 2099],
    ]
    const score = (...alarms: number[]) => nabScore(5000, alarms, windows).score

    test("is as many as there are windows at best, and minus that for silence", () => {
        assert.equal(score(1000, 2000), 2)
        assert.equal(score(), -2)
        assert.equal(score(700), -2)
        assert.equal(score(1000, 1050, 2000), 2)
    })

    test("falls along a window, and by at most 0.11 for a false alarm", () => {
        // 2 / (1 + e^-2.5) - 1 = 0.84828 over 2 / (1 + e^-5) - 1 = 0.98661
        assert.ok(
            Math.abs(score(1050, 2000) - 1 - 0.84828 / 0.98661) < 1e-4,
            `${score(1050, 2000)}`
        )
        assert.ok(Math.abs(score(800, 1000, 2000) - 1.89) < 1e-12, `${score(800, 1000, 2000)}`)
        // A tenth of a width behind the window: 2 / (1 + e^(5 * 10 / 99)) - 1 = -0.24730
        const late = score(1000, 1109, 2000)
        assert.ok(Math.abs(late - 2 + 0.11 * 0.2473) < 1e-5, `${late}`)
        assert.ok(Math.abs(score(1000, 1700, 2000) - 1.89) < 1e-12, `${score(1000, 1700, 2000)}`)
    })
})

/** Steam at motes 1 and 4; by reading, first and last. Which motes had steam is the recording's, not ours. */
const STEAM = sharedFile("data/wsn-singlehop.csv")
const STEAM_MODEL: EwmaZModel = {
    alpha: 1 / 128,
    threshold: 8,
    deviationFloor: 0.2,
    alarmedShare: 1 / 8,
}
const BEFORE_ROWS = 12
const AFTER_ROWS = 240
const MERGED_ROWS = 60
const DELAY_ROWS_MAX = 6

test("steam is noticed within 6 rows at both motes, and nowhere else", { skip: STEAM.skip }, t => {
    const motes = new Map<string, { labels: number[]; alarms: number[]; channels: EwmaZ[] }>()
    for (const [, mote, , humidity, temperature, label] of rowsOf(STEAM.path)) {
        if (!motes.has(mote)) {
            const channels = [new EwmaZ(STEAM_MODEL), new EwmaZ(STEAM_MODEL)]
            motes.set(mote, { labels: [], alarms: [], channels })
        }
        const { labels, alarms, channels } = motes.get(mote) ?? assert.fail("no mote")
        const verdicts = [humidity, temperature].map((cell, i) => channels[i].push(Number(cell)))
        if (verdicts.includes(UNUSUAL)) alarms.push(labels.length)
        labels.push(Number(label))
    }
    assert.equal(motes.size, 4)
    let events = 0
    let falseEpisodes = 0
    for (const [mote, { labels, alarms }] of motes) {
        const from = labels.indexOf(1)
        const starts = alarms.filter((row, i) => i === 0 || row - alarms[i - 1] > MERGED_ROWS)
        if (from >= 0) {
            events++
            const first = alarms.find(row => row >= from) ?? Infinity
            t.diagnostic(`mote ${mote}: ${first - from} rows late`)
            assert.ok(first - from <= DELAY_ROWS_MAX, `mote ${mote}: ${first - from} rows late`)
        }
        falseEpisodes += starts.filter(
            row => from < 0 || row < from - BEFORE_ROWS || row > from + AFTER_ROWS
        ).length
    }
    assert.equal(events, 2)
    assert.equal(falseEpisodes, 0)
})

const MACHINE = sharedFile("data/nab-machine-temperature.csv")
const MACHINE_WINDOWS = sharedFile("data/nab-machine-temperature-windows.json")

test("a machine's failures are noticed, with few false alarms", { skip: MACHINE.skip }, t => {
    const rows = rowsOf(MACHINE.path)
    const dates = rows.map(([date]) => date)
    const recorded = JSON.parse(readFileSync(MACHINE_WINDOWS.path, "utf8")) as Record<
        string,
        [string, string][]
    >
    const windows = Object.values(recorded)[0].map(([from, to]): [number, number] => [
        dates.indexOf(from.slice(0, 19)),
        dates.indexOf(to.slice(0, 19)),
    ])
    assert.ok(
        windows.every(([from, to]) => from >= 0 && to > from),
        "windows without rows"
    )
    // Four hours against four days; half a day between alarms; the slow mean's time to settle.
    const detector = new FastSlow({
        fastAlpha: 1 / 48,
        slowAlpha: 1 / 1152,
        threshold: 2,
        deviationFloor: 0.1,
        refractory: 144,
        settling: 1152,
    })
    const alarms: number[] = []
    rows.forEach(([, cell], row) => {
        if (detector.push(Number(cell)) === UNUSUAL) alarms.push(row)
    })
    const { windowsHit, falseAlarms, score } = nabScore(rows.length, alarms, windows)
    t.diagnostic(`${windowsHit} windows, ${falseAlarms} false alarms, score ${score.toFixed(2)}`)
    assert.ok(windowsHit >= 3, `${windowsHit} windows`)
    assert.ok(falseAlarms <= 6, `${falseAlarms} false alarms`)
    assert.ok(score >= 2, `score ${score}`)
})
