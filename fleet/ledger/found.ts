/** The entries as they are found on disk, one after the other, whatever somebody did to them. */
import type { Disk } from "./disk"
import { EntryError, readEntry, type Entry } from "./entry"
import type { JournalContents } from "./journal"
import { leafHash } from "./merkle"
import { TILE_WIDTH, entriesAsFarAs, tilePath } from "./tile"
import { readTile } from "./tree"

export interface Found {
    leaf: Buffer
    /** Undefined when its bytes are no entry. */
    entry?: Entry
    isInJournal: boolean
}

/** All of them, in the order in which they stand. */
export function* found(disk: Disk, journal: JournalContents): Generator<Found> {
    for (let start = 0; start < journal.base; start += TILE_WIDTH) {
        const width = Math.min(TILE_WIDTH, journal.base - start)
        for (const bytes of bundle(disk, start / TILE_WIDTH, width)) yield asFound(bytes, false)
    }
    for (const bytes of journal.entries) yield asFound(bytes, true)
}

/** The file of just this width as a whole, with what was put into it; of one that has grown since, the beginning. */
function bundle(disk: Disk, index: number, width: number): Buffer[] {
    const exact = disk.read(tilePath("entries", index, width))
    if (exact !== undefined) return entriesAsFarAs(exact)
    return entriesAsFarAs(readTile(disk, "entries", index, width) ?? Buffer.alloc(0)).slice(
        0,
        width
    )
}

function asFound(bytes: Buffer, isInJournal: boolean): Found {
    const leaf = leafHash(bytes)
    try {
        return { leaf, entry: readEntry(bytes), isInJournal }
    } catch (e) {
        if (e instanceof EntryError) return { leaf, isInJournal }
        throw e
    }
}

/** An entry between its neighbours. */
export interface Window {
    before?: Found
    here: Found
    next?: Found
}

export function* inWindow(entries: Iterable<Found>): Generator<Window> {
    let before: Found | undefined
    let here: Found | undefined
    for (const next of entries) {
        if (here !== undefined) yield { before, here, next }
        before = here
        here = next
    }
    if (here !== undefined) yield { before, here }
}
