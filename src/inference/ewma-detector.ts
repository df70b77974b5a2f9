/** A generated detector of kind "ewma-z" as a model of a node: `model: new EwmaDetector(steam)`. One state: a board is one group. */
import { DetectorModel } from "./detector"
import { EwmaZ } from "./ewma-z"
import { MISSING, Model, ModelInput, UNKNOWN } from "./model"
import { QUIET, UNUSUAL } from "./verdict"

export interface EwmaDetectorModel extends DetectorModel {
    kind: string
    alpha: number
    threshold: number
    alarmedShare: number
    /** By input, in its unit. */
    deviationFloors: number[]
}

export class EwmaDetector implements Model {
    readonly name: string
    readonly classes: string[]
    readonly inputs: ModelInput[]
    readonly windowSamples: number
    readonly samplesPerSecond: number
    private channels: EwmaZ[] = []

    constructor(private readonly model: EwmaDetectorModel) {
        this.name = model.name
        this.classes = model.classes
        this.inputs = model.inputs
        this.windowSamples = model.windowSamples
        this.samplesPerSecond = model.samplesPerSecond
        this.reset()
    }

    /** Forgets the stream: what comes next is of another group. */
    reset(): void {
        const { alpha, threshold, alarmedShare, deviationFloors } = this.model
        this.channels = []
        for (let i = 0; i < this.inputs.length; ++i)
            this.channels.push(
                new EwmaZ({ alpha, threshold, alarmedShare, deviationFloor: deviationFloors[i] })
            )
    }

    /** 1 when a channel is unusual, else UNKNOWN when one is missing, else 0. Every channel takes its value. Allocates nothing. */
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
