/** Rooms in which the light goes on and off at random minutes: all a soak needs is that verdicts change. */
import type { Conditions } from "../../sim/parts/part"
import { RandomStream } from "../../sim/random"
import type { World } from "../../sim/worlds/world"

const ON_LUXES = 500
const MINUTES_MIN = 5
const MINUTES_MORE = 30

export class FlickerWorld implements World {
    readonly name = "flicker"
    readonly rowMs = 60_000
    readonly rows = undefined
    /** By place, the minutes at which the light changes; the first is on. */
    private readonly changes: number[][]

    constructor(seed: number, places: number, minutes: number) {
        this.changes = Array.from({ length: places }, (_, place) => {
            const random = new RandomStream(`${seed}/flicker/${place}`)
            const changes: number[] = []
            for (let minute = 0; minute < minutes;) {
                minute += MINUTES_MIN + random.integer(MINUTES_MORE)
                changes.push(minute)
            }
            return changes
        })
    }

    conditionsAt(place: number, timeMs: number): Conditions {
        return { illuminanceLuxes: this.isOn(place, timeMs / this.rowMs) ? ON_LUXES : 0 }
    }

    truthAt(place: number, row: number): string {
        return this.isOn(place, row) ? "occupied" : "vacant"
    }

    private isOn(place: number, minute: number): boolean {
        const changes = this.changes[place]
        let low = 0
        let high = changes.length
        while (low < high) {
            const middle = (low + high) >> 1
            if (changes[middle] <= minute) low = middle + 1
            else high = middle
        }
        return low % 2 === 1
    }
}
