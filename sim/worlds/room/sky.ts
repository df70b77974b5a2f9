/**
 * The sky over all rooms of one seed: clouds, daylight and the air outdoors, at the equinox at 50 degrees north.
 *
 * Each day is drawn by itself and remembered only while it is near, so any day can be asked for at any time.
 */
import { RandomStream } from "../../random"
import { MINUTES_A_DAY } from "../calendar"
import { clamp } from "../draw"
import { Memo } from "../memo"
import type { Site } from "./site"
import { saturationGramsPerCubicMetre } from "./vapour"

export interface Outdoors {
    temperatureCelsius: number
    vapourGramsPerCubicMetre: number
    /** What the sun puts on a wall or window, for the heat balance. */
    irradianceWattsPerSquareMetre: number
}

interface SkyDay {
    meanCelsius: number
    /** 0 is overcast, 1 is bright with the sun out; every KNOT_MINUTES. */
    brightness: number[]
}

const DAYS_KEPT = 4
const KNOT_MINUTES = 10
/** How far passing clouds stray from the day's mean brightness. */
const CLOUD_DEVIATION = 0.25

const LATITUDE_RADIANS = (50 * Math.PI) / 180
/** [IESNA RP-21] light of the sky alone: 0.3 + B sin(elevation) klx; B is 21 when overcast, 45 between the clouds. */
const SKY_BASE_LUXES = 300
const SKY_OVERCAST_LUXES = 21_000
const SKY_BRIGHT_LUXES = 45_000
/** Luminous efficacy of daylight, about 110 lm/W. */
const LUMENS_PER_WATT = 110
/** The sun comes out above this brightness. */
const SUN_BRIGHTNESS = 0.5
/** How long a patch of sun takes to wander across the sensor. */
const SUN_PATCH_MINUTES = 50

const MEAN_CELSIUS = { mean: 8, deviation: 3, least: 2, most: 14 }
/** Half of the swing between the coldest hour and the warmest, which is 15:00. */
const DAILY_SWING_CELSIUS = 4
const WARMEST_MINUTE = 15 * 60
/** At the coldest hour the air holds about what it can: the dew point stays near the night's minimum. */
const DEW_POINT_BELOW_MEAN_CELSIUS = 5

export class Sky {
    private readonly days: Memo<SkyDay>

    constructor(seed: number) {
        this.days = new Memo(DAYS_KEPT, day => drawSkyDay(seed, day))
    }

    outdoorsAt(day: number, minute: number): Outdoors {
        const share = minute / MINUTES_A_DAY
        const mean =
            this.days.at(day).meanCelsius * (1 - share) + this.days.at(day + 1).meanCelsius * share
        const phase = (2 * Math.PI * (minute - WARMEST_MINUTE)) / MINUTES_A_DAY
        return {
            temperatureCelsius: mean + DAILY_SWING_CELSIUS * Math.cos(phase),
            vapourGramsPerCubicMetre: saturationGramsPerCubicMetre(
                mean - DEW_POINT_BELOW_MEAN_CELSIUS
            ),
            irradianceWattsPerSquareMetre: this.skyLuxesAt(day, minute) / LUMENS_PER_WATT,
        }
    }

    /** What daylight alone puts on the sensor of this room. */
    daylightLuxesAt(site: Site, day: number, minute: number): number {
        return (
            site.daylightFactor * this.skyLuxesAt(day, minute) +
            this.sunPatchLuxesAt(site, day, minute)
        )
    }

    private skyLuxesAt(day: number, minute: number): number {
        const sine = elevationSine(minute)
        if (sine <= 0) return 0
        const brightness = this.brightnessAt(day, minute)
        const luxes = SKY_OVERCAST_LUXES + (SKY_BRIGHT_LUXES - SKY_OVERCAST_LUXES) * brightness
        return SKY_BASE_LUXES + luxes * sine
    }

    private sunPatchLuxesAt(site: Site, day: number, minute: number): number {
        if (site.sunPatchMinute === undefined) return 0
        const away = Math.abs(minute - site.sunPatchMinute) / (SUN_PATCH_MINUTES / 2)
        if (away >= 1) return 0
        const sun = (this.brightnessAt(day, minute) - SUN_BRIGHTNESS) / (1 - SUN_BRIGHTNESS)
        return Math.max(0, sun) * site.sunPatchLuxes * Math.cos((away * Math.PI) / 2)
    }

    private brightnessAt(day: number, minute: number): number {
        const knots = this.days.at(day).brightness
        const at = Math.floor(minute / KNOT_MINUTES)
        const share = minute / KNOT_MINUTES - at
        return knots[at] * (1 - share) + knots[at + 1] * share
    }
}

function drawSkyDay(seed: number, day: number): SkyDay {
    const random = new RandomStream(`${seed}/room/sky/${day}`)
    const { mean, deviation, least, most } = MEAN_CELSIUS
    const meanCelsius = clamp(mean + deviation * random.normal(), least, most)
    const usual = random.uniform()
    const brightness: number[] = []
    for (let knot = 0; knot <= MINUTES_A_DAY / KNOT_MINUTES; ++knot) {
        brightness.push(clamp(usual + CLOUD_DEVIATION * random.normal(), 0, 1))
    }
    return { meanCelsius, brightness }
}

/** At the equinox the declination is 0, which leaves cos(latitude) cos(hour angle); the sun rises at 06:00 and sets at 18:00. */
function elevationSine(minute: number): number {
    const hourAngle = (2 * Math.PI * (minute - MINUTES_A_DAY / 2)) / MINUTES_A_DAY
    return Math.cos(LATITUDE_RADIANS) * Math.cos(hourAngle)
}
