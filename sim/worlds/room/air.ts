/**
 * The air of one room as one well-mixed volume: carbon dioxide, water vapour and heat.
 *
 * Each is a balance dx/dt = (steady - x) / tau. Within a step people, lamps and weather stand still, so the step is the exact
 * exponential, not a difference quotient: its length changes nothing but how late a change is noticed.
 */
import type { Outdoors } from "./sky"
import { CEILING_METRES, type Site } from "./site"
import { saturationGramsPerCubicMetre } from "./vapour"

export interface Air {
    carbonDioxidePpm: number
    temperatureCelsius: number
    vapourGramsPerCubicMetre: number
}

/** What acts on the air during a step. */
export interface Load {
    people: number
    lampOn: boolean
    setPointCelsius: number
    outdoors: Outdoors
}

export const OUTDOOR_CARBON_DIOXIDE_PPM = 420
/** [ASTM D6245] an adult at office work, 1.2 met; Persily and de Jonge, Indoor Air 27 (2017), span 0.004 to 0.006 by age and sex. */
export const PERSON_CARBON_DIOXIDE_LITRES_PER_SECOND = 0.0052
/** Breath and skin of a seated adult in a room of 20 to 24 degrees, about 50 g/h. */
export const PERSON_VAPOUR_GRAMS_PER_HOUR = 50
/** [ISO 7730] 1.2 met on 1.8 m2 are 126 W, of which 34 W leave as the vapour above (2450 J/g). */
export const PERSON_HEAT_WATTS = 92
/** LED lamps for 500 lx. */
const LAMP_WATTS_PER_SQUARE_METRE = 8
/** [ISO 13790, table 12] heat capacity of a building of medium weight. */
const HEAT_CAPACITY_JOULES_PER_KELVIN_SQUARE_METRE = 165_000
/** Walls and window of an office of this size, built to recent rules. */
const HEAT_LOSS_WATTS_PER_KELVIN_SQUARE_METRE = 1
/** Air holds 0.34 Wh/(m3 K). */
const AIR_WATT_HOURS_PER_CUBIC_METRE_KELVIN = 0.34
/** Window area times what glass and blinds let through, for each square metre of floor. */
const SOLAR_APERTURE = 0.03
const HEATER_WATTS_PER_SQUARE_METRE = 100
/** A thermostatic valve is wide open one kelvin below its set point. */
const VALVE_BAND_KELVIN = 1

/** Advances the air of a room by steps of one length. */
export class RoomAir {
    private readonly ventilationKept: number
    private readonly heatKept: number
    private readonly floorSquareMetres: number
    private readonly lossWattsPerKelvin: number

    constructor(
        private readonly site: Site,
        stepSeconds: number
    ) {
        this.floorSquareMetres = site.volumeCubicMetres / CEILING_METRES
        this.lossWattsPerKelvin =
            this.floorSquareMetres * HEAT_LOSS_WATTS_PER_KELVIN_SQUARE_METRE +
            site.volumeCubicMetres * site.airChangesPerHour * AIR_WATT_HOURS_PER_CUBIC_METRE_KELVIN
        const capacity = this.floorSquareMetres * HEAT_CAPACITY_JOULES_PER_KELVIN_SQUARE_METRE
        this.ventilationKept = Math.exp((-site.airChangesPerHour * stepSeconds) / 3600)
        this.heatKept = Math.exp((-this.lossWattsPerKelvin * stepSeconds) / capacity)
    }

    step(air: Air, load: Load): Air {
        return {
            carbonDioxidePpm: relax(
                air.carbonDioxidePpm,
                this.steadyCarbonDioxidePpm(load),
                this.ventilationKept
            ),
            temperatureCelsius: relax(
                air.temperatureCelsius,
                this.steadyCelsius(air, load),
                this.heatKept
            ),
            vapourGramsPerCubicMetre: relax(
                air.vapourGramsPerCubicMetre,
                this.steadyVapour(load),
                this.ventilationKept
            ),
        }
    }

    private steadyCarbonDioxidePpm({ people }: Load): number {
        const cubicMetresPerHour = people * PERSON_CARBON_DIOXIDE_LITRES_PER_SECOND * 3.6
        return (
            OUTDOOR_CARBON_DIOXIDE_PPM + (1e6 * cubicMetresPerHour) / this.freshCubicMetresPerHour
        )
    }

    private steadyVapour({ people, outdoors }: Load): number {
        const added = (people * PERSON_VAPOUR_GRAMS_PER_HOUR) / this.freshCubicMetresPerHour
        return outdoors.vapourGramsPerCubicMetre + added
    }

    private steadyCelsius(air: Air, load: Load): number {
        const open = (load.setPointCelsius - air.temperatureCelsius) / VALVE_BAND_KELVIN
        const wattsPerSquareMetre =
            Math.min(1, Math.max(0, open)) * HEATER_WATTS_PER_SQUARE_METRE +
            (load.lampOn ? LAMP_WATTS_PER_SQUARE_METRE : 0) +
            load.outdoors.irradianceWattsPerSquareMetre * SOLAR_APERTURE
        const watts = load.people * PERSON_HEAT_WATTS + wattsPerSquareMetre * this.floorSquareMetres
        return load.outdoors.temperatureCelsius + watts / this.lossWattsPerKelvin
    }

    private get freshCubicMetresPerHour(): number {
        return this.site.volumeCubicMetres * this.site.airChangesPerHour
    }
}

/** Never over 100 %: what is too much is on the window. */
export function relativeHumidityPercent(air: Air): number {
    const saturation = saturationGramsPerCubicMetre(air.temperatureCelsius)
    return Math.min(100, (100 * air.vapourGramsPerCubicMetre) / saturation)
}

function relax(value: number, steady: number, kept: number): number {
    return steady + (value - steady) * kept
}
