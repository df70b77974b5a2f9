/**
 * The fleet's ledger, for its one writer: what happened to which node, in an order that nobody can change unnoticed.
 *
 * A batch of entries is one write to the journal and one flush; when it returns, it is on the disk. Tiles, bundles and the index are
 * written from time to time, and before a checkpoint; until then what came since is in memory, so it takes the same memory at a
 * thousand entries and at a million. On opening, a batch that a power cut left unfinished is cut off, and said.
 */
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { InputError } from "../../table/input-error"
import type { FleetSigner } from "../keys/signer"
import { ORIGIN, signCheckpoint, type TreeHead } from "./checkpoint"
import { FolderDisk, type Disk } from "./disk"
import {
    ENTRY_BYTES_MAX,
    EntryError,
    PREVIOUS_BYTES,
    readEntry,
    writeEntry,
    type Entry,
    type Event,
} from "./entry"
import { BATCH_BYTES_MAX, Journal } from "./journal"
import { takeLock } from "./lock"
import { consistencyProof, inclusionProof, leafHash } from "./merkle"
import { recordOfEvent, type NodeIndex } from "./node-index"
import {
    CHECKPOINTS,
    LATEST,
    entriesOfNode,
    latestCheckpoint,
    openSnapshot,
    type Snapshot,
} from "./snapshot"
import type { Tree } from "./tree"

/** When the journal is longer than this, it goes into tiles. */
const JOURNAL_BYTES_MAX = 2 ** 20
const ORIGIN_FILE = "origin"

export interface LedgerOptions {
    /** Of a new ledger: its name in checkpoints, unique in the world. Default: motewise.local/ and 16 random hex digits. */
    origin?: string
    /** Hears what a person should know. */
    say?: (line: string) => void
}

export class Ledger {
    private readonly tree: Tree
    private readonly index: NodeIndex
    private journal: Journal
    /** Of entries that the index does not cover. */
    private records: Buffer[] = []
    /** The latest checkpoint. */
    private last: TreeHead | undefined
    private isBroken = false

    private constructor(
        private readonly disk: Disk,
        private readonly origin: string,
        private readonly letGo: () => void,
        snapshot: Snapshot,
        private readonly say: (line: string) => void
    ) {
        this.tree = snapshot.tree
        this.index = snapshot.index
        this.last = this.signedBefore()
        this.journal = Journal.resume(disk, snapshot.journal)
        const { tornBytes } = snapshot.journal
        if (tornBytes > 0)
            say(
                `ledger: cut off ${tornBytes} bytes of a batch that was being written when the power failed; it goes on after entry ${this.tree.size - 1}`
            )
        this.makeIndex()
    }

    /** @param folder of the fleet; the ledger is in its folder `ledger`. @throws InputError when it is locked, or damaged */
    static open(folder: string, options: LedgerOptions = {}): Ledger {
        const root = join(folder, "ledger")
        const letGo = takeLock(join(root, "lock"))
        try {
            return Ledger.on(new FolderDisk(root), options, letGo)
        } catch (e) {
            letGo()
            throw e
        }
    }

    /** The same on any disk, without a lock. */
    static on(disk: Disk, options: LedgerOptions = {}, letGo = () => {}): Ledger {
        const { say = () => {} } = options
        const origin = originOf(disk, options.origin)
        if (disk.length("journal") === undefined) {
            if (disk.list("tile").length > 0)
                throw new InputError("ledger/journal is missing: put back a copy of the ledger")
            Journal.start(disk, 0)
        }
        return new Ledger(disk, origin, letGo, openSnapshot(disk), say)
    }

    get size(): number {
        return this.tree.size
    }

    /** Adds a batch, in one flush. Returns the index of its first. @throws EntryError, and then none was added */
    append(events: readonly Event[]): number {
        this.refuseBroken()
        const first = this.size
        const entries: Buffer[] = []
        const leaves: Buffer[] = []
        let previous = previousOf(this.tree)
        let batchBytes = 0
        for (const event of events) {
            const entry = writeEntry({ ...event, index: first + entries.length, previous })
            if (entry.length > ENTRY_BYTES_MAX) throw new EntryError(`${entry.length} bytes`)
            batchBytes += entry.length + 2
            if (batchBytes > BATCH_BYTES_MAX)
                throw new EntryError(`a batch of more than ${BATCH_BYTES_MAX} bytes`)
            const leaf = leafHash(entry)
            previous = leaf.subarray(0, PREVIOUS_BYTES)
            entries.push(entry)
            leaves.push(leaf)
        }
        if (entries.length === 0) return first
        this.orBreak(() => this.journal.append(entries))
        entries.forEach((entry, i) => {
            this.tree.append(entry, leaves[i])
            this.records.push(recordOfEvent(events[i], first + i))
        })
        if (this.journal.length > JOURNAL_BYTES_MAX) this.fold()
        return first
    }

    root(size?: number): Buffer {
        return this.tree.root(size)
    }

    entry(index: number): Entry {
        return readEntry(this.tree.entry(index))
    }

    leaf(index: number): Buffer {
        return this.tree.leaf(index)
    }

    entriesOf(node: string): Generator<Entry> {
        return entriesOfNode(this.tree, this.index, node)
    }

    inclusionProof(index: number, size = this.size): Buffer[] {
        return inclusionProof(this.tree.subtree, index, size)
    }

    consistencyProof(from: number, to = this.size): Buffer[] {
        return consistencyProof(this.tree.subtree, from, to)
    }

    /** Signs what the log is now. Costs a signature, unless nothing was added since the last. */
    async checkpoint(signer: FleetSigner): Promise<TreeHead> {
        this.refuseBroken()
        if (this.last?.size === this.size) return this.last
        this.fold()
        const head = { origin: this.origin, size: this.size, root: this.root() }
        const text = Buffer.from(await signCheckpoint(head, signer))
        this.disk.replace(`${CHECKPOINTS}/${head.size}`, text)
        this.disk.syncFolder(CHECKPOINTS)
        // While it was signed, another may have been that is newer.
        if (this.last === undefined || this.last.size < head.size) {
            this.last = head
            this.disk.replace(LATEST, text)
        }
        return head
    }

    close(): void {
        if (!this.isBroken) this.fold()
        this.disk.close()
        this.letGo()
    }

    /** Writes what is in the journal into tiles and the index, and starts an empty one. */
    private fold(): void {
        if (this.tree.stands === this.size) return
        this.orBreak(() => {
            this.tree.write()
            this.journal = Journal.start(this.disk, this.size)
            this.tree.tidy()
            this.index.add(this.records)
            this.records = []
        })
    }

    /** What is on disk is not known after a write that failed. A new Ledger looks. */
    private orBreak(write: () => void): void {
        try {
            write()
        } catch (e) {
            this.isBroken = true
            throw e
        }
    }

    private refuseBroken(): void {
        if (this.isBroken) throw new Error("a write to the ledger failed: open it again")
    }

    /** Never continues a log that has lost, or changed, what it signed. */
    private signedBefore(): TreeHead | undefined {
        const last = latestCheckpoint(this.disk)
        if (last === undefined) return undefined
        const { size, root } = last.checkpoint
        if (size > this.size)
            throw new InputError(
                `ledger: it signed ${size} entries and has ${this.size}: put back a copy of it`
            )
        if (!this.root(size).equals(root))
            throw new InputError(
                `ledger: its first ${size} entries are not those it signed: motewise ledger verify tells which`
            )
        // A power cut may have come between the two.
        if (this.disk.read(LATEST)?.toString("utf8") !== last.text)
            this.disk.replace(LATEST, Buffer.from(last.text))
        return last.checkpoint
    }

    /** Reads as much of the log as the index does not know. */
    private makeIndex(): void {
        const missing = this.tree.stands - this.index.covers
        if (missing > 0) this.say(`ledger: makes the index of ${missing} entries again`)
        while (this.index.covers < this.tree.stands) {
            const end = Math.min(this.tree.stands, this.index.covers + 2 ** 16)
            this.index.add(this.recordsOf(this.index.covers, end))
        }
        this.records = this.recordsOf(this.tree.stands, this.size)
    }

    private recordsOf(from: number, to: number): Buffer[] {
        const records: Buffer[] = []
        for (let at = from; at < to; at++)
            records.push(recordOfEvent(readEntry(this.tree.entry(at)), at))
        return records
    }
}

/** What the next entry says of the last. */
function previousOf(tree: Tree): Buffer {
    if (tree.size === 0) return Buffer.alloc(PREVIOUS_BYTES)
    return tree.leaf(tree.size - 1).subarray(0, PREVIOUS_BYTES)
}

function originOf(disk: Disk, wanted: string | undefined): string {
    const stored = disk.read(ORIGIN_FILE)?.toString("utf8").trim()
    if (stored !== undefined && ORIGIN.test(stored)) return stored
    const origin = wanted ?? `motewise.local/${randomBytes(8).toString("hex")}`
    if (!ORIGIN.test(origin)) throw new InputError(`origin "${origin}": no blanks, no plus signs`)
    disk.replace(ORIGIN_FILE, Buffer.from(`${origin}\n`))
    return origin
}
