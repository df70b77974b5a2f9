/**
 * Which entries are a node's, without reading the log: sorted runs of 16-byte records (node id 8, index 7, number of the kind 1), found
 * by halving. A run's name says which entries it covers. A new run is merged with those before it that are not twice its size, so there
 * are few, and an entry is copied a number of times that grows with the logarithm of the log.
 *
 * It is made of the log alone: what is missing is made again.
 */
import { hash, randomBytes } from "node:crypto"
import type { Disk } from "./disk"
import { numberOfKind, type Event } from "./entry"

const FOLDER = "index"
const RECORD_BYTES = 16
const NODE_BYTES = 8
const INDEX_BYTES = 6
const RECORDS_PER_READ = 4096

export interface IndexRecord {
    node: string
    index: number
    /** Its number in the encoding. */
    kind: number
}

interface Run {
    from: number
    to: number
}

function recordOf({ node, index, kind }: IndexRecord): Buffer {
    const record = Buffer.alloc(RECORD_BYTES)
    record.write(node, 0, "hex")
    record.writeUIntBE(index, NODE_BYTES + 1, INDEX_BYTES)
    record[RECORD_BYTES - 1] = kind
    return record
}

export function recordOfEvent({ node, kind }: Event, index: number): Buffer {
    return recordOf({ node, index, kind: numberOfKind(kind) })
}

function readRecord(record: Buffer): IndexRecord {
    return {
        node: record.toString("hex", 0, NODE_BYTES),
        index: record.readUIntBE(NODE_BYTES + 1, INDEX_BYTES),
        kind: record[RECORD_BYTES - 1],
    }
}

function pathOf({ from, to }: Run): string {
    return `${FOLDER}/${from}-${to}`
}

export class NodeIndex {
    private constructor(
        private readonly disk: Disk,
        private readonly runs: Run[]
    ) {}

    /** As much from the beginning of the log as there are whole runs for, at most `size`. */
    static open(disk: Disk, size: number): NodeIndex {
        const runs: Run[] = []
        for (;;) {
            const covered = runs.at(-1)?.to ?? 0
            // After a power cut in a merge both it and what went into it may be there.
            const [longest] = wholeRuns(disk)
                .filter(({ from, to }) => from === covered && to <= size)
                .sort((a, b) => b.to - a.to)
            if (longest === undefined) return new NodeIndex(disk, runs)
            runs.push(longest)
        }
    }

    /** Entries from the first on that can be looked up. */
    get covers(): number {
        return this.runs.at(-1)?.to ?? 0
    }

    /** In the order of the log. */
    indexesOf(node: string): number[] {
        return this.runs.flatMap(run => this.indexesIn(run, node))
    }

    private indexesIn(run: Run, node: string): number[] {
        const sought = Buffer.from(node, "hex")
        let low = 0
        let high = run.to - run.from
        while (low < high) {
            const middle = Math.floor((low + high) / 2)
            if (this.recordAt(run, middle).compare(sought, 0, NODE_BYTES, 0, NODE_BYTES) < 0)
                low = middle + 1
            else high = middle
        }
        const indexes: number[] = []
        for (; low < run.to - run.from; low++) {
            const record = readRecord(this.recordAt(run, low))
            if (record.node !== node) break
            indexes.push(record.index)
        }
        return indexes
    }

    private recordAt(run: Run, at: number): Buffer {
        const record = this.disk.read(pathOf(run), at * RECORD_BYTES, RECORD_BYTES)
        if (record?.length !== RECORD_BYTES) throw new Error(`ledger/${pathOf(run)} is gone`)
        return record
    }

    /** Whose entry it was: reads all of a run. */
    recordOfEntry(index: number): IndexRecord | undefined {
        const run = this.runs.find(({ from, to }) => index >= from && index < to)
        if (run === undefined) return undefined
        for (const record of recordsOf(this.disk, run)) {
            const found = readRecord(record)
            if (found.index === index) return found
        }
        return undefined
    }

    /** Whether these records, in any order, are all that it has, and it has them in its own. */
    adds(sum: RecordSum): boolean {
        const own = sum.empty()
        for (const run of this.runs) {
            let before: Uint8Array = Buffer.alloc(0)
            for (const record of recordsOf(this.disk, run)) {
                if (record.compare(before) <= 0) return false
                own.add(record)
                before = record
            }
        }
        return own.equals(sum)
    }

    /** Adds the records of the entries that follow what is covered. */
    add(records: Buffer[]): void {
        if (records.length === 0) return
        const sorted = Buffer.concat(records.sort(Buffer.compare))
        const run = { from: this.covers, to: this.covers + records.length }
        this.disk.replace(pathOf(run), sorted)
        this.runs.push(run)
        const obsolete: Run[] = []
        for (;;) {
            const [before, last] = this.runs.slice(-2)
            if (last === undefined || before.to - before.from >= 2 * (last.to - last.from)) break
            obsolete.push(before, last)
            this.runs.splice(-2, 2, this.merged(before, last))
        }
        this.disk.syncFolder(FOLDER)
        for (const run of obsolete) this.disk.remove(pathOf(run))
    }

    /** Holds a stretch of each in memory, not the whole. */
    private merged(before: Run, last: Run): Run {
        const run = { from: before.from, to: last.to }
        const path = `${pathOf(run)}.merging`
        // What a power cut left there.
        this.disk.remove(path)
        let stretch: Buffer[] = []
        const flush = () => {
            this.disk.append(path, Buffer.concat(stretch))
            stretch = []
        }
        for (const record of inOrder(recordsOf(this.disk, before), recordsOf(this.disk, last))) {
            stretch.push(record)
            if (stretch.length === RECORDS_PER_READ) flush()
        }
        flush()
        this.disk.sync(path)
        this.disk.rename(path, pathOf(run))
        return run
    }
}

/** Those whose length is what their name says. */
function wholeRuns(disk: Disk): Run[] {
    return disk.list(FOLDER).flatMap(name => {
        const [, from, to] = name.match(/^(\d+)-(\d+)$/) ?? []
        if (from === undefined) return []
        const run = { from: Number(from), to: Number(to) }
        const isWhole = disk.length(pathOf(run)) === (run.to - run.from) * RECORD_BYTES
        return isWhole ? [run] : []
    })
}

function* recordsOf(disk: Disk, run: Run): Generator<Buffer> {
    const stretchBytes = RECORDS_PER_READ * RECORD_BYTES
    for (let at = 0; ; at += stretchBytes) {
        const stretch = disk.read(pathOf(run), at, stretchBytes) ?? Buffer.alloc(0)
        for (let i = 0; i < stretch.length; i += RECORD_BYTES)
            yield stretch.subarray(i, i + RECORD_BYTES)
        if (stretch.length < stretchBytes) return
    }
}

function* inOrder(left: Generator<Buffer>, right: Generator<Buffer>): Generator<Buffer> {
    let a = left.next()
    let b = right.next()
    while (a.done !== true || b.done !== true) {
        if (b.done === true || (a.done !== true && a.value.compare(b.value) < 0)) {
            yield a.value as Buffer
            a = left.next()
        } else {
            yield b.value as Buffer
            b = right.next()
        }
    }
}

/** A sum of records that does not depend on their order, and that nobody who does not know its salt can hit. */
export class RecordSum {
    private sum = 0n

    constructor(private readonly salt = randomBytes(16)) {}

    /** Of none, to be compared with this one. */
    empty(): RecordSum {
        return new RecordSum(this.salt)
    }

    add(record: Uint8Array): void {
        const digest = hash("sha256", Buffer.concat([this.salt, record]), "buffer")
        this.sum += digest.readBigUInt64BE()
    }

    equals(other: RecordSum): boolean {
        return this.sum === other.sum
    }
}
