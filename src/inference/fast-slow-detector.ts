/** A generated detector of kind "fast-slow" as a model of a node: `model: new FastSlowDetector(drift)`. One state: a board is one group. */
import { DetectorModel } from "./detector"
import { FastSlow } from "./fast-slow"
import { MISSING, Model, ModelInput, UNKNOWN } from "./model"
import { QUIET, UNUSUAL } from "./verdict"

export interface FastSlowDetectorModel extends DetectorModel {
    kind: string
    fastAlpha: number
    slowAlpha: number
    threshold: number
    /** By input, in its unit. */
    deviationFloors: number[]
    refractory: number
    settling: number
}

export class FastSlowDetector implements Model {
    readonly name: string
    readonly classes: string[]
    readonly inputs: ModelInput[]
    readonly windowSamples: number
    readonly samplesPerSecond: number
    private channels: FastSlow[] = []

    constructor(private readonly model: FastSlowDetectorModel) {
        this.name = model.name
        this.classes = model.classes
        this.inputs = model.inputs
        this.windowSamples = model.windowSamples
        this.samplesPerSecond = model.samplesPerSecond
        this.reset()
    }

    /** Forgets the stream: what comes next is of another group. */
    reset(): void {
        const { fastAlpha, slowAlpha, threshold, deviationFloors } = this.model
        const { refractory, settling } = this.model
        this.channels = []
        for (let i = 0; i < this.inputs.length; ++i) {
            const deviationFloor = deviationFloors[i]
            this.channels.push(
                new FastSlow({
                    fastAlpha,
                    slowAlpha,
                    threshold,
                    deviationFloor,
                    refractory,
                    settling,
                })
            )
        }
    }

    /** 1 where an alarm of a channel begins, else UNKNOWN when one is missing, else 0. Every channel takes its value. Allocates nothing. */
    classify(ticks: number[]): number {
        const { inputs, channels } = this
        let verdict = QUIET
        for (let i = 0; i < channels.length; ++i) {
            let said = UNKNOWN
            if (ticks[i] !== MISSING) {
                const input = inputs[i]
                said = channels[i].push(input.offset + ticks[i] * input.step)
            }
            if (said === UNUSUAL) verdict = UNUSUAL
            if (said === UNKNOWN) if (verdict === QUIET) verdict = UNKNOWN
        }
        return verdict
    }
}
