/**
 * Where the log's hashes and entries stand on disk, as C2SP's tlog-tiles lays them out (https://c2sp.org/tlog-tiles).
 *
 * A tile holds up to 256 hashes: at level 0 those of leaves, at level L those of full tiles of level L - 1. A bundle holds the entries
 * of a tile of level 0, each with its length in 2 bytes before it. A full one never changes; the last one of a level is a file
 * `<index>.p/<width>` of its own for each width that was written.
 */
import { HASH_BYTES, nodeHash } from "./merkle"

export const TILE_HEIGHT = 8
export const TILE_WIDTH = 2 ** TILE_HEIGHT

/** Of a tile, or of a bundle, which has the level "entries". */
export type Level = number | "entries"

/** @param width below 256 of a partial one */
export function tilePath(level: Level, index: number, width = TILE_WIDTH): string {
    const digits = String(index)
    const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? []
    const path = [
        "tile",
        level,
        ...groups.map((group, i) => (i < groups.length - 1 ? "x" : "") + group),
    ]
    return path.join("/") + (width < TILE_WIDTH ? `.p/${width}` : "")
}

/** How many hashes stand at a level of the log of that size, in all its tiles. */
export function hashesAt(level: number, size: number): number {
    return Math.floor(size / TILE_WIDTH ** level)
}

/** The hashes of a tile, and those of the full subtrees above them, each made once. */
export class TileNodes {
    /** A heap: the root is 1, the children of n are 2n and 2n + 1. */
    private readonly nodes: Buffer[] = []

    /** @param hashes may grow behind what is there */
    constructor(readonly hashes: Buffer) {}

    /** The hash `height` levels above the hashes, at `index` there. */
    at(height: number, index: number): Buffer {
        if (height === 0) return this.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
        const place = 2 ** (TILE_HEIGHT - height) + index
        return (this.nodes[place] ??= nodeHash(
            this.at(height - 1, index * 2),
            this.at(height - 1, index * 2 + 1)
        ))
    }
}

const LENGTH_BYTES = 2

/** Entries as they stand in a bundle. */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
    return Buffer.concat(entries.flatMap(entry => [lengthOf(entry), entry]))
}

function lengthOf(entry: Uint8Array): Buffer {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt16BE(entry.length)
    return length
}

/** The entries of a bundle; undefined when its lengths do not add up. */
export function entriesOf(bundle: Buffer): Buffer[] | undefined {
    const { entries, end } = split(bundle)
    return end === bundle.length ? entries : undefined
}

/** As many as there are; the last may be cut off where the bundle ends. */
export function entriesAsFarAs(bundle: Buffer): Buffer[] {
    return split(bundle).entries
}

function split(bundle: Buffer): { entries: Buffer[]; end: number } {
    const entries: Buffer[] = []
    let end = 0
    while (end + LENGTH_BYTES <= bundle.length) {
        const start = end + LENGTH_BYTES
        end = start + bundle.readUInt16BE(end)
        entries.push(bundle.subarray(start, end))
    }
    return { entries, end }
}
