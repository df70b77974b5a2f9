/** What a node refuses at start: options that contradict themselves. */
import { beforeEach, describe, expect, test } from "../suite"
import { Sensor } from "../../src/drivers/sensor"
import { NodeOptions, startNode } from "../../src/node/node"

class Thermometer implements Sensor {
    readonly part = "thermometer"
    readonly warmUpMs = 0
    async start(): Promise<void> {}
    async sample(): Promise<object> {
        return { temperatureCelsius: 20 }
    }
}

let options: NodeOptions

/** What it says of options that contradict themselves. */
async function refusal(): Promise<string> {
    try {
        await startNode(options)
    } catch (e) {
        return (e as Error).message
    }
    return ""
}

describe("options of a node", () => {
    beforeEach(() => {
        options = {
            app: "warm",
            broker: "mqtt://far.test",
            sampleEveryMs: 60000,
            parts: [{ sensor: new Thermometer(), measurands: ["temperatureCelsius"] }],
            model: {
                name: "warmth",
                classes: ["cool", "warm"],
                inputs: [
                    { measurand: "temperatureCelsius", feature: "last", offset: 0, step: 0.01 },
                ],
                windowSamples: 1,
                samplesPerSecond: 0,
                classify: ticks => (ticks[0] > 2500 ? 1 : 0),
            },
            report: { everyMs: 300000, measurands: { temperatureCelsius: "summary" } },
        }
    })

    test("a measurand that nobody knows, or two parts serve", async () => {
        options.parts[0].measurands = ["temperatureKelvin"]
        expect(await refusal()).toBe(`thermometer: no measurand "temperatureKelvin"`)
        options.parts[0].measurands = ["temperatureCelsius", "temperatureCelsius"]
        expect(await refusal()).toBe("thermometer: temperatureCelsius is served twice")
    })

    test("a model that looks at what no part serves", async () => {
        options.model.inputs[0].measurand = "illuminanceLuxes"
        expect(await refusal()).toBe("warmth: no part serves illuminanceLuxes")
    })

    test("a report of what no part serves", async () => {
        options.report.measurands = { illuminanceLuxes: "summary" }
        expect(await refusal()).toBe("report: no part serves illuminanceLuxes")
    })

    test("an alarm that is no verdict of the model", async () => {
        options.report.alarms = ["unknown", "warm", "hot"]
        expect(await refusal()).toBe(`warmth: no verdict "hot" to be an alarm`)
    })
})
