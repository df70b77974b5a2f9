/** A battery node: off between two rounds, awake for the network once an hour or when it becomes too warm. */
import "@dsboard/mw_esp32c3"
import { Sht4x } from "../src/drivers/sht4x"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { startNode } from "../src/node/node"
import { standByBetweenRounds } from "../src/node/standby"

const WARM_CELSIUS = 30

const warmth = {
    name: "warmth",
    classes: ["fine", "warm"],
    inputs: [{ measurand: "temperatureCelsius", feature: "last", offset: 0, step: 0.1 }],
    windowSamples: 1,
    samplesPerSecond: 0,
    classify: (ticks: number[]): number => {
        const [temperature] = ticks
        if (temperature === -32768) return -1
        return temperature > WARM_CELSIUS * 10 ? 1 : 0
    },
}

await startNode({
    app: "standby",
    broker: "mqtt://192.168.1.10:1883",
    sampleEveryMs: 10 * 60000,
    standby: standByBetweenRounds,
    parts: [{ sensor: new Sht4x(bus, deviceClock), measurands: ["temperatureCelsius"] }],
    model: warmth,
    report: {
        everyMs: 60 * 60000,
        measurands: { temperatureCelsius: "summary" },
    },
})
