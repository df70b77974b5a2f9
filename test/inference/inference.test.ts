import { describe, expect, test } from "../suite"
import { Inference } from "../../src/inference/inference"
import { MISSING, Model, ModelInput } from "../../src/inference/model"

/** What its last `classify` was asked. */
let asked: number[] = []

function inputOf(measurand: string, feature: string): ModelInput {
    return { measurand, feature, offset: 0, step: 0.5 }
}

function modelOf(inputs: ModelInput[], windowSamples: number): Model {
    return {
        name: "any",
        classes: ["a", "b"],
        inputs,
        windowSamples,
        samplesPerSecond: 8,
        classify: ticks => {
            asked = ticks.slice(0, inputs.length)
            return 1
        },
    }
}

function expectAsked(ticks: number[]): void {
    expect(asked.length).toBe(ticks.length)
    for (let i = 0; i < ticks.length; ++i) expect(asked[i]).toBe(ticks[i])
}

describe("inference", () => {
    test("keeps one window of each measurand, and asks of it every feature in the model's order", () => {
        const inputs = [inputOf("y", "max"), inputOf("x", "mean"), inputOf("y", "last")]
        const inference = new Inference(modelOf(inputs, 2))
        expect(inference.measurands.join()).toBe("y,x")
        inference.windows[0].push(7)
        inference.windows[0].push(5)
        inference.windows[1].push(1)
        inference.windows[1].push(2)
        expect(inference.infer()).toBe(1)
        expectAsked([14, 3, 10])
    })

    test("has no feature of a window that is not full, but the last value", () => {
        const inference = new Inference(modelOf([inputOf("x", "mean"), inputOf("x", "last")], 3))
        inference.windows[0].push(4)
        inference.infer()
        expectAsked([MISSING, 8])
    })

    test("takes bands at the model's sample rate", () => {
        // 2 Hz at 8 samples a second: 0, 1, 0, -1. Its mean square is 1/2, and all of it is in that band.
        const inputs = [inputOf("x", "band:2"), inputOf("x", "band:1")]
        const inference = new Inference(modelOf(inputs, 8))
        for (let i = 0; i < 8; ++i) inference.windows[0].push([0, 8, 0, -8][i & 3])
        inference.infer()
        expectAsked([64, 0])
    })

    test("follows a model whose inputs were replaced, with the windows as they were", () => {
        const model = modelOf([inputOf("x", "last"), inputOf("y", "last")], 1)
        const inference = new Inference(model)
        inference.windows[0].push(1)
        inference.windows[1].push(2)
        model.inputs = [inputOf("y", "last")]
        inference.arrange()
        inference.infer()
        expect(asked[0]).toBe(4)
        expect(inference.measurands.join()).toBe("x,y")
    })
})
