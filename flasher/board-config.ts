/**
 * A board's configuration as the runtime reads it at boot: name, pins, I2C bus, LED. A runtime file of upstream's has the configuration of
 * the board it was made for, in which no I2C pins are named; ours takes its place.
 *
 * Format ("dcfg") of jacdac-c's inc/jd_dcfg.h, read and not copied: a header, entries by the hash of their keys, the texts behind them.
 * `hash_jump[n]` is the index of the first entry whose hash has n or more in its top 5 bits. The tests compare with what upstream's own
 * command writes, byte for byte.
 */
import type { BoardFile } from "../image/boards"

const MAGIC = [0x47464344, 0xcab49b0a]
const HEADER_BYTES = 88
const JUMPS_AT = 24
const JUMPS = 32
const JUMP_SHIFT = 11
const ENTRY_BYTES = 24
const KEY_BYTES_MAX = 15
const TYPE_UNSIGNED = 0
const TYPE_INTEGER = 1
const TYPE_TEXT = 2
const END_OF_ENTRIES = 0xffff

type Value = number | string

/** @param board a board file, with its id @throws Error for a key that the format has no room for */
export function boardConfig(board: BoardFile): Buffer {
    const all = flattened(board, "")
    return serialized(all, restartHash(all.filter(([key]) => !key.startsWith("@"))))
}

/** Magic numbers at the start of one. */
export function isBoardConfig(bytes: Buffer): boolean {
    return MAGIC.every((word, i) => bytes.length >= 8 && bytes.readUInt32LE(i * 4) === word)
}

/** Of everything that is read at boot only: a change of it asks for a restart. */
function restartHash(entries: [string, Value][]): Buffer {
    const bytes = serialized(entries, Buffer.alloc(8))
    const hash = Buffer.alloc(8)
    hash.writeUInt32LE(fnv1a(bytes), 0)
    hash.writeUInt32LE(fnv1a(bytes.subarray(4)), 4)
    return hash
}

function serialized(pairs: [string, Value][], hash: Buffer): Buffer {
    const dataAt = HEADER_BYTES + (pairs.length + 1) * ENTRY_BYTES
    // Texts lie in the order of the file, entries in that of their hashes.
    const texts: Buffer[] = []
    let textAt = dataAt
    const entries = pairs.map(([key, value]) => {
        const entry = Buffer.alloc(ENTRY_BYTES)
        const name = Buffer.from(key)
        if (name.length > KEY_BYTES_MAX)
            throw new Error(`"${key}": a key of a board's configuration has ${KEY_BYTES_MAX} B`)
        name.copy(entry)
        const wide = fnv1a(name)
        entry.writeUInt16LE((wide >>> 16) ^ (wide & END_OF_ENTRIES), 16)
        if (typeof value === "number") {
            entry.writeUInt16LE((value | 0) === value ? TYPE_INTEGER : TYPE_UNSIGNED, 18)
            entry.writeInt32LE(value | 0, 20)
        } else {
            const text = Buffer.from(`${value}\0`)
            entry.writeUInt16LE(TYPE_TEXT | ((text.length - 1) << 2), 18)
            entry.writeUInt32LE(textAt, 20)
            texts.push(text)
            textAt += text.length
        }
        return entry
    })
    const hashOf = (entry: Buffer) => entry.readUInt16LE(16)
    entries.sort((a, b) => hashOf(a) - hashOf(b))
    const end = Buffer.alloc(ENTRY_BYTES, 0xff)
    end[0] = 0
    entries.push(end)
    const header = Buffer.alloc(HEADER_BYTES)
    MAGIC.forEach((word, i) => void header.writeUInt32LE(word, i * 4))
    header.writeUInt32LE(textAt, 8)
    header.writeUInt16LE(pairs.length, 12)
    hash.copy(header, 16)
    for (let i = 0; i < JUMPS; ++i) {
        const index = entries.findIndex(entry => hashOf(entry) >> JUMP_SHIFT >= i)
        header.writeUInt16LE(index, JUMPS_AT + 2 * i)
    }
    return Buffer.concat([header, ...entries, ...texts])
}

/** `i2c.pinSDA`: keys joined by dots. What begins with $ or # is for people; a text that is a number is one. */
function flattened(value: unknown, key: string): [string, Value][] {
    if (typeof value === "boolean") return [[key, value ? 1 : 0]]
    if (typeof value === "number") return [[key, value]]
    if (typeof value === "string") {
        const isNumber = /^0x[0-9a-f]+$/i.test(value)
        return [[key, isNumber ? Number(value) : value]]
    }
    if (Array.isArray(value)) throw new Error(`"${key}": no lists in a board's configuration`)
    return Object.entries(value as object)
        .filter(([name]) => !/^[$#]/.test(name))
        .flatMap(([name, inner]) => flattened(inner, key === "" ? name : `${key}.${name}`))
}

/** FNV-1a of 32 bits. */
function fnv1a(bytes: Uint8Array): number {
    let hash = 0x811c9dc5
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
    return hash >>> 0
}
