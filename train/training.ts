/** From a recipe to the files of a model and the figures that speak for it. Reads the recording, writes nothing. */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { identifierOf, modelModule } from "./generate"
import { classOfTicks, quantisedTree, ticksOfRow } from "./quantise"
import { type Selection, selectSize, splitsOfNodes } from "./selection"
import { cellError, numberColumn, readTable, type Table, TableError, textColumn } from "./table"
import { classOfRow, type Examples, growTree, nodeCount, prunedTree } from "./tree"
import { vectorsJson, vectorsModule, vectorsOf } from "./vectors"

/** All that decides what comes out. */
export interface Recipe {
    /** Path of the recording, a CSV file in order of time. */
    data: string
    /** The column that holds the class. */
    label: string
    /** SenML name of the verdict. */
    name: string
    inputs: { column: string; measurand: string }[]
    /** Cell text and class name, in the order of class indices; without it the cells themselves, sorted. */
    classes?: { cell: string; name: string }[]
    maxNodes: number
    blocks: number
    /** Draws the rows of the test vectors; the tree itself has nothing random in it. */
    seed: number
}

export interface Training {
    /** Text by file name. */
    files: Record<string, string>
    summary: Summary
}

export interface Summary {
    name: string
    rows: number
    classes: { name: string; rows: number }[]
    nodes: number
    inputs: string[]
    selection: Selection
    /** On the training rows, by the model in ticks. */
    trainingAccuracy: number
    /** Training rows the model in ticks tells otherwise than the tree it came from. */
    changedVsFloat: number
}

/** Of what the files look like: raised when a reader of the old ones would misread the new ones. */
const FORMAT_VERSION = 1

/** @throws TableError */
export function train(recipe: Recipe): Training {
    const table = readTable(recipe.data)
    const { examples, classNames, classRows } = examplesOf(table, recipe)
    const rows = Int32Array.from(examples.classes.keys())
    const selection = selectSize(examples, recipe.maxNodes, recipe.blocks)
    const splits = splitsOfNodes(selection.chosen.nodes)
    const tree = prunedTree(growTree(examples, rows, splits), splits)
    const tickTree = quantisedTree(
        tree,
        examples.columns,
        recipe.inputs.map(({ measurand }) => measurand)
    )

    const ticks = Array.from(rows, row => ticksOfRow(tickTree, examples.columns, row))
    let right = 0
    let changed = 0
    for (const row of rows) {
        const verdict = classOfTicks(tickTree.root, ticks[row])
        if (verdict === examples.classes[row]) ++right
        if (verdict !== classOfRow(tree, examples.columns, row)) ++changed
    }

    const summary: Summary = {
        name: recipe.name,
        rows: rows.length,
        classes: classNames.map((name, i) => ({ name, rows: classRows[i] })),
        nodes: nodeCount(tree),
        inputs: tickTree.inputs.map(({ measurand }) => measurand),
        selection,
        trainingAccuracy: right / rows.length,
        changedVsFloat: changed,
    }
    const vectors = vectorsOf(tickTree, ticks, recipe.seed)
    const provenance = provenanceOf(recipe, table, summary)
    return {
        files: {
            "model.ts": modelModule(recipe.name, classNames, tickTree, provenance),
            "vectors.json": vectorsJson(tickTree, classNames, vectors),
            "vectors.ts": vectorsModule(identifierOf(recipe.name), vectors),
            "recipe.json": recipeJson(recipe, table),
        },
        summary,
    }
}

/** "98.77 %" */
export function percent(share: number): string {
    return `${(100 * share).toFixed(2)} %`
}

interface Labelled {
    examples: Examples
    classNames: string[]
    classRows: number[]
}

function examplesOf(table: Table, recipe: Recipe): Labelled {
    const cells = textColumn(table, recipe.label)
    if (recipe.inputs.some(({ column }) => column === recipe.label))
        throw new TableError(
            `${table.file}: column ${JSON.stringify(recipe.label)} is both label and input`
        )
    const columns = recipe.inputs.map(({ column }) => numberColumn(table, column))
    if (cells.length < 2 * recipe.blocks)
        throw new TableError(
            `${table.file}: ${cells.length} rows are too few for ${recipe.blocks} blocks`
        )

    const kinds = recipe.classes ?? [...new Set(cells)].sort().map(cell => ({ cell, name: cell }))
    const classRows: number[] = new Array(kinds.length).fill(0)
    const classes = Int32Array.from(cells, (cell, row) => {
        const classIndex = kinds.findIndex(kind => kind.cell === cell)
        if (cell === "" || classIndex < 0)
            throw cellError(
                table,
                row,
                recipe.label,
                `is none of ${kinds.map(kind => kind.cell).join(", ")}`
            )
        ++classRows[classIndex]
        return classIndex
    })

    const place = `${table.file}: column ${JSON.stringify(recipe.label)}`
    if (kinds.length < 2) throw new TableError(`${place} has one class only`)
    classRows.forEach((count, i) => {
        if (count < 2)
            throw new TableError(
                `${place}: class ${JSON.stringify(kinds[i].cell)} has ${count} of the 2 rows it needs`
            )
    })
    const classNames = kinds.map(({ name }) => name)
    return { examples: { columns, classes, classCount: kinds.length }, classNames, classRows }
}

function provenanceOf(recipe: Recipe, table: Table, summary: Summary): string[] {
    const { least, chosen } = summary.selection
    return [
        `Recording: ${JSON.stringify(basename(table.file))}, ${summary.rows} rows,`,
        `sha256 ${table.sha256}`,
        `Seed ${recipe.seed}. Size by cross-validation over ${recipe.blocks} contiguous blocks, up to ${recipe.maxNodes} nodes:`,
        `error ${percent(chosen.error)} +- ${percent(chosen.standardError)} at ${chosen.nodes} nodes; ` +
            `the least, ${percent(least.error)} +- ${percent(least.standardError)}, at ${least.nodes}.`,
        `${summary.nodes} nodes; training accuracy ${percent(summary.trainingAccuracy)}; ` +
            `rows changed by int16 scaling: ${summary.changedVsFloat}.`,
    ]
}

/** What it takes to make the same files again: no date, and no path of the machine. */
function recipeJson(recipe: Recipe, table: Table): string {
    const text = readFileSync(new URL("../package.json", import.meta.url), "utf8")
    const { version } = JSON.parse(text) as { version: string }
    const { name, label, inputs, classes, maxNodes, blocks, seed } = recipe
    const contents = {
        name,
        versions: { motewise: version, format: FORMAT_VERSION },
        recording: { file: basename(table.file), sha256: table.sha256, rows: table.rows.length },
        label,
        inputs,
        classes,
        maxNodes,
        blocks,
        seed,
    }
    return `${JSON.stringify(contents, undefined, 4)}\n`
}
