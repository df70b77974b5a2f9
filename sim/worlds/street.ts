/**
 * A world of kerbs: a lamp that is to burn when it is dark, and a parking place that is free or taken.
 *
 * A lamp's photocell switches at some 35 lx of daylight (general knowledge of street lighting). The sun is that of 50 degrees north
 * from the spring equinox on (sun.ts), behind clouds. The node lies as its installer put it, x to magnetic north and z up, a few
 * degrees wrong, in the Earth's field of central Europe, about 20 uT to the north and 44 uT down (general knowledge; the IGRF has it
 * exactly), with the iron of its own street. A car adds a vector of its own: cars are dipoles of any direction, as A. Daubaras et al.,
 * "Analysis of magnetic field disturbance curve for vehicle presence detection" (Elektronika ir Elektrotechnika, 2012), tell, who also
 * find cars whose disturbance nearly cancels; how many microteslas, tens of them, is from general knowledge. Cars on the places beside
 * add a little, and all of it drifts with temperature.
 */
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { MINUTE_MS, MINUTES_A_DAY, momentOf } from "./calendar"
import { clamp, exponential, logNormal, within } from "./draw"
import { Memo } from "./memo"
import { type Place, placesFrom, PlacesWorld } from "./places"
import { clearSkyLuxes, elevationSine } from "./sun"
import type { World } from "./world"

const ROW_MS = MINUTE_MS
const DAYS_KEPT = 4

const LATITUDE_RADIANS = (50 * Math.PI) / 180
/** The equinox. */
const FIRST_DAY_OF_YEAR = 80
const LAMP_LUXES = 35
const KNOT_MINUTES = 10
const OVERCAST_SHARE = 0.15
const CLOUD_DEVIATION = 0.2
/** Headlamps that sweep over the sensor in the dark, in a minute of each so many. */
const HEADLAMP_CHANCE = 0.02
const HEADLAMP_LUXES_MEAN = 8
const LIGHT_GAIN_DEVIATION = 0.04

const EARTH_NORTH_MICROTESLAS = 20
const EARTH_DOWN_MICROTESLAS = 44
const YAW_DEGREES = 2
const TILT_DEGREES = 1
const SITE_IRON_MICROTESLAS = 0.5
const CAR_MICROTESLAS = { median: 25, sigma: 0.45, least: 8, most: 90 }
const NEIGHBOUR_MICROTESLAS = 0.6
const DRIFT_MICROTESLAS_PER_CELSIUS = 0.04
/** Of an MMC5603 at its finest bandwidth, a few milligauss. */
const NOISE_MICROTESLAS = 0.3
const DAILY_SWING_CELSIUS = 6
const WARMEST_MINUTE = 15 * 60

const FREE_MINUTES_MEAN = 50
const STAY_MINUTES = { median: 70, sigma: 0.8, least: 3, most: 600 }
const DAY_MINUTES = { from: 7 * 60 + 30, until: 18 * 60 + 30 }
const NIGHT_STAY_CHANCE = 0.6
const NIGHT_FROM_MINUTE = { least: 18 * 60 + 40, most: 22 * 60 }
const NIGHT_UNTIL_MINUTE = { least: 5 * 60 + 30, most: 7 * 60 + 20 }

interface Stay {
    fromMinute: number
    /** Beyond MINUTES_A_DAY for one that lasts into the next day. */
    untilMinute: number
    field: Vector
}

interface Day {
    stays: Stay[]
    neighbours: Vector[]
}

type Vector = [number, number, number]

export function streetWorld(seed: number, places: number): World {
    const skies = new Memo(DAYS_KEPT, day => drawSky(seed, day))
    return new PlacesWorld(
        "street",
        ROW_MS,
        placesFrom(places, place => new Kerb(seed, place, skies))
    )
}

class Kerb implements Place {
    private readonly earth: Vector
    private readonly lightGain: number
    private readonly drift: Vector
    private readonly days: Memo<Day>

    constructor(
        private readonly seed: number,
        private readonly place: number,
        private readonly skies: Memo<number[]>
    ) {
        const random = new RandomStream(`${seed}/street/${place}/site`)
        this.earth = drawEarth(random)
        this.lightGain = 1 + LIGHT_GAIN_DEVIATION * random.normal()
        this.drift = drawDirection(random)
        this.days = new Memo(DAYS_KEPT, day => drawDay(seed, place, day))
    }

    truthAt(row: number): string {
        const { day, minute } = momentOf(row, ROW_MS)
        const lamp = this.daylightAt(day, minute) < LAMP_LUXES ? "on" : "off"
        return `${lamp}-${this.carAt(day, minute) === undefined ? "free" : "taken"}`
    }

    feltAt(row: number): Conditions {
        const { day, minute } = momentOf(row, ROW_MS)
        const noise = new RandomStream(`${this.seed}/street/${this.place}/noise/${row}`)
        const headlamps =
            noise.uniform() < HEADLAMP_CHANCE ? exponential(noise, HEADLAMP_LUXES_MEAN) : 0
        const car = this.carAt(day, minute) ?? [0, 0, 0]
        const neighbour = this.days.at(day).neighbours[Math.floor(minute / 60)]
        const warmer =
            DAILY_SWING_CELSIUS *
            Math.cos((2 * Math.PI * (minute - WARMEST_MINUTE)) / MINUTES_A_DAY)
        const axis = (i: number) =>
            this.earth[i] +
            car[i] +
            neighbour[i] +
            this.drift[i] * DRIFT_MICROTESLAS_PER_CELSIUS * warmer +
            NOISE_MICROTESLAS * noise.normal()
        return {
            illuminanceLuxes: (this.daylightAt(day, minute) + headlamps) * this.lightGain,
            magneticFluxDensityXMicroteslas: axis(0),
            magneticFluxDensityYMicroteslas: axis(1),
            magneticFluxDensityZMicroteslas: axis(2),
        }
    }

    private daylightAt(day: number, minute: number): number {
        const knots = this.skies.at(day)
        const at = Math.floor(minute / KNOT_MINUTES)
        const share = minute / KNOT_MINUTES - at
        const sky = knots[at] * (1 - share) + knots[at + 1] * share
        const sine = elevationSine(LATITUDE_RADIANS, FIRST_DAY_OF_YEAR + day, minute)
        return sky * clearSkyLuxes(sine)
    }

    /** What the car on the place adds to the field; undefined when there is none. */
    private carAt(day: number, minute: number): Vector | undefined {
        const holds = (stay: Stay, at: number) => at >= stay.fromMinute && at < stay.untilMinute
        const today = this.days.at(day).stays.find(stay => holds(stay, minute))
        if (today !== undefined || day === 0) return today?.field
        const fromYesterday = minute + MINUTES_A_DAY
        return this.days.at(day - 1).stays.find(stay => holds(stay, fromYesterday))?.field
    }
}

/** Of the clear sky's light, every KNOT_MINUTES. */
function drawSky(seed: number, day: number): number[] {
    const random = new RandomStream(`${seed}/street/sky/${day}`)
    const usual = random.uniform()
    const knots: number[] = []
    for (let knot = 0; knot <= MINUTES_A_DAY / KNOT_MINUTES; ++knot)
        knots.push(clamp(usual + CLOUD_DEVIATION * random.normal(), OVERCAST_SHARE, 1))
    return knots
}

function drawDay(seed: number, place: number, day: number): Day {
    const random = new RandomStream(`${seed}/street/${place}/day/${day}`)
    const stays: Stay[] = []
    let minute = DAY_MINUTES.from + exponential(random, FREE_MINUTES_MEAN)
    while (minute < DAY_MINUTES.until) {
        const { median, sigma, least, most } = STAY_MINUTES
        const stay = clamp(logNormal(random, median, sigma), least, most)
        const untilMinute = Math.min(minute + stay, DAY_MINUTES.until)
        stays.push({ fromMinute: minute, untilMinute, field: drawCar(random) })
        minute = untilMinute + exponential(random, FREE_MINUTES_MEAN)
    }
    if (random.uniform() < NIGHT_STAY_CHANCE)
        stays.push({
            fromMinute: within(random, NIGHT_FROM_MINUTE),
            untilMinute: MINUTES_A_DAY + within(random, NIGHT_UNTIL_MINUTE),
            field: drawCar(random),
        })
    const neighbours: Vector[] = []
    for (let hour = 0; hour < 24; ++hour)
        neighbours.push(scaled(drawDirection(random), NEIGHBOUR_MICROTESLAS * random.uniform()))
    return { stays, neighbours }
}

function drawCar(random: RandomStream): Vector {
    const { median, sigma, least, most } = CAR_MICROTESLAS
    const microteslas = clamp(logNormal(random, median, sigma), least, most)
    return scaled(drawDirection(random), microteslas)
}

/** The Earth's field as this node lies in it, and the iron around. */
function drawEarth(random: RandomStream): Vector {
    const radians = (degrees: number) => (degrees * random.normal() * Math.PI) / 180
    const yaw = radians(YAW_DEGREES)
    const pitch = radians(TILT_DEGREES)
    const roll = radians(TILT_DEGREES)
    const iron = () => SITE_IRON_MICROTESLAS * random.normal()
    // So near to level, the tilts turn a vector as small angles do: each adds its share of the other axis.
    return [
        EARTH_NORTH_MICROTESLAS * Math.cos(yaw) + EARTH_DOWN_MICROTESLAS * Math.sin(pitch) + iron(),
        -EARTH_NORTH_MICROTESLAS * Math.sin(yaw) + EARTH_DOWN_MICROTESLAS * Math.sin(roll) + iron(),
        -EARTH_DOWN_MICROTESLAS + EARTH_NORTH_MICROTESLAS * Math.sin(pitch) + iron(),
    ]
}

/** Of length 1, any as likely as another. */
function drawDirection(random: RandomStream): Vector {
    const x = random.normal()
    const y = random.normal()
    const z = random.normal()
    return scaled([x, y, z], 1 / Math.sqrt(x * x + y * y + z * z))
}

function scaled([x, y, z]: Vector, factor: number): Vector {
    return [x * factor, y * factor, z * factor]
}
