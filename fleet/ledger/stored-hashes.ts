/** The hashes as they stand in the tiles, for a pass that goes through them in their order. */
import type { Disk } from "./disk"
import { HASH_BYTES } from "./merkle"
import { TILE_WIDTH, hashesAt, tilePath } from "./tile"
import { readTile } from "./tree"

export class StoredHashes {
    /** The last tile that was read, of each level. */
    private readonly tiles: { index: number; bytes?: Buffer }[] = []
    private readonly wrong = new Set<string>()

    constructor(
        private readonly disk: Disk,
        private readonly base: number
    ) {}

    /** Undefined where there should be none, or where there is none. */
    at(level: number, index: number): Buffer | undefined {
        const count = hashesAt(level, this.base)
        if (index >= count) return undefined
        const tile = Math.floor(index / TILE_WIDTH)
        const width = Math.min(TILE_WIDTH, count - tile * TILE_WIDTH)
        if (this.tiles[level]?.index !== tile) {
            const bytes = readTile(this.disk, level, tile, width)
            this.tiles[level] = { index: tile, bytes }
            const path = `ledger/${tilePath(level, tile, width)}`
            if (bytes === undefined) this.wrong.add(`${path} is missing`)
            else if (bytes.length < width * HASH_BYTES) this.wrong.add(`${path} is cut short`)
        }
        const start = (index % TILE_WIDTH) * HASH_BYTES
        const hash = this.tiles[level].bytes?.subarray(start, start + HASH_BYTES)
        return hash?.length === HASH_BYTES ? hash : undefined
    }

    /** Remembers a tile that says otherwise. */
    compare(level: number, index: number, hash: Buffer): void {
        const stored = this.at(level, index)
        if (stored === undefined || stored.equals(hash)) return
        const tile = Math.floor(index / TILE_WIDTH)
        const width = Math.min(TILE_WIDTH, hashesAt(level, this.base) - tile * TILE_WIDTH)
        this.wrong.add(
            `ledger/${tilePath(level, tile, width)}: its hash ${index % TILE_WIDTH} is not that of the tile below, which is right`
        )
    }

    problems(): string[] {
        return [...this.wrong]
    }
}
