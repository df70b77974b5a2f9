/** Upstream's driver of the SHT30, as it is. */
import "../../../src/node/bus"
import { startSHT30 } from "@devicescript/drivers"
import { jacdacSource } from "../../../src/sensing/jacdac-source"
import { tell } from "./tell"

const { temperature, humidity } = await startSHT30()
await tell(
    [jacdacSource(temperature), jacdacSource(humidity)],
    ["temperatureCelsius", "relativeHumidityPercent"]
)
