/**
 * When the lamps of a room burn: people switch them on when they come and mostly off when they go.
 *
 * This is where a classifier of light errs, as it does in a real office: lamps forgotten over lunch, a bright noon without lamps, a
 * presentation in the dark.
 */
import type { RandomStream } from "../../random"
import type { Attendance } from "./people"
import type { Site } from "./site"

/** From here on the day seems bright enough to some who come in. */
const BRIGHT_LUXES = 300
const SWITCH_ON_THOUGH_BRIGHT_CHANCE = 0.6
/** Below this everybody gets up and switches on. */
const GLOOMY_LUXES = 200
/** A coffee is not worth the switch, a lunch is to most, and the last to go home looks back. */
const COFFEE_MINUTES_MOST = 20
const LUNCH_MINUTES_MOST = 120
const FORGOTTEN_CHANCE = { coffee: 0.7, lunch: 0.35, goingHome: 0.1 }

/** 1 for each minute of the day in which the lamps burn. */
export function drawLamps(
    random: RandomStream,
    site: Site,
    { people, presentation }: Attendance,
    daylightLuxesAt: (minute: number) => number
): Uint8Array {
    const burning = new Uint8Array(people.length)
    let on = false
    for (let minute = 0; minute < people.length; ++minute) {
        const here = people[minute] > 0
        const were = minute > 0 && people[minute - 1] > 0
        if (here && !on) {
            const daylightLuxes = daylightLuxesAt(minute)
            if (daylightLuxes < GLOOMY_LUXES) on = true
            else if (!were && daylightLuxes < BRIGHT_LUXES) on = true
            else if (!were) on = random.uniform() < SWITCH_ON_THOUGH_BRIGHT_CHANCE
        } else if (were && !here) {
            on = on && random.uniform() < forgottenChance(absenceMinutes(people, minute))
        }
        if (!here && minute === site.caretakerMinute) on = false
        burning[minute] = on && !presentation[minute] ? 1 : 0
    }
    return burning
}

function forgottenChance(awayMinutes: number): number {
    if (awayMinutes <= COFFEE_MINUTES_MOST) return FORGOTTEN_CHANCE.coffee
    if (awayMinutes <= LUNCH_MINUTES_MOST) return FORGOTTEN_CHANCE.lunch
    return FORGOTTEN_CHANCE.goingHome
}

/** Until somebody is back, or to the end of the day. */
function absenceMinutes(people: Uint8Array, from: number): number {
    const back = people.findIndex((count, minute) => minute > from && count > 0)
    return back < 0 ? people.length - from : back - from
}
