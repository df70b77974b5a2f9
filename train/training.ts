/** From a recording and a recipe to the files of a model and the figures that speak for it. Writes nothing. */
import { basename } from "node:path"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import { evaluate, type Evaluation, percent } from "./evaluation"
import { checkClasses, examplesOf, groupsOf, takeRows } from "./examples"
import { identifierOf, modelModule } from "./generate"
import { classOfTicks, quantisedTree, ticksOfRow, type TickTree } from "./quantise"
import { type Recipe, recipeJson } from "./recipe"
import type { JudgedRows, ReportFacts } from "./report/facts"
import { reportFactsOf } from "./report/from-training"
import { contiguousFolds, selectTree, type Selection } from "./selection"
import { UNKNOWN } from "../src/inference/model"
import { classOfRow, type Examples, nodeCount, type TreeNode } from "./tree"
import { treeJson } from "./tree-file"
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
    /** That it was trained on. */
    rows: number
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
    const { label, classes } = recipe
    const columns = recipe.inputs.map(({ column }) => column)
    const all = examplesOf(table, label, columns, classes)
    const { kept, held, folds } = partition(table, recipe)
    const examples = takeRows(all, kept)
    checkClasses(table, label, classes, examples.classes)
    const selection = selectTree(examples, recipe.maxNodes, folds, progress)
    const { tree } = selection
    const tickTree = quantisedTree(
        tree,
        examples.columns,
        recipe.inputs.map(({ measurand }) => measurand)
    )
    const judge =
        holdout === undefined
            ? held && takeRows(all, held)
            : examplesOf(holdout, label, columns, classes)
    const trained = judged(tree, tickTree, examples)
    const unseen = judge && judged(tree, tickTree, judge)
    const summary: Summary = {
        name: recipe.name,
        rows: kept.length,
        classes: classes.map(({ name }, i) => ({
            name,
            rows: examples.classes.reduce((sum, c) => sum + (c === i ? 1 : 0), 0),
        })),
        nodes: nodeCount(tree),
        inputs: tickTree.inputs.map(({ measurand }) => measurand),
        leftOut: table.header.filter(column => column !== label && !columns.includes(column)),
        selection: { curve: selection.curve, least: selection.least, chosen: selection.chosen },
        training: trained.evaluation,
        holdout: unseen?.evaluation ?? null,
        changedVsFloat: trained.changed,
    }
    const names = classes.map(({ name }) => name)
    const vectors = vectorsOf(tickTree, trained.ticks, recipe.seed)
    const module = modelModule(recipe.name, names, tickTree, provenanceOf(recipe, table, summary))
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
            training: judgedRows(table, kept, examples, trained),
            holdout:
                judge &&
                unseen &&
                judgedRows(holdout ?? table, holdout ? undefined : held, judge, unseen),
            module,
        }),
    }
}

/** @param rows of the table; default: all */
function judgedRows(
    { file, rows: all }: Table,
    rows: ArrayLike<number> = Int32Array.from(all.keys()),
    { columns, classes }: Examples,
    { evaluation, verdicts }: Pick<JudgedRows, "evaluation" | "verdicts">
): JudgedRows {
    const rowNumbers = Int32Array.from(rows, row => row + 2)
    return { recording: basename(file), rowNumbers, columns, truths: classes, verdicts, evaluation }
}

interface Partition {
    /** Rows to train on, and of each its fold. */
    kept: Int32Array
    folds: Int32Array
    held?: Int32Array
}

/** Whole groups, or rows as if each was a group of its own, in their order: the last are held out, the others make the folds. */
function partition(table: Table, { groupBy, holdout, blocks }: Recipe): Partition {
    const rows = Int32Array.from(table.rows.keys())
    const groups = groupBy === undefined ? rows : groupsOf(table, groupBy)
    const what = groupBy === undefined ? "rows" : "groups"
    const count = groups.reduce((most, group) => Math.max(most, group), 0) + 1
    const keptCount = count - Math.ceil(count * (holdout ?? 0))
    const least = groupBy === undefined ? 2 * blocks : 2
    if (keptCount < least)
        throw new InputError(
            groupBy === undefined
                ? `${table.file}: ${keptCount} rows are too few for ${blocks} blocks`
                : `${table.file}: ${keptCount} ${what} to train on are too few: it takes 2`
        )
    const foldOfGroup = contiguousFolds(keptCount, Math.min(blocks, keptCount))
    const kept = rows.filter(row => groups[row] < keptCount)
    return {
        kept,
        folds: Int32Array.from(kept, row => foldOfGroup[groups[row]]),
        held: holdout === undefined ? undefined : rows.filter(row => groups[row] >= keptCount),
    }
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
            ? `${recipe.blocks} contiguous blocks`
            : `groups of ${recipe.groupBy.map(column => JSON.stringify(column)).join(", ")}`
    const lines = [
        `Recording: ${JSON.stringify(basename(table.file))}, ${summary.rows} rows,`,
        `sha256 ${table.sha256}`,
        `Seed ${recipe.seed}. Size by cross-validation over ${folds}, up to ${recipe.maxNodes} nodes:`,
        `error ${percent(chosen.error)} +- ${percent(chosen.standardError)} at ${chosen.nodes} nodes; ` +
            `the least, ${percent(least.error)} +- ${percent(least.standardError)}, at ${least.nodes}.`,
        `${summary.nodes} nodes; training accuracy ${percent(training.accuracy)}, macro F1 ${percent(training.macroF1)}; ` +
            `rows changed by int16 scaling: ${summary.changedVsFloat}.`,
    ]
    if (holdout !== null)
        lines.push(
            `On ${holdout.rows} rows kept from it: accuracy ${percent(holdout.accuracy)}, macro F1 ${percent(holdout.macroF1)}.`
        )
    // Column names may hold what ends a comment.
    return lines.map(line => line.replaceAll("*/", "* /"))
}
