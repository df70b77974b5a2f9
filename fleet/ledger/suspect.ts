/**
 * What was done to the log at the first place where it does not fit.
 *
 * Three things speak of an entry beside its bytes: its hash in the tiles, the number that it carries, and the link that the next one
 * carries. Whoever changed it and left one of them alone is named by it. Whoever changed all three is caught by the next checkpoint or
 * anchor only, and then the place is known as far as from the one before.
 */
import { PREVIOUS_BYTES, kindOfNumber, type Kind } from "./entry"
import type { Found, Window } from "./found"
import type { NodeIndex } from "./node-index"
import { TILE_WIDTH, tilePath } from "./tile"

export interface Suspect {
    change: "altered" | "removed" | "reordered" | "inserted" | "hash altered" | "rewritten"
    index: number
    /** The last that it may be, where it is not known to the entry. */
    indexMost?: number
    /** Of the entry that was there or is there, where that is known. */
    kind?: Kind
    node?: string
    /** All of this in a sentence. */
    told: string
}

export interface Evidence {
    /** Entries that should stand in tiles. */
    base: number
    /** Entries that there should be. */
    size: number
    leafInTiles: (index: number) => Buffer | undefined
    /** All entries, from the first. */
    found: () => Iterable<Found>
    index: NodeIndex
}

/** @param at where it stands; all before it fit */
export function suspectAt(at: number, window: Window, evidence: Evidence): Suspect | undefined {
    const { before, here, next } = window
    const expected = evidence.leafInTiles(at)
    if (expected !== undefined && !expected.equals(here.leaf))
        return byTiles(at, window, expected, evidence)
    if (!here.isInJournal && at >= evidence.base) return told("inserted", at, here)
    if (here.entry === undefined) return told("altered", at, here, evidence)
    if (here.entry.index !== at) return byNumbers(at, window, evidence)
    if (isLinked(before, here)) return undefined
    if (next?.entry?.index === at && isLinked(before, next)) return told("inserted", at, here)
    // With the next one right, it is not this one that changed.
    if (before === undefined || (next !== undefined && !isLinked(here, next)))
        return told("altered", at, here, evidence)
    return told("altered", at - 1, before, evidence)
}

function isLinked(before: Found | undefined, here: Found): boolean {
    const link = before?.leaf.subarray(0, PREVIOUS_BYTES) ?? Buffer.alloc(PREVIOUS_BYTES)
    return here.entry?.previous.equals(link) ?? false
}

function byTiles(
    at: number,
    { before, here, next }: Window,
    expected: Buffer,
    evidence: Evidence
): Suspect {
    const fits =
        here.entry?.index === at &&
        isLinked(before, here) &&
        next !== undefined &&
        isLinked(here, next)
    if (fits) return told("hash altered", at, here)
    const belongsLater = isInTilesAfter(at, evidence, here.leaf)
    if (isLater(at, evidence, ({ leaf }) => leaf.equals(expected))) {
        // A copy of one that is in its own place too has taken nobody's.
        const isCopy = isLater(at, evidence, ({ leaf }) => leaf.equals(here.leaf))
        return told(belongsLater && !isCopy ? "reordered" : "inserted", at, here)
    }
    return belongsLater ? removedAt(at, evidence) : told("altered", at, here, evidence)
}

function byNumbers(at: number, { here, next }: Window, evidence: Evidence): Suspect {
    const number = here.entry?.index ?? at
    if (number > at) {
        if (!isLater(at, evidence, ({ entry }) => entry?.index === at))
            return removedAt(at, evidence)
        const isForeign =
            number >= evidence.size || isLater(at, evidence, ({ entry }) => entry?.index === number)
        return told(isForeign ? "inserted" : "reordered", at, here)
    }
    // Two with the same number: the real one is that to which the next is linked.
    const isReal = number === at - 1 && next !== undefined && isLinked(here, next)
    return isReal ? insertedBefore(at, evidence) : told("inserted", at, here)
}

function insertedBefore(at: number, evidence: Evidence): Suspect {
    let place = 0
    for (const entry of evidence.found())
        if (place++ === at - 1) return told("inserted", at - 1, entry)
    throw new RangeError(`no entry ${at - 1}`)
}

function isLater(at: number, evidence: Evidence, isIt: (found: Found) => boolean): boolean {
    let place = 0
    for (const entry of evidence.found()) if (place++ > at && isIt(entry)) return true
    return false
}

function isInTilesAfter(at: number, { base, leafInTiles }: Evidence, leaf: Buffer): boolean {
    for (let place = at + 1; place < base; place++)
        if (leafInTiles(place)?.equals(leaf) === true) return true
    return false
}

/** Whose it was, the index may still know. */
export function removedAt(at: number, { index }: Pick<Evidence, "index">): Suspect {
    return of("removed", at, fromIndex(at, index))
}

/** @param heard entries that the witness before it still vouches for @param last that the one that disagrees speaks of */
export function rewritten(
    heard: number,
    last: number,
    what: string,
    entries: Iterable<Found>
): Suspect {
    let place = 0
    for (const { entry } of entries) {
        if (place++ < heard) continue
        const { kind, node } = entry ?? {}
        const among = heard === last ? `entry ${heard}` : `one of the entries ${heard} to ${last}`
        const told = `${among} was altered, removed, reordered or inserted, and all that follows made to fit: the ${what} of ${last + 1} entries has another root${heard > 0 ? `, and that of ${heard} still the same` : ""}`
        return { change: "rewritten", index: heard, indexMost: last, kind, node, told }
    }
    throw new RangeError(`no entry ${heard}`)
}

interface Whose {
    kind?: Kind
    node?: string
}

function fromIndex(at: number, index: NodeIndex): Whose {
    const record = index.recordOfEntry(at)
    return record === undefined ? {} : { kind: kindOfNumber(record.kind), node: record.node }
}

/** Of an entry that was altered the index may know whose it was before. */
function told(
    change: Suspect["change"],
    at: number,
    { entry }: Found,
    evidence?: Evidence
): Suspect {
    const whose: Whose = evidence === undefined ? {} : fromIndex(at, evidence.index)
    const { kind = entry?.kind, node = entry?.node } = whose
    return of(change, at, { kind, node })
}

const SAYS: Record<Suspect["change"], string> = {
    altered: "was altered",
    removed: "was removed",
    reordered: "is not the one that was there: the order was changed",
    inserted: "was inserted",
    "hash altered": "is right, but its hash in the tile is not",
    rewritten: "was rewritten",
}

function of(change: Suspect["change"], index: number, { kind, node }: Whose): Suspect {
    const who = kind === undefined ? "" : ` (${kind} of node ${node})`
    const where =
        change === "removed"
            ? ""
            : ` [ledger/${tilePath("entries", Math.floor(index / TILE_WIDTH))}]`
    return { change, index, kind, node, told: `entry ${index}${who} ${SAYS[change]}${where}` }
}
