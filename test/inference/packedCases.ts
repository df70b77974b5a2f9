/** What both runtimes must make of the same bytes. The answers are worked out by hand. */
import { MISSING, Model, ModelInput, UNKNOWN } from "../../src/inference/model"

export const THREE_CLASSES = ["good", "fair", "poor"]
export const THREE_INPUTS: ModelInput[] = [
    { measurand: "temperatureCelsius", feature: "last", offset: 20.5, step: 0.0625 },
    { measurand: "carbonDioxidePpm", feature: "mean", offset: 800, step: 0.5 },
    { measurand: "illuminanceLuxes", feature: "last", offset: 0, step: 1 },
]

/** What a program with three inputs was built with: it answers 1 to everything. */
export const THREE: Model = {
    name: "air",
    classes: THREE_CLASSES,
    inputs: THREE_INPUTS,
    windowSamples: 1,
    samplesPerSecond: 0,
    classify: () => 1,
}

/** Worked out apart from the writer, with another CRC: 14 B of head, one input, the root at 36, three nodes. */
export const OCCUPANCY_HEX =
    "4d574d4401010102c24aeca70300" +
    "dc3b7a590000000080298840000000000000b03f" +
    "2400" +
    "00007fe62a00ff0000000000ff0001000000" +
    "b58357db"

/** `asking` and `forest` of packables.ts. */
export const ASKING_HEX =
    "4d574d440103010368d57ad50700d40cee840000000000803440000000000000b03fed115ca20000000000008940000000000000e03fdc3b7a590000000000000000000000000000f03f4c000003f9ff5200ff000000000001002c016a00010f05005200020901805200ff0001000000ff00020000009abe68d0"
export const FOREST_HEX =
    "4d574d440103030368d57ad50900d40cee840000000000803440000000000000b03fed115ca20000000000008940000000000000e03fdc3b7a590000000000000000000000000000f03f500062007400000000005600ff0000000000ff0002000000010000006800ff0001000000ff0002000000020200007a00ff0002000000ff00000000006adc9244"

/** Ticks of three inputs, then the class. */
export const ASKING_CASES: number[][] = [
    [-7, 0, 0, 0],
    [-32767, 301, 0, 0],
    [-6, 300, 0, 1],
    [-6, 301, 0, 2],
    // The node below has no surrogate.
    [-6, MISSING, 0, UNKNOWN],
    [-7, MISSING, MISSING, 0],
    // At or below 5 is high, where 300 is asked.
    [MISSING, 5, 0, 1],
    [MISSING, -32767, -32767, 1],
    [MISSING, 6, 0, 0],
    [MISSING, 301, 0, 0],
    [MISSING, MISSING, -32767, 0],
    [MISSING, MISSING, -32766, UNKNOWN],
    [MISSING, MISSING, MISSING, 0],
]

/** Of the trees' answers most count; of equals the lowest, but not against as many that do not know. */
export const FOREST_CASES: number[][] = [
    // 0, 1, 2
    [0, 0, 0, 0],
    // 2, 1, 2
    [1, 0, 0, 2],
    // 0, 2, 2
    [0, 1, 0, 2],
    // 0, 2, 0
    [0, 1, 1, 0],
    // 2, 1, 0: the missing one goes high
    [1, 0, MISSING, 0],
    // unknown, 1, 2
    [MISSING, 0, 0, UNKNOWN],
    // unknown, 2, 2
    [MISSING, 1, 0, 2],
    // unknown, unknown, 2
    [MISSING, MISSING, 0, UNKNOWN],
    // unknown, 1, 0
    [MISSING, 0, MISSING, UNKNOWN],
]

/** What is wrong with ASKING_HEX once these bytes are written into it and the CRC made right again. Its nodes are at 76. */
export const BROKEN: { reason: string; at: number; bytes: number[] }[] = [
    { reason: "magic", at: 3, bytes: [0x45] },
    { reason: "version", at: 4, bytes: [2] },
    { reason: "truncated", at: 5, bytes: [4] },
    { reason: "length", at: 5, bytes: [2] },
    { reason: "truncated", at: 6, bytes: [2] },
    { reason: "classes", at: 7, bytes: [2] },
    { reason: "classes", at: 8, bytes: [0] },
    { reason: "truncated", at: 12, bytes: [8] },
    { reason: "length", at: 12, bytes: [6] },
    { reason: "inputs", at: 14, bytes: [0] },
    { reason: "inputs", at: 54, bytes: [0] },
    // An offset of Infinity, one of NaN, steps of 0, of -0.0625 and of NaN.
    { reason: "scale", at: 18, bytes: [0, 0, 0, 0, 0, 0, 0xf0, 0x7f] },
    { reason: "scale", at: 18, bytes: [1, 0, 0, 0, 0, 0, 0xf0, 0x7f] },
    { reason: "scale", at: 26, bytes: [0, 0, 0, 0, 0, 0, 0, 0] },
    { reason: "scale", at: 26, bytes: [0, 0, 0, 0, 0, 0, 0xb0, 0xbf] },
    { reason: "scale", at: 26, bytes: [1, 0, 0, 0, 0, 0, 0xf0, 0x7f] },
    // A root before the nodes, between two, behind them, and on a surrogate.
    { reason: "root", at: 74, bytes: [70] },
    { reason: "root", at: 74, bytes: [77] },
    { reason: "root", at: 74, bytes: [118] },
    { reason: "root", at: 74, bytes: [94] },
    // An input that is not there, a flag that is not defined, and a swapped node that is no surrogate.
    { reason: "node", at: 76, bytes: [3] },
    { reason: "node", at: 77, bytes: [19] },
    { reason: "node", at: 77, bytes: [7] },
    // A leaf of the fourth class, one with flags, one with children.
    { reason: "node", at: 84, bytes: [3] },
    { reason: "node", at: 83, bytes: [1] },
    { reason: "node", at: 86, bytes: [82] },
    // A child that is its parent, one between two nodes, one of two behind the end.
    { reason: "child", at: 92, bytes: [88] },
    { reason: "child", at: 92, bytes: [76] },
    { reason: "child", at: 92, bytes: [107] },
    { reason: "child", at: 92, bytes: [112] },
    // Children that are a surrogate each, in either place.
    { reason: "child", at: 80, bytes: [94] },
    { reason: "child", at: 80, bytes: [88] },
    // A surrogate that is none, one with other children, one that would come last.
    { reason: "child", at: 95, bytes: [3] },
    { reason: "child", at: 98, bytes: [76] },
    { reason: "child", at: 101, bytes: [11] },
    { reason: "child", at: 98, bytes: [94] },
]
