/** Upstream's driver of the AHT20, as it is. */
import "../../../src/node/bus"
import { startAHT20 } from "@devicescript/drivers"
import { jacdacSource } from "../../../src/sensing/jacdac-source"
import { tell } from "./tell"

const { temperature, humidity } = await startAHT20()
await tell(
    [jacdacSource(temperature), jacdacSource(humidity)],
    ["temperatureCelsius", "relativeHumidityPercent"]
)
