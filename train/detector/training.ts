/** From a recording and a recipe to the files of a detector and the figures that speak for it. Writes nothing. */
import { basename } from "node:path"
import type { ModelInput } from "../../src/inference/model"
import { shown } from "../../table/columns"
import type { Table } from "../../table/csv"
import { scaledColumn } from "../examples"
import { InputError } from "../../table/input-error"
import { identifierOf } from "../generate"
import { recipeJson } from "../recipe"
import { figuresOf } from "./judging"
import { chooseLabelled, type LabelledChoice } from "./labelled"
import { detectorModule } from "./module"
import { alarmRows, type GeneratedDetector } from "./parameters"
import { type DetectorRecipe, UNUSUAL_NAME, USUAL } from "./recipe"
import { asTicks, inputFor } from "./scale"
import type { DetectorReportFacts } from "../report/detector-facts"
import { reportGroupOf } from "../report/from-detector-training"
import { checkBothThere, eventsOf, groupsByCells, partOf, type Stream, truthsOf } from "./streams"
import { chooseUnlabelled, type UnlabelledChoice } from "./unlabelled"
import { streamVectors, streamVectorsJson, streamVectorsModule } from "./vectors"

/** What alarms are, and against labels what they are worth; null without. */
export interface DetectorFigures {
    rows: number
    alarmEpisodes: number
    events: number | null
    eventsHit: number | null
    maxDelayRows: number | null
    falseEpisodes: number | null
}

export interface DetectorSummary {
    name: string
    kind: "detector"
    detector: string
    /** That it was trained on. */
    rows: number
    groups: string[]
    inputs: string[]
    leftOut: string[]
    parameters: Record<string, number | number[]>
    choice: Omit<UnlabelledChoice, "parameters"> | Omit<LabelledChoice, "parameters">
    training: DetectorFigures
    holdout: DetectorFigures | null
}

export interface DetectorTraining {
    files: Record<string, string>
    summary: DetectorSummary
    /** Of its report. */
    facts: DetectorReportFacts
}

/** Fewer do not tell what is usual. */
const ROWS_MIN = 100

/** @param holdout another recording to judge by @param progress told the share that is done @throws InputError */
export function trainDetector(
    table: Table,
    recipe: DetectorRecipe,
    holdout?: Table,
    progress: (share: number) => void = () => {}
): DetectorTraining {
    const { name, seed, label } = recipe
    const groups = groupsByCells(table, recipe.groupBy)
    const cuts = groups.map(
        ({ rows }) => rows.length - Math.ceil(rows.length * (recipe.holdout ?? 0))
    )
    const rows = cuts.reduce((sum, cut) => sum + cut, 0)
    if (rows < ROWS_MIN)
        throw new InputError(
            `${table.file}: ${rows} rows to train on are too few: a detector takes ${ROWS_MIN}`
        )
    const inputs = inputsFor(table, recipe, cuts)
    const all = streamsOf(table, recipe, inputs)
    const kept = all.map((stream, i) => partOf(stream, 0, cuts[i]))
    if (label !== undefined) checkEvents(table, label, recipe, kept)
    const { parameters, ...choice } =
        label === undefined
            ? chooseUnlabelled(kept, inputs, recipe.alarmsPer1000Rows, progress)
            : chooseLabelled(kept, inputs, seed, progress)
    const names =
        recipe.classes.length < 2 ? [USUAL, UNUSUAL_NAME] : recipe.classes.map(c => c.name)
    const generated: GeneratedDetector = {
        name,
        classes: names.slice(0, 2),
        inputs,
        windowSamples: 1,
        samplesPerSecond: 0,
        ...parameters,
    }
    const isLabelled = label !== undefined
    const allAlarms = all.map(stream => alarmRows(parameters, stream))
    const between = (from: (i: number) => number, to: (i: number) => number) =>
        figures(
            all.map((stream, i) => partOf(stream, from(i), to(i))),
            allAlarms.map((alarms, i) =>
                alarms.filter(row => row >= from(i) && row < to(i)).map(row => row - from(i))
            ),
            isLabelled
        )
    const training = between(
        () => 0,
        i => cuts[i]
    )
    let held: DetectorFigures | null = null
    if (recipe.holdout !== undefined)
        held = between(
            i => cuts[i],
            i => all[i].length
        )
    const own = basename(table.file)
    const reportGroups = all.map((stream, i) => {
        const judged = { stream, rows: groups[i].rows, alarms: allAlarms[i], keptFrom: cuts[i] }
        return reportGroupOf(judged, own, isLabelled)
    })
    let judge = { recording: own, groups: groups.length }
    if (holdout !== undefined) {
        const other = streamsOf(holdout, recipe, inputs)
        const alarms = other.map(stream => alarmRows(parameters, stream))
        held = figures(other, alarms, isLabelled)
        judge = { recording: basename(holdout.file), groups: other.length }
        groupsByCells(holdout, recipe.groupBy).forEach(({ rows }, i) => {
            const judged = { stream: other[i], rows, alarms: alarms[i], keptFrom: 0 }
            reportGroups.push(reportGroupOf(judged, judge.recording, isLabelled))
        })
    }
    const { kind, ...numbers } = parameters
    const columns = recipe.inputs.map(({ column }) => column)
    const summary: DetectorSummary = {
        name,
        kind: "detector",
        detector: kind,
        rows,
        groups: groups.map(group => group.name),
        inputs: inputs.map(({ measurand }) => measurand),
        leftOut: table.header.filter(
            column =>
                column !== label && !columns.includes(column) && !recipe.groupBy?.includes(column)
        ),
        parameters: numbers,
        choice,
        training,
        holdout: held,
    }
    const vectors = streamVectors(generated)
    const facts: DetectorReportFacts = {
        name,
        classes: generated.classes,
        inputs,
        parameters,
        choice,
        label,
        alarmsPer1000Rows: recipe.alarmsPer1000Rows,
        training: { recording: own, groups: groups.length, figures: training },
        holdout: held === null ? undefined : { ...judge, figures: held },
        groups: reportGroups,
    }
    return {
        files: {
            "model.ts": detectorModule(generated, provenanceOf(recipe, table, summary)),
            "vectors.json": streamVectorsJson(generated, vectors),
            "vectors.ts": streamVectorsModule(identifierOf(name), vectors),
            "recipe.json": recipeJson(recipe, table),
        },
        summary,
        facts,
    }
}

/** The scale of each channel, by what is trained on. @throws InputError for one that never moves */
function inputsFor(table: Table, recipe: DetectorRecipe, cuts: number[]): ModelInput[] {
    const kept = groupsByCells(table, recipe.groupBy).flatMap(({ rows }, i) =>
        Array.from(rows.subarray(0, cuts[i]))
    )
    return recipe.inputs.map(input => {
        const { column, measurand } = input
        const all = scaledColumn(table, input)
        const values = Float64Array.from(kept, row => all[row])
        const first = values.find(value => value === value)
        if (values.some(value => value === value && value !== first))
            return inputFor(measurand, values)
        throw new InputError(
            `${table.file}: column ${shown(column)} never moves: there is no telling what is unusual for it`
        )
    })
}

function streamsOf(table: Table, recipe: DetectorRecipe, inputs: ModelInput[]): Stream[] {
    const { label, groupBy, classes } = recipe
    const truths = label === undefined ? [] : truthsOf(table, label, classes)
    const columns = recipe.inputs.map((input, i) => asTicks(inputs[i], scaledColumn(table, input)))
    return groupsByCells(table, groupBy).map(({ name, rows }) => ({
        name,
        length: rows.length,
        channels: columns.map(column => Float64Array.from(rows, row => column[row])),
        events: eventsOf(truths, rows),
    }))
}

function checkEvents(table: Table, label: string, recipe: DetectorRecipe, kept: Stream[]): void {
    checkBothThere(table, label, truthsOf(table, label, recipe.classes))
    if (kept.every(({ events }) => events.length === 0))
        throw new InputError(
            `${table.file}: column ${shown(label)}: all events are in the rows kept from the training`
        )
}

function figures(streams: Stream[], alarms: number[][], isLabelled: boolean): DetectorFigures {
    const rows = streams.reduce((sum, { length }) => sum + length, 0)
    const { alarmEpisodes, events, eventsHit, maxDelayRows, falseEpisodes } = figuresOf(
        streams,
        alarms
    )
    if (!isLabelled)
        return {
            rows,
            alarmEpisodes,
            events: null,
            eventsHit: null,
            maxDelayRows: null,
            falseEpisodes: null,
        }
    return {
        rows,
        alarmEpisodes,
        events,
        eventsHit,
        maxDelayRows: maxDelayRows ?? null,
        falseEpisodes,
    }
}

function provenanceOf(recipe: DetectorRecipe, table: Table, summary: DetectorSummary): string[] {
    const { training, holdout, choice, groups } = summary
    const told = ({ rows, alarmEpisodes, events, ...rest }: DetectorFigures) =>
        `${rows} rows: ${alarmEpisodes} alarm episodes` +
        (events === null
            ? ""
            : `, ${rest.eventsHit} of ${events} events, at most ${rest.maxDelayRows ?? "-"} rows late, ${rest.falseEpisodes} false`)
    const lines = [
        `Recording: ${JSON.stringify(basename(table.file))}, ${summary.rows} rows in ${groups.length} group${groups.length === 1 ? "" : "s"},`,
        `sha256 ${table.sha256}`,
        choiceLine(recipe, choice),
        `Training, ${told(training)}.`,
    ]
    if (holdout !== null) lines.push(`Kept from it, ${told(holdout)}.`)
    // Column names may hold what ends a comment.
    return lines.map(line => line.replaceAll("*/", "* /"))
}

/** How the parameters came about, in a sentence. */
export function choiceLine(recipe: DetectorRecipe, choice: DetectorSummary["choice"]): string {
    switch (choice.by) {
        case "labels":
            return `Chosen by the labels of ${JSON.stringify(recipe.label)}, kinds judged over ${choice.folds} fold${choice.folds === 1 ? "" : "s"} of events.`
        case "stands-out":
            return `Chosen without labels: ${choice.episodes} episodes stand out, over thresholds that span a factor of ${choice.stretch.toFixed(1)}.`
        case "budget":
            return `Chosen without labels: nothing stands out; ${recipe.alarmsPer1000Rows} alarms in 1000 rows were asked for.`
    }
}
