/**
 * A world of kitchens one lives in: people breathe, cook and open windows.
 *
 * One well-mixed zone. CO2 comes from people and goes with the air; PM2.5 comes from the pan and from outdoors, and goes with the air
 * and by settling: dC/dt = E/V + P a C_out - (a + k) C. Emission, settling k and penetration P are of the order that C. He, L. Morawska,
 * J. Hitchins and D. Gilbert, "Contribution from indoor sources to particle number and mass concentrations in residential houses"
 * (Atmospheric Environment 38, 2004), found: milligrams a minute while something fries, a tenth of that for other cooking. These
 * numbers, volumes, air changes and the outdoors are from general knowledge.
 *
 * The truth is what the breakpoints of models/air make of the air as it is; so a verdict can be wrong by what parts add and by delay,
 * never by the breakpoints themselves.
 */
import { airQuality } from "../../models/air/model"
import { ticksFromValue } from "../../src/inference/model"
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { MINUTE_MS, MINUTES_A_DAY, momentOf } from "./calendar"
import { clamp, logNormal, type Range, within } from "./draw"
import { Memo } from "./memo"
import { type Place, placesFrom, PlacesWorld } from "./places"
import { OUTDOOR_CARBON_DIOXIDE_PPM, PERSON_CARBON_DIOXIDE_LITRES_PER_SECOND } from "./room/air"
import { Trajectory } from "./trajectory"
import type { World } from "./world"

const ROW_MS = MINUTE_MS
const ROW_HOURS = ROW_MS / 3_600_000
const ROWS_A_CHECKPOINT = 60
const DAYS_KEPT = 3

const VOLUME_CUBIC_METRES = { least: 45, most: 80 }
const AIR_CHANGES_PER_HOUR = { least: 0.2, most: 0.5 }
const AIRED_CHANGES_PER_HOUR = { least: 5, most: 10 }
const SETTLING_PER_HOUR = 0.3
const PENETRATION = 0.8
const PEOPLE_MAX = 4
const OUTDOOR_MICROGRAMS = { median: 8, sigma: 0.6, least: 1, most: 80 }

/** When one cooks, how likely, how long. */
const MEALS = [
    { least: 6 * 60 + 30, most: 8 * 60, chance: 0.6, minutes: { least: 5, most: 12 } },
    { least: 11 * 60 + 30, most: 13 * 60, chance: 0.6, minutes: { least: 10, most: 30 } },
    { least: 17 * 60 + 30, most: 20 * 60, chance: 0.9, minutes: { least: 15, most: 45 } },
]
const FRIES_CHANCE = 0.35
const FRYING_MILLIGRAMS_PER_MINUTE = { least: 0.6, most: 2.7 }
const COOKING_MILLIGRAMS_PER_MINUTE = { least: 0.05, most: 0.25 }
/** Into the room, of what rises from the pan: the rest takes the hood. */
const PAST_HOOD = { least: 0.3, most: 1 }
const AIRS_AFTER_CHANCE = 0.6
const AIRING_MINUTES = { least: 8, most: 25 }
const MORNING_AIRING_MINUTE = { least: 7 * 60, most: 9 * 60 }

/** By part of the day: until which minute, and how likely each of the people is there. */
const AT_HOME = [
    { until: 7 * 60 + 45, chance: 0.85 },
    { until: 16 * 60, chance: 0.35 },
    { until: 23 * 60, chance: 0.8 },
    { until: MINUTES_A_DAY, chance: 0.85 },
]

/** Within what the makers promise: SPS30 5 ug/m3 + 5 %, SCD4x 50 ppm + 5 %, mostly alike from reading to reading. */
const PARTICLE_GAIN_DEVIATION = 0.03
const PARTICLE_NOISE = { share: 0.02, micrograms: 0.2 }
const CARBON_DIOXIDE_OFFSET_PPM = 12
const CARBON_DIOXIDE_NOISE_PPM = 5
/** What of PM2.5 is finer than 1 um, and how much more there is up to 4 and 10 um. */
const SIZES = { pm1: 0.85, pm4: 1.05, pm10: 1.1 }
const HOME_CELSIUS = 21.5
const COOKING_CELSIUS = 1.5

interface Air {
    pm25Micrograms: number
    carbonDioxidePpm: number
}

interface Meal {
    fromMinute: number
    untilMinute: number
    milligramsPerMinute: number
}

interface Day {
    meals: Meal[]
    airings: { fromMinute: number; untilMinute: number; changesPerHour: number }[]
    /** People by part of the day. */
    people: number[]
    outdoorMicrograms: number
}

export function airWorld(seed: number, places: number): World {
    return new PlacesWorld(
        "air",
        ROW_MS,
        placesFrom(places, place => new Kitchen(seed, place))
    )
}

class Kitchen implements Place {
    private readonly air: Trajectory<Air>
    private readonly days: Memo<Day>
    private readonly volumeCubicMetres: number
    private readonly airChangesPerHour: number
    private readonly particleGain: number
    private readonly offsetPpm: number

    constructor(
        private readonly seed: number,
        private readonly place: number
    ) {
        const random = new RandomStream(`${seed}/air/${place}/site`)
        this.volumeCubicMetres = within(random, VOLUME_CUBIC_METRES)
        this.airChangesPerHour = within(random, AIR_CHANGES_PER_HOUR)
        this.particleGain = 1 + PARTICLE_GAIN_DEVIATION * random.normal()
        this.offsetPpm = CARBON_DIOXIDE_OFFSET_PPM * random.normal()
        const household = 1 + random.integer(PEOPLE_MAX)
        this.days = new Memo(DAYS_KEPT, day => drawDay(seed, place, day, household))
        this.air = new Trajectory<Air>(
            { pm25Micrograms: 5, carbonDioxidePpm: 700 },
            ROWS_A_CHECKPOINT,
            (air, row) => this.airAfter(air, row)
        )
    }

    truthAt(row: number): string {
        const { pm25Micrograms, carbonDioxidePpm } = this.air.at(row)
        const ticks = airQuality.inputs.map(input =>
            ticksFromValue(
                input,
                input.measurand === "carbonDioxidePpm" ? carbonDioxidePpm : pm25Micrograms
            )
        )
        return airQuality.classes[airQuality.classify(ticks)]
    }

    feltAt(row: number): Conditions {
        const { pm25Micrograms, carbonDioxidePpm } = this.air.at(row)
        const { day, minute } = momentOf(row, ROW_MS)
        const noise = new RandomStream(`${this.seed}/air/${this.place}/noise/${row}`)
        const pm25 = Math.max(
            0,
            pm25Micrograms * this.particleGain * (1 + PARTICLE_NOISE.share * noise.normal()) +
                PARTICLE_NOISE.micrograms * noise.normal()
        )
        const ppm = carbonDioxidePpm + this.offsetPpm + CARBON_DIOXIDE_NOISE_PPM * noise.normal()
        const isCooking = mealAt(this.days.at(day), minute) !== undefined
        return {
            // An SPS30 tells up to 1000.
            pm1MicrogramsPerCubicMetre: Math.min(1000, SIZES.pm1 * pm25),
            pm25MicrogramsPerCubicMetre: Math.min(1000, pm25),
            pm4MicrogramsPerCubicMetre: Math.min(1000, SIZES.pm4 * pm25),
            pm10MicrogramsPerCubicMetre: Math.min(1000, SIZES.pm10 * pm25),
            carbonDioxidePpm: Math.max(350, ppm),
            temperatureCelsius: HOME_CELSIUS + (isCooking ? COOKING_CELSIUS : 0),
        }
    }

    private airAfter(air: Air, row: number): Air {
        const { day, minute } = momentOf(row, ROW_MS)
        const today = this.days.at(day)
        const airing = today.airings.find(window => holds(window, minute))
        const changes = airing?.changesPerHour ?? this.airChangesPerHour
        const meal = mealAt(today, minute)
        const part = AT_HOME.findIndex(({ until }) => minute < until)
        const litresPerHour = 3600 * PERSON_CARBON_DIOXIDE_LITRES_PER_SECOND * today.people[part]
        const carbonDioxideSource = (litresPerHour * 1000) / this.volumeCubicMetres
        const particleSource =
            ((meal?.milligramsPerMinute ?? 0) * 1000 * 60) / this.volumeCubicMetres +
            PENETRATION * changes * today.outdoorMicrograms
        return {
            carbonDioxidePpm: relaxed(
                air.carbonDioxidePpm,
                carbonDioxideSource + changes * OUTDOOR_CARBON_DIOXIDE_PPM,
                changes
            ),
            pm25Micrograms: relaxed(
                air.pm25Micrograms,
                particleSource,
                changes + SETTLING_PER_HOUR
            ),
        }
    }
}

/** One row later, with a source an hour and a share lost an hour: exact, so that no step is too long. */
function relaxed(value: number, sourcePerHour: number, lossPerHour: number): number {
    const end = sourcePerHour / lossPerHour
    return end + (value - end) * Math.exp(-lossPerHour * ROW_HOURS)
}

function drawDay(seed: number, place: number, day: number, household: number): Day {
    const random = new RandomStream(`${seed}/air/${place}/day/${day}`)
    const meals: Meal[] = []
    const airings: Day["airings"] = []
    const air = (fromMinute: number) =>
        airings.push({
            fromMinute,
            untilMinute: fromMinute + within(random, AIRING_MINUTES),
            changesPerHour: within(random, AIRED_CHANGES_PER_HOUR),
        })
    air(within(random, MORNING_AIRING_MINUTE))
    for (const { chance, minutes, ...when } of MEALS) {
        if (random.uniform() >= chance) continue
        const meal = drawMeal(random, when, minutes)
        meals.push(meal)
        if (random.uniform() < AIRS_AFTER_CHANCE) air(meal.untilMinute)
    }
    const people = AT_HOME.map(({ chance }) => {
        let there = 0
        for (let i = 0; i < household; ++i) if (random.uniform() < chance) ++there
        return there
    })
    const { median, sigma, least, most } = OUTDOOR_MICROGRAMS
    return {
        meals,
        airings,
        people,
        outdoorMicrograms: clamp(logNormal(random, median, sigma), least, most),
    }
}

function drawMeal(random: RandomStream, when: Range, minutes: Range): Meal {
    const fromMinute = within(random, when)
    const fries = random.uniform() < FRIES_CHANCE
    const emission = within(
        random,
        fries ? FRYING_MILLIGRAMS_PER_MINUTE : COOKING_MILLIGRAMS_PER_MINUTE
    )
    return {
        fromMinute,
        untilMinute: fromMinute + within(random, minutes),
        milligramsPerMinute: emission * within(random, PAST_HOOD),
    }
}

function mealAt({ meals }: Day, minute: number): Meal | undefined {
    return meals.find(meal => holds(meal, minute))
}

function holds(time: { fromMinute: number; untilMinute: number }, minute: number): boolean {
    return minute >= time.fromMinute && minute < time.untilMinute
}
