/** A node on the belt: does who wears it rest, walk, run, or fall? Decided on the board; a sketch on made-up data, not to be relied on. */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { activity } from "../models/activity/model"
import { Lis3dh } from "./drivers/lis3dh"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"
import { Burst } from "./sensing/burst"

const accelerometer = new Lis3dh(bus, deviceClock, 0x18, {
    fullScaleG: 8,
    dataRateHertz: 50,
    fifo: true,
})
const motion = new Burst(accelerometer, deviceClock, 96)

await startNode({
    app: "wear",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 2000,
    parts: [
        {
            sensor: motion,
            measurands: [
                "accelerationXMetresPerSecondSquared",
                "accelerationYMetresPerSecondSquared",
                "accelerationZMetresPerSecondSquared",
            ],
        },
    ],
    model: activity,
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        alarms: ["fall"], // in flash until the broker has it; that somebody walks is told, and need not be
        measurands: {},
        whileOffline: "newest", // a summary is the verdict alone, and each fall is kept
    },
})
