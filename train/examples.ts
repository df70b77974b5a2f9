/** A recording as examples to learn from or to be judged by: its rows, or windows of its rows. */
import { cellError, numberColumn, shown, textColumn } from "../table/columns"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import type { CellClass, Mapping } from "../table/meanings"
import type { Recipe } from "./recipe"
import type { Examples } from "./tree"
import { featureColumn, ROW_BY_ROW, samplesOf, windowEnds } from "./windows"

/** Examples that know where they came from. */
export interface Taken extends Examples {
    /** Of each example the row it is of; of a window the last. */
    rows: Int32Array
}

export interface Recorded extends Taken {
    /** By measurand, the samples behind the examples, `windowSamples` of each, in order. */
    samples: Map<string, Float64Array>
}

/**
 * @param inputs those of the recipe that are wanted; a column of the others holds nothing
 * @throws InputError for cells that are no numbers, labels that are no classes, and rows too few for one window
 */
export function examplesOf(table: Table, recipe: Recipe, inputs = recipe.inputs): Recorded {
    const { label, classes, window = ROW_BY_ROW } = recipe
    const truths = truthsOf(table, label, classes)
    const rows = windowEnds(runsOf(table, truths, recipe), window.samples)
    if (rows.length === 0)
        throw new InputError(
            `${table.file}: there are no ${window.samples} rows in a row of one class${recipe.groupBy === undefined ? "" : " and group"}`
        )
    const samples = new Map<string, Float64Array>()
    const columns = recipe.inputs.map(input => {
        if (!inputs.includes(input)) return new Float64Array()
        const { measurand, feature } = input
        let taken = samples.get(measurand)
        if (taken === undefined) {
            taken = samplesOf(scaledColumn(table, input), rows, window.samples)
            samples.set(measurand, taken)
        }
        return featureColumn(taken, window.samples, feature, window.samplesPerSecond)
    })
    return {
        columns,
        classes: Int32Array.from(rows, row => truths[row]),
        classCount: classes.length,
        rows,
        samples,
    }
}

/** In the measurand's unit, NaN where missing. @throws InputError */
export function scaledColumn(table: Table, { column, factor = 1 }: Mapping): Float64Array {
    return numberColumn(table, column).map(value => value * factor)
}

/** Of each row which run of one class and one group it is in. Group columns that a later recording has not do not part it. */
function runsOf(table: Table, truths: Int32Array, { groupBy = [] }: Recipe): Int32Array {
    const groups = groupsOf(
        table,
        groupBy.filter(column => table.header.includes(column))
    )
    let run = 0
    return truths.map((truth, row) => {
        if (row > 0 && (truth !== truths[row - 1] || groups[row] !== groups[row - 1])) ++run
        return run
    })
}

/** Of each row the index of its class, by what the recipe's recording had in its cell or by the class's name. */
export function truthsOf(table: Table, label: string, classes: CellClass[]): Int32Array {
    const indices = new Map(classes.map(({ name }, i) => [name, i]))
    classes.forEach(({ cell }, i) => indices.set(cell, i))
    return Int32Array.from(textColumn(table, label), (cell, row) => {
        const index = cell === "" ? undefined : indices.get(cell)
        if (index !== undefined) return index
        const known = classes.map(kind => kind.cell).join(", ")
        throw cellError(table, row, label, `is none of ${known}`)
    })
}

/** @throws InputError for fewer than two classes, or one of fewer than two examples: nothing could be learnt of it and tried */
export function checkClasses(table: Table, { label, classes, window }: Recipe, told: Int32Array) {
    const place = `${table.file}: column ${shown(label)}`
    if (classes.length < 2) throw new InputError(`${place} has one class only`)
    classes.forEach(({ cell }, i) => {
        const count = told.reduce((sum, c) => sum + (c === i ? 1 : 0), 0)
        if (count < 2)
            throw new InputError(
                `${place}: class ${shown(cell)} has ${count} of the 2 ${window === undefined ? "rows" : "windows"} it needs`
            )
    })
}

/** Of each row the index of its group, counted as they come. @throws InputError for an empty cell */
export function groupsOf(table: Table, columns: string[]): Int32Array {
    const cells = columns.map(column => textColumn(table, column))
    const indices = new Map<string, number>()
    return Int32Array.from(table.rows.keys(), row => {
        cells.forEach((column, i) => {
            if (column[row] === "") throw cellError(table, row, columns[i], "")
        })
        const key = JSON.stringify(cells.map(column => column[row]))
        const index = indices.get(key) ?? indices.size
        indices.set(key, index)
        return index
    })
}

/** @param kept places among the examples */
export function takeExamples(
    { columns, classes, classCount, rows }: Taken,
    kept: Int32Array
): Taken {
    return {
        columns: columns.map(column => Float64Array.from(kept, i => column[i])),
        classes: Int32Array.from(kept, i => classes[i]),
        classCount,
        rows: Int32Array.from(kept, i => rows[i]),
    }
}
