/** Upstream's driver of the SHTC3, as it is. */
import "../../../src/node/bus"
import { startSHTC3 } from "@devicescript/drivers"
import { jacdacSource } from "../../../src/sensing/jacdac-source"
import { tell } from "./tell"

const { temperature, humidity } = await startSHTC3()
await tell(
    [jacdacSource(temperature), jacdacSource(humidity)],
    ["temperatureCelsius", "relativeHumidityPercent"]
)
