/** A generated detector of kind "fast-slow" as a model of a node: `model: new FastSlowDetector(drift)`. It tells where an alarm begins. */
import { Channel, ChannelDetector } from "./channel-detector"
import { DetectorModel } from "./detector"
import { FastSlow, FastSlowModel } from "./fast-slow"

export interface FastSlowDetectorModel
    extends DetectorModel, Omit<FastSlowModel, "deviationFloor"> {
    kind: string
    /** By input, in its unit. */
    deviationFloors: number[]
}

export class FastSlowDetector extends ChannelDetector<FastSlowDetectorModel> {
    protected override channelOf(input: number): Channel {
        const { fastAlpha, slowAlpha, threshold, deviationFloors } = this.model
        const { refractory, settling } = this.model
        const deviationFloor = deviationFloors[input]
        return new FastSlow({
            fastAlpha,
            slowAlpha,
            threshold,
            deviationFloor,
            refractory,
            settling,
        })
    }
}
