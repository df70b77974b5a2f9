/**
 * UF2, the file that an RP2040's boot drive takes: blocks of 512 B, each with the place in flash of the 256 B it carries
 * (github.com/microsoft/uf2, "File format"; RP2040 datasheet, 2.8.4.2 "UF2 Format Details").
 */
import { UsageError } from "../image/project"

const PAGE_BYTES = 256
/** What is erased at once. The boot ROM tells by a block's number when it is due, and so wants each sector whole (erratum RP2040-E14). */
const SECTOR_BYTES = 4096
const PAGES_A_SECTOR = SECTOR_BYTES / PAGE_BYTES
export const ERASED = 0xff

const BLOCK_BYTES = 512
const DATA_AT = 32
const MAGIC_START = [0x0a324655, 0x9e5d5157]
const MAGIC_END = 0x0ab16f30
const MAGIC_END_AT = BLOCK_BYTES - 4
const FLAG_NOT_FLASH = 0x00000001
const FLAG_FAMILY = 0x00002000
const FAMILY_RP2040 = 0xe48bff56
const FLASH_FROM = 0x10000000
/** A Pico W has 2 MB. */
const FLASH_BYTES = 2 * 1024 * 1024

/** What lies where in flash, in pages of 256 B. */
export class FlashPages {
    private readonly pages = new Map<number, Buffer>()

    /** Bytes from an address on; pages that are begun are filled up as if erased. */
    write(address: number, bytes: Uint8Array): void {
        for (let from = 0; from < bytes.length;) {
            const at = address + from
            const inPage = at % PAGE_BYTES
            const to = Math.min(bytes.length, from + PAGE_BYTES - inPage)
            this.page(at - inPage).set(bytes.subarray(from, to), inPage)
            from = to
        }
    }

    /** Undefined when some of it is not told. */
    read(address: number, length: number): Buffer | undefined {
        const read = Buffer.alloc(length)
        for (let i = 0; i < length; ++i) {
            const at = address + i
            const page = this.pages.get(at - (at % PAGE_BYTES))
            if (page === undefined) return undefined
            read[i] = page[at % PAGE_BYTES]
        }
        return read
    }

    /** Whether any page is told from `from` up to, not with, `to`; both begin a page. */
    tells(from: number, to: number): boolean {
        for (let at = from; at < to; at += PAGE_BYTES) if (this.pages.has(at)) return true
        return false
    }

    /** Everything else as erased: all of a flash is told. */
    eraseRest(): void {
        for (let at = FLASH_FROM; at < FLASH_FROM + FLASH_BYTES; at += PAGE_BYTES) this.page(at)
    }

    /** As a file: by address, each sector whole. */
    file(): Buffer {
        for (const at of [...this.pages.keys()]) {
            const sector = at - (at % SECTOR_BYTES)
            for (let i = 0; i < PAGES_A_SECTOR; ++i) this.page(sector + i * PAGE_BYTES)
        }
        const addresses = [...this.pages.keys()].sort((a, b) => a - b)
        return Buffer.concat(addresses.map((at, i) => this.block(at, i, addresses.length)))
    }

    private page(address: number): Buffer {
        let page = this.pages.get(address)
        if (page === undefined) {
            page = Buffer.alloc(PAGE_BYTES, ERASED)
            this.pages.set(address, page)
        }
        return page
    }

    private block(address: number, number: number, count: number): Buffer {
        const block = Buffer.alloc(BLOCK_BYTES)
        const words = [
            ...MAGIC_START,
            FLAG_FAMILY,
            address,
            PAGE_BYTES,
            number,
            count,
            FAMILY_RP2040,
        ]
        words.forEach((word, i) => void block.writeUInt32LE(word, i * 4))
        this.page(address).copy(block, DATA_AT)
        block.writeUInt32LE(MAGIC_END, MAGIC_END_AT)
        return block
    }
}

/** @param name of the file, for its faults @throws UsageError for anything that an RP2040's boot drive would not take whole */
export function readUf2(file: Buffer, name: string): FlashPages {
    const wrong = (what: string) => new UsageError(`${name} is no UF2 for an RP2040: ${what}`)
    const count = file.length / BLOCK_BYTES
    if (count === 0 || !Number.isInteger(count))
        throw wrong(`${file.length} B are no number of blocks of ${BLOCK_BYTES} B`)
    const pages = new FlashPages()
    for (let i = 0; i < count; ++i) {
        const block = file.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)
        const word = (index: number) => block.readUInt32LE(index * 4)
        const isBlock =
            word(0) === MAGIC_START[0] &&
            word(1) === MAGIC_START[1] &&
            block.readUInt32LE(MAGIC_END_AT) === MAGIC_END
        if (!isBlock) throw wrong(`block ${i} has not UF2's magic numbers`)
        const flags = word(2)
        const address = word(3)
        if ((flags & FLAG_NOT_FLASH) !== 0) throw wrong(`block ${i} is not for flash`)
        if ((flags & FLAG_FAMILY) === 0) throw wrong(`block ${i} names no family`)
        if (word(7) !== FAMILY_RP2040)
            throw wrong(
                `block ${i} is of family 0x${word(7).toString(16)}, not 0x${FAMILY_RP2040.toString(16)}`
            )
        if (word(4) !== PAGE_BYTES)
            throw wrong(`block ${i} carries ${word(4)} B, not ${PAGE_BYTES}`)
        if (word(5) !== i || word(6) !== count)
            throw wrong(`block ${i} of ${count} says it is ${word(5)} of ${word(6)}`)
        const inFlash = address >= FLASH_FROM && address < FLASH_FROM + FLASH_BYTES
        if (!inFlash || address % PAGE_BYTES !== 0)
            throw wrong(`block ${i} goes to 0x${address.toString(16)}`)
        if (pages.tells(address, address + PAGE_BYTES))
            throw wrong(`block ${i} goes to 0x${address.toString(16)}, as one before it`)
        pages.write(address, block.subarray(DATA_AT, DATA_AT + PAGE_BYTES))
    }
    return pages
}
