/**
 * A world of quiet rooms in which, now and then, water boils beside the sensor.
 *
 * After the recordings of S. Suthaharan et al., "Labelled data collection for anomaly detection in wireless sensor networks" (ISSNIP
 * 2010): a reading every 5 s, quiet to some hundredths of a degree, and steam from hot water that for some minutes takes the humidity
 * up by tens of %RH, the temperature up at first and, as the damp sensor dries, a little down. Heights and times here are of the order
 * that its mote 1 shows; no reading is copied.
 *
 * The truth is `unusual` from when the steam comes until humidity is back to within STILL_PERCENT.
 */
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { MINUTES_A_DAY, momentOf } from "./calendar"
import { clamp, within } from "./draw"
import { Memo } from "./memo"
import { type Place, placesFrom, PlacesWorld } from "./places"
import type { World } from "./world"

const ROW_MS = 5000
const DAYS_KEPT = 3

const USUAL_CELSIUS = { least: 20, most: 28 }
const USUAL_PERCENT = { least: 38, most: 52 }
/** Half of the swing of a day; warm air of the same vapour is drier. */
const DAILY_SWING_CELSIUS = 0.8
const PERCENT_PER_CELSIUS = -2.5
const WARMEST_MINUTE = 15 * 60
/** From one day to the next. */
const DAY_DEVIATION = { celsius: 0.4, percent: 1.5 }
/** The recordings step by 0.03 %RH and 0.01 Cel; so does an SHT4x at its most repeatable. */
const NOISE = { celsius: 0.02, percent: 0.04 }

const EVENTS_A_DAY = { least: 2, most: 4 }
const EVENT_PERCENT = { least: 25, most: 45 }
const EVENT_CELSIUS = { least: 2, most: 20 }
const STEAM_MINUTES = { least: 2.5, most: 6 }
const RISE_MINUTES = 0.7
const FALL_MINUTES = { least: 1.5, most: 3 }
const WARM_MINUTES = 0.8
/** A wet sensor is cooler than the air. */
const DRYING_CELSIUS = -1.2
export const STILL_PERCENT = 3

interface Steam {
    fromMinute: number
    steamMinutes: number
    fallMinutes: number
    percent: number
    celsius: number
}

interface Day {
    celsius: number
    percent: number
    events: Steam[]
}

export function climateWorld(seed: number, places: number): World {
    return new PlacesWorld(
        "climate",
        ROW_MS,
        placesFrom(places, place => new QuietRoom(seed, place))
    )
}

class QuietRoom implements Place {
    private readonly days: Memo<Day>
    private readonly celsius: number
    private readonly percent: number

    constructor(
        private readonly seed: number,
        private readonly place: number
    ) {
        const random = new RandomStream(`${seed}/climate/${place}/site`)
        this.celsius = within(random, USUAL_CELSIUS)
        this.percent = within(random, USUAL_PERCENT)
        this.days = new Memo(DAYS_KEPT, day => drawDay(seed, place, day))
    }

    truthAt(row: number): string {
        const { day, minute } = momentOf(row, ROW_MS)
        return this.steamAt(day, minute) === undefined ? "usual" : "unusual"
    }

    feltAt(row: number): Conditions {
        const { day, minute } = momentOf(row, ROW_MS)
        const noise = new RandomStream(`${this.seed}/climate/${this.place}/noise/${row}`)
        const share = minute / MINUTES_A_DAY
        const between = (of: (day: Day) => number) =>
            of(this.days.at(day)) * (1 - share) + of(this.days.at(day + 1)) * share
        const swing =
            DAILY_SWING_CELSIUS *
            Math.cos((2 * Math.PI * (minute - WARMEST_MINUTE)) / MINUTES_A_DAY)
        const quietCelsius = this.celsius + between(({ celsius }) => celsius) + swing
        const quietPercent =
            this.percent + between(({ percent }) => percent) + PERCENT_PER_CELSIUS * swing
        const steam = this.steamAt(day, minute)
        const added = steam === undefined ? { percent: 0, celsius: 0 } : addedBy(steam, minute)
        return {
            temperatureCelsius: quietCelsius + added.celsius + NOISE.celsius * noise.normal(),
            relativeHumidityPercent: clamp(
                quietPercent + added.percent + NOISE.percent * noise.normal(),
                0,
                100
            ),
        }
    }

    private steamAt(day: number, minute: number): Steam | undefined {
        return this.days
            .at(day)
            .events.find(
                steam => minute >= steam.fromMinute && minute < steam.fromMinute + minutesOf(steam)
            )
    }
}

/** While it steams, and until it has fallen to STILL_PERCENT. */
function minutesOf({ steamMinutes, fallMinutes, percent }: Steam): number {
    return steamMinutes + fallMinutes * Math.log(percent / STILL_PERCENT)
}

function addedBy(steam: Steam, minute: number): { percent: number; celsius: number } {
    const after = minute - steam.fromMinute
    const since = Math.max(0, after - steam.steamMinutes)
    const wet = (1 - Math.exp(-after / RISE_MINUTES)) * Math.exp(-since / steam.fallMinutes)
    // Highest after WARM_MINUTES, where it is the event's own.
    const warm = (after / WARM_MINUTES) * Math.exp(1 - after / WARM_MINUTES)
    return {
        percent: steam.percent * wet,
        celsius: steam.celsius * warm + DRYING_CELSIUS * wet * (1 - Math.exp(-after / 2)),
    }
}

/** Each in a stretch of the day of its own, so that no two meet. */
function drawDay(seed: number, place: number, day: number): Day {
    const random = new RandomStream(`${seed}/climate/${place}/day/${day}`)
    const count = EVENTS_A_DAY.least + random.integer(1 + EVENTS_A_DAY.most - EVENTS_A_DAY.least)
    const stretch = MINUTES_A_DAY / count
    const events: Steam[] = []
    for (let i = 0; i < count; ++i) {
        const steam = {
            fromMinute: 0,
            steamMinutes: within(random, STEAM_MINUTES),
            fallMinutes: within(random, FALL_MINUTES),
            percent: within(random, EVENT_PERCENT),
            celsius: within(random, EVENT_CELSIUS),
        }
        const latest = stretch - minutesOf(steam)
        events.push({ ...steam, fromMinute: stretch * i + latest * random.uniform() })
    }
    return {
        celsius: DAY_DEVIATION.celsius * random.normal(),
        percent: DAY_DEVIATION.percent * random.normal(),
        events,
    }
}
