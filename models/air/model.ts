/**
 * How good the air is, by published breakpoints: written by hand, not trained. README.md beside it tells where they come from.
 *
 * The worse of particles and CO2 decides. A reading that is missing makes the verdict unknown: air of which half is not known is not
 * to be called good.
 */

/**
 * PM2.5 in tenths of a microgram in a cubic metre: the last that belongs to each class [US EPA, AQI of May 2024]. Beyond: hazardous.
 */
const PM25_TENTHS = [90, 354, 554, 1254, 2254]

/** CO2 in ppm: the last that belongs to good and to moderate [Umweltbundesamt 2008]; beyond it is unhealthy, never more. */
const GOOD_PPM = 1000
const MODERATE_PPM = 2000
const MODERATE = 1
const UNHEALTHY = 3

const MISSING = -32768
const UNKNOWN = -1

export const airQuality = {
    name: "air-quality",
    classes: [
        "good",
        "moderate",
        "unhealthy-for-sensitive-groups",
        "unhealthy",
        "very-unhealthy",
        "hazardous",
    ],
    inputs: [
        {
            measurand: "pm25MicrogramsPerCubicMetre",
            feature: "last",
            // EPA cuts off after the first decimal, and ticks are rounded: half a tick less makes one of the other. The last 0.005
            // spare 9.1 from being 9.0999.
            offset: 0.045,
            step: 0.1,
        },
        {
            measurand: "carbonDioxidePpm",
            feature: "last",
            offset: 0,
            step: 1,
        },
    ],
    windowSamples: 1,
    samplesPerSecond: 0,
    classify: function (ticks: number[]): number {
        const pm25 = ticks[0]
        const carbonDioxide = ticks[1]
        if (pm25 === MISSING) return UNKNOWN
        if (carbonDioxide === MISSING) return UNKNOWN
        let worse = 0
        while (worse < PM25_TENTHS.length && pm25 > PM25_TENTHS[worse]) worse++
        if (carbonDioxide > MODERATE_PPM && worse < UNHEALTHY) return UNHEALTHY
        if (carbonDioxide > GOOD_PPM && worse < MODERATE) return MODERATE
        return worse
    },
}
