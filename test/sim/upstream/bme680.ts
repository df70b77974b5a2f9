/** Upstream's driver of the BME680, as it is. What it calls an air quality index is the gas resistance, and has no measurand. */
import "../../../src/node/bus"
import { startBME680 } from "@devicescript/drivers"
import { jacdacSource } from "../../../src/sensing/jacdac-source"
import { tell } from "./tell"

const { temperature, humidity, pressure } = await startBME680()
await tell(
    [jacdacSource(temperature), jacdacSource(humidity), jacdacSource(pressure)],
    ["temperatureCelsius", "relativeHumidityPercent", "pressurePascals"]
)
