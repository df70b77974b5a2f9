/** A recording as streams: of each group (a mote, a machine) its rows in their order, and the events somebody saw in them. */
import { cellError, shown, textColumn } from "../../table/columns"
import type { Table } from "../../table/csv"
import { InputError } from "../../table/input-error"
import { groupsOf } from "../examples"
import type { CellClass } from "../../table/meanings"

/** The name of the one group of a recording whose rows are not told apart. */
export const WHOLE = "all"

export interface Group {
    /** Its cells, joined by "/". */
    name: string
    /** Rows of the table, rising. */
    rows: Int32Array
}

/** A run of unusual rows of one group; first and last, counted within the group. */
export interface Event {
    start: number
    end: number
}

export interface Stream {
    name: string
    /** By channel, NaN where missing; as the board has them, in whole ticks. */
    channels: Float64Array[]
    length: number
    /** Empty where nobody said. */
    events: Event[]
}

/** In the order of their first rows. @throws InputError for an empty cell */
export function groupsByCells(table: Table, columns: string[] = []): Group[] {
    if (columns.length === 0) return [{ name: WHOLE, rows: Int32Array.from(table.rows.keys()) }]
    const cells = columns.map(column => textColumn(table, column))
    const groups: number[][] = []
    groupsOf(table, columns).forEach((group, row) => {
        groups[group] ??= []
        groups[group].push(row)
    })
    return groups.map(rows => ({
        name: cells.map(column => column[rows[0]]).join("/"),
        rows: Int32Array.from(rows),
    }))
}

/** The cell most rows have is what is usual, every other one is an event: [usual, ...unusual], named for the verdict's classes. */
export function usualFirst(cells: string[]): string[] {
    const counts = new Map<string, number>()
    for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
    counts.delete("")
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([cell]) => cell)
}

/** Of each row 0 for usual, 1 for unusual. @param usual first of `classes`, the others are events @throws InputError */
export function truthsOf(table: Table, label: string, classes: CellClass[]): Int8Array {
    const indices = new Map<string, number>()
    classes.forEach(({ name }, i) => indices.set(name, Math.min(i, 1)))
    classes.forEach(({ cell }, i) => indices.set(cell, Math.min(i, 1)))
    return Int8Array.from(textColumn(table, label), (cell, row) => {
        const truth = cell === "" ? undefined : indices.get(cell)
        if (truth !== undefined) return truth
        const known = classes.map(kind => kind.cell).join(", ")
        throw cellError(table, row, label, `is none of ${known}`)
    })
}

export function eventsOf(truths: ArrayLike<number>, rows: Int32Array): Event[] {
    const events: Event[] = []
    rows.forEach((row, at) => {
        if (truths[row] !== 1) return
        const last = events.at(-1)
        if (last !== undefined && last.end === at - 1) last.end = at
        else events.push({ start: at, end: at })
    })
    return events
}

/** Some rows of a stream, with the events that begin in them. */
export function partOf(stream: Stream, from: number, to: number): Stream {
    const { name, channels, events } = stream
    return {
        name,
        length: to - from,
        channels: channels.map(values => values.subarray(from, to)),
        events: events
            .filter(({ start }) => start >= from && start < to)
            .map(({ start, end }) => ({ start: start - from, end: Math.min(end, to - 1) - from })),
    }
}

/** @throws InputError for a label that tells nothing apart */
export function checkBothThere(table: Table, label: string, truths: Int8Array): void {
    for (const kind of [0, 1])
        if (!truths.includes(kind))
            throw new InputError(
                `${table.file}: column ${shown(label)} has one class only: ` +
                    `a detector is judged by events, or trained without --label`
            )
}
