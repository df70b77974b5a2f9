/** What a simulated node stands in: the physical truth, and where it is known, the answer the node should come to. */
import type { Conditions } from "../parts/part"

/** A row is the grain of the truth: verdicts are judged against it row by row. Times are milliseconds of the run, from 0. */
export interface World {
    readonly name: string
    /** Milliseconds of one row: the truth is constant within it. */
    readonly rowMs: number
    /** Rows there are; undefined when it goes on for ever. */
    readonly rows: number | undefined
    /** What a part at this place feels. */
    conditionsAt(place: number, timeMs: number): Conditions
    /** The true class, such as "occupied"; undefined where the world does not know. */
    truthAt(place: number, row: number): string | undefined
}
