/** Columns as bins of nearly equal numbers of rows, so that many trees can be grown in the time that one takes on sorted rows. */
import { scaleOf } from "./quantise"
import type { Examples } from "./tree"

type Scale = ReturnType<typeof scaleOf>

export const BINS_MAX = 254
/** Of a tick, how much stays behind its end: enough to outlast rounding. */
const END_SHARE = 2 ** -20
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
 * Where a column has no more values than bins, each has a bin of its own. Bins end where ticks of the board do: what several trees learn, they
 * learn on what the board can tell apart, and scaling changes nothing of it. Values less than a tick apart may share a bin.
 */
export function binnedColumns({ columns }: Examples): BinnedColumn[] {
    return columns.map(column => {
        const scale = scaleOf(column)
        const edges = edgesOf(column.filter(value => !Number.isNaN(value)).sort(), scale)
        return {
            bins: Uint8Array.from(column, value =>
                Number.isNaN(value) ? GAP : binOf(edges, value)
            ),
            edges,
            hasGaps: column.some(value => Number.isNaN(value)),
        }
    })
}

function edgesOf(sorted: Float64Array, scale: Scale): number[] {
    const changes: number[] = []
    for (let i = 1; i < sorted.length; ++i)
        if (sorted[i] - sorted[i - 1] >= scale.step) changes.push(i)
    const edges: number[] = []
    const isExact = changes.length < BINS_MAX
    for (const i of changes)
        if (isExact || i * BINS_MAX >= (edges.length + 1) * sorted.length)
            edges.push(tickEnd((sorted[i - 1] + sorted[i]) / 2, scale))
    return edges
}

/** The last value of a tick, the end that is nearest: half a tick on is the first of the next, as ticks are rounded upwards. */
function tickEnd(value: number, { offset, step }: Scale): number {
    const ticks = Math.floor((value - offset) / step)
    const next = offset + (ticks + 0.5) * step
    return next - Math.max(step * END_SHARE, 2 * Math.abs(next) * Number.EPSILON)
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
