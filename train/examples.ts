/** A recording as examples to learn from or to be judged by. */
import { cellError, numberColumn, shown, textColumn } from "../table/columns"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import type { RecipeClass } from "./recipe"
import type { Examples } from "./tree"

/** @throws InputError for cells that are no numbers */
export function examplesOf(
    table: Table,
    label: string,
    columns: string[],
    classes: RecipeClass[]
): Examples {
    const truths = truthsOf(table, label, classes)
    return {
        columns: columns.map(column => numberColumn(table, column)),
        classes: truths,
        classCount: classes.length,
    }
}

/** Of each row the index of its class, by what the recipe's recording had in its cell or by the class's name. */
export function truthsOf(table: Table, label: string, classes: RecipeClass[]): Int32Array {
    const indices = new Map(classes.map(({ name }, i) => [name, i]))
    classes.forEach(({ cell }, i) => indices.set(cell, i))
    return Int32Array.from(textColumn(table, label), (cell, row) => {
        const index = cell === "" ? undefined : indices.get(cell)
        if (index !== undefined) return index
        const known = classes.map(kind => kind.cell).join(", ")
        throw cellError(table, row, label, `is none of ${known}`)
    })
}

/** @throws InputError for fewer than two classes, or one of fewer than two rows: nothing could be learnt of it and tried */
export function checkClasses(
    table: Table,
    label: string,
    kinds: RecipeClass[],
    classes: Int32Array
): void {
    const place = `${table.file}: column ${shown(label)}`
    if (kinds.length < 2) throw new InputError(`${place} has one class only`)
    kinds.forEach(({ cell }, i) => {
        const count = classes.reduce((sum, c) => sum + (c === i ? 1 : 0), 0)
        if (count < 2)
            throw new InputError(
                `${place}: class ${shown(cell)} has ${count} of the 2 rows it needs`
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

export function takeRows(examples: Examples, rows: Int32Array): Examples {
    return {
        columns: examples.columns.map(column => Float64Array.from(rows, row => column[row])),
        classes: Int32Array.from(rows, row => examples.classes[row]),
        classCount: examples.classCount,
    }
}
