/** A recording as a table of text, checked once for shape; columns become numbers when they are asked for. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { parse } from "csv-parse/sync"

/** One line for a person: the file, and as far as they apply the row (line of the file, header 1) and the column. */
export class TableError extends Error {}

export interface Table {
    file: string
    sha256: string
    columns: string[]
    rows: string[][]
    /** Of each row, the line it stands on. */
    lines: number[]
}

/** A value beyond this is a fault of the recording: no measurand comes near, and scaling to it would flatten all others. */
const MAGNITUDE_MAX = 1e9

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** @throws TableError */
export function readTable(file: string): Table {
    const bytes = bytesOf(file)
    const [header, ...records] = recordsOf(file, bytes)
    if (header === undefined) throw new TableError(`${file}: the file is empty`)
    const columns = header.record
    const twice = columns.find((column, i) => columns.indexOf(column) !== i)
    if (twice !== undefined)
        throw new TableError(`${file}: row 1, column ${quoted(twice)} is named twice`)
    if (records.length === 0) throw new TableError(`${file}: there is no row below the header`)
    for (const { record, info } of records)
        if (record.length !== columns.length)
            throw new TableError(
                `${file}: row ${info.lines} has ${record.length} cells, the header has ${columns.length}`
            )
    return {
        file,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        columns,
        rows: records.map(({ record }) => record),
        lines: records.map(({ info }) => info.lines),
    }
}

/** @throws TableError no such column */
export function textColumn(table: Table, column: string): string[] {
    const at = table.columns.indexOf(column)
    if (at < 0)
        throw new TableError(
            `${table.file}: no column ${quoted(column)}, there are ${table.columns.map(quoted).join(", ")}`
        )
    return table.rows.map(row => row[at])
}

/** @throws TableError no such column, or a cell that is not a finite number of a plausible size */
export function numberColumn(table: Table, column: string): Float64Array {
    return Float64Array.from(textColumn(table, column), (cell, row) => {
        const value = DECIMAL.test(cell) ? Number(cell) : NaN
        if (Number.isNaN(value)) throw cellError(table, row, column, "is not a number")
        if (Math.abs(value) > MAGNITUDE_MAX)
            throw cellError(table, row, column, `is beyond +-${MAGNITUDE_MAX}`)
        return value
    })
}

/** What is wrong with one cell; `row` counts from 0, below the header. */
export function cellError(table: Table, row: number, column: string, reason: string): TableError {
    const cell = table.rows[row][table.columns.indexOf(column)]
    const place = `${table.file}: row ${table.lines[row]}, column ${quoted(column)}`
    return new TableError(
        cell === "" ? `${place}: the cell is empty` : `${place}: ${quoted(cell)} ${reason}`
    )
}

/** Escaped and cut, so that whatever a cell holds the message stays one line. */
function quoted(text: string): string {
    return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text)
}

function bytesOf(file: string): Buffer {
    try {
        return readFileSync(file)
    } catch (e) {
        const code = (e as NodeJS.ErrnoException).code
        throw new TableError(
            `${file}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}`
        )
    }
}

interface TextRecord {
    record: string[]
    info: { lines: number }
}

function recordsOf(file: string, bytes: Buffer): TextRecord[] {
    try {
        const records: unknown = parse(bytes, {
            bom: true,
            trim: true,
            skip_empty_lines: true,
            relax_column_count: true,
            info: true,
        })
        // The parser's types do not know what `info` does to its answer.
        return records as TextRecord[]
    } catch (e) {
        throw new TableError(`${file}: ${(e as Error).message.split("\n")[0]}`)
    }
}
