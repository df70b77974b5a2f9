/** Recordings and wishes that cannot be: each refused in one line, by file, row and column, and nothing is written. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { readTable } from "../../table/csv"
import { InputError } from "../../table/input-error"
import { isName, nameFrom, recipeOf, type Wishes } from "../../train/recipe"
import { train } from "../../train/training"
import { motewise } from "../cli/run"

const folder = mkdtempSync(join(tmpdir(), "motewise-refusals-"))
const file = join(folder, "room.csv")
after(() => rmSync(folder, { recursive: true }))

const WISHES: Wishes = { name: "room", label: "state", maxNodes: 7, seed: 1 }

/** Forty rows of x, y and the state, with some cells set; row counts as in messages. */
function csv(cells: Record<string, string> = {}, header = "x,y,state"): string {
    const rows = Array.from({ length: 40 }, (_, i) => [`${i}`, `${i % 7}`, i > 19 ? "on" : "off"])
    for (const [place, cell] of Object.entries(cells)) {
        const [row, column] = place.split(" ").map(Number)
        rows[row - 2][column] = cell
    }
    return [header, ...rows.map(row => row.join(",")), ""].join("\n")
}

/** The message is exactly the path, a colon and `message`. */
function refused(text: string, message: string, wishes: Partial<Wishes> = {}): void {
    writeFileSync(file, text)
    assert.throws(
        () => {
            const table = readTable(file)
            train(table, recipeOf(table, { ...WISHES, ...wishes }))
        },
        (e: Error) => {
            assert.ok(e instanceof InputError, e.stack)
            assert.equal(e.message, `${file}: ${message}`)
            return true
        }
    )
}

describe("refusals", () => {
    test("the file", () => {
        refused("", "the file is empty")
        refused("x,y,state\n", "there is a header but no row below it")
        refused(csv({}, "x,x,state"), 'row 1, column "x": appears twice')
        refused(csv() + "1,2\n", "row 42: expected 3 cells, found 2")
    })

    test("the label", () => {
        refused(csv(), 'no column "State", there are "x", "y", "state"', { label: "State" })
        refused(csv().replaceAll("on", "off"), 'column "state" has one class only')
        refused(csv({ "9 2": "half" }), 'column "state": class "half" has 1 of the 2 rows it needs')
        refused(csv({ "9 2": "" }), 'row 9, column "state": the cell is empty')
    })

    test("a number", () => {
        for (const cell of ["NaN", "nan", "Infinity", "-inf", "dark", "0x10"])
            refused(csv({ "5 1": cell }), `row 5, column "y": "${cell}" is not a number`)
        refused(csv({ "41 0": "1e30" }), 'row 41, column "x": "1e30" is beyond +-1000000000')
        refused(csv({ "41 0": "-1e999" }), 'row 41, column "x": "-1e999" is beyond +-1000000000')
    })

    test("the inputs", () => {
        const text = csv({}, "Light,lux,state")
        const both =
            'columns "Light", "lux" are both illuminanceLuxes: ' +
            "leave one out with --inputs, or tell them apart with --map"
        refused(text, both)
        refused(csv(), 'no column "z", there are "x", "y", "state"', { inputs: ["x", "z"] })
        refused(csv(), 'column "state" is both label and input', { inputs: ["x", "state"] })
        const map = [{ column: "y", measurand: "illuminanceLuxes" }]
        refused(csv(), 'column "y" is mapped, but no input', { inputs: ["x"], map })
        const dates = csv({}, "date,time,state")
        refused(dates, "there is no column of numbers beside the label")
    })

    test("too few rows or groups", () => {
        refused(csv(), "40 rows are too few for 21 blocks", { blocks: 21 })
        refused(csv(), "4 rows are too few for 10 blocks", { holdout: 0.9 })
        refused(csv(), "1 groups to train on are too few: it takes 2", {
            groupBy: ["state"],
            inputs: ["x"],
            holdout: 0.5,
        })
        refused(csv({ "7 1": "" }), 'row 7, column "y": the cell is empty', { groupBy: ["y"] })
    })

    test("by the command: exit 2, one line, and no folder", () => {
        writeFileSync(file, csv({ "5 1": "dark" }))
        const before = readdirSync(folder)
        const out = join(folder, "models", "room")
        const given = ["train", "--data", file, "--out", out]
        for (const [args, message] of [
            [["--label", "state"], `${file}: row 5, column "y": "dark" is not a number\n`],
            [
                [],
                "--label <column> is missing: a tree learns from it; --kind detector can do without\n",
            ],
            [
                ["--label", "state", "--holdout", "2"],
                "option '--holdout <share|file.csv>' argument '2' is invalid. It takes a share between 0 and 1, or a file that is there.\n",
            ],
        ] as [string[], string][]) {
            const { code, out: printed, err } = motewise(...given, ...args)
            assert.equal(err, message)
            assert.equal(code, 2)
            assert.equal(printed, "")
            assert.deepEqual(readdirSync(folder), before)
        }
    })

    test("any folder makes a name", () => {
        for (const [path, name] of [
            ["models/room", "room"],
            ["/tmp/Fan State_2/", "fan-state-2"],
            ["models/2nd", "model-2nd"],
            ["models/class", "model-class"],
            ["models/Äö", "model"],
        ]) {
            assert.equal(nameFrom(path), name)
            assert.ok(isName(name), name)
        }
    })
})
