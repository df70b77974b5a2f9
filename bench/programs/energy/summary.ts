/** The room as src/main.ts has it: a summary every five minutes, and at once when the verdict changes. It says on its console what it has used. */
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
        everyMs: 5 * 60000,
        measurands: {
            temperatureCelsius: "summary",
            relativeHumidityPercent: "summary",
            carbonDioxidePpm: "summary",
            illuminanceLuxes: "summary",
        },
    },
    onReport: () => console.log(`used ${ds.millis()} ${energy.toText()}`),
})
