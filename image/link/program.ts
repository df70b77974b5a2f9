/**
 * An image taken apart and put together again: functions as lists of instructions, strings as a table (bytecode.md, devs_format.h and
 * verify.c of DeviceScript 2.16; sections in their order there). Numbers are little endian.
 */
import { decode, encode, type Instruction } from "./instructions"

export interface Func {
    slots: number
    argumentCount: number
    flags: number
    name: StringIndex
    tryDepth: number
    code: Instruction[]
}

/** Kind in the upper two bits, index in its table below. */
export type StringIndex = number

const KIND_SHIFT = 14
const BUILTIN = 1
const ASCII = 2

export interface Program {
    /** Magic, version, and how many globals and service specifications there are. */
    header: Buffer
    globalCount: number
    functions: Func[]
    floats: Buffer
    ascii: string[]
    /** Each with its lengths and its jump table. */
    utf8: Buffer[]
    buffers: Buffer[]
    specs: Buffer
    configuration: Buffer
}

const HEADER_BYTES = 32
const GLOBAL_COUNT_AT = 12
const SPEC_COUNT_AT = 14
const SECTION_COUNT = 10
const DESCRIPTOR_BYTES = 16
const SPEC_BYTES = 16
const PACKET_BYTES = 8
const FIELD_BYTES = 4
const MULTI_FIELD = 1
const IMAGE_ALIGN = 32
const ASCII_BYTES_END = 200

/** @throws Error when it is no image of the kind this was written for */
export function readProgram(image: Buffer): Program {
    const sections: Buffer[] = []
    for (let i = 0; i < SECTION_COUNT; ++i) sections.push(range(image, image, HEADER_BYTES + i * 8))
    const [descriptors, , floats, , asciiOffsets, utf8Offsets, bufferRanges, data, specs, dcfg] =
        sections
    const functions: Func[] = []
    for (let at = 0; at < descriptors.length; at += DESCRIPTOR_BYTES)
        functions.push({
            slots: descriptors.readUInt16LE(at + 8),
            argumentCount: descriptors[at + 10],
            flags: descriptors[at + 11],
            name: descriptors.readUInt16LE(at + 12),
            tryDepth: descriptors[at + 14],
            code: decode(range(image, descriptors, at)),
        })
    const ascii: string[] = []
    // The table is filled up to a multiple of four bytes: there may be one more than the program has, which nothing refers to.
    for (let at = 0; at < asciiOffsets.length; at += 2) {
        const from = asciiOffsets.readUInt16LE(at)
        ascii.push(data.toString("latin1", from, data.indexOf(0, from)))
    }
    const utf8: Buffer[] = []
    for (let at = 0; at < utf8Offsets.length; at += 4) {
        const from = utf8Offsets.readUInt32LE(at)
        const bytes = data.readUInt16LE(from)
        const jumps = data.readUInt16LE(from + 2) >> 4
        utf8.push(data.subarray(from, from + 4 + jumps * 2 + bytes + 1))
    }
    const buffers: Buffer[] = []
    for (let at = 0; at < bufferRanges.length; at += 8) buffers.push(range(data, bufferRanges, at))
    const header = Buffer.from(image.subarray(0, HEADER_BYTES))
    return {
        header,
        globalCount: header.readUInt16LE(GLOBAL_COUNT_AT),
        functions,
        floats,
        ascii,
        utf8,
        buffers,
        specs: Buffer.from(specs),
        configuration: dcfg,
    }
}

/** The part of `bytes` that (offset, length) at `at` of `table` names. */
function range(bytes: Buffer, table: Buffer, at: number): Buffer {
    const from = table.readUInt32LE(at)
    return bytes.subarray(from, from + table.readUInt32LE(at + 4))
}

export function writeProgram(program: Program): Buffer {
    const bodies = program.functions.map(({ code }) => aligned(encode(code), 4))
    const descriptors = Buffer.alloc(bodies.length * DESCRIPTOR_BYTES)
    let start = HEADER_BYTES + SECTION_COUNT * 8 + descriptors.length
    program.functions.forEach((func, i) => {
        const at = i * DESCRIPTOR_BYTES
        descriptors.writeUInt32LE(start, at)
        descriptors.writeUInt32LE(bodies[i].length, at + 4)
        descriptors.writeUInt16LE(func.slots, at + 8)
        descriptors[at + 10] = func.argumentCount
        descriptors[at + 11] = func.flags
        descriptors.writeUInt16LE(func.name, at + 12)
        descriptors[at + 14] = func.tryDepth
        start += bodies[i].length
    })
    const { asciiOffsets, utf8Offsets, bufferRanges, data } = literals(program)
    const sections = [
        descriptors,
        Buffer.concat(bodies),
        program.floats,
        Buffer.alloc(0),
        asciiOffsets,
        utf8Offsets,
        bufferRanges,
        data,
        program.specs,
        program.configuration,
    ]
    const table = Buffer.alloc(SECTION_COUNT * 8)
    let at = HEADER_BYTES + table.length
    sections.forEach((section, i) => {
        table.writeUInt32LE(at, i * 8)
        table.writeUInt32LE(section.length, i * 8 + 4)
        at += section.length
    })
    return aligned(Buffer.concat([program.header, table, ...sections]), IMAGE_ALIGN)
}

/** Strings first, for their offsets have 16 bits; the longest of all first, so that one which ends another needs no bytes of its own. */
function literals(
    program: Program
): Record<"asciiOffsets" | "utf8Offsets" | "bufferRanges" | "data", Buffer> {
    const parts: Buffer[] = []
    let length = 0
    const add = (bytes: Buffer, alignment: number): number => {
        const padding = -length & (alignment - 1)
        parts.push(Buffer.alloc(padding), bytes)
        const from = length + padding
        length = from + bytes.length
        return from
    }
    // Where each ending of what is written already begins.
    const endings = new Map<string, number>()
    const offsets = new Map<string, number>()
    for (const text of [...program.ascii].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
        let from = endings.get(text)
        if (from === undefined) {
            from = add(Buffer.from(`${text}\0`, "latin1"), 1)
            for (let i = 0; i <= text.length; ++i)
                if (!endings.has(text.slice(i))) endings.set(text.slice(i), from + i)
        }
        offsets.set(text, from)
    }
    const asciiOffsets = Buffer.alloc(program.ascii.length * 2)
    program.ascii.forEach((text, i) => asciiOffsets.writeUInt16LE(offsets.get(text) ?? 0, i * 2))
    const bufferRanges = Buffer.alloc(program.buffers.length * 8)
    program.buffers.forEach((bytes, i) => {
        bufferRanges.writeUInt32LE(add(bytes, 4), i * 8)
        bufferRanges.writeUInt32LE(bytes.length, i * 8 + 4)
    })
    const utf8Offsets = Buffer.alloc(program.utf8.length * 4)
    program.utf8.forEach((bytes, i) => utf8Offsets.writeUInt32LE(add(bytes, 4), i * 4))
    parts.push(Buffer.alloc(1))
    return {
        asciiOffsets: aligned(asciiOffsets, 4),
        utf8Offsets,
        bufferRanges,
        data: aligned(Buffer.concat(parts), 4),
    }
}

function aligned(bytes: Buffer, alignment: number): Buffer {
    return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (alignment - 1))])
}

/** Where in `specs` the names of Jacdac's service specifications are, and of their packets and fields. */
export function specNames({ header, specs }: Program): number[] {
    const places = new Set<number>()
    for (let spec = 0; spec < header.readUInt16LE(SPEC_COUNT_AT) * SPEC_BYTES; spec += SPEC_BYTES) {
        places.add(spec)
        const packets = specs.readUInt16LE(spec + 8)
        for (let i = 0; i < packets; ++i) {
            const packet = specs.readUInt16LE(spec + 10) * 4 + i * PACKET_BYTES
            places.add(packet)
            if ((specs.readUInt16LE(packet + 4) & MULTI_FIELD) === 0) continue
            const fields = specs.readUInt16LE(packet + 6) * 4
            // Zero ends the list.
            for (let at = fields; specs.readUInt16LE(at) !== 0; at += FIELD_BYTES) places.add(at)
        }
    }
    return [...places]
}

/** The text of an entry of `utf8` when it may be an ASCII string: those end at a NUL, and verify.c wants less than 200 bytes. */
export function asciiOfUtf8(entry: Buffer): string | undefined {
    const [bytes, codePoints] = [entry.readUInt16LE(0), entry.readUInt16LE(2)]
    const text = entry.subarray(entry.length - 1 - bytes, entry.length - 1)
    const isAscii = bytes === codePoints && bytes < ASCII_BYTES_END && !text.includes(0)
    return isAscii ? text.toString("latin1") : undefined
}

/** Undefined for a string of another kind. */
export function asciiIndexOf(name: StringIndex): number | undefined {
    return name >> KIND_SHIFT === ASCII ? name & ((1 << KIND_SHIFT) - 1) : undefined
}

export function asciiString(index: number): StringIndex {
    return (ASCII << KIND_SHIFT) | index
}

/** Undefined for a string of another kind. */
export function builtinIndexOf(name: StringIndex): number | undefined {
    return name >> KIND_SHIFT === BUILTIN ? name & ((1 << KIND_SHIFT) - 1) : undefined
}

/** One of the runtime's own strings. */
export function builtinString(index: number): StringIndex {
    return (BUILTIN << KIND_SHIFT) | index
}
