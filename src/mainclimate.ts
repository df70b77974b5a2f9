/** A climate node: has something happened to temperature or humidity? It learns what is usual while it runs. */
import "@dsboard/mw_esp32c3" // the board it is for; `motewise build --board ID` takes any other
import { climate } from "../models/climate/model"
import { Sht4x } from "./drivers/sht4x"
import { EwmaDetector } from "./inference/ewma-detector"
import { bus } from "./node/bus"
import { deviceClock } from "./node/clock"
import { startNode } from "./node/node"

const thermometer = new Sht4x(bus, deviceClock)

await startNode({
    app: "climate",
    broker: "mqtt://192.168.1.10:1883", // the setting BROKER goes before it
    sampleEveryMs: 5000,
    parts: [{ sensor: thermometer, measurands: ["temperatureCelsius", "relativeHumidityPercent"] }],
    model: new EwmaDetector(climate),
    report: {
        everyMs: 5 * 60000, // and at once when the verdict or a fault changes
        measurands: { temperatureCelsius: "summary", relativeHumidityPercent: "summary" },
    },
})
