/**
 * What Motewise measures: the names both ends use, their SenML names and units, and how finely they are told.
 *
 * Units are those of the SenML registry (RFC 8428 section 12.1) and its secondary units (RFC 8798); it has none for angular rate
 * and no prefix for tesla, so `deg/s` and `uT` are ours. Wire names are short, for every byte is sent ten thousand times.
 */

export interface Measurand {
    /** The name in code, unit last. */
    measurand: string
    /** The SenML name on the wire. */
    wire: string
    /** The SenML unit. */
    unit: string
    /** Digits after the point in a report, 0..6: finer than the part's accuracy tells nobody anything. */
    decimals: number
}

/** Measurand, wire name, unit, decimals. As text it stays in flash; a table of objects would fill a tenth of a node's heap. */
const ROWS: string[] = [
    "temperatureCelsius t Cel 1",
    "relativeHumidityPercent rh %RH 1",
    "carbonDioxidePpm co2 ppm 0",
    "illuminanceLuxes lx lx 0",
    "pressurePascals p Pa 0",
    "objectTemperatureCelsius ot Cel 1",
    "vocTicks voc count 0",
    "pm1MicrogramsPerCubicMetre pm1 ug/m3 1",
    "pm25MicrogramsPerCubicMetre pm25 ug/m3 1",
    "pm4MicrogramsPerCubicMetre pm4 ug/m3 1",
    "pm10MicrogramsPerCubicMetre pm10 ug/m3 1",
    "uvIndex uvi / 1",
    "accelerationXMetresPerSecondSquared ax m/s2 2",
    "accelerationYMetresPerSecondSquared ay m/s2 2",
    "accelerationZMetresPerSecondSquared az m/s2 2",
    "angularRateXDegreesPerSecond gx deg/s 1",
    "angularRateYDegreesPerSecond gy deg/s 1",
    "angularRateZDegreesPerSecond gz deg/s 1",
    "magneticFluxDensityXMicroteslas mx uT 1",
    "magneticFluxDensityYMicroteslas my uT 1",
    "magneticFluxDensityZMicroteslas mz uT 1",
    "voltage0Volts v0 V 3",
    "voltage1Volts v1 V 3",
    "voltage2Volts v2 V 3",
    "voltage3Volts v3 V 3",
    "soilMoisturePercent sm /100 0",
    "soilMoistureTicks smt count 0",
    "soilTemperatureCelsius st Cel 1",
    "distanceMetres d m 3",
    "pulseRedTicks red count 0",
    "pulseInfraredTicks ir count 0",
    "busVoltageVolts vbus V 3",
    "currentAmperes i A 4",
    "powerWatts pw W 3",
    "cellVoltageVolts vbat V 3",
    "stateOfChargePercent soc %EL 1",
]

/** All there are, for the host; a node looks its own few up. */
export function allMeasurands(): Measurand[] {
    return ROWS.map(measurandOf)
}

/** Undefined for a name nobody measures. */
export function measurandByName(measurand: string): Measurand | undefined {
    const row = ROWS.find(text => text.startsWith(measurand + " "))
    return row === undefined ? undefined : measurandOf(row)
}

/** Undefined for a wire name nobody sends. */
export function measurandByWire(wire: string): Measurand | undefined {
    const row = ROWS.find(text => text.split(" ")[1] === wire)
    return row === undefined ? undefined : measurandOf(row)
}

function measurandOf(row: string): Measurand {
    const words = row.split(" ")
    return {
        measurand: words[0],
        wire: words[1],
        unit: words[2],
        decimals: parseInt(words[3]),
    }
}
