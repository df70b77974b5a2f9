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

/** Worked out apart from the writer, with another CRC: 14 B of head, one input, the root at 38 with weight 1, three nodes. */
export const OCCUPANCY_HEX =
    "4d574d4402010102c24aeca70300" +
    "dc3b7a590000000080298840000000000000b03f" +
    "26000100" +
    "00007fe62c00ff0000000000ff0001000000" +
    "23b1decf"

/** `asking`, `forest` and `boosted` of packables.ts. */
export const ASKING_HEX =
    "4d574d440203010368d57ad50700d40cee840000000000803440000000000000b03fed115ca20000000000008940000000000000e03fdc3b7a590000000000000000000000000000f03f4e0001000003f9ff5400ff000000000001002c016c00010f05005400020901805400ff0001000000ff00020000005a814e89"
export const FOREST_HEX =
    "4d574d440203030368d57ad50900d40cee840000000000803440000000000000b03fed115ca20000000000008940000000000000e03fdc3b7a590000000000000000000000000000f03f56000100680001007a000100000000005c00ff0000000000ff0002000000010000006e00ff0001000000ff0002000000020200008000ff0002000000ff000000000062862296"
export const BOOSTED_HEX =
    "4d574d440203030368d57ad50900d40cee840000000000803440000000000000b03fed115ca20000000000008940000000000000e03fdc3b7a590000000000000000000000000000f03f56002c01680002007a002b01000000005c00ff0000000000ff0002000000010000006e00ff0001000000ff0002000000020200008000ff0002000000ff00000000005d030628"

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

/** The same trees, which weigh 300, 2 and 299. */
export const BOOSTED_CASES: number[][] = [
    // 300 for 0, 2 for 1, 299 for 2
    [0, 0, 0, 0],
    // 300 for 2, 2 for 1, 299 for 2
    [1, 0, 0, 2],
    // 300 for 0, 301 for 2
    [0, 1, 0, 2],
    // 300 unknown, 2 for 1, 299 for 2
    [MISSING, 0, 0, UNKNOWN],
    // 300 unknown, 301 for 2
    [MISSING, 1, 0, 2],
    // 2 unknown
    [0, MISSING, 0, 0],
]

/** What is wrong with ASKING_HEX once these bytes are written into it and the CRC made right again. Its nodes are at 78. */
export const BROKEN: { reason: string; at: number; bytes: number[] }[] = [
    { reason: "magic", at: 3, bytes: [0x45] },
    { reason: "version", at: 4, bytes: [1] },
    { reason: "version", at: 4, bytes: [3] },
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
    { reason: "root", at: 74, bytes: [72] },
    { reason: "root", at: 74, bytes: [79] },
    { reason: "root", at: 74, bytes: [120] },
    { reason: "root", at: 74, bytes: [96] },
    // A tree of no weight.
    { reason: "root", at: 76, bytes: [0] },
    // An input that is not there, a flag that is not defined, and a swapped node that is no surrogate.
    { reason: "node", at: 78, bytes: [3] },
    { reason: "node", at: 79, bytes: [19] },
    { reason: "node", at: 79, bytes: [7] },
    // A leaf of the fourth class, one with flags, one with children.
    { reason: "node", at: 86, bytes: [3] },
    { reason: "node", at: 85, bytes: [1] },
    { reason: "node", at: 88, bytes: [84] },
    // A child that is its parent, one between two nodes, one of two behind the end.
    { reason: "child", at: 94, bytes: [90] },
    { reason: "child", at: 94, bytes: [78] },
    { reason: "child", at: 94, bytes: [109] },
    { reason: "child", at: 94, bytes: [114] },
    // Children that are a surrogate each, in either place.
    { reason: "child", at: 82, bytes: [96] },
    { reason: "child", at: 82, bytes: [90] },
    // A surrogate that is none, one with other children, one that would come last.
    { reason: "child", at: 97, bytes: [3] },
    { reason: "child", at: 100, bytes: [78] },
    { reason: "child", at: 103, bytes: [11] },
    { reason: "child", at: 100, bytes: [96] },
]
