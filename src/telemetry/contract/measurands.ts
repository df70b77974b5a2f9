/**
 * What Motewise measures: the names both ends use, their SenML names and units, and what a plausible value is.
 *
 * Units are those of the SenML registry (RFC 8428 section 12.1, RFC 8798). Wire names are short, for every byte is sent ten thousand
 * times. `decimals` is what a report carries: finer than the part's accuracy tells nobody anything.
 */

export interface Measurand {
    /** The name in code, unit last. */
    measurand: string
    /** The SenML name on the wire. */
    wire: string
    /** The SenML unit. */
    unit: string
    /** Digits after the point in a report. */
    decimals: number
    /** What a person reads. */
    title: string
}

export const MEASURANDS: Measurand[] = [
    {
        measurand: "temperatureCelsius",
        wire: "t",
        unit: "Cel",
        decimals: 1,
        title: "temperature",
    },
    {
        measurand: "relativeHumidityPercent",
        wire: "rh",
        unit: "%RH",
        decimals: 1,
        title: "humidity",
    },
    { measurand: "carbonDioxidePpm", wire: "co2", unit: "ppm", decimals: 0, title: "CO2" },
    { measurand: "illuminanceLuxes", wire: "lx", unit: "lx", decimals: 0, title: "light" },
]

/** Undefined for a name nobody measures. */
export function measurandByName(measurand: string): Measurand | undefined {
    return MEASURANDS.find(m => m.measurand === measurand)
}

/** Undefined for a wire name nobody sends. */
export function measurandByWire(wire: string): Measurand | undefined {
    return MEASURANDS.find(m => m.wire === wire)
}
