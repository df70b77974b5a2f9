/** A model at work: a window of each measurand that it looks at, and of those the features, as its ticks. */
import { Feature, featureOf, parseFeature } from "../sensing/features"
import { Window } from "../sensing/window"
import { Model, ticksFromValue } from "./model"

export class Inference {
    /** What the model looks at, each once, and of each its window: whoever fills windows of its own may put them here. */
    readonly measurands: string[] = []
    readonly windows: Window[] = []
    /** By input. */
    readonly ticks: number[] = []
    private readonly features: Feature[] = []
    private readonly sources: number[] = []

    /** @throws Error for a feature there is none of */
    constructor(private readonly model: Model) {
        for (const input of model.inputs) {
            if (this.measurands.includes(input.measurand)) continue
            this.measurands.push(input.measurand)
            this.windows.push(new Window(model.windowSamples))
        }
        this.arrange()
    }

    /** After the model's bytes were replaced: its inputs are others then, among the measurands it had. */
    arrange(): void {
        const { inputs, samplesPerSecond } = this.model
        for (let i = 0; i < inputs.length; ++i) {
            this.features[i] = parseFeature(inputs[i].feature, samplesPerSecond)
            this.sources[i] = this.measurands.indexOf(inputs[i].measurand)
            this.ticks[i] = 0
        }
    }

    /** Takes the ticks of `count` inputs from their windows: for who gives way between those of long ones. Allocates nothing. */
    look(from: number, count: number): void {
        const { ticks, features, sources, windows } = this
        const { inputs } = this.model
        for (let i = from; i < from + count; ++i)
            ticks[i] = ticksFromValue(inputs[i], featureOf(features[i], windows[sources[i]]))
    }

    /** The verdict on the ticks as they are: an index into the model's classes, or UNKNOWN. */
    decide(): number {
        return this.model.classify(this.ticks)
    }

    /** The verdict on the windows as they are. */
    infer(): number {
        this.look(0, this.model.inputs.length)
        return this.decide()
    }
}
