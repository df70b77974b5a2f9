/** What a generated detector (models/<name>/model.ts, of `motewise train --kind detector`) says of itself, whichever its kind is. */
import { ModelInput } from "./model"

export interface DetectorModel {
    /** The SenML name of the verdict, such as "steam". */
    name: string
    /** What is usual, and what is not. */
    classes: string[]
    inputs: ModelInput[]
    windowSamples: number
    samplesPerSecond: number
}
