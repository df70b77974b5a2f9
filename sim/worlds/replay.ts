/**
 * A world that was recorded: each row of a CSV file holds for one minute, or as long as the caller says, at every place.
 *
 * The file is checked whole before anything runs: a recording that is wrong in row 9,000 is refused at once, by row and column.
 */
import assert from "node:assert/strict"
import type { Conditions } from "../parts/part"
import { isDecimal, shown } from "../../table/columns"
import { readTable, type Table } from "../../table/csv"
import { InputError } from "../../table/input-error"
import type { CellClass } from "../../table/meanings"
import { chooseColumns, type ColumnOptions } from "./replay-columns"
import type { World } from "./world"

const ROW_MS = 60_000

export interface ReplayOptions extends ColumnOptions {
    rowMs?: number
    /** The classes of the model, in its order: a label is one of them or its index, unless `cells` says what it is. */
    classes: string[]
    /** What other labels mean. All are given, or none: a label among them that is not there would else be taken for an index. */
    cells?: CellClass[]
}

export class ReplayWorld implements World {
    readonly name = "replay"
    readonly rows: number

    /** Row by row, both as long: what the parts feel, and the truth. */
    constructor(
        private readonly conditions: Conditions[],
        private readonly truths: (string | undefined)[],
        readonly rowMs: number
    ) {
        assert(conditions.length > 0, "a recording without rows")
        assert.equal(truths.length, conditions.length, "a truth for each row")
        assert(rowMs > 0 && Number.isFinite(rowMs), `rowMs ${rowMs}`)
        this.rows = conditions.length
    }

    /** After the last row the last one stays, so that a node that runs on still feels something. */
    conditionsAt(_place: number, timeMs: number): Conditions {
        assert(timeMs >= 0, `timeMs ${timeMs}`)
        return this.conditions[Math.min(Math.floor(timeMs / this.rowMs), this.rows - 1)]
    }

    /** Undefined after the last row: nobody recorded it, so it counts for nothing. */
    truthAt(_place: number, row: number): string | undefined {
        return this.truths[row]
    }
}

/** @throws InputError one line naming file, and where there is one, row (the header is row 1) and column */
export function readReplay(path: string, options: ReplayOptions): ReplayWorld {
    checkCells(options)
    const { header, rows } = rowsWhere(readTable(path), options.where)
    const columns = chooseColumns(path, header, options)
    const conditions: Conditions[] = []
    const truths: (string | undefined)[] = []

    rows.forEach(({ row, index }) => {
        const at = (column: number) =>
            `${path}: row ${index + 2}, column ${JSON.stringify(header[column])}`
        const felt: Conditions = {}
        for (const [measurand, { index, factor }] of columns.measurands) {
            if (row[index] !== "") felt[measurand] = factor * numberFromCell(row[index], at(index))
        }
        // Every part of every node is handed this very object.
        conditions.push(Object.freeze(felt))
        const label = columns.label
        const known = label !== undefined && row[label] !== ""
        truths.push(known ? classFromCell(row[label], options, at(label)) : undefined)
    })
    return new ReplayWorld(conditions, truths, options.rowMs ?? ROW_MS)
}

interface KeptRow {
    row: string[]
    /** In the file, from 0 below the header: what messages count by. */
    index: number
}

/** The rows whose cells are these. A column that is not there is told by `chooseColumns`, with all others. */
function rowsWhere(
    { file, header, rows }: Table,
    where: Map<string, string> = new Map()
): { header: string[]; rows: KeptRow[] } {
    const wanted = [...where].map(([column, cell]) => ({ at: header.indexOf(column), cell }))
    const kept = rows
        .map((row, index) => ({ row, index }))
        .filter(({ row }) => wanted.every(({ at, cell }) => at < 0 || row[at] === cell))
    if (kept.length > 0) return { header, rows: kept }
    const said = [...where].map(([column, cell]) => `${column}=${cell}`).join(", ")
    throw new InputError(`${file}: no row has ${said}`)
}

function numberFromCell(cell: string, at: string): number {
    if (!isDecimal(cell)) throw new InputError(`${at}: ${shown(cell)} is not a number`)
    const value = Number(cell)
    if (!Number.isFinite(value)) throw new InputError(`${at}: ${shown(cell)} is too large`)
    return value
}

/** @throws InputError for a class that the model does not have: no verdict would ever be right */
function checkCells({ classes, cells = [] }: ReplayOptions): void {
    const stray = cells.find(({ name }) => !classes.includes(name))
    if (stray === undefined) return
    throw new InputError(
        `${shown(stray.name)} is not a class of the model; there are ${classes.join(", ")}`
    )
}

/** The class that the cell was said to be; else the class by name, or by index as any program may have written it: "1" and "1.0". */
function classFromCell(cell: string, { classes, cells }: ReplayOptions, at: string): string {
    if (cells !== undefined) {
        const said = cells.find(known => known.cell === cell)
        if (said !== undefined) return said.name
        const known = cells.map(({ cell, name }) => `${name} (${cell})`).join(", ")
        throw new InputError(`${at}: ${shown(cell)} is not a class; there are ${known}`)
    }
    const named = classes.find(name => name.toLowerCase() === cell.toLowerCase())
    const found = named ?? (/^\d+(\.0*)?$/.test(cell) ? classes[Number(cell)] : undefined)
    if (found !== undefined) return found
    const known = classes.map((name, index) => `${name} (${index})`).join(", ")
    throw new InputError(`${at}: ${shown(cell)} is not a class; there are ${known}`)
}
