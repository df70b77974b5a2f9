/**
 * What was appended since the tiles were last written: a head, then a frame for each batch, flushed once. A batch is there as a whole
 * or not at all.
 *
 * Head: "mwledger", version in 4 bytes, the size of the log in the tiles in 8, CRC-32 of these 20. Frame: length of what follows the
 * frame's 8 bytes in 4, CRC-32 of it in 4, entries as in a bundle. The CRC starts from that of the frame before it, so a frame is
 * good in its own place only. Numbers are big-endian.
 */
import { crc32 } from "node:zlib"
import { InputError } from "../../table/input-error"
import type { Disk } from "./disk"
import { bundleOf, entriesAsFarAs, entriesOf } from "./tile"

export const JOURNAL = "journal"
const MAGIC = Buffer.from("mwledger")
const VERSION = 1
const HEAD_BYTES = 24
const FRAME_HEAD_BYTES = 8
/** Of one batch; more than this cannot be a length that we wrote. */
export const BATCH_BYTES_MAX = 2 ** 24

export interface JournalContents {
    /** Entries that stand in the tiles. */
    base: number
    /** What came after them. */
    entries: Buffer[]
    /** How long the journal is up to its last whole frame. */
    length: number
    /** Behind that: the beginning of a batch that a power cut left. */
    tornBytes: number
    /** Of the last whole frame. */
    checksum: number
    /** Said of a frame that no power cut spoilt: a whole one is behind it. What is in it is among the entries. */
    damage?: string
}

/** Undefined when there is no journal. @throws InputError when it is none, or of another version */
export function readJournal(disk: Disk): JournalContents | undefined {
    const file = disk.read(JOURNAL)
    if (file === undefined) return undefined
    const { base, checksum } = readHead(file)
    const contents: JournalContents = {
        base,
        entries: [],
        length: HEAD_BYTES,
        checksum,
        tornBytes: 0,
    }
    for (;;) {
        const { length, checksum: before } = contents
        const frame = frameAt(file, length, before) ?? damagedFrame(file, length)
        if (frame === undefined) break
        if (!frame.isWhole) contents.damage ??= `ledger/${JOURNAL} is damaged at byte ${length}`
        contents.entries.push(...frame.entries)
        contents.length = frame.end
        contents.checksum = frame.checksum
    }
    contents.tornBytes = file.length - contents.length
    return contents
}

function readHead(file: Buffer): { base: number; checksum: number } {
    if (file.length < HEAD_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC))
        throw new InputError(`ledger/${JOURNAL}: not a ledger's journal`)
    const checksum = file.readUInt32BE(HEAD_BYTES - 4)
    if (checksum !== crc32(file.subarray(0, HEAD_BYTES - 4)))
        throw new InputError(`ledger/${JOURNAL}: its first ${HEAD_BYTES} bytes are damaged`)
    const version = file.readUInt32BE(MAGIC.length)
    if (version !== VERSION)
        throw new InputError(
            `ledger/${JOURNAL}: version ${version}; this Motewise reads ${VERSION}`
        )
    return { base: Number(file.readBigUInt64BE(MAGIC.length + 4)), checksum }
}

interface Frame {
    entries: Buffer[]
    end: number
    checksum: number
    isWhole: boolean
}

function frameAt(file: Buffer, start: number, checksumBefore: number): Frame | undefined {
    const from = start + FRAME_HEAD_BYTES
    if (from > file.length) return undefined
    const end = from + file.readUInt32BE(start)
    const checksum = file.readUInt32BE(start + 4)
    if (end === from || end > file.length) return undefined
    const payload = file.subarray(from, end)
    if (crc32(payload, checksumBefore) !== checksum) return undefined
    const entries = entriesOf(payload)
    return entries && { entries, end, checksum, isWhole: true }
}

/** A power cut spoils the last batch only: one with a good one behind it is not to be cut off. */
function damagedFrame(file: Buffer, start: number): Frame | undefined {
    const from = start + FRAME_HEAD_BYTES
    if (from > file.length) return undefined
    const end = from + file.readUInt32BE(start)
    const checksum = file.readUInt32BE(start + 4)
    if (frameAt(file, end, checksum) === undefined) return undefined
    return { entries: entriesAsFarAs(file.subarray(from, end)), end, checksum, isWhole: false }
}

/** Adds batches to a journal that was read, or started. */
export class Journal {
    constructor(
        private readonly disk: Disk,
        private checksum: number,
        private bytes: number
    ) {}

    /** An empty one in the place of whatever was there, for a log that stands in the tiles. */
    static start(disk: Disk, base: number): Journal {
        const head = Buffer.alloc(HEAD_BYTES)
        MAGIC.copy(head)
        head.writeUInt32BE(VERSION, MAGIC.length)
        head.writeBigUInt64BE(BigInt(base), MAGIC.length + 4)
        const checksum = crc32(head.subarray(0, HEAD_BYTES - 4))
        head.writeUInt32BE(checksum, HEAD_BYTES - 4)
        disk.replace(JOURNAL, head)
        disk.syncFolder(".")
        return new Journal(disk, checksum, HEAD_BYTES)
    }

    /** Cuts a torn tail off. */
    static resume(disk: Disk, { checksum, length, tornBytes }: JournalContents): Journal {
        if (tornBytes > 0) {
            disk.truncate(JOURNAL, length)
            disk.sync(JOURNAL)
        }
        return new Journal(disk, checksum, length)
    }

    get length(): number {
        return this.bytes
    }

    /** On the disk when it returns. */
    append(entries: readonly Uint8Array[]): void {
        const payload = bundleOf(entries)
        const head = Buffer.alloc(FRAME_HEAD_BYTES)
        head.writeUInt32BE(payload.length)
        const checksum = crc32(payload, this.checksum)
        head.writeUInt32BE(checksum, 4)
        this.disk.append(JOURNAL, Buffer.concat([head, payload]))
        this.disk.sync(JOURNAL)
        this.checksum = checksum
        this.bytes += FRAME_HEAD_BYTES + payload.length
    }
}
