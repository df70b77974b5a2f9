/** A generated detector of kind "ewma-z" as a model of a node: `model: new EwmaDetector(steam)`. */
import { Channel, ChannelDetector } from "./channel-detector"
import { DetectorModel } from "./detector"
import { EwmaZ } from "./ewma-z"

export interface EwmaDetectorModel extends DetectorModel {
    kind: string
    alpha: number
    threshold: number
    alarmedShare: number
    /** By input, in its unit. */
    deviationFloors: number[]
}

export class EwmaDetector extends ChannelDetector<EwmaDetectorModel> {
    protected override channelOf(input: number): Channel {
        const { alpha, threshold, alarmedShare, deviationFloors } = this.model
        return new EwmaZ({ alpha, threshold, alarmedShare, deviationFloor: deviationFloors[input] })
    }
}
