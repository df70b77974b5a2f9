/**
 * How long a node's flash lasts. The settings store is two halves of two sectors each (sim/store-layout.ts); values are appended to one
 * until it is full, then the other is erased and what is alive is copied there. So a sector is erased once for two halves of values.
 *
 * A sector of NOR flash takes 100,000 erasures: "Min. 100K Program-Erase cycles per sector" (Winbond W25Q64JV, revision J, section 2; a Pico W
 * has the family's W25Q16JV), and so do the chips in Espressif's modules. ESP32s have halves of twice the size, and wear half as fast.
 */
import { activeHalf, alignedBytes, ENTRY_BYTES, HALF_BYTES, isLarge } from "../../sim/store-layout"
import type { StoreEntry } from "../../sim/store-layout"

const ERASURES_MAX = 100_000
const HALVES = 2
const DAYS_A_YEAR = 365.25

export class StoreWear {
    /** Values that were written since the first look. */
    writes = 0
    private bytes = 0
    private generation = -1
    private entries = 0
    /** Of the values that are alive in a half that counts. */
    private aliveBytes = 0

    /** To be called often enough that a half is not filled between two looks. @param image of the whole store */
    look(image: Uint8Array): void {
        const half = activeHalf(Buffer.from(image.buffer, image.byteOffset, image.byteLength))
        if (half === undefined) return
        const { generation, entries } = half
        const alive = new Map(entries.map(entry => [entry.key, entry]))
        this.aliveBytes = sum([...alive.values()])
        // Of a half that is new, the entries that are alive were copied.
        const from = generation === this.generation ? this.entries : alive.size
        const written = this.generation < 0 ? [] : entries.slice(from)
        this.writes += written.length
        this.bytes += sum(written)
        this.generation = generation
        this.entries = entries.length
    }

    /** Until a sector may fail, if it goes on like that; Infinity when nothing was written. @param days that the looks went over */
    years(days: number): number {
        const bytesAHalf = HALF_BYTES - this.aliveBytes
        const erasuresADay = this.bytes / days / bytesAHalf / HALVES
        return ERASURES_MAX / erasuresADay / DAYS_A_YEAR
    }
}

function sum(entries: StoreEntry[]): number {
    return entries.reduce((bytes, entry) => bytes + bytesOf(entry), 0)
}

/** A program is in pages of its own. */
function bytesOf(entry: StoreEntry): number {
    return ENTRY_BYTES + (isLarge(entry) ? 0 : alignedBytes(entry.valueBytes))
}
