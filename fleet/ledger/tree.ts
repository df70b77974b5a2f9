/**
 * The log as a tree: what stands in tiles on disk up to a base, and what has come since, in memory until it is written there too.
 */
import { InputError } from "../../table/input-error"
import type { Disk } from "./disk"
import { HASH_BYTES, leafHash, rootOf, type SubtreeHash } from "./merkle"
import {
    TILE_HEIGHT,
    TILE_WIDTH,
    bundleOf,
    entriesOf,
    hashesAt,
    TileNodes,
    tilePath,
    type Level,
} from "./tile"

const TILE_BYTES = TILE_WIDTH * HASH_BYTES
const KEPT_MAX = 64

/** The last tile of a level, which is not full yet. */
interface GrowingTile {
    index: number
    width: number
    nodes: TileNodes
}

export class Tree {
    private count: number
    private readonly growing: GrowingTile[] = []
    private bundle: Uint8Array[] = []
    /** Full tiles and bundles that are not on disk, by their paths. */
    private readonly waiting = new Map<string, Buffer>()
    private readonly tiles = new Map<string, TileNodes>()
    private readonly bundles = new Map<string, Uint8Array[]>()

    /** @param base entries that are in the tiles @throws InputError when the tiles at the end are not there */
    constructor(
        private readonly disk: Disk,
        private base: number
    ) {
        this.count = base
        for (let level = 0; hashesAt(level, base) > 0; level++) {
            const width = hashesAt(level, base) % TILE_WIDTH
            const index = Math.floor(hashesAt(level, base) / TILE_WIDTH)
            const tile = emptyTile(index)
            if (width > 0) this.stored(level, index, width).copy(tile.nodes.hashes)
            this.growing.push({ ...tile, width })
        }
        const { index = 0, width = 0 } = this.growing[0] ?? {}
        if (width > 0) this.bundle = this.bundleAt(index, width)
    }

    get size(): number {
        return this.count
    }

    /** Entries that are in the tiles. */
    get stands(): number {
        return this.base
    }

    append(entry: Uint8Array, leaf = leafHash(entry)): void {
        this.bundle.push(entry)
        if (this.bundle.length === TILE_WIDTH) {
            const index = Math.floor(this.count / TILE_WIDTH)
            this.waiting.set(tilePath("entries", index), bundleOf(this.bundle))
            this.bundle = []
        }
        this.push(0, leaf)
        this.count++
    }

    private push(level: number, hash: Buffer): void {
        const tile = (this.growing[level] ??= emptyTile(0))
        const { index, nodes } = tile
        hash.copy(nodes.hashes, tile.width * HASH_BYTES)
        tile.width++
        if (tile.width < TILE_WIDTH) return
        this.waiting.set(tilePath(level, index), nodes.hashes)
        this.push(level + 1, nodes.at(TILE_HEIGHT, 0))
        this.growing[level] = emptyTile(index + 1)
    }

    root(size = this.count): Buffer {
        return rootOf(this.subtree, size)
    }

    readonly subtree: SubtreeHash = (level, index) => {
        const height = level % TILE_HEIGHT
        const first = index * 2 ** height
        const tile = Math.floor(first / TILE_WIDTH)
        const nodes = this.tile(Math.floor(level / TILE_HEIGHT), tile)
        return nodes.at(height, (first % TILE_WIDTH) / 2 ** height)
    }

    leaf(index: number): Buffer {
        return this.subtree(0, index)
    }

    private tile(level: number, index: number): TileNodes {
        const { index: last, nodes } = this.growing[level]
        if (index === last) return nodes
        const path = tilePath(level, index)
        return keep(
            this.tiles,
            path,
            () => new TileNodes(this.waiting.get(path) ?? this.stored(level, index))
        )
    }

    /** @throws RangeError for an index that is not in the log */
    entry(index: number): Uint8Array {
        if (!(index >= 0 && index < this.count))
            throw new RangeError(`no entry ${index} among ${this.count}`)
        const bundle = Math.floor(index / TILE_WIDTH)
        if (bundle === this.growing[0].index) return this.bundle[index % TILE_WIDTH]
        const entries = keep(this.bundles, tilePath("entries", bundle), () => this.bundleAt(bundle))
        return entries[index % TILE_WIDTH]
    }

    private bundleAt(index: number, width = TILE_WIDTH): Uint8Array[] {
        const path = tilePath("entries", index)
        const bytes = this.waiting.get(path) ?? this.stored("entries", index, width)
        const entries = entriesOf(bytes)
        if (entries === undefined || entries.length < width)
            throw new InputError(`ledger/${path} is damaged; motewise ledger verify tells where`)
        return entries.slice(0, width)
    }

    private stored(level: Level, index: number, width = TILE_WIDTH): Buffer {
        const bytes = readTile(this.disk, level, index, width)
        if (bytes === undefined || (level !== "entries" && bytes.length < width * HASH_BYTES))
            throw new InputError(
                `ledger/${tilePath(level, index, width)} is missing; motewise ledger verify tells more`
            )
        return bytes
    }

    /** Puts everything into tiles; whoever calls it says afterwards, in the journal, that it is done, and then calls tidy(). */
    write(): void {
        const folders = new Set<string>()
        for (const [path, bytes] of [...this.waiting, ...this.partial()]) {
            this.disk.replace(path, bytes)
            folders.add(path.slice(0, path.lastIndexOf("/")))
        }
        for (const folder of folders) this.disk.syncFolder(folder)
    }

    /** Partial tiles that a fuller one has taken the place of go. */
    tidy(): void {
        for (const path of this.waiting.keys()) this.disk.remove(`${path}.p`)
        for (const [path] of this.partial()) {
            const [folder, width] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)]
            for (const name of this.disk.list(folder))
                if (name !== width) this.disk.remove(`${folder}/${name}`)
        }
        this.waiting.clear()
        this.base = this.count
    }

    private partial(): [path: string, bytes: Buffer][] {
        const files: [string, Buffer][] = []
        this.growing.forEach(({ index, width, nodes }, level) => {
            if (width === 0) return
            const hashes = nodes.hashes.subarray(0, width * HASH_BYTES)
            files.push([tilePath(level, index, width), hashes])
            if (level === 0) files.push([tilePath("entries", index, width), bundleOf(this.bundle)])
        })
        return files
    }
}

function emptyTile(index: number): GrowingTile {
    return { index, width: 0, nodes: new TileNodes(Buffer.alloc(TILE_BYTES)) }
}

/** What was made last is kept, a bounded number of them. */
function keep<T>(kept: Map<string, T>, path: string, make: () => T): T {
    const value = kept.get(path) ?? make()
    kept.delete(path)
    kept.set(path, value)
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string)
    return value
}

/** A tile or bundle of at least that width: a partial one may have grown since. */
export function readTile(
    disk: Disk,
    level: Level,
    index: number,
    width: number
): Buffer | undefined {
    const exact = disk.read(tilePath(level, index, width))
    if (exact !== undefined || width === TILE_WIDTH) return exact
    const full = tilePath(level, index)
    const [wider] = disk
        .list(`${full}.p`)
        .filter(name => Number(name) > width)
        .sort((a, b) => Number(a) - Number(b))
    return disk.read(full) ?? (wider === undefined ? undefined : disk.read(`${full}.p/${wider}`))
}
