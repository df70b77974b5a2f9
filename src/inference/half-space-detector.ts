/** A generated detector of kind "half-space-trees" as a model of a node: `model: new HalfSpaceDetector(motor)`. A board is one group. */
import { DetectorModel } from "./detector"
import { HalfSpaceModel, HalfSpaceTrees } from "./half-space-trees"
import { MISSING, Model, ModelInput, UNKNOWN } from "./model"

export interface HalfSpaceDetectorModel extends DetectorModel, HalfSpaceModel {
    kind: string
}

export class HalfSpaceDetector implements Model {
    readonly name: string
    readonly classes: string[]
    readonly inputs: ModelInput[]
    readonly windowSamples: number
    readonly samplesPerSecond: number
    private readonly trees: HalfSpaceTrees
    private readonly values: number[] = []

    constructor(model: HalfSpaceDetectorModel) {
        this.name = model.name
        this.classes = model.classes
        this.inputs = model.inputs
        this.windowSamples = model.windowSamples
        this.samplesPerSecond = model.samplesPerSecond
        for (let i = 0; i < model.inputs.length; ++i) this.values.push(0)
        this.trees = new HalfSpaceTrees(model)
    }

    /** Forgets the stream: what comes next is of another group. */
    reset(): void {
        this.trees.reset()
    }

    /** 1 where an alarm begins, UNKNOWN when a channel is missing, else 0. Allocates nothing. */
    classify(ticks: number[]): number {
        const { inputs, values } = this
        for (let i = 0; i < values.length; ++i) {
            if (ticks[i] === MISSING) return UNKNOWN
            const input = inputs[i]
            values[i] = input.offset + ticks[i] * input.step
        }
        return this.trees.push(values)
    }
}
