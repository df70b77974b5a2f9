/** A machine node: is the fan in balance? Its vibration, a second at a time, decided on the board: no raw sample leaves it. */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { fanBalance } from "../models/fan-balance/model"
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
const vibration = new Burst(accelerometer, deviceClock, 50)

await startNode({
    app: "machine",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 1000,
    parts: [
        {
            sensor: vibration,
            measurands: [
                "accelerationXMetresPerSecondSquared",
                "accelerationYMetresPerSecondSquared",
                "accelerationZMetresPerSecondSquared",
            ],
        },
    ],
    model: fanBalance,
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        verdictAfter: 7, // seconds: near a threshold the verdict of one flickers
        measurands: {},
        whileOffline: "newest", // a summary is the verdict alone, and each change of that is kept
    },
})
