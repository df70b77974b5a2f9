/** From a recording and a recipe to the files of a model and the figures that speak for it. Writes nothing. */
import { basename } from "node:path"
import type { Table } from "../table/csv"
import { evaluate, type Evaluation, percent } from "./evaluation"
import { checkClasses, examplesOf, takeExamples, type Taken } from "./examples"
import { identifierOf, modelModule } from "./generate"
import { partition } from "./partition"
import {
    classOfTicks,
    type ColumnFacts,
    quantisedTree,
    ticksOfRow,
    type TickTree,
} from "./quantise"
import { type Recipe, type RecipeInput, recipeJson } from "./recipe"
import type { JudgedRows, ReportFacts } from "./report/facts"
import { reportFactsOf } from "./report/from-training"
import { selectTree, type Selection } from "./selection"
import { type ModelInput, UNKNOWN } from "../src/inference/model"
import { classOfRow, type Examples, nodeCount, type TreeNode } from "./tree"
import { treeJson } from "./tree-file"
import { ROW_BY_ROW } from "./windows"
import { vectorsJson, vectorsModule, vectorsOf } from "./vectors"

export interface Training {
    /** Text by file name. */
    files: Record<string, string>
    summary: Summary
    /** For report/report.ts, which whoever wants the report loads: it draws, and drawing takes libraries. */
    facts: ReportFacts
}

export interface Summary {
    name: string
    /** That it was trained on; windows, if it looks at windows. */
    rows: number
    windowSamples: number
    classes: { name: string; rows: number }[]
    nodes: number
    inputs: string[]
    /** Columns that were not looked at. */
    leftOut: string[]
    selection: Omit<Selection, "tree">
    /** On the training rows, by the model in ticks. */
    training: Evaluation
    /** On the rows kept from the training; null without. */
    holdout: Evaluation | null
    /** Training rows the model in ticks tells otherwise than the tree it came from. */
    changedVsFloat: number
}

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
    const selection = selectTree(examples, recipe.maxNodes, folds, progress)
    const { tree } = selection
    const tickTree = quantisedTree(tree, examples.columns, recipe.inputs.map(factsOf))
    const judge =
        holdout !== undefined
            ? examplesOf(holdout, recipe)
            : held.length > 0
              ? takeExamples(all, held)
              : undefined
    const trained = judged(tree, tickTree, examples)
    const unseen = judge && judged(tree, tickTree, judge)
    const summary: Summary = {
        name: recipe.name,
        rows: kept.length,
        windowSamples: window.samples,
        classes: classes.map(({ name }, i) => ({
            name,
            rows: examples.classes.reduce((sum, c) => sum + (c === i ? 1 : 0), 0),
        })),
        nodes: nodeCount(tree),
        inputs: tickTree.inputs.map(inputText),
        leftOut: table.header.filter(
            name => name !== label && !recipe.inputs.some(({ column }) => column === name)
        ),
        selection: { curve: selection.curve, least: selection.least, chosen: selection.chosen },
        training: trained.evaluation,
        holdout: unseen?.evaluation ?? null,
        changedVsFloat: trained.changed,
    }
    const names = classes.map(({ name }) => name)
    const vectors = vectorsOf(tickTree, trained.ticks, recipe.seed)
    const module = modelModule(
        recipe.name,
        names,
        tickTree,
        provenanceOf(recipe, table, summary),
        window
    )
    return {
        files: {
            "model.ts": module,
            "tree.json": treeJson(tree),
            "vectors.json": vectorsJson(tickTree, names, vectors),
            "vectors.ts": vectorsModule(identifierOf(recipe.name), vectors),
            "recipe.json": recipeJson(recipe, table),
        },
        summary,
        facts: reportFactsOf({
            recipe,
            selection,
            tickTree,
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
    tree: TreeNode,
    tickTree: TickTree,
    { columns, classes, classCount }: Examples
): { evaluation: Evaluation; ticks: number[][]; verdicts: number[]; changed: number } {
    const ticks = Array.from(classes, (_, row) => ticksOfRow(tickTree, columns, row))
    const verdicts = ticks.map(row => classOfTicks(tickTree.root, row))
    const changed = verdicts.filter(
        (verdict, row) => verdict !== (classOfRow(tree, columns, row) ?? UNKNOWN)
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
        `${summary.nodes} nodes; training accuracy ${percent(training.accuracy)}, macro F1 ${percent(training.macroF1)}; ` +
            `changed by int16 scaling: ${summary.changedVsFloat}.`,
    ]
    if (holdout !== null)
        lines.push(
            `On ${holdout.rows} ${what} kept from it: accuracy ${percent(holdout.accuracy)}, macro F1 ${percent(holdout.macroF1)}.`
        )
    // Column names may hold what ends a comment.
    return lines.map(line => line.replaceAll("*/", "* /"))
}
