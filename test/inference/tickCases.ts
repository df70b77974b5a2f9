/** What both runtimes must make of the same values: [value, ticks], by hand. */
import { MISSING, ModelInput } from "../../src/inference/model"

export const QUARTERS: ModelInput = {
    measurand: "temperatureCelsius",
    feature: "last",
    offset: 20,
    step: 0.25,
}

export const QUARTER_CASES: (number | undefined)[][] = [
    [20, 0],
    [20.25, 1],
    // Halves go up on both sides of zero.
    [20.125, 1],
    [20.124, 0],
    [20.375, 2],
    [19.875, 0],
    [19.874, -1],
    [19.625, -1],
    [19.375, -2],
    // The scale ends at 20 + 32767 / 4 = 8211.75 and at -8171.75.
    [8211.5, 32766],
    [8211.75, 32767],
    [8212, 32767],
    [1e300, 32767],
    [-8171.5, -32766],
    [-8171.75, -32767],
    [-8172, -32767],
    [-1e300, -32767],
    [undefined, MISSING],
    [NaN, MISSING],
    [Infinity, MISSING],
    [-Infinity, MISSING],
]

/** A step that binary fractions do not hit, as a model made elsewhere may have. */
export const TENTHS: ModelInput = {
    measurand: "carbonDioxidePpm",
    feature: "last",
    offset: 0,
    step: 0.1,
}

export const TENTH_CASES: number[][] = [
    [0, 0],
    // Fractions are falsy in the VM: a check for truth would lose them.
    [0.5, 5],
    [0.3, 3],
    [-0.3, -3],
    [0.24, 2],
]
