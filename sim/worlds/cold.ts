/**
 * A world of vaccine fridges: a thermostat, a door that people open, and now and then a compressor that fails.
 *
 * Vaccines are kept at 2 to 8 Cel (WHO/IVB/04.06, "Immunization in practice", module 2; M. Chojnacky et al., NISTIR 7656, 2009, who
 * also show what doors and power cuts do to a fridge), so warmer than 8 Cel is the truth `too-warm`, whatever the door does. The
 * thermal model is of first order, one heat capacity behind one insulation, which an open door makes ten times worse; its numbers are
 * those of a small fridge with some ten litres of water in it (general knowledge): 60 W of cooling, 1.5 W/K through the walls,
 * 15 W/K through the door. Left alone it drifts 2 Cel an hour. Failures and forgotten doors come far more often than in life, so that
 * a few days show some.
 */
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { isWorkingDay, MINUTES_A_DAY, momentOf } from "./calendar"
import { clamp, exponential, within } from "./draw"
import { Memo } from "./memo"
import { type Place, placesFrom, PlacesWorld } from "./places"
import { Trajectory } from "./trajectory"
import type { World } from "./world"

const ROW_MS = 20_000
const ROW_SECONDS = ROW_MS / 1000
const ROW_MINUTES = ROW_SECONDS / 60
const ROWS_AN_HOUR = 3600 / ROW_SECONDS
const DAYS_KEPT = 3

export const TOO_WARM_CELSIUS = 8
/** The thermostat's. */
const STARTS_AT_CELSIUS = 5.5
const STOPS_AT_CELSIUS = 3.5
const COOLING_WATTS = 60
const WALLS_WATTS_PER_KELVIN = 1.5
const DOOR_WATTS_PER_KELVIN = 15
const JOULES_PER_KELVIN = { least: 35_000, most: 55_000 }
const ROOM_CELSIUS = { least: 19, most: 25 }

const DOOR_MINUTES = { from: 7 * 60 + 30, until: 18 * 60 }
const DOORS_A_DAY = { working: 22, weekend: 3 }
const DOOR_SECONDS = { least: 20, most: 100 }
const FORGOTTEN_CHANCE = 0.015
const FORGOTTEN_SECONDS = { least: 600, most: 2400 }
const FAILURE_CHANCE = 0.3
const FAILURE_MINUTES = { least: 180, most: 420 }

/** The fridge's own lamp at the sensor, and the room's light through the open door. */
const LAMP_LUXES = { least: 30, most: 200 }
const ROOM_LUXES = { least: 5, most: 120 }
/** Past the door's seal. */
const LEAK_LUXES_MEAN = 0.3
/** Of an SHT4x: 0.2 Cel typical accuracy from part to part, 0.04 Cel repeatability. */
const THERMOMETER_OFFSET_CELSIUS = 0.1
const THERMOMETER_NOISE_CELSIUS = 0.04
const LIGHT_NOISE_SHARE = 0.03
/** Inside a fridge it is damp, and drier while the compressor runs; nothing is decided by it. */
const HUMIDITY_PERCENT = { off: 62, on: 45 }
const HYGROMETER_PERCENT = 1.5

interface Fridge {
    celsius: number
    isCooling: boolean
}

interface Opening {
    fromMinute: number
    untilMinute: number
    roomLuxes: number
}

interface Day {
    openings: Opening[]
    /** Empty on most days. */
    failedFromMinute: number
    failedUntilMinute: number
    roomCelsius: number
}

export function coldWorld(seed: number, places: number): World {
    return new PlacesWorld(
        "cold",
        ROW_MS,
        placesFrom(places, place => new VaccineFridge(seed, place))
    )
}

class VaccineFridge implements Place {
    private readonly fridge: Trajectory<Fridge>
    private readonly days: Memo<Day>
    private readonly joulesPerKelvin: number
    private readonly lampLuxes: number
    private readonly offsetCelsius: number

    constructor(
        private readonly seed: number,
        private readonly place: number
    ) {
        const random = new RandomStream(`${seed}/cold/${place}/site`)
        this.joulesPerKelvin = within(random, JOULES_PER_KELVIN)
        this.lampLuxes = within(random, LAMP_LUXES)
        this.offsetCelsius = THERMOMETER_OFFSET_CELSIUS * random.normal()
        this.days = new Memo(DAYS_KEPT, day => drawDay(seed, place, day))
        this.fridge = new Trajectory<Fridge>(
            { celsius: within(random, { least: 4, most: 5 }), isCooling: false },
            ROWS_AN_HOUR,
            (fridge, row) => this.fridgeAfter(fridge, row)
        )
    }

    truthAt(row: number): string {
        if (this.fridge.at(row).celsius > TOO_WARM_CELSIUS) return "too-warm"
        return this.openingAt(row) === undefined ? "cold" : "door-open"
    }

    feltAt(row: number): Conditions {
        const { celsius, isCooling } = this.fridge.at(row)
        const opening = this.openingAt(row)
        const noise = new RandomStream(`${this.seed}/cold/${this.place}/noise/${row}`)
        const luxes =
            opening === undefined
                ? exponential(noise, LEAK_LUXES_MEAN)
                : (this.lampLuxes + opening.roomLuxes) * (1 + LIGHT_NOISE_SHARE * noise.normal())
        const humidity = isCooling ? HUMIDITY_PERCENT.on : HUMIDITY_PERCENT.off
        return {
            temperatureCelsius:
                celsius + this.offsetCelsius + THERMOMETER_NOISE_CELSIUS * noise.normal(),
            relativeHumidityPercent: clamp(humidity + HYGROMETER_PERCENT * noise.normal(), 0, 100),
            illuminanceLuxes: luxes,
        }
    }

    private openingAt(row: number): Opening | undefined {
        const { day, minute } = momentOf(row, ROW_MS)
        return this.days
            .at(day)
            .openings.find(
                ({ fromMinute, untilMinute }) => minute >= fromMinute && minute < untilMinute
            )
    }

    private fridgeAfter({ celsius, isCooling }: Fridge, row: number): Fridge {
        const { day, minute } = momentOf(row, ROW_MS)
        const { failedFromMinute, failedUntilMinute, roomCelsius } = this.days.at(day)
        const hasFailed = minute >= failedFromMinute && minute < failedUntilMinute
        const isCalled = isCooling ? celsius > STOPS_AT_CELSIUS : celsius > STARTS_AT_CELSIUS
        const cools = isCalled && !hasFailed
        const conductance =
            WALLS_WATTS_PER_KELVIN + (this.openingAt(row) === undefined ? 0 : DOOR_WATTS_PER_KELVIN)
        const watts = conductance * (roomCelsius - celsius) - (cools ? COOLING_WATTS : 0)
        return {
            celsius: celsius + (watts * ROW_SECONDS) / this.joulesPerKelvin,
            isCooling: cools,
        }
    }
}

function drawDay(seed: number, place: number, day: number): Day {
    const random = new RandomStream(`${seed}/cold/${place}/day/${day}`)
    const count = isWorkingDay(day) ? DOORS_A_DAY.working : DOORS_A_DAY.weekend
    const openings: Opening[] = []
    for (let i = 0; i < count; ++i) {
        const isForgotten = random.uniform() < FORGOTTEN_CHANCE
        const seconds = within(random, isForgotten ? FORGOTTEN_SECONDS : DOOR_SECONDS)
        // A whole row at least, or nobody who samples once a row could see it.
        const rows = Math.max(1, Math.round(seconds / ROW_SECONDS))
        const minute = within(random, { least: DOOR_MINUTES.from, most: DOOR_MINUTES.until })
        const fromMinute = Math.round(minute / ROW_MINUTES) * ROW_MINUTES
        openings.push({
            fromMinute,
            untilMinute: fromMinute + rows * ROW_MINUTES,
            roomLuxes: within(random, ROOM_LUXES),
        })
    }
    const failedMinutes = random.uniform() < FAILURE_CHANCE ? within(random, FAILURE_MINUTES) : 0
    const failedFromMinute = random.uniform() * (MINUTES_A_DAY - failedMinutes)
    return {
        openings,
        failedFromMinute,
        failedUntilMinute: failedFromMinute + failedMinutes,
        roomCelsius: within(random, ROOM_CELSIUS),
    }
}
