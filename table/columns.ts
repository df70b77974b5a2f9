/** The columns of a table, as text or as numbers. What is wrong with a cell is told by file, row and column. */
import type { Table } from "./csv"
import { InputError } from "./input-error"

/** A value beyond this is a fault of the recording: no measurand comes near, and scaling to it would flatten all others. */
const MAGNITUDE_MAX = 1e9

/** Stricter than Number(), to which "0x1f", "Infinity" and " " are numbers. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

export function isDecimal(cell: string): boolean {
    return DECIMAL.test(cell)
}

/** @throws InputError no such column */
export function textColumn(table: Table, column: string): string[] {
    const at = table.header.indexOf(column)
    if (at < 0)
        throw new InputError(
            `${table.file}: no column ${shown(column)}, there are ${table.header.map(shown).join(", ")}`
        )
    return table.rows.map(row => row[at])
}

/** NaN where the cell is empty: a gap. @throws InputError no such column, a cell that is no number, or one of no plausible size */
export function numberColumn(table: Table, column: string): Float64Array {
    return Float64Array.from(textColumn(table, column), (cell, row) => {
        if (cell === "") return NaN
        if (!isDecimal(cell)) throw cellError(table, row, column, "is not a number")
        const value = Number(cell)
        if (Math.abs(value) > MAGNITUDE_MAX)
            throw cellError(table, row, column, `is beyond +-${MAGNITUDE_MAX}`)
        return value
    })
}

/** What is wrong with one cell; `row` counts from 0, below the header. */
export function cellError(table: Table, row: number, column: string, reason: string): InputError {
    const cell = table.rows[row][table.header.indexOf(column)]
    const place = `${table.file}: row ${row + 2}, column ${shown(column)}`
    return new InputError(
        cell === "" ? `${place}: the cell is empty` : `${place}: ${shown(cell)} ${reason}`
    )
}

/** Quoted, so that a line break or escape in the cell stays harmless; cut, for a cell may be a whole file. */
export function shown(cell: string): string {
    return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
}
