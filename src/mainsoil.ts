/** A garden node: is it time to water? */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { soil } from "../models/soil/model"
import { Seesaw } from "./drivers/seesaw"
import { Sht4x } from "./drivers/sht4x"
import { Veml7700 } from "./drivers/veml7700"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"

const probe = new Seesaw(bus, deviceClock)
const climate = new Sht4x(bus, deviceClock)
const light = new Veml7700(bus, deviceClock)

await startNode({
    app: "soil",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 10 * 60000,
    parts: [
        { sensor: probe, measurands: ["soilMoistureTicks", "soilTemperatureCelsius"] },
        { sensor: climate, measurands: ["temperatureCelsius", "relativeHumidityPercent"] },
        { sensor: light, measurands: ["illuminanceLuxes"] },
    ],
    model: soil,
    report: {
        everyMs: 60 * 60000, // and at once when the verdict or a fault changes
        measurands: {
            soilMoistureTicks: "summary",
            soilTemperatureCelsius: "summary",
            temperatureCelsius: "summary",
            relativeHumidityPercent: "summary",
            illuminanceLuxes: "summary",
        },
    },
})
