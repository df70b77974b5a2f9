/** A generated detector of kind "ewma-z" as a model of a node: `model: new EwmaDetector(steam)`. */
import { Channel, ChannelDetector } from "./channel-detector"
import { DetectorModel } from "./detector"
import { EwmaZ, EwmaZModel } from "./ewma-z"

export interface EwmaDetectorModel extends DetectorModel, Omit<EwmaZModel, "deviationFloor"> {
    kind: string
    /** By input, in its unit. */
    deviationFloors: number[]
}

export class EwmaDetector extends ChannelDetector<EwmaDetectorModel> {
    protected override channelOf(input: number): Channel {
        const { alpha, threshold, alarmedShare, deviationFloors } = this.model
        return new EwmaZ({ alpha, threshold, alarmedShare, deviationFloor: deviationFloors[input] })
    }
}
