/** What a room is built like, drawn once per place from the seed. */
import { RandomStream } from "../../random"

export interface Site {
    /** People who have their desk here. */
    desks: number
    volumeCubicMetres: number
    airChangesPerHour: number
    lampLuxes: number
    /** Share of the sky's light that reaches the sensor: the daylight factor of lighting design. */
    daylightFactor: number
    /** When the sun itself shines onto the sensor, in the middle of it; undefined for a room it never reaches. */
    sunPatchMinute: number | undefined
    sunPatchLuxes: number
    /** When most people come, and when a caretaker switches off what was left on. */
    usualStartMinute: number
    caretakerMinute: number
}

/** [EN 16798-1, category II] 7 l/s a person, and what some buildings give beyond. */
const FRESH_AIR_LITRES_PER_SECOND_A_DESK = { least: 7, most: 10 }
/** 7 to 10 m2 of floor a desk under a ceiling of CEILING_METRES. */
const FLOOR_SQUARE_METRES_A_DESK = { least: 7, most: 10 }
export const CEILING_METRES = 2.7
/** [EN 12464-1] 500 lx on a desk, as lamps age and were chosen. */
const LAMP_LUXES = { least: 450, most: 550 }
/** From the depth of a room to a desk by the window; 2 % counts as a well daylit room. */
const DAYLIGHT_FACTOR = { least: 0.003, most: 0.013 }
const SUN_PATCH_CHANCE = 0.6
const SUN_PATCH_MINUTE = { least: 9 * 60, most: 16 * 60 }
const SUN_PATCH_LUXES = { least: 200, most: 700 }
const USUAL_START_MINUTE = { least: 7 * 60 + 45, most: 8 * 60 + 45 }
const CARETAKER_MINUTE = { least: 21 * 60 + 45, most: 22 * 60 + 30 }

export function drawSite(seed: number, place: number): Site {
    const random = new RandomStream(`${seed}/room/${place}/site`)
    const within = (range: { least: number; most: number }) =>
        range.least + (range.most - range.least) * random.uniform()

    const desks = 2 + random.integer(3)
    const volumeCubicMetres = desks * within(FLOOR_SQUARE_METRES_A_DESK) * CEILING_METRES
    const freshLitresPerSecond = desks * within(FRESH_AIR_LITRES_PER_SECOND_A_DESK)
    return {
        desks,
        volumeCubicMetres,
        airChangesPerHour: (freshLitresPerSecond * 3.6) / volumeCubicMetres,
        lampLuxes: within(LAMP_LUXES),
        daylightFactor: within(DAYLIGHT_FACTOR),
        sunPatchMinute: random.uniform() < SUN_PATCH_CHANCE ? within(SUN_PATCH_MINUTE) : undefined,
        sunPatchLuxes: within(SUN_PATCH_LUXES),
        usualStartMinute: Math.round(within(USUAL_START_MINUTE)),
        caretakerMinute: Math.round(within(CARETAKER_MINUTE)),
    }
}
