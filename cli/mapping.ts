/** `--map`: which column is which measurand, and in what unit: "T1=temperatureCelsius,x*9.80665=accelerationXMetresPerSecondSquared". */
import { InvalidArgumentError } from "commander"
import { allMeasurands, measurandByName } from "../src/telemetry/contract/measurands"
import { isDecimal } from "../table/columns"
import type { Mapping } from "../table/meanings"
import { pairsOf, refuseTwice } from "./lists"

export function mapOf(given: string): Mapping[] {
    const mappings = pairsOf(given).map(([left, measurand]) => ({ ...columnOf(left), measurand }))
    const unknown = mappings.find(({ measurand }) => measurandByName(measurand) === undefined)
    if (unknown !== undefined)
        throw new InvalidArgumentError(
            `No measurand is called ${unknown.measurand}; there are ${allMeasurands()
                .map(m => m.measurand)
                .join(", ")}.`
        )
    refuseTwice(mappings.map(({ column }) => column))
    refuseTwice(mappings.map(({ measurand }) => measurand))
    return mappings
}

/** What stands behind the last star is a factor, if it is a number: a column may have a star in its name. */
function columnOf(text: string): { column: string; factor?: number } {
    const star = text.lastIndexOf("*")
    const factor = text.slice(star + 1).trim()
    if (star < 1 || !isDecimal(factor)) return { column: text }
    if (Number(factor) === 0) throw new InvalidArgumentError(`"${text}": a factor of 0.`)
    return { column: text.slice(0, star).trim(), factor: Number(factor) }
}
