/** A room node: is somebody here? The file a newcomer edits. */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { occupancy } from "../models/occupancy/model"
import { Bh1750 } from "./drivers/bh1750"
import { Scd4x } from "./drivers/scd4x"
import { Sht4x } from "./drivers/sht4x"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"
import { EnergyAccount } from "./power/energy-account"

const climate = new Sht4x(bus, deviceClock)
const air = new Scd4x(bus, deviceClock)
const light = new Bh1750(bus, deviceClock)

await startNode({
    app: "room",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 60000,
    parts: [
        { sensor: climate, measurands: ["temperatureCelsius", "relativeHumidityPercent"] },
        { sensor: air, measurands: ["carbonDioxidePpm"] },
        { sensor: light, measurands: ["illuminanceLuxes"] },
    ],
    model: occupancy,
    energy: new EnergyAccount(),
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        measurands: {
            temperatureCelsius: "summary",
            relativeHumidityPercent: "summary",
            carbonDioxidePpm: "summary",
            illuminanceLuxes: "summary",
        },
    },
})
