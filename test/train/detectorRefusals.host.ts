/** Recordings and wishes a detector cannot be trained or judged by: one line, by file, row and column, exit 2, and nothing written. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { InputError } from "../../table/input-error"
import { detectorRecipeOf } from "../../train/detector/recipe"
import { readTable } from "../../table/csv"
import { assertRefused, motewise } from "../cli/run"
import { judged, put, trained } from "./detectorFolder"
import { streamCsv } from "./streams"

const folder = mkdtempSync(join(tmpdir(), "motewise-detector-refusals-"))
const out = join(folder, "leak")
after(() => rmSync(folder, { recursive: true }))

const EVENTS = [{ row: 200, rows: 10, size: 15 }]
const CSV = streamCsv({ seed: "refusals", rows: 300, events: EVENTS })

/** With one cell set; row counts as in messages. */
function withCell(row: number, column: number, cell: string): string {
    const lines = CSV.split("\n")
    const cells = lines[row - 1].split(",")
    cells[column] = cell
    lines[row - 1] = cells.join(",")
    return lines.join("\n")
}

type Wishes = Parameters<typeof trained>[2]

/** The message is exactly the path, a colon and `message`. */
function refused(text: string, message: string, wishes: Wishes = { label: "label" }): void {
    const file = put(folder, "bad.csv", text)
    assert.throws(
        () => trained(out, file, wishes),
        (e: Error) => {
            assert.ok(e instanceof InputError, e.stack)
            assert.equal(e.message, `${file}: ${message}`)
            return true
        }
    )
    assert.ok(!readdirSync(folder).includes("leak"), "nothing is written")
}

describe("a detector's refusals", () => {
    test("the file", () => {
        refused("", "the file is empty")
        refused("c0,label\n", "there is a header but no row below it")
        refused(CSV.replace("group,c0", "c0,c0"), 'row 1, column "c0": appears twice')
    })

    test("a number", () => {
        for (const cell of ["NaN", "inf", "wet", "0x10"])
            for (const wishes of [{ label: "label" }, {}])
                refused(
                    withCell(50, 1, cell),
                    `row 50, column "c0": "${cell}" is not a number`,
                    wishes
                )
        refused(withCell(300, 1, "1e30"), 'row 300, column "c0": "1e30" is beyond +-1000000000')
    })

    test("the label", () => {
        const oneOnly =
            'column "label" has one class only: a detector is judged by events, or trained without --label'
        refused(CSV.replaceAll("leak", "fine"), oneOnly)
        refused(withCell(50, 2, ""), 'row 50, column "label": the cell is empty')
        refused(CSV, 'no column "Label", there are "group", "c0", "label"', { label: "Label" })
        refused(CSV, 'column "c0" is both label and input', { label: "c0", inputs: ["c0"] })
        refused(CSV, 'column "label": all events are in the rows kept from the training', {
            label: "label",
            holdout: 0.5,
        })
        const classes = [
            { cell: "fine", name: "dry" },
            { cell: "wet", name: "leak-there" },
        ]
        refused(CSV, 'row 202, column "label": "leak" is none of fine, wet', {
            label: "label",
            classes,
        })
    })

    test("the inputs and groups", () => {
        refused(CSV, 'no column "c1", there are "group", "c0", "label"', { inputs: ["c1"] })
        refused(CSV, 'no column "mote", there are "group", "c0", "label"', { groupBy: ["mote"] })
        refused(withCell(7, 0, ""), 'row 7, column "group": the cell is empty', {
            groupBy: ["group"],
        })
        const still = CSV.replace(/^g0,[^,]*/gm, "g0,5")
        refused(still, 'column "c0" never moves: there is no telling what is unusual for it', {
            inputs: ["c0"],
        })
        refused(still, "there is no column of numbers beside the label", {})
    })

    test("too few rows, with how many it takes", () => {
        const short = streamCsv({ seed: "short", rows: 99 })
        refused(short, "99 rows to train on are too few: a detector takes 100", {})
        refused(CSV, "90 rows to train on are too few: a detector takes 100", { holdout: 0.7 })
    })

    test("by the command: exit 2, one line, and no folder", () => {
        const file = put(folder, "bad.csv", withCell(50, 1, "wet"))
        const before = readdirSync(folder)
        const given = ["train", "--data", file, "--kind", "detector", "--out", out]
        assertRefused(motewise(...given), /bad\.csv: row 50, column "c0": "wet" is not a number/)
        assertRefused(
            motewise(...given, "--classes", "a=x,b=y,c=z"),
            /--classes: a detector has two, what is usual and what is not, not 3/
        )
        assertRefused(
            motewise(...given, "--alarms-per-1000-rows", "none"),
            /It takes a number from 0\.001 to 100\./
        )
        assert.deepEqual(readdirSync(folder), before)
    })
})

describe("a detector's labels", () => {
    const recipe = (text: string, wishes: Wishes) => {
        const table = readTable(put(folder, "labels.csv", text))
        return detectorRecipeOf(table, { name: "leak", seed: 1, ...wishes })
    }

    test("what most rows have is usual, and everything else is an event", () => {
        assert.deepEqual(recipe(CSV, { label: "label" }).classes, [
            { cell: "fine", name: "usual" },
            { cell: "leak", name: "unusual" },
        ])
        // Mostly alarmed: the rarer 0 is the event, unless it is said otherwise.
        const ones = CSV.replaceAll("fine", "1").replaceAll("leak", "0")
        assert.equal(recipe(ones, { label: "label" }).classes[0].cell, "1")
        const classes = [
            { cell: "0", name: "dry" },
            { cell: "1", name: "wet" },
        ]
        assert.deepEqual(recipe(ones, { label: "label", classes }).classes, classes)
    })

    test("may be of several sorts of event", async () => {
        const events = [
            { row: 600, rows: 20, size: 20 },
            { row: 1400, rows: 20, size: 20 },
        ]
        const lines = streamCsv({ seed: "sorts", rows: 2000, events }).split("\n")
        const sorts = lines.map((line, i) => (i > 1000 ? line.replace("leak", "burst") : line))
        const file = put(folder, "sorts.csv", sorts.join("\n"))
        trained(out, file, { label: "label" })
        const { judgement } = await judged(out, file)
        assert.equal(judgement.events, 2)
        assert.equal(judgement.eventsHit, 2)
    })
})

describe("judging a detector", () => {
    const events = [
        { row: 600, rows: 20, size: 20 },
        { row: 1400, rows: 20, size: 20 },
    ]
    const made = { seed: "judge", rows: 2000, groups: 2, events }

    test("the command trains, judges and writes verdicts", () => {
        const file = put(folder, "judge.csv", streamCsv(made))
        const verdicts = join(folder, "verdicts.csv")
        const first = motewise(
            ...["train", "--data", file, "--label", "label", "--kind", "detector", "--json"],
            ...["--group-by", "group", "--holdout", "0.4", "--out", out]
        )
        assert.equal(first.code, 0, first.err)
        assert.equal(first.err, "")
        const summary = JSON.parse(first.out)
        assert.equal(summary.kind, "detector")
        assert.equal(summary.rows, 2400)
        assert.deepEqual(summary.groups, ["g0", "g1"])
        assert.deepEqual(summary.holdout.events, 2)
        assert.deepEqual(summary.holdout.eventsHit, 2)
        assert.deepEqual(readdirSync(out).sort(), [
            "model.ts",
            "recipe.json",
            "report.html",
            "timeline.svg",
            "vectors.json",
            "vectors.ts",
        ])
        assert.equal(JSON.parse(readFileSync(join(out, "recipe.json"), "utf8")).kind, "detector")
        const second = motewise(
            ...["eval", out, "--data", file, "--runtime", "host", "--json"],
            ...["--predictions", verdicts]
        )
        assert.equal(second.code, 0, second.err)
        const told = JSON.parse(second.out)
        assert.deepEqual(Object.keys(told).sort(), [
            "alarmRowsByGroup",
            "events",
            "eventsHit",
            "falseEpisodes",
            "maxDelayRows",
            "precision",
            "recall",
            "rows",
            "runtime",
        ])
        const rows = readTable(verdicts).rows
        assert.equal(rows.length, 4000)
        const alarms = rows.filter(([, , verdict]) => verdict === "unusual")
        const right = alarms.filter(([, truth]) => truth === "unusual")
        assert.equal(alarms.length, told.alarmRowsByGroup.g0 + told.alarmRowsByGroup.g1)
        assert.equal(right.length / alarms.length, told.precision)
        assert.equal(right.length / 80, told.recall)
    })

    test("without the label's column the alarms are told all the same", async () => {
        const file = put(folder, "judge.csv", streamCsv(made))
        trained(out, file, { label: "label", groupBy: ["group"] })
        const bare = streamCsv(made).replace(/,[^,\n]*$/gm, "")
        const { judgement, truths } = await judged(out, put(folder, "bare.csv", bare))
        const { judgement: labelled } = await judged(out, file)
        assert.deepEqual(judgement, {
            rows: 4000,
            events: null,
            eventsHit: null,
            maxDelayRows: null,
            falseEpisodes: null,
            precision: null,
            recall: null,
            alarmRowsByGroup: labelled.alarmRowsByGroup,
            runtime: "host",
        })
        assert.ok(
            truths.every(truth => truth === -1),
            "no truth is known"
        )
        await assert.rejects(judged(out, join(folder, "bare.csv"), { label: "label" }), InputError)
    })

    test("by other groups than it was trained by, or none where their column is not there", async () => {
        const file = put(folder, "judge.csv", streamCsv(made))
        trained(out, file, { label: "label", groupBy: ["group"] })
        const renamed = put(folder, "renamed.csv", streamCsv(made).replace("group", "node"))
        const whole = await judged(out, renamed)
        assert.deepEqual(Object.keys(whole.judgement.alarmRowsByGroup), ["all"])
        const { judgement } = await judged(out, renamed, { groupBy: ["node"] })
        assert.deepEqual(judgement, (await judged(out, file)).judgement)
        await assert.rejects(judged(out, renamed, { groupBy: ["group"] }), InputError)
    })

    test("each group is told as if it was alone, however their rows are mixed", async () => {
        const [header, ...lines] = streamCsv(made).trim().split("\n")
        const file = put(folder, "judge.csv", streamCsv(made))
        trained(out, file, { label: "label", groupBy: ["group"] })
        const mixed = Array.from({ length: 2000 }, (_, i) => [lines[i], lines[2000 + i]]).flat()
        const text = [header, ...mixed, ""].join("\n")
        const { judgement, verdicts } = await judged(out, put(folder, "mixed.csv", text))
        const apart = await judged(out, file)
        assert.deepEqual(judgement, apart.judgement)
        assert.deepEqual(
            verdicts.filter((_, i) => i % 2 === 1),
            apart.verdicts.slice(2000)
        )
    })
})
