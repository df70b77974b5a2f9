/** What a node refuses at start: a model that wants other windows, or another rate, than its parts give. */
import { describe, expect, test } from "../suite"
import { Sensor } from "../../src/drivers/sensor"
import { Model } from "../../src/inference/model"
import { startNode } from "../../src/node/node"
import { SignalSensor } from "../../src/sensing/sampler"
import { Window } from "../../src/sensing/window"

const MEASURAND = "accelerationXMetresPerSecondSquared"

class Single implements Sensor {
    readonly part = "single"
    readonly warmUpMs = 0
    async start(): Promise<void> {}
    async sample(): Promise<object> {
        return { accelerationXMetresPerSecondSquared: 1 }
    }
}

class Signal extends Single implements SignalSensor {
    readonly samplesPerSecond = 50
    readonly measurands = [MEASURAND]
    readonly windows = [new Window(50)]
}

function modelOf(feature: string, windowSamples: number, samplesPerSecond: number): Model {
    return {
        name: "any",
        classes: ["a", "b"],
        inputs: [{ measurand: MEASURAND, feature, offset: 0, step: 1 }],
        windowSamples,
        samplesPerSecond,
        classify: () => 0,
    }
}

async function refusalOf(sensor: Sensor, model: Model): Promise<string> {
    try {
        await startNode({
            app: "any",
            broker: "none",
            sampleEveryMs: 500,
            parts: [{ sensor, measurands: [MEASURAND] }],
            model,
            report: { everyMs: 1000, measurands: {} },
        })
    } catch (e) {
        return (e as Error).message
    }
    return ""
}

describe("node with a signal", () => {
    test("come in windows of the model's size", async () => {
        const refused = await refusalOf(new Signal(), modelOf("mean", 64, 50))
        expect(refused).toBe("any: wants windows of 64 samples")
    })
    test("come at the rate the model learnt from", async () => {
        const refused = await refusalOf(new Signal(), modelOf("mean", 50, 100))
        expect(refused).toBe("any: wants 100 samples a second, not 50")
    })
    test("or one by one, at the rate of the rounds", async () => {
        const refused = await refusalOf(new Single(), modelOf("mean", 5, 1))
        expect(refused).toBe("any: wants 1 samples a second, not 2")
    })
    test("have the features there are", async () => {
        expect(await refusalOf(new Signal(), modelOf("median", 50, 50))).toBe('no feature "median"')
        expect(await refusalOf(new Signal(), modelOf("band:25", 50, 50))).toBe(
            'feature "band:25": not above 0 and below half of 50 Hz'
        )
    })
})
