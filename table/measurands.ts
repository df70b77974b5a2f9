/** What the columns of recordings mean by their names alone. */
import { allMeasurands } from "../src/telemetry/contract/measurands"

/** What recordings call the measurands beside their own names, as `plain` writes it. Other units (degrees Fahrenheit) are not here on purpose. */
const ALIASES = new Map([
    ["temperature", "temperatureCelsius"],
    ["temp", "temperatureCelsius"],
    ["temperaturec", "temperatureCelsius"],
    ["tempc", "temperatureCelsius"],
    ["humidity", "relativeHumidityPercent"],
    ["rh", "relativeHumidityPercent"],
    ["relativehumidity", "relativeHumidityPercent"],
    ["humiditypercent", "relativeHumidityPercent"],
    ["rhpercent", "relativeHumidityPercent"],
    ["co2", "carbonDioxidePpm"],
    ["co2ppm", "carbonDioxidePpm"],
    ["carbondioxide", "carbonDioxidePpm"],
    ["light", "illuminanceLuxes"],
    ["lightlux", "illuminanceLuxes"],
    ["lux", "illuminanceLuxes"],
    ["lx", "illuminanceLuxes"],
    ["illuminance", "illuminanceLuxes"],
    ["illuminancelux", "illuminanceLuxes"],
])

/** Columns that say which row it is, and nothing about what was there. In lower case. */
export const ROW_NAMES = new Set([
    "",
    "date",
    "time",
    "timestamp",
    "datetime",
    "id",
    "row",
    "index",
])

/** Undefined for a column that is no measurand of the contract. */
export function measurandOfColumn(column: string): string | undefined {
    const name = plain(column)
    const named = allMeasurands().map(({ measurand }) => measurand)
    return ALIASES.get(name) ?? named.find(measurand => plain(measurand) === name)
}

/** "Temperature (C)", "temperature_c" and "TemperatureC" are one name. NFKC makes the subscript of CO₂ a digit. */
function plain(name: string): string {
    return name
        .normalize("NFKC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, "")
}
