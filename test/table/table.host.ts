import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import fc from "fast-check"
import { numberColumn, textColumn } from "../../table/columns"
import { readTable } from "../../table/csv"
import { InputError } from "../../table/input-error"

let folder: string
let file: string

before(() => {
    folder = mkdtempSync(join(tmpdir(), "motewise-table-"))
    file = join(folder, "room.csv")
})
after(() => rmSync(folder, { recursive: true }))

/** `body` on this text throws a InputError of exactly this message, after the file's path and ": ". */
function expectError(text: string, message: string, body: (file: string) => void): void {
    writeFileSync(file, text)
    assert.throws(
        () => body(file),
        (e: Error) => {
            assert.ok(e instanceof InputError, "e instanceof InputError")
            assert.equal(e.message, `${file}: ${message}`)
            return true
        }
    )
}

const light = (path: string) => numberColumn(readTable(path), "Light")

describe("table", () => {
    test("columns are found by name, and numbers of all spellings read", () => {
        writeFileSync(file, '\ufeffLight, label\r\n-1.5,"a, b"\r\n+.5e1 , b\r\n2.,c\r\n')
        const table = readTable(file)
        assert.deepEqual([...numberColumn(table, "Light")], [-1.5, 5, 2])
        assert.deepEqual(textColumn(table, "label"), ["a, b", "b", "c"])
    })

    test("a missing file", () => {
        assert.throws(() => readTable(join(folder, "none.csv")), {
            message: `${join(folder, "none.csv")}: no such file`,
        })
    })

    test("a folder for a file", () => {
        assert.throws(() => readTable(folder), {
            message: `${folder}: is a directory, not a CSV file`,
        })
    })

    test("an empty file, and one of a header", () => {
        expectError("", "the file is empty", readTable)
        expectError("Light,label\n", "there is a header but no row below it", readTable)
    })

    test("a ragged row", () => {
        expectError("Light,label\n1,a\n2\n", "row 3: expected 2 cells, found 1", readTable)
        expectError("Light,label\n1,a,b\n", "row 2: expected 2 cells, found 3", readTable)
    })

    test("a column named twice", () => {
        expectError("Light,CO2,Light\n1,2,3\n", 'row 1, column "Light": appears twice', readTable)
    })

    test("an open quotation mark", () => {
        expectError('Light\n"1\n2\n', "row 2: a quote is not closed", readTable)
    })

    test("an unknown column, told with those there are", () => {
        expectError("CO2,label\n1,a\n", 'no column "Light", there are "CO2", "label"', light)
    })

    test("text where a number belongs, by its row", () => {
        const message = 'row 3, column "Light": "dark" is not a number'
        expectError("CO2,Light\n1,2\n1,dark\n", message, light)
    })

    test("what other readers take for numbers", () => {
        for (const cell of ["NaN", "Infinity", "-inf", "0x10", "1e", ".", "1 2", "1;2"])
            expectError(
                `Light\n${cell}\n`,
                `row 2, column "Light": "${cell}" is not a number`,
                light
            )
    })

    test("an empty cell is a gap", () => {
        writeFileSync(file, "CO2,Light\n1,2\n1,\n")
        assert.deepEqual([...light(file)], [2, NaN])
    })

    test("a number no sensor gives", () => {
        const message = 'row 2, column "Light": "1e30" is beyond +-1000000000'
        expectError("Light\n1e30\n", message, light)
        expectError("Light\n-1e999\n", message.replace("1e30", "-1e999"), light)
    })

    test("a message is one line, whatever the cell holds", () => {
        const cell = `"a\nb${"c".repeat(50)}"`
        const shown = `"a\\nb${"c".repeat(37)}…"`
        expectError(`Light\n${cell}\n`, `row 2, column "Light": ${shown} is not a number`, light)
    })

    test("what was written is what is read, however it was written", t => {
        const seed = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 2 ** 31)
        t.diagnostic(`FAST_CHECK_SEED=${seed}`)
        const cell = fc.oneof(
            fc.constantFrom(
                "",
                "0",
                "-1.5",
                'a "b"',
                "a,b",
                "a;b",
                "a\tb",
                "two\nlines",
                "\u00b0C"
            ),
            fc.string({ maxLength: 8 }).map(text => text.trim())
        )
        const format = fc.record({
            delimiter: fc.constantFrom(",", ";", "\t"),
            newline: fc.constantFrom("\n", "\r\n"),
            mark: fc.constantFrom("", "\ufeff"),
            end: fc.nat(2),
        })
        const records = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 })
        fc.assert(
            fc.property(format, records, ({ delimiter, newline, mark, end }, rows) => {
                const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
                const lines = [["x", "y z", "label"], ...rows].map((row, i) =>
                    row.map(text => (i === 0 ? text : quoted(text))).join(delimiter)
                )
                writeFileSync(file, mark + lines.join(newline) + newline.repeat(end))
                const table = readTable(file)
                assert.deepEqual(table.header, ["x", "y z", "label"])
                assert.deepEqual(table.rows, rows)
            }),
            { seed, numRuns: 300 }
        )
    })
})
