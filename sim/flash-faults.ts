/** A flash whose power fails around a save, that is full, or worn; and what a save leaves behind when power fails in its middle. */
import { Flash, PowerLost } from "./flash"
import {
    ENTRY_BYTES,
    ERASED,
    HALF_BYTES,
    HALVES_BYTES,
    PAGE_BYTES,
    activeHalf,
    alignedBytes,
    halfAt,
    headerOf,
    isLarge,
    padded,
    type Half,
    type StoreEntry,
} from "./store-layout"
import type { Strikes } from "./strikes"

/** devsmgr writes 8 B of a program's header first, the program behind 128 B, and the rest of the header last. */
const PROGRAM_BEGUN_BYTES = 8
const PROGRAM_HEADER_BYTES = 128
/** No setting of a program: the runtime puts a colon before those. */
const FILLER_KEY = "~full"

/** One byte as it goes to the flash: 0xff where it is erased. */
interface ByteWrite {
    at: number
    value: number
}

/** Lists the bytes written between two images, in the order in which the runtime writes them. */
class WriteOrder {
    readonly writes: ByteWrite[] = []
    private readonly state: Buffer

    constructor(
        before: Uint8Array,
        private readonly after: Buffer
    ) {
        this.state = padded(before, after.length)
    }

    /** Flash is programmed over 0xff alone: where something else changed, there was an erasure of all of it. */
    eraseIfChanged(from: number, to: number): void {
        const end = Math.min(to, this.after.length)
        let changed = false
        for (let at = from; at < end && !changed; ++at)
            changed = this.state[at] !== ERASED && this.state[at] !== this.after[at]
        for (let at = from; changed && at < end; ++at) this.write(at, ERASED)
    }

    program(from: number, to: number): void {
        for (let at = from; at < Math.min(to, this.after.length); ++at)
            this.write(at, this.after[at])
    }

    private write(at: number, value: number): void {
        if (this.state[at] === value) return
        this.state[at] = value
        this.writes.push({ at, value })
    }
}

function orderOf(before: Uint8Array, after: Uint8Array): ByteWrite[] {
    const whole = padded(after, before.length)
    const order = new WriteOrder(before, whole)
    for (let page = HALVES_BYTES; page < whole.length; page += PAGE_BYTES)
        order.eraseIfChanged(page, page + PAGE_BYTES)
    for (const base of [0, HALF_BYTES]) {
        order.eraseIfChanged(base, base + HALF_BYTES)
        for (const entry of halfAt(whole, base)?.entries ?? []) {
            if (!isLarge(entry)) order.program(entry.offset, entry.offset + entry.valueBytes)
            order.program(entry.at, entry.at + ENTRY_BYTES)
        }
        // A half that is being compacted into becomes one by its header, which comes last.
        order.program(...headerOf(base))
    }
    for (const { offset, valueBytes } of activeHalf(whole)?.entries.filter(isLarge) ?? []) {
        order.program(offset, offset + PROGRAM_BEGUN_BYTES)
        order.program(offset + PROGRAM_HEADER_BYTES, offset + valueBytes)
        order.program(offset, offset + PROGRAM_HEADER_BYTES)
    }
    order.program(0, whole.length)
    return order.writes
}

/** Bytes that a save wrote, each erased one counted too: `tornImage` takes 0 to this many. */
export function changedBytes(before: Uint8Array, after: Uint8Array): number {
    return orderOf(before, after).length
}

/**
 * What the flash holds when power failed after the first `bytesWritten` bytes of a save: for a setting its value, which lies higher,
 * then its entry; for a compaction the erasure, the entries that live, and last the header that makes the half count.
 */
export function tornImage(before: Uint8Array, after: Uint8Array, bytesWritten: number): Uint8Array {
    const torn = padded(before, after.length)
    for (const { at, value } of orderOf(before, after).slice(0, bytesWritten)) torn[at] = value
    return torn
}

function liveEntries({ entries }: Half): StoreEntry[] {
    return entries.filter(
        ({ key }, index) =>
            key !== FILLER_KEY && !entries.slice(index + 1).some(later => later.key === key)
    )
}

/** The store compacted in place, with or without a value that takes up what is left. An image without a store stays as it is. */
function rewritten(image: Uint8Array, isFull: boolean): Uint8Array {
    const old = padded(image, 0)
    const half = activeHalf(old)
    if (half === undefined) return image
    const rebuilt = Buffer.from(old)
    let [, at] = headerOf(half.base)
    let top = half.base + HALF_BYTES
    rebuilt.fill(ERASED, at, top)
    for (const entry of liveEntries(half)) {
        old.copy(rebuilt, at, entry.at, entry.at + ENTRY_BYTES)
        if (!isLarge(entry)) {
            top -= alignedBytes(entry.valueBytes)
            old.copy(rebuilt, top, entry.offset, entry.offset + entry.valueBytes)
            rebuilt.writeUInt32LE(top, at + 16)
        }
        at += ENTRY_BYTES
    }
    // The store wants one entry's space between the last entry and the values.
    const fillerBytes = (top - at - 2 * ENTRY_BYTES) & ~7
    if (isFull && fillerBytes > 0) {
        rebuilt.fill(0, at, at + ENTRY_BYTES)
        rebuilt.write(FILLER_KEY, at, "latin1")
        rebuilt.writeUInt32LE(top - fillerBytes, at + 16)
        rebuilt.writeUInt32LE(fillerBytes, at + 20)
        rebuilt.fill(0, top - fillerBytes, top)
    }
    return rebuilt
}

/** A store without space for one more value, whatever the runtime compacts. */
export function filledImage(image: Uint8Array): Uint8Array {
    return rewritten(image, true)
}

function unfilledImage(image: Uint8Array): Uint8Array {
    const half = activeHalf(padded(image, 0))
    const isFull = half?.entries.some(({ key }) => key === FILLER_KEY) === true
    return isFull ? rewritten(image, false) : image
}

/** A flash with the faults of its room. */
export class FaultyFlash extends Flash {
    constructor(
        image: Uint8Array,
        private readonly faults: Strikes
    ) {
        super(image)
    }

    override load(): Uint8Array {
        const image = super.load()
        return this.faults.now("full") === undefined ? unfilledImage(image) : filledImage(image)
    }

    /** @throws PowerLost when it is cut */
    override save(image: Uint8Array): void {
        const before = super.load()
        const cutBefore = this.faults.now("cutBefore")
        if (cutBefore !== undefined) throw new PowerLost(cutBefore.byMs)
        const cutDuring = this.faults.now("cutDuring")
        if (cutDuring !== undefined) {
            // At least one byte, and not all: what is left are the cuts before and after.
            const bytes = changedBytes(before, image)
            const written = bytes < 2 ? bytes : 1 + this.faults.random.integer(bytes - 1)
            super.save(tornImage(before, image, written))
            throw new PowerLost(cutDuring.byMs)
        }
        // Its bytes may take with the next save, for the runtime's copy in RAM goes on.
        super.save(this.faults.now("worn") === undefined ? image : before)
        const cutAfter = this.faults.now("cutAfter")
        if (cutAfter !== undefined) throw new PowerLost(cutAfter.byMs)
    }
}
