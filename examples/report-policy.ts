/**
 * A node that says only what its policy lets out: every humidity at once, the temperature as a mean of five minutes, the CO2 when the
 * verdict changes, and the light, which the model looks at, never. It says on the console what it sends; mosquitto_sub shows the rest.
 */
import { occupancy } from "../models/occupancy/model"
import { Bh1750 } from "../src/drivers/bh1750"
import { Scd4x } from "../src/drivers/scd4x"
import { Sht4x } from "../src/drivers/sht4x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { startNode } from "../src/node/node"

const climate = new Sht4x(bus, deviceClock)

await startNode({
    app: "report-policy",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 60000,
    parts: [
        { sensor: climate, measurands: ["temperatureCelsius", "relativeHumidityPercent"] },
        { sensor: new Scd4x(bus, deviceClock), measurands: ["carbonDioxidePpm"] },
        { sensor: new Bh1750(bus, deviceClock), measurands: ["illuminanceLuxes"] },
    ],
    model: occupancy,
    report: {
        everyMs: 5 * 60000,
        measurands: {
            relativeHumidityPercent: "raw",
            temperatureCelsius: "summary",
            carbonDioxidePpm: "verdict",
            illuminanceLuxes: "off",
        },
    },
    onReport: (boot, sequence, isAlarm) => {
        console.log(`report ${sequence}, ${isAlarm ? "an alarm" : "routine"}`)
    },
})
