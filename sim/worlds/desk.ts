/** A desk: everything a part could feel, and nothing changes. What other worlds do not speak of is as it is here. */
import { allMeasurands } from "../../src/telemetry/contract/measurands"
import type { Conditions } from "../parts/part"
import type { World } from "./world"

/** A quiet office by day; each within what the parts that measure it take for possible. */
export const DESK: Readonly<Required<Conditions>> = {
    temperatureCelsius: 21.5,
    relativeHumidityPercent: 45,
    carbonDioxidePpm: 650,
    illuminanceLuxes: 400,
    pressurePascals: 101325,
    objectTemperatureCelsius: 34,
    vocTicks: 30000,
    pm1MicrogramsPerCubicMetre: 4,
    pm25MicrogramsPerCubicMetre: 6,
    pm4MicrogramsPerCubicMetre: 7,
    pm10MicrogramsPerCubicMetre: 8,
    uvIndex: 0.5,
    accelerationXMetresPerSecondSquared: 0,
    accelerationYMetresPerSecondSquared: 0,
    accelerationZMetresPerSecondSquared: 9.81,
    angularRateXDegreesPerSecond: 0,
    angularRateYDegreesPerSecond: 0,
    angularRateZDegreesPerSecond: 0,
    magneticFluxDensityXMicroteslas: 20,
    magneticFluxDensityYMicroteslas: 0,
    magneticFluxDensityZMicroteslas: -44,
    voltage0Volts: 1.65,
    voltage1Volts: 0.5,
    voltage2Volts: 2.5,
    voltage3Volts: 1,
    soilMoisturePercent: 40,
    soilMoistureTicks: 600,
    soilTemperatureCelsius: 18,
    distanceMetres: 1.2,
    pulseRedTicks: 110000,
    pulseInfraredTicks: 130000,
    busVoltageVolts: 5,
    currentAmperes: 0.12,
    powerWatts: 0.6,
    cellVoltageVolts: 3.9,
    stateOfChargePercent: 76,
}

const ROW_MS = 60_000

export class DeskWorld implements World {
    readonly name = "desk"
    readonly rowMs = ROW_MS
    readonly rows = undefined
    private readonly conditions: Conditions

    /** @param changed what is otherwise than usual; undefined for parts that are not there */
    constructor(changed: Conditions = {}) {
        this.conditions = { ...DESK, ...changed }
    }

    conditionsAt(): Conditions {
        return this.conditions
    }

    truthAt(): string | undefined {
        return undefined
    }
}

/** Whether a word names something that a desk has. */
export function isCondition(word: string): word is keyof Conditions {
    return allMeasurands().some(({ measurand }) => measurand === word)
}
