/** A node that samples every second and tells every sample: what a day without a broker is hardest on. */
import "@dsboard/simulator"
import { occupancy } from "../../models/occupancy/model"
import { Bh1750 } from "../../src/drivers/bh1750"
import { bus } from "../../src/node/bus"
import { deviceClock } from "../../src/node/clock"
import { startNode } from "../../src/node/node"

await startNode({
    app: "every-second",
    broker: "mqtt://127.0.0.1:1883",
    sampleEveryMs: 1000,
    parts: [{ sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] }],
    model: occupancy,
    report: { everyMs: 60000, measurands: { illuminanceLuxes: "raw" } },
})
