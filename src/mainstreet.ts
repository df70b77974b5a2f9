/** A kerb node: is the lamp to burn, and is the parking place taken? It lies level, x to the north. */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { street } from "../models/street/model"
import { Mmc5603 } from "./drivers/mmc5603"
import { Veml7700 } from "./drivers/veml7700"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"

const light = new Veml7700(bus, deviceClock)
const field = new Mmc5603(bus, deviceClock)

await startNode({
    app: "street",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 60000,
    parts: [
        { sensor: light, measurands: ["illuminanceLuxes"] },
        {
            sensor: field,
            measurands: [
                "magneticFluxDensityXMicroteslas",
                "magneticFluxDensityYMicroteslas",
                "magneticFluxDensityZMicroteslas",
            ],
        },
    ],
    model: street,
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        verdictAfter: 2, // minutes: what only passes has gone by then
        measurands: { illuminanceLuxes: "summary" }, // the field is for the verdict alone
    },
})
