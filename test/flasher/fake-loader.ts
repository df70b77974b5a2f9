/**
 * An ESP32 board at the far end of a serial port: its reset and boot lines, its ROM's loader with the commands esptool uses, Espressif's
 * stub once it was put into RAM, a flash, and a program that talks when it is let run. Facts: esptool's "Serial Protocol"
 * (docs.espressif.com/projects/esptool, advanced-topics/serial-protocol: packets, commands, errors, what ROM and stub answer), "Boot Mode
 * Selection" (the lines), the stub's error codes (flasher_stub/include/stub_flasher.h) and the registers of the chips' reference manuals.
 * It is strict where a chip may be lenient: what the document asks for and is not sent is refused.
 */
import { createHash } from "node:crypto"
import { Duplex } from "node:stream"
import { inflateSync } from "node:zlib"
import type { BoardPort } from "../../flasher/serial-wire"

const END = 0xc0
const ESCAPE = 0xdb
const ROM_BAUD = 115200

const DETECT_REGISTER = 0x40001000
const SECTOR_BYTES = 4096
const SYNC = Buffer.concat([Buffer.from([0x07, 0x07, 0x12, 0x20]), Buffer.alloc(32, 0x55)])

/** What went wrong, as ROM and stub say it ("ROM Loader Errors"; stub_flasher.h). */
const ERRORS = {
    invalidMessage: { rom: 0x05, stub: 0xc0 },
    failed: { rom: 0x06, stub: 0xc4 },
    checksum: { rom: 0x07, stub: 0xc1 },
    unknown: { rom: 0x05, stub: 0xff },
}
type ErrorName = keyof typeof ERRORS

interface ChipFacts {
    /** What the detect register holds; the newer ones tell their id instead. */
    magic: number
    id?: number
    /** Bytes of security information; 0 where the command is not known. */
    securityBytes: number
    spiAt: number
    macAt: number
}

export const FACTS = {
    ESP32: { magic: 0x00f01d83, securityBytes: 0, spiAt: 0x3ff42000, macAt: 0x3ff5a004 },
    "ESP32-S2": { magic: 0x000007c6, securityBytes: 12, spiAt: 0x3f402000, macAt: 0x3f41a044 },
    "ESP32-C3": {
        magic: 0x1b31506f,
        id: 5,
        securityBytes: 20,
        spiAt: 0x60002000,
        macAt: 0x60008844,
    },
    "ESP32-S3": { magic: 0x09, id: 9, securityBytes: 20, spiAt: 0x60002000, macAt: 0x60007044 },
} satisfies Record<string, ChipFacts>

export type ChipName = keyof typeof FACTS

export interface Faults {
    /** Nobody pulled IO0 low, or the lines are not wired: the program runs on. */
    noDownloadMode?: boolean
    /** Says nothing at all. */
    mute?: boolean
    /** These answers, by number, never arrive. */
    lost?: number[]
    /** This byte of what it is sent, by number, is lost on the way. */
    dropsByte?: number
    /** Bytes before each answer, as of noise or a program's last words. */
    garbage?: Buffer
    /** One bit of what is written to flash is another. */
    flipsBit?: boolean
    /** Write commands, from this one on, fail with the ROM's "failed to act". */
    failsFromBlock?: number
    /** The first answers to a block have a wrong checksum told: the sender is to say it again. */
    refusesBlocks?: number
    /** The cable comes out at this block. */
    goneAtBlock?: number
    /** The chip stays at the ROM's rate. */
    keepsBaud?: boolean
    flashId?: number
    locked?: boolean
    /** USB of its own: its lines are read by the chip (ESP32-C3 TRM, "USB Serial/JTAG Controller", reset by RTS and DTR). */
    isNative?: boolean
    opens?: Error & { code?: string }
}

interface Writing {
    at: number
    /** Of the image, as FLASH_BEGIN and FLASH_DEFL_BEGIN tell it. */
    bytes: number
    blocks: number
    blockBytes: number
    parts: Buffer[]
    isDeflated: boolean
}

export class FakeEspBoard extends Duplex implements BoardPort {
    readonly flash: Buffer
    /** Commands in their order, by their codes. */
    readonly commands: number[] = []
    runs = 0
    erasedAll = false
    private inLoader = false
    private isStub = false
    private wantsLoader = false
    private dtr = false
    private rts = false
    private hostBaud = ROM_BAUD
    private chipBaud = ROM_BAUD
    private packet: number[] | undefined
    private isEscaped = false
    private bytesIn = 0
    private answers = 0
    private blocks = 0
    private loading: { bytes: number; blocks: number; parts: Buffer[] } | undefined
    /** Into RAM, by the last MEM_BEGINs. */
    private loadedBytes = 0
    private hasFlash = false
    private writing: Writing | undefined
    private readonly registers = new Map<number, number>()

    constructor(
        private readonly chip: ChipName,
        private readonly faults: Faults = {},
        private readonly program: (board: FakeEspBoard) => void = () => {},
        flashBytes = 4 * 1024 * 1024
    ) {
        super({ autoDestroy: false })
        this.flash = Buffer.alloc(flashBytes, 0x5a)
        const { magic, macAt } = this.facts
        this.registers.set(DETECT_REGISTER, magic)
        // 7c:df:a1:01:02:03
        this.registers.set(macAt, 0xa1010203 | 0)
        this.registers.set(macAt + 4, 0x7cdf)
    }

    private get facts(): ChipFacts {
        return FACTS[this.chip]
    }

    /** As a port is that was attached at this rate. */
    at(baudRate: number): this {
        this.hostBaud = baudRate
        return this
    }

    open(done: (error: Error | null) => void): void {
        setImmediate(() => done(this.faults.opens ?? null))
    }

    close(done: (error: Error | null) => void): void {
        this.emit("close")
        setImmediate(() => done(null))
    }

    update({ baudRate }: { baudRate: number }, done: (error: Error | null) => void): void {
        this.hostBaud = baudRate
        setImmediate(() => done(null))
    }

    /** RTS holds the chip in reset; with DTR IO0 is low, and the ROM stays in its loader when reset ends. Both together do neither. */
    set({ dtr, rts }: { dtr: boolean; rts: boolean }, done: (error: Error | null) => void): void {
        const wasInReset = this.rts && !this.dtr
        this.dtr = dtr
        this.rts = rts
        if (this.faults.isNative === true) {
            if (!rts) this.wantsLoader = dtr
            else if (!dtr && !wasInReset) this.boot(this.wantsLoader)
        } else if (wasInReset && !rts) this.boot(dtr && this.faults.noDownloadMode !== true)
        setImmediate(() => done(null))
    }

    override _read(): void {}

    override _write(bytes: Buffer, _encoding: unknown, done: (error?: Error | null) => void): void {
        if (this.inLoader && this.hostBaud === this.chipBaud)
            for (const byte of bytes)
                if (this.bytesIn++ !== this.faults.dropsByte) this.received(byte)
        done()
    }

    /** What the program says. */
    say(bytes: Buffer | string): void {
        if (this.faults.mute !== true) this.push(Buffer.from(bytes))
    }

    private boot(intoLoader: boolean): void {
        this.inLoader = intoLoader
        this.isStub = false
        this.hasFlash = false
        this.chipBaud = ROM_BAUD
        this.packet = undefined
        if (intoLoader)
            return this.say(
                "rst:0x1 (POWERON),boot:0x5 (DOWNLOAD_BOOT)\r\nwaiting for download\r\n"
            )
        this.runs++
        this.say("rst:0x1 (POWERON),boot:0xd (SPI_FAST_FLASH_BOOT)\r\n")
        this.program(this)
    }

    private received(byte: number): void {
        if (byte === END) {
            const packet = this.packet
            this.packet = packet === undefined || packet.length === 0 ? [] : undefined
            if (packet !== undefined && packet.length > 0) this.command(Buffer.from(packet))
            return
        }
        if (this.packet === undefined) return
        if (byte === ESCAPE) this.isEscaped = true
        else {
            this.packet.push(this.isEscaped ? (byte === 0xdc ? END : ESCAPE) : byte)
            this.isEscaped = false
        }
    }

    private command(packet: Buffer): void {
        const [direction, code] = packet
        const body = packet.subarray(8)
        if (direction !== 0 || packet.readUInt16LE(2) !== body.length) return
        this.commands.push(code)
        const word = (index: number) => body.readUInt32LE(index * 4)
        const checksum = packet.readUInt32LE(4)
        switch (code) {
            case 0x08: // SYNC
                if (!body.equals(SYNC)) return this.refuse(code, "invalidMessage")
                // The ROM answers eight times, the stub once.
                for (let i = 0; i < (this.isStub ? 1 : 8); ++i)
                    this.answer(code, this.isStub ? 0 : 0x20120707)
                return
            case 0x0a: // READ_REG
                return this.answer(code, this.registers.get(word(0)) ?? 0)
            case 0x09: // WRITE_REG
                this.written(word(0), word(1))
                return this.answer(code)
            case 0x14:
                return this.securityInfo(code)
            case 0x05: // MEM_BEGIN, _DATA, _END: how the stub comes into RAM
                this.loading = { bytes: word(0), blocks: word(1), parts: [] }
                return this.answer(code)
            case 0x07:
                return this.memory(code, body, checksum)
            case 0x06: {
                // The execute flag is 0 where there is an entry point to go to.
                const isRun = word(0) === 0 && word(1) !== 0 && this.loadedBytes > 0
                this.answer(code)
                this.isStub = isRun
                if (this.isStub) this.send(Buffer.from("OHAI"))
                return
            }
            case 0x0f: {
                // The stub is told the old rate, the ROM 0.
                if (word(1) !== (this.isStub ? this.chipBaud : 0))
                    return this.refuse(code, "invalidMessage")
                this.answer(code)
                if (this.faults.keepsBaud !== true) this.chipBaud = word(0)
                return
            }
            case 0x0d: // SPI_ATTACH: 0 is the flash, and the ROM wants a second word
                if (word(0) !== 0) return this.refuse(code, "invalidMessage")
                this.hasFlash = true
                return this.answer(code)
            case 0x0b:
                return this.answer(code)
            case 0x02: // FLASH_BEGIN, FLASH_DEFL_BEGIN
            case 0x10:
                return this.begin(code, word)
            case 0x03: // FLASH_DATA, FLASH_DEFL_DATA
            case 0x11:
                return this.block(code, body, checksum)
            case 0x04: // FLASH_END, FLASH_DEFL_END
            case 0x12:
                return this.answer(code)
            case 0x13: {
                const digest = createHash("md5")
                    .update(this.flash.subarray(word(0), word(0) + word(1)))
                    .digest()
                const told = this.isStub ? digest : Buffer.from(digest.toString("hex"))
                return this.answer(code, 0, told)
            }
            case 0xd0:
                if (!this.isStub) return this.refuse(code, "unknown")
                this.flash.fill(0xff)
                this.erasedAll = true
                return this.answer(code)
            default:
                return this.refuse(code, "unknown")
        }
    }

    private memory(code: number, body: Buffer, checksum: number): void {
        const { loading } = this
        const data = body.subarray(16)
        const [length, sequence] = [body.readUInt32LE(0), body.readUInt32LE(4)]
        if (loading === undefined || length !== data.length || sequence >= loading.blocks)
            return this.refuse(code, "invalidMessage")
        if (checksum !== checksumOf(data)) return this.refuse(code, "checksum")
        loading.parts[sequence] = data
        const bytes = loading.parts.reduce((sum, part) => sum + part.length, 0)
        if (bytes === loading.bytes) this.loadedBytes += bytes
        this.answer(code)
    }

    private begin(code: number, word: (index: number) => number): void {
        if (!this.isStub && !this.hasFlash) return this.refuse(code, "failed")
        const [bytes, blocks, blockBytes, at] = [word(0), word(1), word(2), word(3)]
        // "Esptool uses 16 kB"; flash is erased by whole sectors.
        if (blockBytes === 0 || blockBytes > 0x4000 || at % SECTOR_BYTES !== 0)
            return this.refuse(code, "invalidMessage")
        this.flash.fill(0xff, at, Math.ceil((at + bytes) / SECTOR_BYTES) * SECTOR_BYTES)
        this.writing = { at, bytes, blocks, blockBytes, parts: [], isDeflated: code === 0x10 }
        this.answer(code)
    }

    private block(code: number, body: Buffer, checksum: number): void {
        const data = body.subarray(16)
        this.blocks++
        if (this.faults.goneAtBlock === this.blocks) {
            this.inLoader = false
            this.emit("close")
            return
        }
        if (this.blocks <= (this.faults.refusesBlocks ?? 0) || checksum !== checksumOf(data))
            return this.refuse(code, "checksum")
        if (this.blocks >= (this.faults.failsFromBlock ?? Infinity))
            return this.refuse(code, "failed")
        const { writing } = this
        if (writing === undefined) return this.refuse(code, "failed")
        const [length, sequence] = [body.readUInt32LE(0), body.readUInt32LE(4)]
        if (length !== data.length || length > writing.blockBytes || sequence >= writing.blocks)
            return this.refuse(code, "invalidMessage")
        // The stub takes blocks as they come, whatever their numbers: one that is said again because its answer was lost is there twice,
        // and the stream, or the MD5 at the end, is wrong.
        writing.parts.push(Buffer.from(data))
        this.burn(writing)
        this.answer(code)
    }

    private burn({ at, bytes: told, parts, isDeflated }: Writing): void {
        const all = Buffer.concat(parts)
        try {
            // The end of the stream is the end of what is written.
            const bytes = isDeflated ? inflateSync(all) : all
            bytes.copy(this.flash, at, 0, told)
            if (this.faults.flipsBit === true) this.flash[at + (bytes.length >> 1)] ^= 0x10
        } catch {
            return
        }
    }

    private written(register: number, value: number): void {
        this.registers.set(register, value)
        const { spiAt } = this.facts
        const [commandAt, secondAt, dataAt] =
            this.chip === "ESP32" ? [0, 0x24, 0x80] : [0, 0x20, 0x58]
        if (register !== spiAt + commandAt) return
        // The command is run, and its bit falls. RDID is the one that is asked.
        this.registers.set(register, 0)
        if (((this.registers.get(spiAt + secondAt) ?? 0) & 0xff) === 0x9f)
            this.registers.set(spiAt + dataAt, this.faults.flashId ?? 0x1640ef)
    }

    private securityInfo(code: number): void {
        const { securityBytes, id } = this.facts
        if (securityBytes === 0) {
            for (let i = 0; i < 8; ++i) this.refuse(0, "unknown")
            return
        }
        const info = Buffer.alloc(securityBytes)
        if (this.faults.locked === true) info[0] = 0x04
        if (id !== undefined) info.writeUInt32LE(id, 12)
        this.answer(code, 0, info)
    }

    private refuse(code: number, error: ErrorName): void {
        this.answer(code, 0, Buffer.alloc(0), [1, ERRORS[error][this.isStub ? "stub" : "rom"]])
    }

    private answer(code: number, value = 0, data = Buffer.alloc(0), status = [0, 0]): void {
        // The ROM has two more bytes of status than the stub; these are 0.
        const tail = this.isStub ? status : [...status, 0, 0]
        const head = Buffer.alloc(8)
        head[0] = 1
        head[1] = code
        head.writeUInt16LE(data.length + tail.length, 2)
        head.writeInt32LE(value | 0, 4)
        this.send(Buffer.concat([head, data, Buffer.from(tail)]))
    }

    private send(packet: Buffer): void {
        const number = this.answers++
        if (this.faults.mute === true || this.faults.lost?.includes(number) === true) return
        const { garbage } = this.faults
        if (garbage !== undefined) this.push(garbage)
        this.push(slip(packet))
    }
}

/** RFC 1055, as the loader has it: an END before and behind. */
export function slip(packet: Uint8Array): Buffer {
    const bytes = [END]
    for (const byte of packet)
        if (byte === END) bytes.push(ESCAPE, 0xdc)
        else if (byte === ESCAPE) bytes.push(ESCAPE, 0xdd)
        else bytes.push(byte)
    return Buffer.from([...bytes, END])
}

function checksumOf(data: Uint8Array): number {
    return data.reduce((sum, byte) => sum ^ byte, 0xef)
}
