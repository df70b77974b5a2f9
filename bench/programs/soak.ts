/**
 * The node of the soak: one light sensor, a report a sample, so that a day of faults holds as many messages as months of a real node.
 * It says on its console what it has reported: the truth that the far end's is held against.
 */
import "@dsboard/simulator"
import { occupancy } from "../../models/occupancy/model"
import { Bh1750 } from "../../src/drivers/bh1750"
import { bus } from "../../src/node/bus"
import { deviceClock } from "../../src/node/clock"
import { startNode } from "../../src/node/node"

await startNode({
    app: "soak",
    broker: "mqtt://127.0.0.1:1883",
    sampleEveryMs: 20000,
    parts: [{ sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] }],
    model: occupancy,
    report: { everyMs: 10 * 60000, measurands: { illuminanceLuxes: "raw" } },
    onReport: (boot, sequence, isAlarm) =>
        console.log(`report ${boot.toString("hex")} ${sequence} ${isAlarm ? "alarm" : "routine"}`),
})
