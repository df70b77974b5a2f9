/** The room's parts, the same for each of the three ways to report. */
import { Bh1750 } from "../../../src/drivers/bh1750"
import { Scd4x } from "../../../src/drivers/scd4x"
import { Sht4x } from "../../../src/drivers/sht4x"
import { bus } from "../../../src/node/bus"
import { deviceClock } from "../../../src/node/clock"
import { PartPlan } from "../../../src/sensing/sampler"

export const SAMPLE_EVERY_MS = 60000

export const roomParts: PartPlan[] = [
    {
        sensor: new Sht4x(bus, deviceClock),
        measurands: ["temperatureCelsius", "relativeHumidityPercent"],
    },
    { sensor: new Scd4x(bus, deviceClock), measurands: ["carbonDioxidePpm"] },
    { sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] },
]
