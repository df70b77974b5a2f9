/** Which column of a recording is which measurand, and which one is the truth. */
import { allMeasurands, measurandByName } from "../../src/telemetry/contract/measurands"
import type { Conditions } from "../parts/part"
import { InputError } from "../../table/input-error"
import type { Mapping } from "../../table/meanings"
import { measurandOfColumn, ROW_NAMES } from "../../table/measurands"

export interface Column {
    /** Where it stands in a row. */
    index: number
    /** What its numbers are multiplied by to be in the measurand's unit. */
    factor: number
}

export interface Columns {
    measurands: Map<keyof Conditions, Column>
    /** Where the truth stands in a row; undefined when the recording has none. */
    label: number | undefined
}

export interface ColumnOptions {
    /** As the user wrote them. */
    map?: Mapping[]
    /** The column of the truth; by default the one called "label", if there is one. */
    label?: string
    /** Column -> cell: rows with another cell there are left out. */
    where?: Map<string, string>
    /** Columns that are known to be of no use: others that nobody knows are refused, for they may be misspelt. */
    unused?: string[]
}

/** Columns no part feels. "label" counts here when another column was named as the label. */
const UNUSED = new Set([...ROW_NAMES, "label", "humidityratio"])

/** @throws InputError for a header, map or label that leaves any doubt; `path` is for the message */
export function chooseColumns(path: string, header: string[], options: ColumnOptions): Columns {
    const label = labelColumn(path, header, options)
    const measurands = mappedColumns(path, header, label, options.map)
    const mapped = new Set([...measurands.values()].map(({ index }) => index))
    const chosenByMap = new Set(measurands.keys())
    checkNamed(path, header, options)

    header.forEach((name, index) => {
        if (index === label || mapped.has(index) || options.unused?.includes(name)) return
        const measurand = measurandOfColumn(name)
        if (measurand === undefined || !isMeasurand(measurand)) {
            if (!options.map && !options.where?.has(name) && !UNUSED.has(name.toLowerCase()))
                refuseUnknown(path, name)
            return
        }
        // The map has the last word: it is how one says which of two thermometers is meant.
        if (chosenByMap.has(measurand)) return
        const other = measurands.get(measurand)
        if (other !== undefined) refusePair(path, header[other.index], name, measurand)
        measurands.set(measurand, { index, factor: 1 })
    })
    if (!measurands.size) {
        throw new InputError(`${path}: row 1: no column is a measurand (${measurandNames()})`)
    }
    return { measurands, label }
}

function labelColumn(path: string, header: string[], options: ColumnOptions): number | undefined {
    if (options.label !== undefined) {
        const named = header.indexOf(options.label)
        if (named >= 0) return named
        const name = JSON.stringify(options.label)
        throw new InputError(`${path}: no label column ${name}; there are ${list(header)}`)
    }
    const usual = header.findIndex(
        name =>
            name.toLowerCase() === "label" && !options.map?.some(({ column }) => column === name)
    )
    return usual >= 0 ? usual : undefined
}

/** What `where` and `unused` name has to be there: misspelt, the one would leave nothing out and the other nothing aside. */
function checkNamed(path: string, header: string[], { where, unused = [] }: ColumnOptions): void {
    const missing = [...(where?.keys() ?? []), ...unused].find(name => !header.includes(name))
    if (missing === undefined) return
    const name = JSON.stringify(missing)
    throw new InputError(`${path}: no column ${name}; there are ${list(header)}`)
}

function mappedColumns(
    path: string,
    header: string[],
    label: number | undefined,
    map: Mapping[] = []
): Map<keyof Conditions, Column> {
    const chosen = new Map<keyof Conditions, Column>()
    for (const { column, measurand, factor = 1 } of map) {
        const name = JSON.stringify(column)
        const index = header.indexOf(column)
        if (index < 0) {
            throw new InputError(`${path}: no column ${name} to map; there are ${list(header)}`)
        }
        if (!isMeasurand(measurand)) {
            throw new InputError(
                `${path}: column ${name} is mapped to ${JSON.stringify(measurand)}, ` +
                    `which is not a measurand; there are ${measurandNames()}`
            )
        }
        if (index === label) {
            throw new InputError(`${path}: column ${name} is mapped and is the label`)
        }
        const other = chosen.get(measurand)
        if (other !== undefined) refusePair(path, header[other.index], column, measurand)
        chosen.set(measurand, { index, factor })
    }
    return chosen
}

function isMeasurand(name: string): name is keyof Conditions {
    return measurandByName(name) !== undefined
}

function refusePair(path: string, one: string, other: string, measurand: string): never {
    throw new InputError(`${path}: columns ${list([one, other])} are both ${measurand}`)
}

function refuseUnknown(path: string, column: string): never {
    const name = JSON.stringify(column)
    throw new InputError(
        `${path}: row 1, column ${name}: unknown column; map it to one of ${measurandNames()}, ` +
            `name it as the label, or as unused`
    )
}

function list(columns: string[]): string {
    return columns.map(column => JSON.stringify(column)).join(", ")
}

function measurandNames(): string {
    return allMeasurands()
        .map(m => m.measurand)
        .join(", ")
}
