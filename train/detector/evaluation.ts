/** A detector's folder judged by a recording. */
import { UNKNOWN } from "../../src/inference/model"
import { UNUSUAL } from "../../src/inference/verdict"
import { textColumn } from "../../table/columns"
import type { Table } from "../../table/csv"
import { scaledColumn } from "../examples"
import { columnOf, type Runtime } from "../judging"
import type { CellClass } from "../../table/meanings"
import type { DetectorFolder } from "./folder"
import { figuresOf } from "./judging"
import { classesFrom, type DetectorRecipe } from "./recipe"
import { eventsOf, groupsByCells, truthsOf } from "./streams"
import { hostVerdicts, vmVerdicts } from "./verdicts"

/** Null is what nobody can tell: without labels, or of nothing. */
export interface DetectorJudgement {
    rows: number
    events: number | null
    eventsHit: number | null
    /** From an event's start to its first alarm, the longest of those hit. */
    maxDelayRows: number | null
    falseEpisodes: number | null
    /** By rows: alarms that are right, of all alarms; and of all rows of events. */
    precision: number | null
    recall: number | null
    alarmRowsByGroup: Record<string, number>
    runtime: Runtime
}

export interface DetectorVerdicts {
    judgement: DetectorJudgement
    classes: string[]
    /** By row of the recording, class indices; UNKNOWN where nobody said. */
    truths: Int16Array
    verdicts: Int16Array
}

export interface DetectorQuestion {
    /** Default: the one it was trained by, where the recording has it. */
    label?: string
    /** Default: those it was trained by, where the recording has them all; else it is one stream. */
    groupBy?: string[]
    runtime: Runtime
}

/** @throws InputError */
export async function judgeDetector(
    model: DetectorFolder,
    table: Table,
    { label, groupBy, runtime }: DetectorQuestion
): Promise<DetectorVerdicts> {
    const { recipe, generated } = model
    const groups = groupsByCells(table, groupBy ?? ifThere(table, recipe.groupBy))
    const columns = recipe.inputs.map(input =>
        scaledColumn(table, { ...input, column: columnOf(table, input) })
    )
    const truths = truthsIn(table, recipe, label)
    const streams = groups.map(({ rows }) =>
        columns.map(column => Float64Array.from(rows, row => column[row]))
    )
    const told =
        runtime === "vm" ? await vmVerdicts(model, streams) : hostVerdicts(generated, streams)
    const verdicts = new Int16Array(table.rows.length)
    const alarms = groups.map(({ rows }, i) => {
        const own: number[] = []
        rows.forEach((row, at) => {
            verdicts[row] = told[i][at]
            if (told[i][at] === UNUSUAL) own.push(at)
        })
        return own
    })
    const alarmCount = alarms.reduce((sum, own) => sum + own.length, 0)
    const nobodySaid = {
        events: null,
        eventsHit: null,
        maxDelayRows: null,
        falseEpisodes: null,
        precision: null,
        recall: null,
    }
    const judgement: DetectorJudgement = {
        rows: table.rows.length,
        ...(truths === undefined
            ? nobodySaid
            : figuresBy(
                  groups.map(({ rows }) => ({ events: eventsOf(truths, rows) })),
                  alarms,
                  alarmCount
              )),
        alarmRowsByGroup: Object.fromEntries(groups.map(({ name }, i) => [name, alarms[i].length])),
        runtime,
    }
    return {
        judgement,
        classes: generated.classes,
        truths: Int16Array.from(verdicts, (_, row) => truths?.[row] ?? UNKNOWN),
        verdicts,
    }
}

function figuresBy(
    streams: Parameters<typeof figuresOf>[0],
    alarms: number[][],
    alarmCount: number
): Omit<DetectorJudgement, "rows" | "alarmRowsByGroup" | "runtime"> {
    const figures = figuresOf(streams, alarms)
    const { events, eventsHit, maxDelayRows, falseEpisodes, rightRows, eventRows } = figures
    return {
        events,
        eventsHit,
        maxDelayRows: maxDelayRows ?? null,
        falseEpisodes,
        precision: alarmCount > 0 ? rightRows / alarmCount : null,
        recall: eventRows > 0 ? rightRows / eventRows : null,
    }
}

function ifThere(table: Table, columns: string[] = []): string[] | undefined {
    return columns.every(column => table.header.includes(column)) ? columns : undefined
}

/** Undefined where there is no label to go by. */
function truthsIn(
    table: Table,
    recipe: DetectorRecipe,
    asked: string | undefined
): Int8Array | undefined {
    const label = asked ?? ifThere(table, recipe.label === undefined ? [] : [recipe.label])?.at(0)
    if (label === undefined) return undefined
    const classes: CellClass[] =
        recipe.classes.length > 0 ? recipe.classes : classesFrom(textColumn(table, label))
    return truthsOf(table, label, classes)
}
