/**
 * Which examples a tree learns from, and in which folds its size is tried on what it has not seen.
 *
 * Rows of a recording resemble their neighbours: with rows drawn at random into folds, a tree that remembers the minute before passes for a
 * good one. So folds are blocks of time, or of whole groups that the recording names. People often record one class after the other; a
 * block of such a recording is one class, and what was learnt without it proves nothing. So it is each class's time that is cut.
 */
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import { groupsOf, type Recorded } from "./examples"
import type { Recipe } from "./recipe"

export interface Partition {
    /** Places among the examples. */
    kept: Int32Array
    /** Of each kept example its fold: all from 0 to the greatest are there. */
    folds: Int32Array
    held: Int32Array
}

/** @throws InputError when there are too few */
export function partition(table: Table, recipe: Recipe, examples: Recorded): Partition {
    const { groupBy, holdout = 0, blocks } = recipe
    const { classes, classCount } = examples
    const isGrouped = groupBy !== undefined
    const units = isGrouped ? unitsOf(table, groupBy, examples) : [...classes.keys()].map(i => [i])
    const strata = byClass(units, classes, classCount)
    const held = new Uint8Array(classes.length)
    const kept: number[][][] = []
    let passed = 0
    for (const stratum of strata) {
        const before = Math.round(passed * holdout)
        passed += stratum.length
        const keptCount = stratum.length - (Math.round(passed * holdout) - before)
        kept.push(stratum.slice(0, keptCount))
        for (const unit of stratum.slice(keptCount)) for (const i of unit) held[i] = 1
    }
    const keptCount = kept.reduce((sum, { length }) => sum + length, 0)
    if (keptCount < (isGrouped ? 2 : 2 * blocks))
        throw new InputError(
            isGrouped
                ? `${table.file}: ${keptCount} groups to train on are too few: it takes 2`
                : `${table.file}: ${keptCount} ${recipe.window === undefined ? "rows" : "windows"} are too few for ${blocks} blocks`
        )
    const foldOf = foldsOf(kept, Math.min(blocks, keptCount), classes.length)
    const places = Int32Array.from(classes.keys())
    const keptPlaces = places.filter(i => held[i] === 0)
    return {
        kept: keptPlaces,
        folds: keptPlaces.map(i => foldOf[i]),
        held: places.filter(i => held[i] === 1),
    }
}

/** Groups in the order they come in, each the places of its examples. */
function unitsOf(table: Table, groupBy: string[], { rows }: Recorded): number[][] {
    const groups = groupsOf(table, groupBy)
    const units = new Map<number, number[]>()
    rows.forEach((row, i) => {
        const unit = units.get(groups[row])
        if (unit === undefined) units.set(groups[row], [i])
        else unit.push(i)
    })
    return [...units.values()]
}

/** By the most frequent class of each unit; of equals the lowest. */
function byClass(units: number[][], classes: Int32Array, classCount: number): number[][][] {
    const strata: number[][][] = Array.from({ length: classCount }, () => [])
    for (const unit of units) {
        const counts: number[] = new Array(classCount).fill(0)
        for (const i of unit) ++counts[classes[i]]
        strata[counts.indexOf(Math.max(...counts))].push(unit)
    }
    return strata
}

/** Classes of fewer units than folds take turns in them, so that no fold stays empty. */
function foldsOf(strata: number[][][], foldCount: number, examples: number): Int32Array {
    const folds = new Int32Array(examples)
    let next = 0
    for (const stratum of strata) {
        const isFew = stratum.length < foldCount
        const blocks = contiguousFolds(stratum.length, isFew ? stratum.length : foldCount)
        stratum.forEach((unit, at) => {
            for (const i of unit) folds[i] = isFew ? (next + at) % foldCount : blocks[at]
        })
        if (isFew) next += stratum.length
    }
    return folds
}

/** Of each row the block it stands in: `blocks` of them, as equal as they can be. @param blocks at most the number of rows */
export function contiguousFolds(rows: number, blocks: number): Int32Array {
    const folds = new Int32Array(rows)
    for (let block = 0; block < blocks; ++block)
        folds.fill(
            block,
            Math.floor((block * rows) / blocks),
            Math.floor(((block + 1) * rows) / blocks)
        )
    return folds
}
