/** The room that tells the verdict and what it was of, when it changes, and once an hour that it is there. */
import "@dsboard/simulator"
import * as ds from "@devicescript/core"
import { occupancy } from "../../../models/occupancy/model"
import { startNode } from "../../../src/node/node"
import { EnergyAccount } from "../../../src/power/energy-account"
import { roomParts, SAMPLE_EVERY_MS } from "./parts"

const energy = new EnergyAccount()

await startNode({
    app: "energy",
    broker: "mqtt://127.0.0.1:1883",
    sampleEveryMs: SAMPLE_EVERY_MS,
    parts: roomParts,
    model: occupancy,
    energy,
    report: {
        everyMs: 60 * 60000,
        measurands: {
            temperatureCelsius: "verdict",
            relativeHumidityPercent: "verdict",
            carbonDioxidePpm: "verdict",
            illuminanceLuxes: "verdict",
        },
    },
    onReport: () => console.log(`used ${ds.millis()} ${energy.toText()}`),
})
