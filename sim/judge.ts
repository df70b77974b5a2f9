/**
 * How right a node was, as the far end heard it: verdicts against a world's truth, row by row.
 *
 * Three kinds of row. Final: the far end has heard everything up to its end; it was judged once and is never looked at again. Open:
 * the one row in which `heardUntil` lies; it counts as things stand. Ahead: not counted yet. What was predicted for a row is the
 * last verdict sampled before the row's end, so of each row only its last verdict matters, and of all final rows only the last one.
 */
import assert from "node:assert/strict"
import { VERDICT_UNKNOWN } from "../src/telemetry/contract/senml"
import type { World } from "./worlds/world"

export interface Tally {
    /** Rows that count: from the node's first sample to the open row. */
    rows: number
    /** Of these, the rows with a verdict; "unknown" is none. */
    verdicts: number
    /** Of the rows, those whose truth is known. */
    labelled: number
    /** Of these, the rows whose verdict was the truth. None yet, and "unknown", are wrong. */
    correct: number
    /** correct / labelled; undefined while nothing is labelled. */
    accuracy: number | undefined
}

/**
 * Verdicts may run ahead of `heardUntil` by a day of minutes; after that the rows behind are final without being heard. It bounds
 * the memory for a caller who never says how far it has heard.
 */
export const ROWS_AHEAD_MAX = 1440

interface Heard {
    sampleTimeMs: number
    verdict: string
}

export class Judge {
    /** Rows before it ended before the node's first sample. */
    private firstRow = 0
    /** A recording ends, and the node runs on: rows from here on do not exist. */
    private readonly end: number
    /** The open row: all before it are final. */
    private openRow = 0
    private heardAny = false
    /** The last verdict of all final rows. */
    private carried: Heard | undefined
    /** The last verdict of the open row and of each row ahead. */
    private readonly lastOfRow = new Map<number, Heard>()
    /** Of the final rows. */
    private readonly sum = { rows: 0, verdicts: 0, labelled: 0, correct: 0 }

    constructor(
        private readonly world: World,
        private readonly place: number
    ) {
        this.end = world.rows ?? Infinity
    }

    /** The node's first sample: rows that ended before it do not count. To be said before any row is final; by default 0. */
    startedAt(sampleTimeMs: number): void {
        assert(this.openRow === 0, "rows are already judged")
        this.firstRow = this.rowOf(sampleTimeMs)
    }

    /** A verdict, new or confirmed. One for a final row changes no past row, but holds for the open one if none is newer. */
    hear(sampleTimeMs: number, verdict: string): void {
        const heard = { sampleTimeMs, verdict }
        const row = this.rowOf(sampleTimeMs)
        if (row >= this.end) return
        if (row < this.openRow) {
            this.carried = later(this.carried, heard)
            return
        }
        this.lastOfRow.set(row, later(this.lastOfRow.get(row), heard))
        if (row - this.openRow > ROWS_AHEAD_MAX) this.finishRowsBefore(row - ROWS_AHEAD_MAX)
    }

    /** Whatever the node said about this time and before has been heard, or never will be. Going back means nothing. */
    heardUntil(sampleTimeMs: number): void {
        this.heardAny = true
        this.finishRowsBefore(this.rowOf(sampleTimeMs))
    }

    tally(): Tally {
        const open = this.heardAny ? this.judged(this.openRow) : NOT_COUNTED
        const labelled = this.sum.labelled + open.labelled
        const correct = this.sum.correct + open.correct
        return {
            rows: this.sum.rows + open.rows,
            verdicts: this.sum.verdicts + open.verdicts,
            labelled,
            correct,
            accuracy: labelled > 0 ? correct / labelled : undefined,
        }
    }

    private finishRowsBefore(row: number): void {
        const until = Math.min(row, this.end)
        for (; this.openRow < until; ++this.openRow) {
            const judged = this.judged(this.openRow)
            this.sum.rows += judged.rows
            this.sum.verdicts += judged.verdicts
            this.sum.labelled += judged.labelled
            this.sum.correct += judged.correct
            this.carried = this.lastOfRow.get(this.openRow) ?? this.carried
            this.lastOfRow.delete(this.openRow)
        }
    }

    /** What the row adds to the tally as things stand; right for the open row only. */
    private judged(row: number): typeof NOT_COUNTED {
        if (row < this.firstRow || row >= this.end) return NOT_COUNTED
        const verdict = (this.lastOfRow.get(row) ?? this.carried)?.verdict
        const verdicts = verdict === undefined || verdict === VERDICT_UNKNOWN ? 0 : 1
        const truth = this.world.truthAt(this.place, row)
        if (truth === undefined) return { rows: 1, verdicts, labelled: 0, correct: 0 }
        return { rows: 1, verdicts, labelled: 1, correct: verdict === truth ? 1 : 0 }
    }

    private rowOf(timeMs: number): number {
        assert(timeMs >= 0 && Number.isFinite(timeMs), `sample time ${timeMs}`)
        return Math.floor(timeMs / this.world.rowMs)
    }
}

const NOT_COUNTED = { rows: 0, verdicts: 0, labelled: 0, correct: 0 }

/** The later by sample time; of two with one time the one heard last. */
function later(one: Heard | undefined, other: Heard): Heard {
    return one && one.sampleTimeMs > other.sampleTimeMs ? one : other
}
