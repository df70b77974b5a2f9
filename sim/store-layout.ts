/**
 * How the runtime's settings store lies in flash, as far as faults need it (jacdac-c 2023, source/jd_fstor.c, read and not copied):
 * two halves of 8192 B (a sixteenth of a store of 128 kB), of which the valid one with the higher generation counts. A half is a header of 24 B, entries of 24 B growing
 * up behind it, and their values growing down from its end, 8-byte aligned. The value of a key that begins with `*` lies in pages of
 * its own behind the halves: the program. A later entry replaces an earlier one with the same key.
 */

const MAGIC = [0x52545346, 0x6becea0a]
const HEADER_BYTES = 24
const KEY_BYTES = 16
export const ENTRY_BYTES = 24
export const PAGE_BYTES = 4096
export const HALF_BYTES = 8192
export const HALVES_BYTES = 2 * HALF_BYTES
export const ERASED = 0xff
/** What the simulator's flash holds where nothing was ever erased; an image ends before a run of it. */
export const UNTOUCHED = 0x37

export interface StoreEntry {
    /** Of the entry itself, in the image; its value's place is `offset`. */
    at: number
    key: string
    offset: number
    valueBytes: number
}

export interface Half {
    base: number
    generation: number
    /** Oldest first. */
    entries: StoreEntry[]
}

/** An image at its full length, or at least `bytes` long. */
export function padded(image: Uint8Array, bytes: number): Buffer {
    const whole = Buffer.alloc(Math.max(bytes, image.length), UNTOUCHED)
    whole.set(image)
    return whole
}

export function isLarge({ key }: StoreEntry): boolean {
    return key.startsWith("*")
}

/** Bytes that a value takes up. */
export function alignedBytes(valueBytes: number): number {
    return Math.max(8, (valueBytes + 7) & ~7)
}

export function headerOf(base: number): [from: number, to: number] {
    return [base, base + HEADER_BYTES]
}

/** Entries until the first that was never written; undefined when this half is no store. @param halfBytes a sixteenth of the store */
export function halfAt(image: Buffer, base: number, halfBytes = HALF_BYTES): Half | undefined {
    if (image.length < base + halfBytes) return undefined
    if (MAGIC.some((word, index) => image.readUInt32LE(base + index * 4) !== word)) return undefined
    const entries: StoreEntry[] = []
    for (let at = base + HEADER_BYTES; at + ENTRY_BYTES <= base + halfBytes; at += ENTRY_BYTES) {
        const offset = image.readUInt32LE(at + KEY_BYTES)
        if (offset === 0xffffffff || offset >= image.length) break
        entries.push({
            at,
            key: image.toString("latin1", at, at + KEY_BYTES).replace(/\0.*$/s, ""),
            offset,
            valueBytes: image.readUInt32LE(at + KEY_BYTES + 4),
        })
    }
    return { base, generation: image.readUInt32LE(base + 8), entries }
}

/** The half that counts. */
export function activeHalf(image: Buffer): Half | undefined {
    const [low, high] = [halfAt(image, 0), halfAt(image, HALF_BYTES)]
    if (low === undefined || high === undefined) return low ?? high
    return low.generation > high.generation ? low : high
}
