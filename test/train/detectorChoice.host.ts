/** Which detector a stream gets: streams of many sorts, made up from seeds, with labels and without. */
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { type MadeStream, streamCsv } from "./streams"
import { judged, put, trained } from "./detectorFolder"

const folder = mkdtempSync(join(tmpdir(), "motewise-choice-"))
const out = join(folder, "leak")
after(() => rmSync(folder, { recursive: true }))

/** Fixed, for a stream may be drawn in which noise does what an event does: any other is tried by FAST_CHECK_SEED. */
const SEED = process.env.FAST_CHECK_SEED ?? "1"

/** Lone readings, and a level that is left for some time. */
const SPIKES = [800, 1900, 2700, 3600].map(row => ({ row, rows: 1, size: 25 }))
const BUMPS = [900, 2100, 3300].map(row => ({ row, rows: 40, size: 15 }))

const SORTS: Record<string, Omit<MadeStream, "seed">> = {
    "spikes in noise": { events: SPIKES },
    "bumps in noise": { events: BUMPS },
    "bumps in a pressure of 1e5 Pa": { level: 101325, noise: 30, events: BUMPS },
    "bumps in microvolts": { level: 0, noise: 2e-6, events: BUMPS },
    "spikes on a daily cycle": { dailyCycle: 10, events: SPIKES },
    "bumps on a drift": { drift: 3, events: BUMPS },
    "bumps in one of five channels": { channels: 5, events: BUMPS },
    "bumps in three groups": { groups: 3, events: BUMPS },
    "bumps in a stream with gaps": { gaps: 0.2, events: BUMPS },
}

describe("a detector", () => {
    for (const [name, made] of Object.entries(SORTS))
        for (const isLabelled of [true, false])
            test(`finds ${name} of another recording, chosen ${isLabelled ? "by labels" : "without"}`, async t => {
                t.diagnostic(`FAST_CHECK_SEED=${SEED}`)
                const recording = (which: string) =>
                    put(folder, `${which}.csv`, streamCsv({ ...made, seed: `${SEED}/${which}` }))
                const summary = trained(out, recording("here"), {
                    label: isLabelled ? "label" : undefined,
                    groupBy: ["group"],
                })
                const { judgement } = await judged(out, recording("there"), { label: "label" })
                const { events, eventsHit, falseEpisodes, maxDelayRows } = judgement
                const told = JSON.stringify([judgement, summary.detector, summary.parameters])
                const groups = made.groups ?? 1
                assert.equal(events, (made.events?.length ?? 0) * groups)
                assert.equal(eventsHit, events, told)
                assert.ok((falseEpisodes ?? Infinity) <= groups, told)
                assert.ok((maxDelayRows ?? Infinity) <= 6, told)
            })

    test("of a stream in which nothing happens gives about the alarms that were asked for", async t => {
        t.diagnostic(`FAST_CHECK_SEED=${SEED}`)
        const recording = (which: string) =>
            put(folder, `${which}.csv`, streamCsv({ seed: `${SEED}/${which}`, rows: 10000 }))
        const here = recording("here")
        const summaries = [0.2, 1, 5].map(alarmsPer1000Rows =>
            trained(out, here, { alarmsPer1000Rows })
        )
        // Never more than asked for, and with a ladder's step between them not far fewer.
        summaries.forEach(({ training, choice }, i) => {
            const wanted = [2, 10, 50][i]
            assert.equal(choice.by, "budget")
            assert.ok(training.alarmEpisodes <= wanted, `${training.alarmEpisodes} of ${wanted}`)
            assert.ok(
                training.alarmEpisodes >= wanted / 2,
                `${training.alarmEpisodes} of ${wanted}`
            )
        })
        const { judgement } = await judged(out, recording("there"), { label: "label" })
        assert.equal(judgement.events, 0)
        assert.equal(judgement.maxDelayRows, null)
        assert.equal(judgement.recall, null)
        assert.ok((judgement.falseEpisodes ?? Infinity) <= 100, JSON.stringify(judgement))
    })

    test("alarms at a step that stays, and gets over it", async () => {
        const here = put(folder, "here.csv", streamCsv({ seed: "step/1", events: BUMPS }))
        trained(out, here, { label: "label" })
        // From row 1000 on, for good, but labelled for 100 rows.
        const csv = streamCsv({
            seed: "step/2",
            events: [{ row: 1000, rows: 3000, size: 15 }],
        })
        const { judgement, verdicts } = await judged(out, put(folder, "there.csv", csv), {
            label: "label",
        })
        assert.equal(judgement.eventsHit, 1)
        assert.equal(verdicts.subarray(2500).filter(verdict => verdict === 1).length, 0)
    })

    test("survives a reading beyond all reason: an alarm there, and what comes after is found", async t => {
        t.diagnostic(`FAST_CHECK_SEED=${SEED}`)
        const events = [{ row: 2000, rows: 40, size: 15 }]
        const here = put(folder, "here.csv", streamCsv({ seed: `${SEED}/1`, events: BUMPS }))
        for (const wishes of [{ label: "label" }, {}]) {
            trained(out, here, wishes)
            const lines = streamCsv({ seed: `${SEED}/2`, events }).split("\n")
            lines[1500] = "g0,-9.9e8,fine"
            lines[1501] = "g0,9.9e8,fine"
            const there = put(folder, "there.csv", lines.join("\n"))
            const { judgement } = await judged(out, there, { label: "label" })
            assert.equal(judgement.eventsHit, 1, JSON.stringify(judgement))
            assert.ok((judgement.falseEpisodes ?? Infinity) <= 2, JSON.stringify(judgement))
        }
    })

    test("trained on a recording with a reading beyond all reason still sees the small things", async () => {
        const lines = streamCsv({ seed: "spoilt", events: BUMPS }).split("\n")
        lines[500] = "g0,8e8,fine"
        const here = put(folder, "here.csv", lines.join("\n"))
        trained(out, here, { label: "label" })
        const there = put(folder, "there.csv", streamCsv({ seed: "other", events: BUMPS }))
        const { judgement } = await judged(out, there)
        assert.equal(judgement.eventsHit, 3, JSON.stringify(judgement))
    })

    test("takes a slow rise too, which no single value tells", async () => {
        // A fifth of a deviation a row, over 60 rows; then as far down again.
        const ramps = [1000, 2000, 3000].flatMap(from =>
            Array.from({ length: 120 }, (_, i) => ({
                row: from + i,
                rows: 1,
                size: 0.1 * (i < 60 ? i : 120 - i),
            }))
        )
        const recording = (seed: string) =>
            put(folder, `${seed}.csv`, streamCsv({ seed, events: ramps }))
        trained(out, recording("ramp1"), { label: "label" })
        const { judgement } = await judged(out, recording("ramp2"))
        assert.equal(judgement.events, 3)
        assert.equal(judgement.eventsHit, 3, JSON.stringify(judgement))
        assert.ok((judgement.falseEpisodes ?? Infinity) <= 1, JSON.stringify(judgement))
    })

    test("learns nothing from the rows that are kept from it", () => {
        const lines = streamCsv({ seed: "kept", events: BUMPS }).trim().split("\n")
        // Beside the event that is kept, another scale altogether.
        for (let row = 2600; row < 4000; ++row) lines[row] = lines[row].replace(",2", ",9")
        const whole = put(folder, "whole.csv", `${lines.join("\n")}\n`)
        const first = put(folder, "first.csv", `${lines.slice(0, 2401).join("\n")}\n`)
        for (const label of ["label", undefined]) {
            const kept = trained(out, whole, { label, holdout: 0.4 })
            const inputs = readFileSync(join(out, "model.ts"), "utf8").split("inputs")[1]
            const alone = trained(out, first, { label })
            assert.deepEqual(kept.parameters, alone.parameters)
            assert.deepEqual(kept.training, alone.training)
            assert.equal(readFileSync(join(out, "model.ts"), "utf8").split("inputs")[1], inputs)
            assert.equal(kept.holdout?.rows, 1600)
        }
    })

    test("hangs on the recording and the seed alone", () => {
        const here = put(folder, "here.csv", streamCsv({ seed: "same", events: BUMPS }))
        const wishes = { label: "label" }
        assert.deepEqual(trained(out, here, wishes), trained(out, here, wishes))
    })
})
