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
    /** What a person reads. */
    title: string
}

/** Measurand, wire name, unit, decimals, title. As text it stays in flash; a table of objects would fill a tenth of a node's heap. */
const ROWS = [
    "temperatureCelsius t Cel 1 temperature",
    "relativeHumidityPercent rh %RH 1 humidity",
    "carbonDioxidePpm co2 ppm 0 CO2",
    "illuminanceLuxes lx lx 0 light",
    "pressurePascals p Pa 0 pressure",
    "objectTemperatureCelsius ot Cel 1 object temperature",
    "vocTicks voc count 0 VOC signal",
    "pm1MicrogramsPerCubicMetre pm1 ug/m3 1 PM1.0",
    "pm25MicrogramsPerCubicMetre pm25 ug/m3 1 PM2.5",
    "pm4MicrogramsPerCubicMetre pm4 ug/m3 1 PM4.0",
    "pm10MicrogramsPerCubicMetre pm10 ug/m3 1 PM10",
    "uvIndex uvi / 1 UV index",
    "accelerationXMetresPerSecondSquared ax m/s2 2 acceleration x",
    "accelerationYMetresPerSecondSquared ay m/s2 2 acceleration y",
    "accelerationZMetresPerSecondSquared az m/s2 2 acceleration z",
    "angularRateXDegreesPerSecond gx deg/s 1 angular rate x",
    "angularRateYDegreesPerSecond gy deg/s 1 angular rate y",
    "angularRateZDegreesPerSecond gz deg/s 1 angular rate z",
    "magneticFluxDensityXMicroteslas mx uT 1 magnetic field x",
    "magneticFluxDensityYMicroteslas my uT 1 magnetic field y",
    "magneticFluxDensityZMicroteslas mz uT 1 magnetic field z",
    "voltage0Volts v0 V 3 voltage 0",
    "voltage1Volts v1 V 3 voltage 1",
    "voltage2Volts v2 V 3 voltage 2",
    "voltage3Volts v3 V 3 voltage 3",
    "soilMoisturePercent sm /100 0 soil moisture",
    "soilMoistureTicks smt count 0 soil moisture signal",
    "soilTemperatureCelsius st Cel 1 soil temperature",
    "distanceMetres d m 3 distance",
    "pulseRedTicks red count 0 red light",
    "pulseInfraredTicks ir count 0 infrared light",
    "busVoltageVolts vbus V 3 bus voltage",
    "currentAmperes i A 4 current",
    "powerWatts pw W 3 power",
    "cellVoltageVolts vbat V 3 cell voltage",
    "stateOfChargePercent soc %EL 1 state of charge",
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
        title: words.slice(4).join(" "),
    }
}
