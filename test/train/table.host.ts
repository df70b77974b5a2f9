import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { numberColumn, readTable, TableError, textColumn } from "../../train/table"

let folder: string
let file: string

before(() => {
    folder = mkdtempSync(join(tmpdir(), "motewise-table-"))
    file = join(folder, "room.csv")
})
after(() => rmSync(folder, { recursive: true }))

/** `body` on this text throws a TableError of exactly this message, after the file's path and ": ". */
function expectError(text: string, message: string, body: (file: string) => void): void {
    writeFileSync(file, text)
    assert.throws(
        () => body(file),
        (e: Error) => {
            assert.ok(e instanceof TableError, "e instanceof TableError")
            assert.equal(e.message, `${file}: ${message}`)
            return true
        }
    )
}

const light = (path: string) => numberColumn(readTable(path), "Light")

describe("table", () => {
    test("columns are found by name, and numbers of all spellings read", () => {
        writeFileSync(file, '\ufeffLight, label\r\n-1.5,"a, b"\r\n\r\n+.5e1 , b\r\n2.,c\r\n')
        const table = readTable(file)
        assert.deepEqual([...numberColumn(table, "Light")], [-1.5, 5, 2])
        assert.deepEqual(textColumn(table, "label"), ["a, b", "b", "c"])
        assert.deepEqual(table.lines, [2, 4, 5])
    })

    test("a missing file", () => {
        assert.throws(() => readTable(join(folder, "none.csv")), {
            message: `${join(folder, "none.csv")}: no such file`,
        })
    })

    test("a folder for a file", () => {
        assert.throws(() => readTable(folder), { message: `${folder}: cannot be read (EISDIR)` })
    })

    test("an empty file, and one of a header", () => {
        expectError("", "the file is empty", readTable)
        expectError("Light,label\n", "there is no row below the header", readTable)
    })

    test("a ragged row", () => {
        expectError("Light,label\n1,a\n2\n", "row 3 has 1 cells, the header has 2", readTable)
        expectError("Light,label\n1,a,b\n", "row 2 has 3 cells, the header has 2", readTable)
    })

    test("a column named twice", () => {
        expectError("Light,CO2,Light\n1,2,3\n", 'row 1, column "Light" is named twice', readTable)
    })

    test("an open quotation mark", () => {
        writeFileSync(file, 'Light\n"1\n2\n')
        assert.throws(() => readTable(file), /^Error: .*room\.csv: Quote Not Closed: [^\n]*$/)
    })

    test("an unknown column, told with those there are", () => {
        expectError("CO2,label\n1,a\n", 'no column "Light", there are "CO2", "label"', light)
    })

    test("text where a number belongs, on its line of the file", () => {
        const message = 'row 4, column "Light": "dark" is not a number'
        expectError("CO2,Light\n1,2\n\n1,dark\n", message, light)
    })

    test("what other readers take for numbers", () => {
        for (const cell of ["NaN", "Infinity", "-inf", "0x10", "1e", ".", "1 2", "1;2"])
            expectError(
                `Light\n${cell}\n`,
                `row 2, column "Light": "${cell}" is not a number`,
                light
            )
    })

    test("an empty cell", () => {
        expectError("CO2,Light\n1,2\n1,\n", 'row 3, column "Light": the cell is empty', light)
    })

    test("a number no sensor gives", () => {
        const message = 'row 2, column "Light": "1e30" is beyond +-1000000000'
        expectError("Light\n1e30\n", message, light)
        expectError("Light\n-1e999\n", message.replace("1e30", "-1e999"), light)
    })

    test("a message is one line, whatever the cell holds", () => {
        const cell = `"a\nb${"c".repeat(50)}"`
        const shown = `"a\\nb${"c".repeat(37)}..."`
        expectError(`Light\n${cell}\n`, `row 3, column "Light": ${shown} is not a number`, light)
    })
})
