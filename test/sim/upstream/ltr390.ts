/** Upstream's driver of the LTR390, as it is: its UV index is two thirds of the ticks, whatever gain and resolution. */
import "../../../src/node/bus"
import { startLTR390 } from "@devicescript/drivers"
import { jacdacSource } from "../../../src/sensing/jacdac-source"
import { tell } from "./tell"

// Datasheet: 2300 ticks are one UV index at gain 18 and 20 bits (400 ms); this is gain 3 and 18 bits (100 ms).
const TICKS_OF_ONE = (2300 * 3 * 100) / (18 * 400)

const { illuminance, uvIndex } = await startLTR390()
await tell(
    [jacdacSource(illuminance), jacdacSource(uvIndex, { scale: 3 / 2 / TICKS_OF_ONE })],
    ["illuminanceLuxes", "uvIndex"]
)
