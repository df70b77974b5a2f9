/** All that decides which detector comes out of a recording. */
import { isDecimal, textColumn } from "../../table/columns"
import type { Table } from "../../table/csv"
import { InputError } from "../../table/input-error"
import type { CellClass, Mapping } from "../../table/meanings"
import { mappingsOf } from "../recipe"
import { groupsByCells, usualFirst } from "./streams"
import { ALARMS_PER_1000_ROWS } from "./unlabelled"

export interface DetectorRecipe {
    /** SenML name of the verdict. */
    name: string
    kind: "detector"
    /** The column that tells events; without, the stream alone decides. */
    label?: string
    /** What is usual first; every other one is an event, and has the second's name. */
    classes: CellClass[]
    inputs: Mapping[]
    /** Rows alike in these columns are one stream. */
    groupBy?: string[]
    /** Alarms that somebody wants to hear, where there are no labels. */
    alarmsPer1000Rows: number
    /** Share of each group's rows, the last, kept from the training to judge it by. */
    holdout?: number
    /** Draws the cuts of half-space trees. */
    seed: number
}

export interface DetectorWishes {
    name: string
    label?: string
    inputs?: string[]
    map?: Mapping[]
    classes?: CellClass[]
    groupBy?: string[]
    alarmsPer1000Rows?: number
    holdout?: number
    seed: number
}

export const USUAL = "usual"
export const UNUSUAL_NAME = "unusual"

/** Columns of that name tell what was true, and no detector may look at them, whether they are its label or not. */
const TRUTH_NAMES = new Set(["label", "labels", "truth", "class", "anomaly", "is_anomaly", "event"])

/** @throws InputError for columns that are not there, stand for two things, or are no inputs */
export function detectorRecipeOf(table: Table, wishes: DetectorWishes): DetectorRecipe {
    const { name, label, groupBy, holdout, seed, classes } = wishes
    if (classes !== undefined && classes.length !== 2)
        throw new InputError(
            `--classes: a detector has two, what is usual and what is not, not ${classes.length}`
        )
    const asked = wishes.inputs !== undefined || wishes.map !== undefined
    const inputs = asked ? mappingsOf(table, wishes) : movingInputs(table, wishes)
    return {
        name,
        kind: "detector",
        label,
        classes: classes ?? (label === undefined ? [] : classesFrom(textColumn(table, label))),
        inputs,
        groupBy,
        alarmsPer1000Rows: wishes.alarmsPer1000Rows ?? ALARMS_PER_1000_ROWS,
        holdout,
        seed,
    }
}

/** The cell most rows have is what is usual. */
export function classesFrom(cells: string[]): CellClass[] {
    return usualFirst(cells).map((cell, i) => ({ cell, name: i === 0 ? USUAL : UNUSUAL_NAME }))
}

/** All columns of numbers but those that never move within a group, and those that only count its rows. */
function movingInputs(table: Table, { label, groupBy }: DetectorWishes): Mapping[] {
    const truths = table.header.filter(column => TRUTH_NAMES.has(column.toLowerCase()))
    const groups = groupsByCells(table, groupBy)
    return mappingsOf(table, { label, groupBy: [...(groupBy ?? []), ...truths] }, column => {
        const cells = textColumn(table, column)
        return groups.some(({ rows }) => tellsSomething(cells, rows))
    })
}

const COUNTER_SHARE = 0.99

/** Not the same in every row, nor one more (or five, or less) in every row. */
function tellsSomething(cells: string[], rows: Int32Array): boolean {
    const values = Array.from(rows, row => cells[row])
        .filter(isDecimal)
        .map(Number)
    const steps = new Map<number, number>()
    for (let i = 1; i < values.length; ++i) {
        const step = Number((values[i] - values[i - 1]).toPrecision(6))
        steps.set(step, (steps.get(step) ?? 0) + 1)
    }
    const [[step, count] = [0, values.length]] = [...steps].sort((a, b) => b[1] - a[1])
    if (step === 0) return count < values.length - 1
    return count < COUNTER_SHARE * (values.length - 1)
}
