/** The trainer as it is called: what it writes, and that bad input leaves one line and nothing else. */
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, test } from "node:test"
import { InputError } from "../../table/input-error"
import { writeModelFolder } from "../../train/folder"
import { motewise } from "../cli/run"

let folder: string
let recording: string
let out: string

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "motewise-train-"))
    recording = join(folder, "room.csv")
    out = join(folder, "models", "room")
    writeFileSync(recording, roomCsv())
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Forty rows: above 20 lx somebody is there. */
function roomCsv(): string {
    const rows = Array.from(
        { length: 40 },
        (_, i) => `${(i * 11) % 40},${400 + i},${(i * 11) % 40 > 20 ? "in" : "out"}`
    )
    return ["Light,CO2,label", ...rows, ""].join("\n")
}

const NAMES = "It takes lower-case words joined by hyphens that are no word of the language."
const MAP = ["--map", "Light=illuminanceLuxes,CO2=carbonDioxidePpm"]

const run = (...more: string[]) =>
    motewise("train", "--data", recording, "--label", "label", "--out", out, ...more)

function refused(message: string, ...more: string[]): void {
    const { code, out, err } = run(...more)
    assert.equal(err, `${message}\n`)
    assert.equal(code, 2)
    assert.equal(out, "")
    assert.deepEqual(readdirSync(folder), ["room.csv"])
}

describe("train command", () => {
    test("writes a model that says where it comes from, the same each time", () => {
        const first = run(...MAP)
        assert.equal(first.err, "")
        assert.equal(first.code, 0)
        const files = [
            "model.bin",
            "model.ts",
            "recipe.json",
            "tree.json",
            "vectors.json",
            "vectors.ts",
        ]
        const figures = ["classes", "confusion", "importance", "margins", "size", "tree"]
        files.push("report.html", ...figures.map(name => `${name}.svg`))
        assert.deepEqual(readdirSync(out).sort(), files.toSorted())
        assert.deepEqual(readdirSync(join(folder, "models")), ["room"])
        const texts = files.map(name => readFileSync(join(out, name), "utf8"))
        assert.match(texts[1], /classes: \["in", "out"\]/)
        assert.match(texts[1], /"room\.csv", 40 rows/)
        for (const text of texts) assert.ok(!text.includes(folder), "!text.includes(folder)")
        const second = run(...MAP)
        assert.equal(second.out, first.out)
        assert.deepEqual(
            files.map(name => readFileSync(join(out, name), "utf8")),
            texts
        )
    })

    test("prints its figures as JSON on request", () => {
        const { out } = run(...MAP, "--json", "--classes", "out=vacant,in=occupied")
        const summary = JSON.parse(out)
        assert.equal(summary.nodes, 3)
        // 14 of head, 20 of the input, 4 of the tree, 18 of its nodes, 4 of checksum.
        assert.equal(summary.modelBytes, 60)
        assert.deepEqual(summary.classes, [
            { name: "vacant", rows: 21 },
            { name: "occupied", rows: 19 },
        ])
        assert.deepEqual(summary.inputs, ["illuminanceLuxes"])
        assert.equal(summary.training.accuracy, 1)
        assert.equal(summary.changedVsFloat, 0)
    })

    test("refuses a recording it cannot use", () => {
        writeFileSync(recording, roomCsv().replace("\n11,", "\nbright,"))
        refused(`${recording}: row 3, column "Light": "bright" is not a number`, ...MAP)
        writeFileSync(recording, roomCsv().replaceAll("in", "out"))
        refused(`${recording}: column "label" has one class only`, ...MAP)
        writeFileSync(recording, roomCsv().replace(",in", ",In"))
        refused(`${recording}: column "label": class "In" has 1 of the 2 rows it needs`, ...MAP)
        writeFileSync(recording, roomCsv().replace(",in", ","))
        refused(`${recording}: row 4, column "label": the cell is empty`, ...MAP)
    })

    test("refuses arguments that do not fit the recording", () => {
        refused(
            `${recording}: row 4, column "label": "in" is none of out, yes`,
            ...MAP,
            "--classes",
            "out=vacant,yes=occupied"
        )
        refused(
            `${recording}: no column "Lux", there are "Light", "CO2", "label"`,
            "--map",
            "Lux=illuminanceLuxes"
        )
        refused(
            `${recording}: column "label" is both label and input`,
            "--map",
            "label=illuminanceLuxes"
        )
        refused(`${recording}: 40 rows are too few for 21 blocks`, ...MAP, "--blocks", "21")
    })

    test("refuses arguments that make no sense", () => {
        const invalid = (option: string, given: string, reason: string) =>
            `option '${option}' argument '${given}' is invalid. ${reason}`
        for (const count of ["1", "100000", "7.5", "many"])
            refused(
                invalid("--max-nodes <n>", count, "It takes a whole number from 3 to 1023."),
                ...MAP,
                "--max-nodes",
                count
            )
        for (const given of ["Light", "Light=", "a=b=c"])
            refused(
                invalid("--map <columns>", given, `"${given}" is not of the form left=right.`),
                "--map",
                given
            )
        refused(
            invalid(
                "--map <columns>",
                "Light=illuminanceLuxes,CO2=illuminanceLuxes",
                '"illuminanceLuxes" stands there twice.'
            ),
            "--map",
            "Light=illuminanceLuxes,CO2=illuminanceLuxes"
        )
        refused(invalid("--name <name>", "class", NAMES), ...MAP, "--name", "class")
        refused(invalid("--name <name>", "../Room", NAMES), ...MAP, "--name", "../Room")
    })

    test("names the measurands there are", () => {
        const { code, err } = run("--map", "Light=lux")
        assert.equal(code, 2)
        assert.match(err, /No measurand is called lux; there are temperatureCelsius, [^\n]*\.\n$/)
    })
})

describe("model folder", () => {
    test("keeps what else is in it", () => {
        writeModelFolder(out, { "recipe.json": "1" })
        writeFileSync(join(out, "README.md"), "by hand")
        writeModelFolder(out, { "recipe.json": "2" })
        assert.equal(readFileSync(join(out, "recipe.json"), "utf8"), "2")
        assert.equal(readFileSync(join(out, "README.md"), "utf8"), "by hand")
        assert.deepEqual(readdirSync(join(folder, "models")), ["room"])
    })

    test("a folder of something else is left alone, and so is a file", () => {
        mkdirSync(out, { recursive: true })
        writeFileSync(join(out, "photo.jpg"), "")
        assert.throws(() => writeModelFolder(out, { "model.ts": "" }), {
            message: `${out}: holds something else than a model`,
        })
        assert.deepEqual(readdirSync(out), ["photo.jpg"])
        assert.throws(() => writeModelFolder(recording, {}), {
            message: `${recording}: is not a folder`,
        })
    })

    test("when writing fails, the old model stays and nothing lies about", () => {
        writeModelFolder(out, { "recipe.json": "1", "model.ts": "old" })
        const broken = { "model.ts": "new", "none/such": "" }
        assert.throws(() => writeModelFolder(out, broken), InputError)
        assert.equal(readFileSync(join(out, "model.ts"), "utf8"), "old")
        assert.deepEqual(readdirSync(join(folder, "models")), ["room"])
    })
})
