/** A fridge node: is it cold, is its door open, has it become too warm for vaccines? */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { cold } from "../models/cold/model"
import { Bh1750 } from "./drivers/bh1750"
import { Sht4x } from "./drivers/sht4x"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"

const climate = new Sht4x(bus, deviceClock)
const light = new Bh1750(bus, deviceClock)

await startNode({
    app: "cold",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 20000, // a door is seldom open for less
    parts: [
        { sensor: climate, measurands: ["temperatureCelsius", "relativeHumidityPercent"] },
        { sensor: light, measurands: ["illuminanceLuxes"] },
    ],
    model: cold,
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        measurands: { temperatureCelsius: "summary", relativeHumidityPercent: "summary" },
    },
})
