/** Writes model.bin, whose layout src/inference/packed.ts describes and whose reader is there. */
import type { ModelInput } from "../src/inference/model"
import {
    CHECKSUM_BYTES,
    HEADER_BYTES,
    INPUT_BYTES,
    LEAF,
    MAGIC,
    NODE_BYTES,
    PACKED_VERSION,
    ROOT_BYTES,
    SURROGATE,
    SWAPPED,
    WHEN_MISSING_HIGH,
    WHEN_MISSING_LOW,
    WHEN_MISSING_SURROGATE,
    classNames,
    crc32,
    inputName,
    nameHash,
} from "../src/inference/packed"

/** A leaf, or a split: ticks at or below the threshold go low. */
export interface PackableNode {
    classIndex: number
    split?: {
        /** An index into the inputs. */
        input: number
        threshold: number
        low: PackableNode
        high: PackableNode
        /** Asked in turn when the input is missing. */
        surrogates?: PackableSurrogate[]
        /** When all of these are missing too; without it the tree does not know. */
        whenMissing?: "low" | "high"
    }
}

export interface PackableSurrogate {
    input: number
    threshold: number
    /** At or below goes high. */
    swapped: boolean
}

export interface Packable {
    classes: string[]
    inputs: ModelInput[]
    /** One, or several that vote. */
    trees: PackableTree[]
}

export interface PackableTree {
    root: PackableNode
    weight: number
}

interface Record {
    input: number
    flags: number
    threshold: number
    /** Index of the low child's record. */
    children: number
}

const TICKS_MIN = -32768
const TICKS_MAX = 32767
const PLACES_MAX = 65535
const WEIGHT_MAX = 65535

/** @throws RangeError for what the layout can not hold */
export function packedFrom({ classes, inputs, trees }: Packable): Buffer {
    within("inputs", inputs.length, 0, LEAF - 1)
    within("trees", trees.length, 1, 255)
    for (const { weight } of trees) within("weight", weight, 1, WEIGHT_MAX)
    within("classes", classes.length, 1, 255)
    const records: Record[] = []
    const places = trees.map(({ root }) => {
        const place = records.push(emptyRecord()) - 1
        write(records, place, root)
        return place
    })
    for (const { input, threshold } of records) {
        if (input !== LEAF) within("input", input, 0, inputs.length - 1)
        if (input !== LEAF) within("threshold", threshold, TICKS_MIN, TICKS_MAX)
        else within("class", threshold, 0, classes.length - 1)
    }
    const rootsAt = HEADER_BYTES + inputs.length * INPUT_BYTES
    const nodesAt = rootsAt + trees.length * ROOT_BYTES
    const end = nodesAt + records.length * NODE_BYTES
    within("bytes", end + CHECKSUM_BYTES, 0, PLACES_MAX)
    const placeOf = (record: number) => nodesAt + record * NODE_BYTES

    const bytes = Buffer.alloc(end + CHECKSUM_BYTES)
    bytes.set([...MAGIC, PACKED_VERSION, inputs.length, trees.length, classes.length])
    bytes.writeInt32LE(nameHash(classNames(classes)), 8)
    bytes.writeUInt16LE(records.length, 12)
    inputs.forEach((input, i) => {
        const at = HEADER_BYTES + i * INPUT_BYTES
        bytes.writeInt32LE(nameHash(inputName(input)), at)
        bytes.writeDoubleLE(input.offset, at + 4)
        bytes.writeDoubleLE(input.step, at + 12)
    })
    places.forEach((place, i) => {
        bytes.writeUInt16LE(placeOf(place), rootsAt + i * ROOT_BYTES)
        bytes.writeUInt16LE(trees[i].weight, rootsAt + i * ROOT_BYTES + 2)
    })
    records.forEach(({ input, flags, threshold, children }, i) => {
        bytes.set([input, flags], placeOf(i))
        bytes.writeInt16LE(threshold, placeOf(i) + 2)
        bytes.writeUInt16LE(input === LEAF ? 0 : placeOf(children), placeOf(i) + 4)
    })
    bytes.writeInt32LE(~crc32(-1, bytes, 0, end), end)
    return bytes
}

declare global {
    // The reader is compiled for DeviceScript, whose Buffer has it. Of Node's only those have it that `deviceBytes` made.
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- it must look as in Node's own declaration
    interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
        getAt(offset: number, format: "u16" | "i16" | "i32" | "f64"): number
    }
}

/** A copy of the bytes that `PackedModel.replace` reads under Node. */
export function deviceBytes(bytes: Uint8Array): Buffer {
    const copy = Buffer.from(bytes)
    copy.getAt = (offset, format) => {
        switch (format) {
            case "u16":
                return copy.readUInt16LE(offset)
            case "i16":
                return copy.readInt16LE(offset)
            case "i32":
                return copy.readInt32LE(offset)
            case "f64":
                return copy.readDoubleLE(offset)
        }
    }
    return copy
}

/** Children go to the end, so they come after their parent. */
function write(records: Record[], place: number, { classIndex, split }: PackableNode): void {
    if (split === undefined) {
        records[place] = { input: LEAF, flags: 0, threshold: classIndex, children: 0 }
        return
    }
    const { input, threshold, low, high, surrogates = [], whenMissing } = split
    const children = records.length
    const atLast =
        whenMissing === undefined ? 0 : whenMissing === "low" ? WHEN_MISSING_LOW : WHEN_MISSING_HIGH
    const then = (asked: number) => (asked < surrogates.length ? WHEN_MISSING_SURROGATE : atLast)
    records[place] = { input, flags: then(0), threshold, children }
    records.push(emptyRecord(), emptyRecord())
    surrogates.forEach((surrogate, i) =>
        records.push({
            input: surrogate.input,
            flags: SURROGATE | (surrogate.swapped ? SWAPPED : 0) | then(i + 1),
            threshold: surrogate.threshold,
            children,
        })
    )
    write(records, children, low)
    write(records, children + 1, high)
}

function emptyRecord(): Record {
    return { input: LEAF, flags: 0, threshold: 0, children: 0 }
}

function within(what: string, value: number, least: number, greatest: number): void {
    if (Number.isInteger(value) && value >= least && value <= greatest) return
    throw new RangeError(`${what}: ${value} is not ${least}..${greatest}`)
}
