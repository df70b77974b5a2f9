/**
 * A model as bytes (model.bin), which a release can replace while the node runs. Numbers are little-endian.
 *
 * | at                  | what                                                                                  |
 * | ------------------- | ------------------------------------------------------------------------------------- |
 * | 0                   | "MWMD"                                                                                |
 * | 4                   | u8 version, 2                                                                         |
 * | 5, 6, 7             | u8 inputs, 0..254; u8 trees, 1..255; u8 classes, 1..255                               |
 * | 8                   | i32 hash of the classes' names, each followed by a line feed                          |
 * | 12                  | u16 nodes                                                                             |
 * | 14, 20 B an input   | i32 hash of "measurand/feature", f64 offset, f64 step                                 |
 * | then, 4 B a tree    | u16 where its root is, u16 its weight, 1 or more                                      |
 * | then, 6 B a node    | u8 input, u8 flags, i16 threshold, u16 where its children are; u8 255, u8 0, u16 class, u16 0: a leaf |
 * | then                | u32 CRC-32 (IEEE 802.3) of all before it                                              |
 *
 * Places are counted in bytes from the start. Of two children the low one, at or below the threshold, comes first, and both come after
 * their parent. Flags say what a missing input does: 0 the tree answers UNKNOWN, 1 low, 2 high, 3 ask a surrogate. Surrogates are nodes
 * behind the two children, with 8 in their flags and the same children, asked in turn; 4 in the flags of one swaps what it says.
 *
 * Hashes are FNV-1a, 32 bits, over UTF-8. The answer is the class whose trees weigh most together, of equals the lowest; UNKNOWN when the
 * trees that do not know weigh as much. So one tree alone answers what it says.
 */
import { MISSING, Model, ModelInput, UNKNOWN } from "./model"

export const PACKED_VERSION = 2
export const MAGIC = [0x4d, 0x57, 0x4d, 0x44]
export const HEADER_BYTES = 14
export const INPUT_BYTES = 20
export const ROOT_BYTES = 4
export const NODE_BYTES = 6
export const CHECKSUM_BYTES = 4
/** In place of an input. */
export const LEAF = 255

export const WHEN_MISSING = 3
export const WHEN_MISSING_LOW = 1
export const WHEN_MISSING_HIGH = 2
export const WHEN_MISSING_SURROGATE = 3
export const SWAPPED = 4
export const SURROGATE = 8

/** Why bytes are no model for this node; "" when they are. */
export const REFUSED_TRUNCATED = "truncated"
export const REFUSED_MAGIC = "magic"
export const REFUSED_VERSION = "version"
export const REFUSED_LENGTH = "length"
export const REFUSED_ALTERED = "altered"
export const REFUSED_INPUTS = "inputs"
export const REFUSED_CLASSES = "classes"
export const REFUSED_SCALE = "scale"
export const REFUSED_ROOT = "root"
export const REFUSED_NODE = "node"
export const REFUSED_CHILD = "child"

/** Between two pauses: a quarter of what the VM allows between two awaits. */
const CHECKSUM_BYTES_AT_ONCE = 512
const NODES_AT_ONCE = 128
const CRC_OF_NIBBLE = [
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]

export interface Octets {
    length: number
    [index: number]: number
}

/** FNV-1a, signed. */
export function nameHash(text: string): number {
    const bytes = Buffer.from(text)
    let hash = 0x811c9dc5
    for (let i = 0; i < bytes.length; ++i) hash = Math.imul(hash ^ bytes[i], 0x01000193)
    return hash | 0
}

export function inputName({ measurand, feature }: ModelInput): string {
    return `${measurand}/${feature}`
}

export function classNames(classes: string[]): string {
    return classes.map(name => `${name}\n`).join("")
}

/** CRC-32 so far, of `length` bytes more; begins with -1, and ends as its complement. */
export function crc32(crc: number, bytes: Octets, from: number, length: number): number {
    for (let i = from; i < from + length; ++i) {
        crc = CRC_OF_NIBBLE[(crc ^ bytes[i]) & 15] ^ (crc >>> 4)
        crc = CRC_OF_NIBBLE[(crc ^ (bytes[i] >> 4)) & 15] ^ (crc >>> 4)
    }
    return crc
}

/** The model a program was built with, until bytes replace it. */
export class PackedModel implements Model {
    readonly name: string
    readonly classes: string[]
    /** In the order that `classify` wants; another one, and other scales, once replaced. */
    inputs: ModelInput[]
    readonly windowSamples: number
    readonly samplesPerSecond: number
    private table: Buffer | undefined
    private roots = 0
    private trees = 0
    /** By class, the last for UNKNOWN. */
    private readonly votes: number[] = []

    constructor(private readonly builtIn: Model) {
        this.name = builtIn.name
        this.classes = builtIn.classes
        this.inputs = builtIn.inputs
        this.windowSamples = builtIn.windowSamples
        this.samplesPerSecond = builtIn.samplesPerSecond
        for (let i = 0; i <= builtIn.classes.length; ++i) this.votes.push(0)
    }

    /**
     * Checks everything, then takes the bytes, which nobody may write to from then on. Until then the old model answers.
     * @param pause gives way, for the check of a large model takes longer than the VM allows at once
     * @returns a reason, and the old model stays; "" when it was replaced
     */
    async replace(bytes: Buffer, pause: () => Promise<void>): Promise<string> {
        const refused = refusedHead(bytes)
        if (refused !== "") return refused
        const end = bytes.length - CHECKSUM_BYTES
        let crc = -1
        for (let at = 0; at < end; at += CHECKSUM_BYTES_AT_ONCE) {
            crc = crc32(crc, bytes, at, Math.min(CHECKSUM_BYTES_AT_ONCE, end - at))
            await pause()
        }
        if (~crc !== bytes.getAt(end, "i32")) return REFUSED_ALTERED
        const { classes } = this
        if (bytes[7] !== classes.length) return REFUSED_CLASSES
        if (bytes.getAt(8, "i32") !== nameHash(classNames(classes))) return REFUSED_CLASSES
        const inputs = inputsOf(bytes, this.builtIn.inputs)
        if (inputs === undefined) return REFUSED_INPUTS
        for (const input of inputs) if (!isScaled(input)) return REFUSED_SCALE
        const trees = bytes[6]
        const roots = HEADER_BYTES + bytes[5] * INPUT_BYTES
        const nodes = roots + trees * ROOT_BYTES
        for (let root = roots; root < nodes; root += ROOT_BYTES) {
            if (!isNode(bytes, nodes, bytes.getAt(root, "u16"))) return REFUSED_ROOT
            if (bytes.getAt(root + 2, "u16") === 0) return REFUSED_ROOT
        }
        for (let at = nodes; at < end; at += NODE_BYTES) {
            const reason = refusedNode(bytes, nodes, at)
            if (reason !== "") return reason
            if ((at - nodes) % (NODES_AT_ONCE * NODE_BYTES) === 0) await pause()
        }
        this.inputs = inputs
        this.table = bytes
        this.roots = roots
        this.trees = trees
        return ""
    }

    /** Ticks in the order of `inputs`; an index into `classes`, or UNKNOWN. Allocates nothing and, once replaced, calls nothing. */
    classify(ticks: number[]): number {
        const { table, trees, votes } = this
        if (table === undefined) return this.builtIn.classify(ticks)
        const classes = votes.length - 1
        for (let i = 0; i <= classes; ++i) votes[i] = 0
        let root = this.roots
        for (let tree = 0; tree < trees; ++tree) {
            let at = table.getAt(root, "u16")
            const weight = table.getAt(root + 2, "u16")
            root += ROOT_BYTES
            let input = table[at]
            // Children lie behind their parents, so there are at most as many steps as nodes.
            while (input !== LEAF) {
                const children = table.getAt(at + 4, "u16")
                let tick = ticks[input]
                if (tick === MISSING) {
                    let flags = table[at + 1]
                    let asked = children + NODE_BYTES
                    while (tick === MISSING) {
                        if ((flags & WHEN_MISSING) !== WHEN_MISSING_SURROGATE) break
                        asked += NODE_BYTES
                        flags = table[asked + 1]
                        tick = ticks[table[asked]]
                    }
                    if (tick === MISSING) {
                        flags &= WHEN_MISSING
                        if (flags === 0) break
                        at = flags === WHEN_MISSING_LOW ? children : children + NODE_BYTES
                    } else {
                        const isLow = tick <= table.getAt(asked + 2, "i16")
                        const isSwapped = (flags & SWAPPED) !== 0
                        at = isLow !== isSwapped ? children : children + NODE_BYTES
                    }
                } else if (tick <= table.getAt(at + 2, "i16")) at = children
                else at = children + NODE_BYTES
                input = table[at]
            }
            let answer = classes
            if (input === LEAF) answer = table.getAt(at + 2, "u16")
            votes[answer] += weight
        }
        let best = 0
        for (let i = 1; i < classes; ++i) if (votes[i] > votes[best]) best = i
        return votes[classes] >= votes[best] ? UNKNOWN : best
    }
}

/** Whether it begins as a model and is as long as it says. */
function refusedHead(bytes: Buffer): string {
    if (bytes.length < HEADER_BYTES) return REFUSED_TRUNCATED
    for (let i = 0; i < MAGIC.length; ++i) if (bytes[i] !== MAGIC[i]) return REFUSED_MAGIC
    if (bytes[4] !== PACKED_VERSION) return REFUSED_VERSION
    const length =
        HEADER_BYTES +
        bytes[5] * INPUT_BYTES +
        bytes[6] * ROOT_BYTES +
        bytes.getAt(12, "u16") * NODE_BYTES +
        CHECKSUM_BYTES
    if (bytes.length < length) return REFUSED_TRUNCATED
    // No model without a tree, and none whose places 16 bits can not tell.
    if (bytes.length > length || length > 65535 || bytes[6] === 0) return REFUSED_LENGTH
    return ""
}

/** The inputs by their names, on the scales of the bytes; undefined when one is none of the `offered`. */
function inputsOf(bytes: Buffer, offered: ModelInput[]): ModelInput[] | undefined {
    const inputs: ModelInput[] = []
    for (let i = 0; i < bytes[5]; ++i) {
        const at = HEADER_BYTES + i * INPUT_BYTES
        const known = inputByHash(bytes.getAt(at, "i32"), offered)
        if (known === undefined) return undefined
        const { measurand, feature } = known
        const offset = bytes.getAt(at + 4, "f64")
        inputs.push({ measurand, feature, offset, step: bytes.getAt(at + 12, "f64") })
    }
    return inputs
}

function inputByHash(hash: number, offered: ModelInput[]): ModelInput | undefined {
    return offered.find(input => nameHash(inputName(input)) === hash)
}

/** The difference is NaN for NaN and for both infinities. */
function isScaled({ offset, step }: ModelInput): boolean {
    return offset - offset === 0 && step - step === 0 && step > 0
}

/** Whether a walk may come to this place: a node, and no surrogate. */
function isNode(bytes: Buffer, nodes: number, at: number): boolean {
    if (at < nodes || at + NODE_BYTES + CHECKSUM_BYTES > bytes.length) return false
    return (at - nodes) % NODE_BYTES === 0 && (bytes[at + 1] & SURROGATE) === 0
}

function refusedNode(bytes: Buffer, nodes: number, at: number): string {
    const flags = bytes[at + 1]
    const children = bytes.getAt(at + 4, "u16")
    if (bytes[at] === LEAF) {
        const isLeaf = flags === 0 && children === 0 && bytes.getAt(at + 2, "u16") < bytes[7]
        return isLeaf ? "" : REFUSED_NODE
    }
    if (bytes[at] >= bytes[5] || flags > 15) return REFUSED_NODE
    const isSurrogate = (flags & SURROGATE) !== 0
    if ((flags & SWAPPED) !== 0 && !isSurrogate) return REFUSED_NODE
    if (isSurrogate) {
        if (children + NODE_BYTES >= at) return REFUSED_CHILD
    } else {
        if (children <= at) return REFUSED_CHILD
        if (!isNode(bytes, nodes, children)) return REFUSED_CHILD
        if (!isNode(bytes, nodes, children + NODE_BYTES)) return REFUSED_CHILD
    }
    if ((flags & WHEN_MISSING) !== WHEN_MISSING_SURROGATE) return ""
    const next = isSurrogate ? at + NODE_BYTES : children + 2 * NODE_BYTES
    if (next + NODE_BYTES + CHECKSUM_BYTES > bytes.length) return REFUSED_CHILD
    if (bytes[next] === LEAF || (bytes[next + 1] & SURROGATE) === 0) return REFUSED_CHILD
    return bytes.getAt(next + 4, "u16") === children ? "" : REFUSED_CHILD
}
