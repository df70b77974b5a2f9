/** A node whose old news are worth nothing: of the routine reports that no broker took, it keeps the newest alone. Alarms are all kept. */
import { occupancy } from "../models/occupancy/model"
import { Bh1750 } from "../src/drivers/bh1750"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { startNode } from "../src/node/node"

await startNode({
    app: "while-offline",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 60000,
    parts: [{ sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] }],
    model: occupancy,
    report: {
        everyMs: 60000,
        measurands: { illuminanceLuxes: "summary" },
        whileOffline: "newest",
    },
    onReport: (boot, sequence) => {
        console.log(`report ${sequence}`)
    },
})
