/**
 * Runtimes of the shape of upstream's releases, made of nothing: an ESP32's bootloader, partition table (that of devicescript-esp32's
 * boards/partitions.csv) and app, an RP2040's UF2. Layouts by ESP-IDF's "App Image Format" and "Partition Tables", and the UF2 document.
 */
import { createHash } from "node:crypto"
import type { EspChip } from "../../flasher/chips"
import { FlashPages } from "../../flasher/uf2"

const APP_AT = 0x10000
export const STORE_AT = 0x1c0000
export const STORE_BYTES = 256 * 1024
export const CONFIG_AT = 0x9000

/** One segment of these bytes, its checksum, and the SHA-256 of it all. */
export function espImage(chipId: number, data: Buffer): Buffer {
    const header = Buffer.alloc(24)
    header[0] = 0xe9
    header[1] = 1
    header[3] = 0x20 // 4 MB, 40 MHz
    header.writeUInt16LE(chipId, 12)
    header[23] = 1
    const segment = Buffer.alloc(8)
    segment.writeUInt32LE(0x3f400020, 0)
    segment.writeUInt32LE(data.length, 4)
    const body = Buffer.concat([header, segment, data])
    const padded = Buffer.alloc((body.length | 0xf) + 1)
    body.copy(padded)
    padded[padded.length - 1] = data.reduce((sum, byte) => sum ^ byte, 0xef)
    return Buffer.concat([padded, createHash("sha256").update(padded).digest()])
}

export interface TableRow {
    type: number
    subtype: number
    at: number
    bytes: number
    label: string
}

export const ROWS: TableRow[] = [
    { type: 0x8a, subtype: 0, at: CONFIG_AT, bytes: 0x2000, label: "dcfg" },
    { type: 1, subtype: 2, at: 0xb000, bytes: 0x4000, label: "nvs" },
    { type: 1, subtype: 1, at: 0xf000, bytes: 0x1000, label: "phy_init" },
    { type: 0, subtype: 0, at: APP_AT, bytes: 1728 * 1024, label: "factory" },
    { type: 0x8a, subtype: 1, at: STORE_AT, bytes: STORE_BYTES, label: "fstor" },
]

export function partitionTable(rows: TableRow[]): Buffer {
    const entries = rows.map(({ type, subtype, at, bytes, label }) => {
        const entry = Buffer.alloc(32)
        entry.writeUInt16BE(0xaa50)
        entry[2] = type
        entry[3] = subtype
        entry.writeUInt32LE(at, 4)
        entry.writeUInt32LE(bytes, 8)
        entry.write(label, 12)
        return entry
    })
    const digest = Buffer.alloc(32, 0xff)
    digest.writeUInt16BE(0xebeb)
    createHash("md5").update(Buffer.concat(entries)).digest().copy(digest, 16)
    return Buffer.concat([...entries, digest])
}

export function espRuntime(chip: EspChip, rows = ROWS): Buffer {
    const flash = Buffer.alloc(APP_AT, 0xff)
    espImage(chip.imageChipId, Buffer.from("bootloader")).copy(flash, chip.bootloaderAt)
    partitionTable(rows).copy(flash, 0x8000)
    // The configuration of the board that upstream made it for.
    Buffer.from("44434647", "hex").copy(flash, CONFIG_AT)
    flash.fill(0x11, CONFIG_AT + 8, CONFIG_AT + 0x1800)
    const app = espImage(chip.imageChipId, Buffer.alloc(3000, "DeviceScript"))
    return Buffer.concat([flash.subarray(chip.bootloaderAt), app])
}

export function rp2040Runtime(): Buffer {
    const pages = new FlashPages()
    pages.write(0x10000000, Buffer.alloc(0x5150, "DeviceScript"))
    const config = Buffer.alloc(0x900, 0x11)
    Buffer.from("444346470a9bb4ca", "hex").copy(config)
    pages.write(0x100dc000, config)
    return pages.file()
}
