/** All that decides what comes out of a training, with what is taken where nothing was said. */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { isDecimal, shown, textColumn } from "../table/columns"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import type { CellClass, Mapping } from "../table/meanings"
import { measurandOfColumn, ROW_NAMES } from "../table/measurands"
import { identifierOf, isFree } from "./generate"
import { jsonText } from "./json-text"
import type { Sampling } from "./windows"

export interface RecipeInput extends Mapping {
    /** "last", or what is taken of a window. */
    feature: string
}

/** What comes out: one tree, or several that vote. */
export type Kind = "tree" | "forest" | "boosted"

export interface Recipe {
    /** SenML name of the verdict. */
    name: string
    kind: Kind
    /** The column that holds the class. */
    label: string
    inputs: RecipeInput[]
    /** Without, every row is an example. */
    window?: Sampling
    /** In the order of class indices. */
    classes: CellClass[]
    maxNodes: number
    /** Folds of the cross-validation: blocks of time, or of groups. */
    blocks: number
    /** Rows of the same cells in these columns stay in one fold. */
    groupBy?: string[]
    /** Share of rows at the end, or of groups, kept from the training to judge it by. */
    holdout?: number
    /** Draws the rows of the test vectors; the tree itself has nothing random in it. */
    seed: number
}

/** What somebody asked for; the rest is taken from the recording. */
export interface Wishes {
    name: string
    kind?: Kind
    label: string
    inputs?: string[]
    /** Without `inputs` these columns are the inputs. */
    map?: Mapping[]
    window?: Sampling
    /** Of a window; each of every input. */
    features?: string[]
    classes?: CellClass[]
    maxNodes: number
    blocks?: number
    groupBy?: string[]
    holdout?: number
    seed: number
}

/** Of what the files look like: raised when a reader of the old ones would misread the new ones. */
const FORMAT_VERSION = 3
const BLOCKS = 10
/** How much, how spread, how far and how fast: what tells most machines apart. */
const FEATURES = ["mean", "sd", "range", "meanAbsoluteDifference"]

/** @throws InputError for columns that are not there, stand for two things, or are no inputs */
export function recipeOf(table: Table, wishes: Wishes): Recipe {
    const { name, kind = "tree", label, window, maxNodes, groupBy, holdout, seed } = wishes
    const cells = textColumn(table, label)
    return {
        name,
        kind,
        label,
        inputs: inputsOf(table, wishes),
        window,
        classes: wishes.classes ?? sortedClasses(cells),
        maxNodes,
        blocks: wishes.blocks ?? Math.min(BLOCKS, Math.max(2, Math.floor(cells.length / 2))),
        groupBy,
        holdout,
        seed,
    }
}

function inputsOf(table: Table, wishes: Wishes): RecipeInput[] {
    const { window, features = window === undefined ? ["last"] : FEATURES } = wishes
    return mappingsOf(table, wishes).flatMap(input =>
        features.map(feature => ({ ...input, feature }))
    )
}

/** @param isWanted of a column of numbers nobody named */
export function mappingsOf(
    table: Table,
    {
        label,
        inputs,
        map = [],
        groupBy = [],
    }: Pick<Wishes, "inputs" | "map" | "groupBy"> & { label?: string },
    isWanted: (column: string) => boolean = () => true
): Mapping[] {
    const mapped = map.map(({ column }) => column)
    const wanted = inputs ?? (map.length > 0 ? mapped : undefined)
    for (const column of [...(wanted ?? []), ...mapped, ...groupBy]) textColumn(table, column)
    const columns =
        wanted ??
        table.header.filter(
            column =>
                column !== label &&
                !groupBy.includes(column) &&
                !ROW_NAMES.has(column.toLowerCase()) &&
                isNumeric(table, column) &&
                isWanted(column)
        )
    const place = (column: string) => `${table.file}: column ${shown(column)}`
    if (label !== undefined && columns.includes(label))
        throw new InputError(`${place(label)} is both label and input`)
    const idle = mapped.find(column => !columns.includes(column))
    if (idle !== undefined) throw new InputError(`${place(idle)} is mapped, but no input`)
    if (columns.length === 0)
        throw new InputError(`${table.file}: there is no column of numbers beside the label`)
    const chosen = columns.map(column => {
        const said = map.find(pair => pair.column === column)
        return said ?? { column, measurand: measurandOfColumn(column) ?? column }
    })
    chosen.forEach(({ column, measurand }, i) => {
        const other = chosen.slice(0, i).find(input => input.measurand === measurand)
        if (other !== undefined)
            throw new InputError(
                `${table.file}: columns ${shown(other.column)}, ${shown(column)} are both ${measurand}: ` +
                    `leave one out with --inputs, or tell them apart with --map`
            )
    })
    return chosen
}

/** Whether most of it is numbers: then text in it is a mistake, and told; else it is a column of text. */
function isNumeric(table: Table, column: string): boolean {
    const cells = textColumn(table, column).filter(cell => cell !== "")
    return 2 * cells.filter(isDecimal).length > cells.length
}

/** Numbers by their size, text by its characters: the same on every machine. */
function sortedClasses(cells: string[]): CellClass[] {
    const kinds = [...new Set(cells)].filter(cell => cell !== "").sort()
    if (kinds.every(isDecimal)) kinds.sort((a, b) => Number(a) - Number(b))
    return kinds.map(cell => ({ cell, name: cell }))
}

/** "Fan state 2" makes "fan-state-2": a SenML name (RFC 8428, section 4.5.1) that also makes an identifier. */
export function nameFrom(folder: string): string {
    const words =
        basename(folder)
            .toLowerCase()
            .match(/[a-z0-9]+/g) ?? []
    const name = words.join("-")
    return isName(name) ? name : ["model", ...words].join("-")
}

export function isName(name: string): boolean {
    return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && isFree(identifierOf(name))
}

/** What it takes to make the same files again: no date, and no path of the machine. */
export function recipeJson(recipe: { name: string }, table: Table): string {
    const text = readFileSync(new URL("../package.json", import.meta.url), "utf8")
    const { version } = JSON.parse(text) as { version: string }
    const { name, ...rest } = recipe
    const contents = {
        name,
        versions: { motewise: version, format: FORMAT_VERSION },
        recording: { file: basename(table.file), sha256: table.sha256, rows: table.rows.length },
        ...rest,
    }
    return jsonText(contents)
}
