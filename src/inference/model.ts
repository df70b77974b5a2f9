/**
 * The shape of a generated model (models/<name>/model.ts), and how a measured value becomes what its thresholds are written in.
 *
 * Ticks are int16 numbers, one scale per input, chosen by the trainer. Both runtimes and the trainer use `ticksFromValue` from
 * here, so that a board and the machine that trained it agree on every last digit.
 */

/** The tick of an input nobody could measure: the one int16 value no measurement is given. */
export const MISSING = -32768

/** The class index when the path through the tree asks for a missing input. */
export const UNKNOWN = -1

const TICKS_MAX = 32767

export interface ModelInput {
    /** The contract's name, such as "illuminanceLuxes". */
    measurand: string
    /** What is taken of the measurand: "last", its newest value, or what src/sensing/features.ts makes of a window. */
    feature: string
    /** The value at tick 0, in the measurand's unit. */
    offset: number
    /** One tick, in the measurand's unit. */
    step: number
}

export interface Model {
    /** The SenML name of the verdict, such as "occupancy". */
    name: string
    classes: string[]
    inputs: ModelInput[]
    /** How many samples of each measurand the features are of; 1 when every feature is "last". */
    windowSamples: number
    /** Of the recording it learnt from; 0 where that was not said, and no feature asks for it. */
    samplesPerSecond: number
    /** Ticks in the order of `inputs`; an index into `classes`, or UNKNOWN. Allocates nothing. */
    classify: (ticks: number[]) => number
}

/** round((value - offset) / step), held to -32767..32767; MISSING for undefined, NaN and the infinities. */
export function ticksFromValue(input: ModelInput, value: number | undefined): number {
    if (value === undefined) return MISSING
    // The difference is NaN for NaN and for both infinities.
    if (value - value !== 0) return MISSING
    const ticks = (value - input.offset) / input.step
    if (ticks >= TICKS_MAX) return TICKS_MAX
    if (ticks <= -TICKS_MAX) return -TICKS_MAX
    // Not Math.round: of -1.5 it makes -2 under DeviceScript and -1 under Node.
    return Math.floor(ticks + 0.5)
}
