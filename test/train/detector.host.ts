/** Detectors trained on recordings whose events are known: what they must reach, and that VM and Node agree on every row. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { readTable } from "../../table/csv"
import { UNKNOWN } from "../../src/inference/model"
import { readDetectorFolder } from "../../train/detector/folder"
import { detectorOf, DETECTOR_CLASSES } from "../../train/detector/parameters"
import { hostVerdicts, vmVerdicts } from "../../train/detector/verdicts"
import { motewise } from "../cli/run"
import { sharedFile } from "../harness/needs"
import { nabScore } from "../inference/nab-score"
import { judged, put, trained } from "./detectorFolder"
import { streamCsv } from "./streams"

const folder = mkdtempSync(join(tmpdir(), "motewise-detector-"))
after(() => rmSync(folder, { recursive: true }))

const STEAM = sharedFile("data/wsn-singlehop.csv")
const BY_MOTE = { inputs: ["humidity", "temperature"], groupBy: ["mote_id"] }

/** The rows of some motes alone: another site. */
function motes(...ids: string[]): string {
    const [header, ...lines] = readFileSync(STEAM.path, "utf8").trim().split("\n")
    const own = lines.filter(line => ids.includes(line.split(",")[1]))
    return put(folder, `motes-${ids.join("-")}.csv`, [header, ...own, ""].join("\n"))
}

describe("steam", { skip: STEAM.skip }, () => {
    for (const label of ["label", undefined])
        test(`is noticed at both motes, in time, and nowhere else: chosen ${label === undefined ? "without labels" : "by labels"}`, async t => {
            const out = join(folder, "steam")
            const { detector, parameters } = trained(out, STEAM.path, { ...BY_MOTE, label })
            const inVm = await judged(out, STEAM.path, { runtime: "vm", label: "label" })
            t.diagnostic(JSON.stringify([inVm.judgement, detector, parameters]))
            const { events, eventsHit, maxDelayRows, falseEpisodes } = inVm.judgement
            assert.equal(events, 2)
            assert.equal(eventsHit, 2)
            assert.ok((maxDelayRows ?? Infinity) <= 6, `${maxDelayRows} rows late`)
            assert.ok((falseEpisodes ?? Infinity) <= 1, `${falseEpisodes} false`)
            assert.deepEqual(Object.keys(inVm.judgement.alarmRowsByGroup), ["1", "2", "3", "4"])
            const onHost = await judged(out, STEAM.path, { label: "label" })
            assert.deepEqual(onHost.verdicts, inVm.verdicts)
            assert.deepEqual(onHost.judgement, { ...inVm.judgement, runtime: "host" })
        })

    for (const [here, there] of [
        [
            ["1", "2"],
            ["3", "4"],
        ],
        [
            ["3", "4"],
            ["1", "2"],
        ],
        [
            ["1", "3"],
            ["2", "4"],
        ],
        [
            ["2", "4"],
            ["1", "3"],
        ],
    ])
        for (const label of ["label", undefined])
            test(`is noticed at motes ${there.join()} by what was tuned at ${here.join()} ${label === undefined ? "without labels" : "by labels"}`, async () => {
                const out = join(folder, "site")
                trained(out, motes(...here), { ...BY_MOTE, label })
                const { judgement } = await judged(out, motes(...there), { label: "label" })
                assert.equal(judgement.eventsHit, 1, JSON.stringify(judgement))
                assert.ok((judgement.falseEpisodes ?? Infinity) <= 1, JSON.stringify(judgement))
                assert.ok((judgement.maxDelayRows ?? Infinity) <= 6, JSON.stringify(judgement))
            })

    test("without --inputs what never moves, what counts rows and what is a truth are not looked at", () => {
        const { inputs, leftOut } = trained(join(folder, "all"), STEAM.path, {
            groupBy: ["mote_id"],
        })
        assert.deepEqual(inputs, ["relativeHumidityPercent", "temperatureCelsius"])
        assert.deepEqual(leftOut, ["reading", "indoor", "label"])
    })
})

const MACHINE = sharedFile("data/nab-machine-temperature.csv")
const MACHINE_WINDOWS = sharedFile("data/nab-machine-temperature-windows.json")

test(
    "a machine's failures are noticed without labels, by the command as it stands",
    { skip: MACHINE.skip },
    t => {
        const out = join(folder, "machine")
        const verdicts = join(folder, "verdicts.csv")
        const startMs = performance.now()
        const first = motewise("train", "--data", MACHINE.path, "--kind", "detector", "--out", out)
        const seconds = (performance.now() - startMs) / 1000
        assert.equal(first.code, 0, first.err)
        t.diagnostic(`${seconds.toFixed(1)} s\n${first.out}`)
        const { code, out: printed } = motewise(
            ...["eval", out, "--data", MACHINE.path, "--predictions", verdicts, "--json"]
        )
        assert.equal(code, 0)
        const told = JSON.parse(printed)
        assert.equal(told.rows, 22695)
        assert.equal(told.runtime, "vm")
        for (const name of ["events", "eventsHit", "maxDelayRows", "falseEpisodes"])
            assert.equal(told[name], null, name)
        const recorded = JSON.parse(readFileSync(MACHINE_WINDOWS.path, "utf8")) as Record<
            string,
            [string, string][]
        >
        const dates = readTable(MACHINE.path).rows.map(([date]) => date)
        const windows = Object.values(recorded)[0].map(([from, to]): [number, number] => [
            dates.indexOf(from.slice(0, 19)),
            dates.indexOf(to.slice(0, 19)),
        ])
        const alarms = readTable(verdicts).rows.flatMap(([row, truth, verdict]) => {
            assert.equal(truth, "")
            return verdict === "unusual" ? [Number(row) - 2] : []
        })
        assert.equal(told.alarmRowsByGroup.all, alarms.length)
        const { windowsHit, falseAlarms, score } = nabScore(22695, alarms, windows)
        t.diagnostic(`${windowsHit} windows, ${falseAlarms} false alarms, ${score.toFixed(2)}`)
        assert.ok(windowsHit >= 3, `${windowsHit} windows`)
        assert.ok(falseAlarms <= 6, `${falseAlarms} false alarms`)
        assert.ok(score >= 2, `score ${score}`)
    }
)

for (const name of ["occupancy-test1.csv", "fan-raw-test.csv", "nab-machine-temperature.csv"]) {
    const { path, skip } = sharedFile(`data/${name}`)
    test(`VM and Node agree on every row of ${name}`, { skip }, async () => {
        const out = join(folder, "agree")
        const groupBy = name.startsWith("fan") ? ["speed", "win"] : undefined
        trained(out, path, { groupBy })
        const inVm = await judged(out, path, { runtime: "vm" })
        const onHost = await judged(out, path, { runtime: "host" })
        assert.deepEqual(onHost.verdicts, inVm.verdicts)
        assert.deepEqual(onHost.judgement, { ...inVm.judgement, runtime: "host" })
    })
}

/** One recording for each kind, which it is best for or at least made for. */
const EVENTS = [700, 1500, 2300, 3100].map(row => ({ row, rows: 40, size: 15 }))
const CSV = streamCsv({ seed: "kinds", channels: 2, groups: 3, gaps: 0.1, events: EVENTS })
const FLOORS = "deviationFloors: [0.1, 0.1],"
const TEXTS: Record<string, string> = {
    "ewma-z": `alpha: 0.03125, threshold: 5, alarmedShare: 0.125, ${FLOORS}`,
    "fast-slow": `fastAlpha: 0.125, slowAlpha: 0.0078125, threshold: 1.5, ${FLOORS} refractory: 60, settling: 128,`,
    "half-space-trees":
        "seed: 3, trees: 16, depth: 6, window: 250, lows: [19, 19], highs: [23, 23], threshold: 16, massMin: 25, refractory: 60,",
}

describe("every kind", () => {
    for (const kind of Object.keys(TEXTS))
        test(`${kind}: VM and Node agree on a stream of groups with gaps and numbers out of all range`, async () => {
            const out = join(folder, "kind")
            const lines = CSV.split("\n")
            lines[200] = "g0,1e9,20,fine"
            lines[201] = "g0,-1e9,,fine"
            const data = put(folder, "kinds.csv", lines.join("\n"))
            trained(out, data, { groupBy: ["group"] })
            const model = join(out, "model.ts")
            const text = readFileSync(model, "utf8")
            const inputs = text.slice(0, text.indexOf("    kind:"))
            put(
                out,
                "model.ts",
                `${inputs} kind: "${kind}", windowSamples: 1, samplesPerSecond: 0, ${TEXTS[kind]} }\n`
            )
            const question = { label: "label" }
            const inVm = await judged(out, data, { ...question, runtime: "vm" })
            const onHost = await judged(out, data, question)
            assert.deepEqual(onHost.verdicts, inVm.verdicts)
            const told = new Set(inVm.verdicts)
            assert.deepEqual([...told].sort(), [UNKNOWN, 0, 1])
        })

    test("answers its own stream of vectors in the VM as the trainer did, in which everything occurs", async () => {
        const out = join(folder, "vectors")
        const data = put(folder, "vectors.csv", CSV)
        for (const wishes of [{ label: "label" }, {}, { alarmsPer1000Rows: 0.001 }]) {
            trained(out, data, { ...wishes, groupBy: ["group"] })
            const model = await readDetectorFolder(out)
            const { stream } = JSON.parse(readFileSync(join(out, "vectors.json"), "utf8")) as {
                stream: {
                    values: (number | null)[]
                    ticks: number[]
                    times: number
                    class: number
                }[]
            }
            const rows = stream.flatMap(vector =>
                new Array<typeof vector>(vector.times).fill(vector)
            )
            assert.deepEqual(new Set(rows.map(row => row.class)), new Set([0, 1, UNKNOWN]))
            const columns = model.generated.inputs.map((_, i) =>
                Float64Array.from(rows, ({ values }) => values[i] ?? NaN)
            )
            const expected = Int16Array.from(rows, row => row.class)
            assert.deepEqual((await vmVerdicts(model, [columns]))[0], expected)
            // A second group starts afresh.
            assert.deepEqual(hostVerdicts(model.generated, [columns, columns])[1], expected)
            const detector = detectorOf(model.generated)
            rows.forEach(({ ticks, class: classIndex }, i) =>
                assert.equal(detector.classify(ticks), classIndex, `row ${i}`)
            )
            const text = readFileSync(join(out, "vectors.ts"), "utf8")
            assert.equal(text.match(/^ {4}\[/gm)?.length, stream.length)
        }
    })

    test("has a class, whose name stands in the generated module", () => {
        const out = join(folder, "named")
        const { detector } = trained(out, put(folder, "named.csv", CSV), { label: "label" })
        const { name, file } = DETECTOR_CLASSES[detector as keyof typeof DETECTOR_CLASSES]
        const text = readFileSync(join(out, "model.ts"), "utf8")
        assert.ok(text.includes(`model: new ${name}(leak), from src/inference/${file}.ts`), text)
        assert.ok(!/^import/m.test(text), "it imports nothing")
    })
})
