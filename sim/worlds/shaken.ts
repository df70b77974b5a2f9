/** A world in which acceleration is felt at any moment, while the truth goes by rows of a second or two. */
import assert from "node:assert/strict"
import type { Conditions } from "../parts/part"
import { DESK } from "./desk"
import type { World } from "./world"

/** Along X, Y, Z. */
export type Vector = [number, number, number]

/** One place. Asked for in any order, it never answers differently. */
export interface ShakenPlace {
    /** m/s2, as an accelerometer has it: at rest it shows what holds it up. */
    accelerationAt(timeMs: number): Vector
    truthAt(row: number): string
}

export class ShakenWorld implements World {
    readonly rows = undefined

    constructor(
        readonly name: string,
        readonly rowMs: number,
        private readonly places: ShakenPlace[]
    ) {}

    conditionsAt(place: number, timeMs: number): Conditions {
        assert(timeMs >= 0, `timeMs ${timeMs}`)
        const [x, y, z] = this.at(place).accelerationAt(timeMs)
        return {
            ...DESK,
            accelerationXMetresPerSecondSquared: x,
            accelerationYMetresPerSecondSquared: y,
            accelerationZMetresPerSecondSquared: z,
        }
    }

    truthAt(place: number, row: number): string {
        assert(row >= 0, `row ${row}`)
        return this.at(place).truthAt(row)
    }

    private at(place: number): ShakenPlace {
        assert(place in this.places, `place ${place} of ${this.places.length}`)
        return this.places[place]
    }
}
