/**
 * An ESP32's runtime file, read with care before it goes to a board: bootloader, partition table and app in one file that begins where
 * the chip's ROM looks for the bootloader (ESP-IDF, "App Image Format" and "Partition Tables"; esp_app_format.h).
 */
import { createHash } from "node:crypto"
import { UsageError } from "../image/project"
import { chipNameOf, type EspChip } from "./chips"

export interface Partition {
    /** Both in flash, not in the file. */
    at: number
    bytes: number
}

export interface EspRuntime {
    /** From `chip.bootloaderAt` on. */
    bytes: Buffer
    /** The board's configuration. */
    config: Partition
    /** Settings and program. */
    store: Partition
}

const IMAGE_MAGIC = 0xe9
const IMAGE_HEADER_BYTES = 24
const SEGMENT_HEADER_BYTES = 8
const SEGMENTS_MAX = 16
const CHECKSUM_SEED = 0xef
const SHA256_BYTES = 32

const TABLE_AT = 0x8000
const TABLE_BYTES_MAX = 0xc00
const SECTOR_BYTES = 0x1000
const TABLE_END = TABLE_AT + SECTOR_BYTES
/** What these chips address with three bytes. */
const FLASH_BYTES_MAX = 16 * 1024 * 1024
const ENTRY_BYTES = 32
const ENTRY_MAGIC = 0x50aa
const DIGEST_MAGIC = 0xebeb
const DIGEST_IN_ENTRY_AT = 16

const TYPE_APP = 0x00
/** A type of DeviceScript's own (its boards/partitions.csv), with two subtypes. */
const TYPE_DEVICESCRIPT = 0x8a
const SUBTYPE_CONFIG = 0x00
const SUBTYPE_STORE = 0x01

interface TableEntry extends Partition {
    type: number
    subtype: number
}

/** @param name of the file, for its faults @throws UsageError that says what is wrong with it */
export function readEspRuntime(bytes: Buffer, chip: EspChip, name: string): EspRuntime {
    const file = new RuntimeFile(bytes, chip, name)
    file.checkImage(chip.bootloaderAt, "bootloader")
    const table = file.partitionTable()
    const app = table.find(({ type }) => type === TYPE_APP)
    if (app === undefined) throw file.wrong("its partition table has no app")
    file.checkImage(app.at, "app")
    const config = file.own(table, SUBTYPE_CONFIG, "dcfg")
    const store = file.own(table, SUBTYPE_STORE, "fstor")
    if (config.at + config.bytes > store.at) throw file.wrong("its dcfg is not before its fstor")
    if (chip.bootloaderAt + bytes.length > store.at)
        throw file.wrong(
            "it reaches into the store: a bundle with a program in it. Give the bare runtime"
        )
    return { bytes, config, store }
}

class RuntimeFile {
    constructor(
        private readonly bytes: Buffer,
        private readonly chip: EspChip,
        private readonly name: string
    ) {}

    wrong(what: string): UsageError {
        return new UsageError(
            `${this.name} is no DeviceScript runtime for an ${this.chip.name}: ${what}`
        )
    }

    /** @param at in flash */
    checkImage(at: number, what: string): void {
        const image = this.bytes.subarray(Math.max(0, at - this.chip.bootloaderAt))
        if (image.length < IMAGE_HEADER_BYTES) throw this.wrong(`it ends before its ${what}`)
        if (image[0] !== IMAGE_MAGIC)
            throw this.wrong(`its ${what} begins with 0x${image.toString("hex", 0, 1)}, not 0xe9`)
        const chipId = image.readUInt16LE(12)
        if (chipId !== this.chip.imageChipId)
            throw this.wrong(`its ${what} is for ${chipNameOf(chipId)}`)
        const segments = image[1]
        if (segments === 0 || segments > SEGMENTS_MAX)
            throw this.wrong(`its ${what} has ${segments} segments`)
        let end = IMAGE_HEADER_BYTES
        let checksum = CHECKSUM_SEED
        for (let i = 0; i < segments; ++i) {
            const data = end + SEGMENT_HEADER_BYTES
            if (data > image.length) throw this.wrong(`it ends inside its ${what}`)
            end = data + image.readUInt32LE(data - 4)
            if (end > image.length) throw this.wrong(`it ends inside its ${what}`)
            for (let byte = data; byte < end; ++byte) checksum ^= image[byte]
        }
        // The checksum is the last byte of a line of 16.
        const checksumAt = end | 0xf
        if (image[checksumAt] !== checksum) throw this.wrong(`the checksum of its ${what} is wrong`)
        const isHashed = image[IMAGE_HEADER_BYTES - 1] === 1
        if (!isHashed) return
        const hash = createHash("sha256")
            .update(image.subarray(0, checksumAt + 1))
            .digest()
        const told = image.subarray(checksumAt + 1, checksumAt + 1 + SHA256_BYTES)
        if (!hash.equals(told)) throw this.wrong(`the SHA-256 of its ${what} is wrong`)
    }

    partitionTable(): TableEntry[] {
        const from = TABLE_AT - this.chip.bootloaderAt
        const table = this.bytes.subarray(from, from + TABLE_BYTES_MAX)
        const entries: TableEntry[] = []
        for (let at = 0; at + ENTRY_BYTES <= table.length; at += ENTRY_BYTES) {
            const magic = table.readUInt16LE(at)
            if (magic === DIGEST_MAGIC) {
                const digest = createHash("md5").update(table.subarray(0, at)).digest()
                if (!digest.equals(table.subarray(at + DIGEST_IN_ENTRY_AT, at + ENTRY_BYTES)))
                    throw this.wrong("the MD5 of its partition table is wrong")
                return entries
            }
            if (magic !== ENTRY_MAGIC) break
            entries.push({
                type: table[at + 2],
                subtype: table[at + 3],
                at: table.readUInt32LE(at + 4),
                bytes: table.readUInt32LE(at + 8),
            })
        }
        if (entries.length === 0) throw this.wrong("it has no partition table at 0x8000")
        return entries
    }

    own(table: TableEntry[], subtype: number, label: string): Partition {
        const entry = table.find(
            entry => entry.type === TYPE_DEVICESCRIPT && entry.subtype === subtype
        )
        if (entry === undefined) throw this.wrong(`its partition table has no ${label}`)
        const isSound = entry.at >= TABLE_END && entry.at + entry.bytes <= FLASH_BYTES_MAX
        if (!isSound || entry.at % SECTOR_BYTES !== 0)
            throw this.wrong(`its ${label} is at 0x${entry.at.toString(16)}`)
        return { at: entry.at, bytes: entry.bytes }
    }
}
