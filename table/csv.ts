/**
 * A CSV file as a table of text: one header, then rows of as many cells.
 *
 * RFC 4180, and what spreadsheets make of it: a byte order mark, any line ending, blank lines at the end, `;` or a tab for the comma.
 * A blank line before the end is a ragged row, because a row skipped in silence would shift the time of all after it.
 */
import { createHash } from "node:crypto"
import { parse, CsvError } from "csv-parse/sync"
import { readFileSync } from "node:fs"
import { InputError } from "./input-error"

export interface Table {
    /** As it was given: messages begin with it. */
    file: string
    sha256: string
    /** Every name once. */
    header: string[]
    /** Each as long as the header. `rows[i]` is row i + 2 of the file, whose header is row 1. */
    rows: string[][]
}

/** @throws InputError missing, unreadable, empty, header only, quotes out of place, ragged, a column named twice */
export function readTable(path: string): Table {
    const bytes = readBytes(path)
    const records = parseRecords(path, textOf(path, bytes))
    while (records.length && isBlank(records[records.length - 1])) records.pop()
    if (!records.length) throw new InputError(`${path}: the file is empty`)
    const [header, ...rows] = records
    if (!rows.length) throw new InputError(`${path}: there is a header but no row below it`)
    rows.forEach((row, index) => {
        if (row.length === header.length) return
        const cells = header.length === 1 ? "cell" : "cells"
        throw new InputError(
            `${path}: row ${index + 2}: expected ${header.length} ${cells}, found ${row.length}`
        )
    })
    const twice = header.find((name, index) => header.indexOf(name) !== index)
    if (twice !== undefined)
        throw new InputError(`${path}: row 1, column ${JSON.stringify(twice)}: appears twice`)
    return { file: path, sha256: createHash("sha256").update(bytes).digest("hex"), header, rows }
}

const FILE_FAULTS = new Map([
    ["ENOENT", "no such file"],
    ["EISDIR", "is a directory, not a CSV file"],
    ["EACCES", "may not be read"],
])

function readBytes(path: string): Buffer {
    try {
        return readFileSync(path)
    } catch (e) {
        const code = (e as NodeJS.ErrnoException).code ?? "unknown fault"
        throw new InputError(`${path}: ${FILE_FAULTS.get(code) ?? `cannot be read (${code})`}`)
    }
}

function textOf(path: string, bytes: Buffer): string {
    try {
        // Fatal, or a UTF-16 file would come in as text full of U+FFFD; it also takes off the byte order mark.
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    } catch {
        throw new InputError(`${path}: is not UTF-8 text`)
    }
}

function parseRecords(path: string, text: string): string[][] {
    try {
        return parse(text, {
            delimiter: delimiterOf(text),
            record_delimiter: ["\r\n", "\n", "\r"],
            relax_column_count: true, // counted by the caller, who can name the row
            trim: true,
        })
    } catch (e) {
        if (!(e instanceof CsvError)) throw e
        const fault =
            e.code === "CSV_QUOTE_NOT_CLOSED" ? "a quote is not closed" : "a quote is out of place"
        throw new InputError(`${path}: row ${Number(e.records) + 1}: ${fault}`)
    }
}

/** The comma wherever the header has one outside quotes; a file of one column has none of the three. */
function delimiterOf(text: string): string {
    const header = text.split(/[\r\n]/, 1)[0].replace(/"[^"]*"/g, "")
    return [",", ";", "\t"].find(delimiter => header.includes(delimiter)) ?? ","
}

function isBlank(record: string[]): boolean {
    return record.length === 1 && record[0] === ""
}
