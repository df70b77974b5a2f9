/** From a recording and a recipe to the files of a model and the figures that speak for it. Writes nothing. */
import { basename } from "node:path"
import type { Table } from "../table/csv"
import { type Ensemble, nodesOf, verdictOfRow } from "./ensemble"
import { evaluate, type Evaluation, percent } from "./evaluation"
import { checkClasses, examplesOf, takeExamples, type Taken } from "./examples"
import { identifierOf, modelModule } from "./generate"
import { partition } from "./partition"
import { packed } from "./packing"
import {
    type ColumnFacts,
    quantised,
    ticksOfRow,
    type TickEnsemble,
    verdictOfTicks,
} from "./quantise"
import { type Kind, type Recipe, type RecipeInput, recipeJson } from "./recipe"
import type { JudgedRows, ReportFacts } from "./report/facts"
import { reportFactsOf } from "./report/from-training"
import { selectEnsemble } from "./ensemble-selection"
import { selectTree, type Selection, type SizeError } from "./selection"
import type { ModelInput } from "../src/inference/model"
import type { Examples } from "./tree"
import { treeJson } from "./tree-file"
import { ROW_BY_ROW } from "./windows"
import { vectorsJson, vectorsModule, vectorsOf } from "./vectors"

export interface Training {
    /** What is in them, by name. */
    files: Record<string, string | Uint8Array>
    summary: Summary
    /** For report/report.ts, which whoever wants the report loads: it draws, and drawing takes libraries. */
    facts: ReportFacts
}

export interface Summary {
    name: string
    kind: Kind
    /** That it was trained on; windows, if it looks at windows. */
    rows: number
    windowSamples: number
    classes: { name: string; rows: number }[]
    trees: number
    /** Of all trees. */
    nodes: number
    /** Of the packed form. */
    modelBytes: number
    inputs: string[]
    /** Columns that were not looked at. */
    leftOut: string[]
    selection: Omit<Selection, "ensemble">
    /** What a single tree would do, chosen over the same folds; null where the model is one. */
    singleTree: SingleTree | null
    /** On the training rows, by the model in ticks. */
    training: Evaluation
    /** On the rows kept from the training; null without. */
    holdout: Evaluation | null
    /** Training rows the model in ticks tells otherwise than the trees it came from. */
    changedVsFloat: number
}

export interface SingleTree extends SizeError {
    /** Of its packed form. */
    modelBytes: number
    /** Whether several trees err less by more than a standard error of theirs. */
    isBeaten: boolean
}

/** Of the time that several trees take. */
const SINGLE_SHARE = 0.2

/**
 * @param holdout another recording to judge by
 * @param progress told the share that is done
 * @throws InputError
 */
export function train(
    table: Table,
    recipe: Recipe,
    holdout?: Table,
    progress: (share: number) => void = () => {}
): Training {
    const { label, classes, window = ROW_BY_ROW } = recipe
    const all = examplesOf(table, recipe)
    const { kept, held, folds } = partition(table, recipe, all)
    const examples = takeExamples(all, kept)
    checkClasses(table, recipe, examples.classes)
    const { selection, singleTree } = selected(recipe, examples, folds, progress)
    const { ensemble } = selection
    const model = quantised(ensemble, examples.columns, recipe.inputs.map(factsOf))
    const names = classes.map(({ name }) => name)
    const bytes = packed(model, names)
    const judge =
        holdout !== undefined
            ? examplesOf(holdout, recipe)
            : held.length > 0
              ? takeExamples(all, held)
              : undefined
    const trained = judged(ensemble, model, examples)
    const unseen = judge && judged(ensemble, model, judge)
    const summary: Summary = {
        name: recipe.name,
        kind: recipe.kind,
        rows: kept.length,
        windowSamples: window.samples,
        classes: classes.map(({ name }, i) => ({
            name,
            rows: examples.classes.reduce((sum, c) => sum + (c === i ? 1 : 0), 0),
        })),
        trees: ensemble.length,
        nodes: nodesOf(ensemble),
        modelBytes: bytes.length,
        inputs: model.inputs.map(inputText),
        leftOut: table.header.filter(
            name => name !== label && !recipe.inputs.some(({ column }) => column === name)
        ),
        selection: { curve: selection.curve, least: selection.least, chosen: selection.chosen },
        singleTree,
        training: trained.evaluation,
        holdout: unseen?.evaluation ?? null,
        changedVsFloat: trained.changed,
    }
    const vectors = vectorsOf(model, trained.ticks, recipe.seed)
    const module = modelModule(
        recipe.name,
        names,
        model,
        provenanceOf(recipe, table, summary),
        window
    )
    return {
        files: {
            "model.ts": module,
            "model.bin": bytes,
            "tree.json": treeJson(ensemble),
            "vectors.json": vectorsJson(model, names, vectors),
            "vectors.ts": vectorsModule(identifierOf(recipe.name), vectors),
            "recipe.json": recipeJson(recipe, table),
        },
        summary,
        facts: reportFactsOf({
            recipe,
            selection,
            model,
            modelBytes: bytes.length,
            training: judgedRows(table, examples, trained),
            holdout: judge && unseen && judgedRows(holdout ?? table, judge, unseen),
            module,
        }),
    }
}

function judgedRows(
    { file }: Table,
    { columns, classes, rows }: Taken,
    { evaluation, verdicts }: Pick<JudgedRows, "evaluation" | "verdicts">
): JudgedRows {
    const rowNumbers = rows.map(row => row + 2)
    return { recording: basename(file), rowNumbers, columns, truths: classes, verdicts, evaluation }
}

function selected(
    recipe: Recipe,
    examples: Examples,
    folds: Int32Array,
    progress: (share: number) => void
): { selection: Selection; singleTree: SingleTree | null } {
    const { kind, classes, maxNodes, seed } = recipe
    if (kind === "tree")
        return { selection: selectTree(examples, maxNodes, folds, progress), singleTree: null }
    const single = selectTree(examples, maxNodes, folds, share => progress(share * SINGLE_SHARE))
    const selection = selectEnsemble(kind, examples, maxNodes, folds, seed, share =>
        progress(SINGLE_SHARE + share * (1 - SINGLE_SHARE))
    )
    const { error, standardError } = selection.chosen
    const names = classes.map(({ name }) => name)
    const inTicks = quantised(single.ensemble, examples.columns, recipe.inputs.map(factsOf))
    return {
        selection,
        singleTree: {
            ...single.chosen,
            modelBytes: packed(inTicks, names).length,
            isBeaten: error + standardError < single.chosen.error,
        },
    }
}

/** "a single tree of 37 nodes errs 14.61 % +- 1.13 %: the forest earns its bytes" */
export function verdictOnTrees(kind: Kind, { nodes, error, standardError, isBeaten }: SingleTree) {
    const what = kind === "forest" ? "the forest earns its" : "boosting earns its"
    const told = isBeaten ? what : what.replace("earns", "does not earn")
    return `a single tree of ${nodes} nodes errs ${percent(error)} +- ${percent(standardError)}: ${told} bytes`
}

/** "sd of accelerationX" */
function inputText({ measurand, feature }: ModelInput): string {
    return feature === "last" ? measurand : `${feature} of ${measurand}`
}

/** In code, what a whole window gives is called by its column, which is short: "xMeanAbsoluteDifference". */
function factsOf({ column, measurand, feature }: RecipeInput): ColumnFacts {
    const start = column.charAt(0).toLowerCase() + column.slice(1)
    const ending = feature.charAt(0).toUpperCase() + feature.slice(1).replace(/\W/g, "_")
    return { measurand, feature, name: feature === "last" ? measurand : start + ending }
}

function judged(
    ensemble: Ensemble,
    model: TickEnsemble,
    { columns, classes, classCount }: Examples
): { evaluation: Evaluation; ticks: number[][]; verdicts: number[]; changed: number } {
    const ticks = Array.from(classes, (_, row) => ticksOfRow(model, columns, row))
    const verdicts = ticks.map(row => verdictOfTicks(model, row))
    const changed = verdicts.filter(
        (verdict, row) => verdict !== verdictOfRow(ensemble, columns, row)
    ).length
    return { evaluation: evaluate(classes, verdicts, classCount), ticks, verdicts, changed }
}

function provenanceOf(recipe: Recipe, table: Table, summary: Summary): string[] {
    const { least, chosen } = summary.selection
    const { training, holdout } = summary
    const folds =
        recipe.groupBy === undefined
            ? `${recipe.blocks} blocks of each class's time`
            : `groups of ${recipe.groupBy.map(column => JSON.stringify(column)).join(", ")}`
    const what = recipe.window === undefined ? "rows" : `windows of ${recipe.window.samples} rows`
    const lines = [
        `Recording: ${JSON.stringify(basename(table.file))}, ${summary.rows} ${what},`,
        `sha256 ${table.sha256}`,
        `Seed ${recipe.seed}. Size by cross-validation over ${folds}, up to ${recipe.maxNodes} nodes:`,
        `error ${percent(chosen.error)} +- ${percent(chosen.standardError)} at ${chosen.nodes} nodes; ` +
            `the least, ${percent(least.error)} +- ${percent(least.standardError)}, at ${least.nodes}.`,
        ...(summary.singleTree === null
            ? []
            : [`In the same folds ${verdictOnTrees(recipe.kind, summary.singleTree)}.`]),
        `${summary.nodes} nodes${summary.trees > 1 ? ` in ${summary.trees} trees` : ""}; training accuracy ${percent(training.accuracy)}, macro F1 ${percent(training.macroF1)}; ` +
            `changed by int16 scaling: ${summary.changedVsFloat}.`,
    ]
    if (holdout !== null)
        lines.push(
            `On ${holdout.rows} ${what} kept from it: accuracy ${percent(holdout.accuracy)}, macro F1 ${percent(holdout.macroF1)}.`
        )
    // Column names may hold what ends a comment.
    return lines.map(line => line.replaceAll("*/", "* /"))
}
