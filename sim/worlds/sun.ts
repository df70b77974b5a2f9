/**
 * Where the sun stands, what it sends to the top of the air, and what of it is light on level ground.
 *
 * Declination, distance and radiation are equations 21 to 25 of FAO Irrigation and Drainage Paper 56 (R. G. Allen et al., 1998),
 * written from memory and checked against its example 8 by a test. Light by day and at dusk is from general knowledge: about 100 klx
 * under a clear noon, 400 lx at sunset, 3.4 lx at the end of civil twilight.
 */
import { MINUTES_A_DAY } from "./calendar"

const SOLAR_CONSTANT_MEGAJOULES_PER_SQUARE_METRE_MINUTE = 0.082
const CLEAR_NOON_LUXES = 100_000
const SUNSET_LUXES = 400
/** Decades of light lost for each degree that the sun sinks below the horizon: 400 lx to 3.4 lx in 6 degrees. */
const DECADES_PER_DEGREE = 0.345
/** Starlight, and the glow of a town: it gets no darker. */
const NIGHT_LUXES = 0.05

/** Radians; `dayOfYear` from 1. */
export function declination(dayOfYear: number): number {
    return 0.409 * Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.39)
}

/** Of the sun's height above the horizon, at this minute of solar time. */
export function elevationSine(latitudeRadians: number, dayOfYear: number, minute: number): number {
    const declined = declination(dayOfYear)
    const hourAngle = (2 * Math.PI * (minute - MINUTES_A_DAY / 2)) / MINUTES_A_DAY
    return (
        Math.sin(latitudeRadians) * Math.sin(declined) +
        Math.cos(latitudeRadians) * Math.cos(declined) * Math.cos(hourAngle)
    )
}

/** Ra, MJ/(m2 d): what a day brings above the air; for latitudes where the sun rises and sets. */
export function extraterrestrialMegajoules(latitudeRadians: number, dayOfYear: number): number {
    const declined = declination(dayOfYear)
    const distance = 1 + 0.033 * Math.cos((2 * Math.PI * dayOfYear) / 365)
    const sunset = Math.acos(-Math.tan(latitudeRadians) * Math.tan(declined))
    return (
        (MINUTES_A_DAY / Math.PI) *
        SOLAR_CONSTANT_MEGAJOULES_PER_SQUARE_METRE_MINUTE *
        distance *
        (sunset * Math.sin(latitudeRadians) * Math.sin(declined) +
            Math.cos(latitudeRadians) * Math.cos(declined) * Math.sin(sunset))
    )
}

/** Under a clear sky, with the sun's height given by its sine. */
export function clearSkyLuxes(sine: number): number {
    if (sine >= 0) return SUNSET_LUXES + (CLEAR_NOON_LUXES - SUNSET_LUXES) * sine
    const degreesBelow = (-Math.asin(sine) * 180) / Math.PI
    return NIGHT_LUXES + SUNSET_LUXES * 10 ** (-DECADES_PER_DEGREE * degreesBelow)
}
