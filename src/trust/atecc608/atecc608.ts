/**
 * Microchip's ATECC608A and ATECC608B: a P-256 key that never leaves the chip, and what it does with it.
 *
 * Opcodes, modes and longest times (clock divider 0): Microchip's CryptoAuthLib, calib_command.h and calib_execution.c; more of its sources
 * in packet.ts. Here is what can be undone: writing, making keys and locking are in provisioning.ts, and nowhere else.
 */
import { Clock } from "../../drivers/sensor"
import { CONFIGURATION_BYTES } from "./configuration"
import { ChipError } from "./fault"
import { Atecc608Link, Wires } from "./link"
import { NO_DATA } from "./packet"

const INFO = 0x30
const INFO_MS = 5
const INFO_REVISION = 0x00
/** Third byte of the revision: 0x50 is an ATECC508A, 0x10 an ATECC108A. */
const REVISION_AT = 2
const REVISION_608 = 0x60

const RANDOM = 0x1b
const RANDOM_MS = 23
export const RANDOM_BYTES = 32

const NONCE = 0x16
const NONCE_MS = 20
/** 32 bytes as they are, into the message digest buffer. */
const NONCE_TO_DIGEST_BUFFER = 0x43
export const DIGEST_BYTES = 32

const SIGN = 0x41
const SIGN_MS = 115
/** What the message digest buffer holds. */
const SIGN_DIGEST_BUFFER = 0xa0
export const SIGNATURE_BYTES = 64

export const GENKEY = 0x40
export const GENKEY_MS = 115
const GENKEY_PUBLIC = 0x00
export const PUBLIC_KEY_BYTES = 64

const COUNTER = 0x24
const COUNTER_MS = 25
const COUNTER_READ = 0x00
const COUNTER_INCREMENT = 0x01
const COUNTER_BYTES = 4

const READ = 0x02
const READ_MS = 5
const READ_CONFIGURATION_32 = 0x80
const BLOCK_BYTES = 32

export class Atecc608 {
    private readonly link: Atecc608Link

    constructor(wires: Wires, clock: Clock, address = 0x60) {
        this.link = new Atecc608Link(wires, clock, address)
    }

    /** 4 bytes, 00006002 or 00006003. @throws ChipError identity for a chip of another kind, bus ... */
    async revision(): Promise<Buffer> {
        const revision = await this.command(INFO, INFO_REVISION, 0, NO_DATA, 4, INFO_MS)
        if (revision[REVISION_AT] !== REVISION_608)
            throw new ChipError("identity", `revision ${revision.toString("hex")}`)
        return revision
    }

    /** All 128 bytes, at any time. @throws ChipError */
    async configuration(): Promise<Buffer> {
        const configuration = Buffer.alloc(CONFIGURATION_BYTES)
        for (let from = 0; from < CONFIGURATION_BYTES; from += BLOCK_BYTES) {
            // An address counts words of 4 bytes.
            const block = await this.command(
                READ,
                READ_CONFIGURATION_32,
                from >> 2,
                NO_DATA,
                BLOCK_BYTES,
                READ_MS
            )
            for (let at = 0; at < BLOCK_BYTES; ++at) configuration[from + at] = block[at]
        }
        return configuration
    }

    /** 32 bytes that nobody can guess; from a chip whose configuration is not locked always ffff0000. @throws ChipError */
    async random(): Promise<Buffer> {
        return await this.command(RANDOM, 0, 0, NO_DATA, RANDOM_BYTES, RANDOM_MS)
    }

    /** x and y, 32 bytes each, big-endian. @param slot 0..15 @throws ChipError execution when there is no key */
    async publicKey(slot: number): Promise<Buffer> {
        return await this.command(GENKEY, GENKEY_PUBLIC, slot, NO_DATA, PUBLIC_KEY_BYTES, GENKEY_MS)
    }

    /** ECDSA of a SHA-256 digest: r and s, 32 bytes each, big-endian; 0.2 s. @throws ChipError execution when a lock is missing */
    async sign(slot: number, digest: Buffer): Promise<Buffer> {
        await this.link.open()
        try {
            await this.link.execute(NONCE, NONCE_TO_DIGEST_BUFFER, 0, digest, 0, NONCE_MS)
            return await this.link.execute(
                SIGN,
                SIGN_DIGEST_BUFFER,
                slot,
                NO_DATA,
                SIGNATURE_BYTES,
                SIGN_MS
            )
        } finally {
            await this.link.close()
        }
    }

    /** What a counter stands at, 0..2,097,151. @param counter 0 or 1 @throws ChipError */
    async counter(counter: number): Promise<number> {
        return await this.count(COUNTER_READ, counter)
    }

    /** One more, and for ever. When it throws, nobody knows whether it counted: ask. @throws ChipError execution at its end */
    async countUp(counter: number): Promise<number> {
        return await this.count(COUNTER_INCREMENT, counter)
    }

    /** One command by itself. @param dataBytes of the answer; 0 for a mere status @throws ChipError */
    async command(
        opcode: number,
        mode: number,
        parameter: number,
        data: Buffer,
        dataBytes: number,
        executionMs: number
    ): Promise<Buffer> {
        await this.link.open()
        try {
            return await this.link.execute(opcode, mode, parameter, data, dataBytes, executionMs)
        } finally {
            await this.link.close()
        }
    }

    private async count(mode: number, counter: number): Promise<number> {
        const bytes = await this.command(COUNTER, mode, counter, NO_DATA, COUNTER_BYTES, COUNTER_MS)
        return bytes[0] | (bytes[1] << 8) | (bytes[2] << 16)
    }
}
