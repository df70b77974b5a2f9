/** A world as a recording: what parts would feel, row by row and place by place, with the truth beside it. */
import type { Conditions } from "./parts/part"
import type { World } from "./worlds/world"

/** Digits of a value: finer than any part, and coarse enough to be the same on every machine. */
const SIGNIFICANT_DIGITS = 6

export interface RecordingOptions {
    /** How many; each has all its rows after those of the one before. */
    places: number
    /** Rows of each place, from the world's beginning, and the time between two. */
    rows: number
    everyMs: number
    /** The columns. */
    measurands: (keyof Conditions)[]
    /** Called now and then with the share that is done. */
    onProgress(share: number): void
}

/** CSV: `node`, the measurands, `label`. A cell is empty where nothing is felt or known. */
export function recordingOf(world: World, options: RecordingOptions): string {
    const { places, rows, everyMs, measurands, onProgress } = options
    const lines = [["node", ...measurands, "label"].join(",")]
    for (let place = 0; place < places; ++place)
        for (let row = 0; row < rows; ++row) {
            const timeMs = row * everyMs
            const felt = world.conditionsAt(place, timeMs)
            const truth = world.truthAt(place, Math.floor(timeMs / world.rowMs))
            const cells = measurands.map(measurand => cellOf(felt[measurand]))
            lines.push([place, ...cells, truth ?? ""].join(","))
            if (row % 1000 === 0) onProgress((place * rows + row) / (places * rows))
        }
    return `${lines.join("\n")}\n`
}

function cellOf(value: number | undefined): string {
    return value === undefined ? "" : String(Number(value.toPrecision(SIGNIFICANT_DIGITS)))
}
