/**
 * A world of garden beds: the sun dries them, rain and a gardener wet them, and each has to be watered when its plants begin to want.
 *
 * The root zone is a bucket as in chapter 8 of FAO Irrigation and Drainage Paper 56 (R. G. Allen et al., 1998): it holds the total
 * available water TAW between field capacity and wilting point (eq. 82), plants take the first share p of it as they like (RAW, eq. 83)
 * and the rest ever more slowly (Ks, eq. 84). Evapotranspiration is Hargreaves' (eq. 52) over the day as the sun stands, times a crop
 * coefficient. The soil is a loam of its table 19, p and coefficients are those of vegetables in its tables 22 and 12. The paper's
 * equations and ranges are written from memory; the weather is one summer's at 45 degrees north, from general knowledge.
 *
 * The truth is `water` from when the plants have used RAW up until somebody waters or it rains: the gardener looks once a day at most.
 *
 * What the probe tells of moisture is made up around the two facts its maker gives, about 200 very dry and 2000 very wet: a straight
 * line, on which probes differ and stray with temperature as cheap capacitive probes do (general knowledge; no calibration was at hand).
 */
import type { Conditions } from "../parts/part"
import { RandomStream } from "../random"
import { MINUTE_MS, MINUTES_A_DAY, momentOf } from "./calendar"
import { clamp, exponential, within } from "./draw"
import { Memo } from "./memo"
import { type Place, placesFrom, PlacesWorld } from "./places"
import { clearSkyLuxes, elevationSine, extraterrestrialMegajoules } from "./sun"
import { Trajectory } from "./trajectory"
import type { World } from "./world"

const ROW_MS = 10 * MINUTE_MS
const ROW_MINUTES = ROW_MS / MINUTE_MS
const ROWS_A_DAY = MINUTES_A_DAY / ROW_MINUTES
/** A checkpoint a day. */
const DAYS_KEPT = 4

const LATITUDE_RADIANS = (45 * Math.PI) / 180
/** The first of June. */
const FIRST_DAY_OF_YEAR = 152
/** Latent heat: a millimetre of water takes 2.45 MJ/m2 [FAO-56, chapter 1]. */
const MILLIMETRES_PER_MEGAJOULE = 0.408

const MEAN_CELSIUS = { mean: 19, deviation: 3, least: 10, most: 28 }
/** Between the coldest and the warmest of a day, under a grey sky and under a blue one. */
const DAILY_RANGE_CELSIUS = { grey: 6, blue: 15 }
const WARMEST_MINUTE = 15 * 60
const RAIN_CHANCE = 0.25
const RAIN_MILLIMETRES_MEAN = 9
const RAIN_MINUTES = { least: 30, most: 300 }
const OVERCAST_SHARE = 0.2
const CLOUD_DEVIATION = 0.2

/** Of one loam, for all beds: where soils differ a threshold on a probe's ticks has to be learnt anew. */
const FIELD_CAPACITY = 0.27
const WILTING_POINT = 0.12
const SATURATION = 0.43
const ROOT_METRES = { least: 0.25, most: 0.4 }
const CROP_COEFFICIENT = { least: 0.85, most: 1.1 }
/** p. */
const DEPLETION_SHARE = 0.45
/** What is beyond field capacity is gone in a day or two. */
const DRAINAGE_MINUTES = 12 * 60
const LOOKS_CHANCE = 0.6
const LOOKS_MINUTE = { least: 7 * 60, most: 20 * 60 }
const WATERED_SHARE = { least: 0.85, most: 1.1 }
/** Soil follows the air, slowly. */
const SOIL_MINUTES = 6 * 60

const TICKS_AT_NO_WATER = 330
const TICKS_PER_WATER_SHARE = 1700
/** Standard deviations. */
const PROBE_GAIN_DEVIATION = 0.01
const PROBE_OFFSET_TICKS = 5
const PROBE_NOISE_TICKS = 5
const TICKS_PER_CELSIUS = 0.8
/** The chip's thermometer, good to 2 Cel; the SHT4x's typical errors; light is told to a tenth by each VEML7700. */
const SOIL_THERMOMETER_CELSIUS = 0.8
const THERMOMETER_CELSIUS = 0.1
const HYGROMETER_PERCENT = 1
const LIGHT_GAIN_DEVIATION = 0.04

interface Weather {
    meanCelsius: number
    rangeCelsius: number
    /** Of the clear sky's light, by hour. */
    light: number[]
    rainMillimetres: number
    rainMinute: number
    rainMinutes: number
    /** Evapotranspiration of the reference grass, ET0. */
    evaporationMillimetres: number
    /** Sum over the day's rows of the sun's height, for the share of each row. */
    elevationSum: number
}

interface Bed {
    /** Below field capacity, mm; negative while there is more than that. */
    depletionMillimetres: number
    soilCelsius: number
}

export function soilWorld(seed: number, places: number): World {
    const weather = new Memo(DAYS_KEPT, day => drawWeather(seed, day))
    return new PlacesWorld(
        "soil",
        ROW_MS,
        placesFrom(places, place => new GardenBed(seed, place, weather))
    )
}

class GardenBed implements Place {
    private readonly site: Site
    private readonly bed: Trajectory<Bed>
    private readonly looks: Memo<number | undefined>

    constructor(
        private readonly seed: number,
        private readonly place: number,
        private readonly weather: Memo<Weather>
    ) {
        this.site = drawSite(seed, place)
        this.looks = new Memo(DAYS_KEPT, day => drawLook(seed, place, day))
        const first = {
            depletionMillimetres: this.site.firstDepletionShare * this.site.readyMillimetres,
            soilCelsius: MEAN_CELSIUS.mean,
        }
        this.bed = new Trajectory(first, ROWS_A_DAY, (bed, row) => this.bedAfter(bed, row))
    }

    truthAt(row: number): string {
        return this.isThirsty(this.bed.at(row)) ? "water" : "wait"
    }

    feltAt(row: number): Conditions {
        const { day, minute } = momentOf(row, ROW_MS)
        const weather = this.weather.at(day)
        const { site } = this
        const { depletionMillimetres, soilCelsius } = this.bed.at(row)
        const noise = new RandomStream(`${this.seed}/soil/${this.place}/noise/${row}`)
        const celsius = celsiusAt(weather, minute)
        const water = FIELD_CAPACITY - depletionMillimetres / (1000 * site.rootMetres)
        const ticks =
            (TICKS_AT_NO_WATER + TICKS_PER_WATER_SHARE * water) * site.probeGain +
            site.probeOffsetTicks +
            TICKS_PER_CELSIUS * (soilCelsius - MEAN_CELSIUS.mean) +
            PROBE_NOISE_TICKS * noise.normal()
        return {
            soilMoistureTicks: Math.round(ticks),
            soilTemperatureCelsius: soilCelsius + SOIL_THERMOMETER_CELSIUS * noise.normal(),
            temperatureCelsius: celsius + THERMOMETER_CELSIUS * noise.normal(),
            relativeHumidityPercent: clamp(
                humidityPercentAt(weather, celsius) + HYGROMETER_PERCENT * noise.normal(),
                5,
                100
            ),
            illuminanceLuxes: lightAt(weather, day, minute) * site.lightGain,
        }
    }

    private isThirsty({ depletionMillimetres }: Bed): boolean {
        return depletionMillimetres > this.site.readyMillimetres
    }

    private bedAfter(bed: Bed, row: number): Bed {
        const { day, minute } = momentOf(row, ROW_MS)
        const weather = this.weather.at(day)
        const { availableMillimetres, readyMillimetres, cropCoefficient, floodMillimetres } =
            this.site
        let depletion = bed.depletionMillimetres
        if (this.looks.at(day) === Math.floor(minute / ROW_MINUTES) && this.isThirsty(bed))
            depletion -= depletion * this.site.wateredShare
        if (isRaining(weather, minute))
            depletion -= (weather.rainMillimetres * ROW_MINUTES) / weather.rainMinutes
        const stress = clamp(
            (availableMillimetres - depletion) / (availableMillimetres - readyMillimetres),
            0,
            1
        )
        const sun = Math.max(0, elevationSine(LATITUDE_RADIANS, FIRST_DAY_OF_YEAR + day, minute))
        depletion +=
            (stress * cropCoefficient * weather.evaporationMillimetres * sun) / weather.elevationSum
        if (depletion < 0) depletion *= Math.exp(-ROW_MINUTES / DRAINAGE_MINUTES)
        const towards = 1 - Math.exp(-ROW_MINUTES / SOIL_MINUTES)
        return {
            depletionMillimetres: clamp(depletion, -floodMillimetres, availableMillimetres),
            soilCelsius: bed.soilCelsius + (celsiusAt(weather, minute) - bed.soilCelsius) * towards,
        }
    }
}

interface Site {
    rootMetres: number
    /** TAW, RAW, and what the soil holds beyond field capacity until it drains. */
    availableMillimetres: number
    readyMillimetres: number
    floodMillimetres: number
    cropCoefficient: number
    wateredShare: number
    firstDepletionShare: number
    probeGain: number
    probeOffsetTicks: number
    lightGain: number
}

function drawSite(seed: number, place: number): Site {
    const random = new RandomStream(`${seed}/soil/${place}/site`)
    const rootMetres = within(random, ROOT_METRES)
    const availableMillimetres = 1000 * (FIELD_CAPACITY - WILTING_POINT) * rootMetres
    return {
        rootMetres,
        availableMillimetres,
        readyMillimetres: DEPLETION_SHARE * availableMillimetres,
        floodMillimetres: 1000 * (SATURATION - FIELD_CAPACITY) * rootMetres,
        cropCoefficient: within(random, CROP_COEFFICIENT),
        wateredShare: within(random, WATERED_SHARE),
        firstDepletionShare: random.uniform(),
        probeGain: 1 + PROBE_GAIN_DEVIATION * random.normal(),
        probeOffsetTicks: PROBE_OFFSET_TICKS * random.normal(),
        lightGain: 1 + LIGHT_GAIN_DEVIATION * random.normal(),
    }
}

/** The row of the day in which the gardener comes by; undefined on days without. */
function drawLook(seed: number, place: number, day: number): number | undefined {
    const random = new RandomStream(`${seed}/soil/${place}/look/${day}`)
    if (random.uniform() >= LOOKS_CHANCE) return undefined
    return Math.floor(within(random, LOOKS_MINUTE) / ROW_MINUTES)
}

function drawWeather(seed: number, day: number): Weather {
    const random = new RandomStream(`${seed}/soil/weather/${day}`)
    const { mean, deviation, least, most } = MEAN_CELSIUS
    const meanCelsius = clamp(mean + deviation * random.normal(), least, most)
    const rains = random.uniform() < RAIN_CHANCE
    const blue = rains ? 0.4 * random.uniform() : random.uniform()
    const rangeCelsius =
        DAILY_RANGE_CELSIUS.grey + (DAILY_RANGE_CELSIUS.blue - DAILY_RANGE_CELSIUS.grey) * blue
    const light: number[] = []
    for (let hour = 0; hour <= 24; ++hour)
        light.push(clamp(blue + CLOUD_DEVIATION * random.normal(), OVERCAST_SHARE, 1))
    const dayOfYear = FIRST_DAY_OF_YEAR + day
    let elevationSum = 0
    for (let row = 0; row < ROWS_A_DAY; ++row)
        elevationSum += Math.max(0, elevationSine(LATITUDE_RADIANS, dayOfYear, row * ROW_MINUTES))
    return {
        meanCelsius,
        rangeCelsius,
        light,
        rainMillimetres: rains ? exponential(random, RAIN_MILLIMETRES_MEAN) : 0,
        rainMinutes: within(random, RAIN_MINUTES),
        rainMinute: random.uniform() * (MINUTES_A_DAY - RAIN_MINUTES.most),
        evaporationMillimetres: referenceMillimetres(
            meanCelsius,
            rangeCelsius,
            extraterrestrialMegajoules(LATITUDE_RADIANS, dayOfYear)
        ),
        elevationSum,
    }
}

/** ET0 of a day, mm, by Hargreaves [FAO-56, eq. 52], from Ra in MJ/m2. */
export function referenceMillimetres(
    meanCelsius: number,
    rangeCelsius: number,
    megajoules: number
): number {
    const radiationMillimetres = MILLIMETRES_PER_MEGAJOULE * megajoules
    return 0.0023 * (meanCelsius + 17.8) * Math.sqrt(rangeCelsius) * radiationMillimetres
}

function isRaining({ rainMinute, rainMinutes }: Weather, minute: number): boolean {
    return minute >= rainMinute && minute < rainMinute + rainMinutes
}

function celsiusAt({ meanCelsius, rangeCelsius }: Weather, minute: number): number {
    const phase = (2 * Math.PI * (minute - WARMEST_MINUTE)) / MINUTES_A_DAY
    return meanCelsius + (rangeCelsius / 2) * Math.cos(phase)
}

/** The dew point is the night's minimum [FAO-56, eq. 48]; saturation pressures by its eq. 11. */
function humidityPercentAt({ meanCelsius, rangeCelsius }: Weather, celsius: number): number {
    const pressure = (t: number) => Math.exp((17.27 * t) / (t + 237.3))
    return (100 * pressure(meanCelsius - rangeCelsius / 2)) / pressure(celsius)
}

function lightAt({ light }: Weather, day: number, minute: number): number {
    const hour = Math.floor(minute / 60)
    const share = minute / 60 - hour
    const sky = light[hour] * (1 - share) + light[hour + 1] * share
    return sky * clearSkyLuxes(elevationSine(LATITUDE_RADIANS, FIRST_DAY_OF_YEAR + day, minute))
}
