/** A world of places that do not touch each other: what is felt and what is true, row by row. */
import assert from "node:assert/strict"
import type { Conditions } from "../parts/part"
import { DESK } from "./desk"
import { Memo } from "./memo"
import type { World } from "./world"

/** One place. Rows count from 0; asked for in any order, it never answers differently. */
export interface Place {
    /** What parts feel during this row; what it does not speak of is as on a desk. */
    feltAt(row: number): Conditions
    truthAt(row: number): string
}

/** The rows that several parts of a node ask for one after the other. */
const ROWS_KEPT = 4

export class PlacesWorld implements World {
    readonly rows = undefined
    private readonly felt: Memo<Conditions>[]

    constructor(
        readonly name: string,
        readonly rowMs: number,
        private readonly places: Place[]
    ) {
        // Every part of a node is handed this very object.
        this.felt = places.map(
            place => new Memo(ROWS_KEPT, row => Object.freeze({ ...DESK, ...place.feltAt(row) }))
        )
    }

    conditionsAt(place: number, timeMs: number): Conditions {
        assert(timeMs >= 0, `timeMs ${timeMs}`)
        assert(place in this.places, `place ${place} of ${this.places.length}`)
        return this.felt[place].at(Math.floor(timeMs / this.rowMs))
    }

    truthAt(place: number, row: number): string {
        assert(row >= 0, `row ${row}`)
        assert(place in this.places, `place ${place} of ${this.places.length}`)
        return this.places[place].truthAt(row)
    }
}

/** As many places as a world is to have. */
export function placesFrom(count: number, make: (place: number) => Place): Place[] {
    return Array.from({ length: count }, (_, place) => make(place))
}
