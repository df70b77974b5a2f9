/** A room with a display: what src/main.ts is with two more lines, and one part. */
import "@dsboard/simulator"
import { occupancy } from "../../models/occupancy/model"
import { Bh1750 } from "../../src/drivers/bh1750"
import { Sht4x } from "../../src/drivers/sht4x"
import { bus } from "../../src/node/bus"
import { deviceClock } from "../../src/node/clock"
import { startNode } from "../../src/node/node"
import { Ssd1306Display } from "../../src/node/ssd1306"

await startNode({
    app: "room",
    broker: "mqtt://broker.test:1883",
    sampleEveryMs: 60000,
    parts: [
        {
            sensor: new Sht4x(bus, deviceClock),
            measurands: ["temperatureCelsius", "relativeHumidityPercent"],
        },
        { sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] },
    ],
    model: occupancy,
    display: new Ssd1306Display(bus),
    report: {
        everyMs: 5 * 60000,
        measurands: { temperatureCelsius: "summary", illuminanceLuxes: "summary" },
    },
})
