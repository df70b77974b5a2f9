/** A generated detector that looks at each channel by itself, as a model of a node. One state: a board is one group. */
import { DetectorModel } from "./detector"
import { MISSING, Model, ModelInput, UNKNOWN } from "./model"
import { QUIET, UNUSUAL } from "./verdict"

/** QUIET, UNUSUAL, or UNKNOWN for a value that is missing. Allocates nothing. */
export interface Channel {
    push(value: number): number
}

export abstract class ChannelDetector<Parameters extends DetectorModel> implements Model {
    readonly name: string
    readonly classes: string[]
    readonly inputs: ModelInput[]
    readonly windowSamples: number
    readonly samplesPerSecond: number
    private channels: Channel[] = []

    constructor(protected readonly model: Parameters) {
        this.name = model.name
        this.classes = model.classes
        this.inputs = model.inputs
        this.windowSamples = model.windowSamples
        this.samplesPerSecond = model.samplesPerSecond
        this.reset()
    }

    /** Of one input, as it is before its first value. */
    protected abstract channelOf(input: number): Channel

    /** Forgets the stream: what comes next is of another group. */
    reset(): void {
        this.channels = []
        for (let i = 0; i < this.inputs.length; ++i) this.channels.push(this.channelOf(i))
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
