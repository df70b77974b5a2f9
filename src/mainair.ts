/** An indoor air node: how good is the air, by particles and CO2? */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { airQuality } from "../models/air/model"
import { Scd4x } from "./drivers/scd4x"
import { Sps30 } from "./drivers/sps30"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"

const particles = new Sps30(bus, deviceClock)
const gas = new Scd4x(bus, deviceClock)

await startNode({
    app: "air",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 60000,
    parts: [
        {
            sensor: particles,
            measurands: ["pm25MicrogramsPerCubicMetre", "pm10MicrogramsPerCubicMetre"],
        },
        { sensor: gas, measurands: ["carbonDioxidePpm"] },
    ],
    model: airQuality,
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        measurands: {
            pm25MicrogramsPerCubicMetre: "summary",
            pm10MicrogramsPerCubicMetre: "summary",
            carbonDioxidePpm: "summary",
        },
    },
})
