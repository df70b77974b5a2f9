/** Columns as bins of nearly equal numbers of rows, so that many trees can be grown in the time that one takes on sorted rows. */
import { scaleOf } from "./quantise"
import { between, type Examples } from "./tree"

export const BINS_MAX = 254
/** The bin of rows that lack the value. */
export const GAP = 255

export interface BinnedColumn {
    /** Of each row. */
    bins: Uint8Array
    /** A value at or below the first lies in bin 0, and so on; one less than there are bins. */
    edges: number[]
    hasGaps: boolean
}

/**
 * Where a column has no more values than bins, each has a bin of its own; but values that one tick of the board may not tell apart share one,
 * so that no row of the training goes elsewhere once the thresholds are in ticks.
 */
export function binnedColumns({ columns }: Examples): BinnedColumn[] {
    return columns.map(column => {
        const { step } = scaleOf(column)
        const edges = edgesOf(column.filter(value => !Number.isNaN(value)).sort(), step)
        return {
            bins: Uint8Array.from(column, value =>
                Number.isNaN(value) ? GAP : binOf(edges, value)
            ),
            edges,
            hasGaps: column.some(value => Number.isNaN(value)),
        }
    })
}

function edgesOf(sorted: Float64Array, step: number): number[] {
    const changes: number[] = []
    for (let i = 1; i < sorted.length; ++i) if (sorted[i] - sorted[i - 1] >= step) changes.push(i)
    const edges: number[] = []
    const isExact = changes.length < BINS_MAX
    for (const i of changes)
        if (isExact || i * BINS_MAX >= (edges.length + 1) * sorted.length)
            edges.push(between(sorted[i - 1], sorted[i]))
    return edges
}

/** How many edges lie below the value. */
function binOf(edges: number[], value: number): number {
    let from = 0
    let to = edges.length
    while (from < to) {
        const middle = (from + to) >> 1
        if (value <= edges[middle]) to = middle
        else from = middle + 1
    }
    return from
}
