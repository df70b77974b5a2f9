/**
 * What is done to an ATECC608 once in its life, and cannot be undone: its configuration is locked, the chip makes its key, its data zone is
 * locked, the key is locked. A node never does it; examples/provision-se.ts does, when somebody has named the chip.
 *
 * Power may fail at any moment: whoever runs it again goes on where it stopped. Nothing is locked that was not read back just before, and
 * the chip is told the CRC of the configuration it is to lock, and refuses when it holds another. Until the last lock the key is nobody's:
 * each run makes another, for one that was there may have been put there by somebody who knows it. The key comes before the data zone's
 * lock, when every chip makes one; after it, which is only when power failed in between, it is the slot's configuration that lets it.
 *
 * Opcodes, modes, times: Microchip's CryptoAuthLib, calib_command.h, calib_lock.c, calib_write.c and calib_execution.c.
 */
import { Atecc608, DIGEST_BYTES, GENKEY, GENKEY_MS, PUBLIC_KEY_BYTES } from "./atecc608"
import {
    CONFIGURATION_BYTES,
    KEY_SLOT,
    firstDifference,
    isConfigurationLocked,
    isDataLocked,
    isForeign,
    isKeyLocked,
    serialNumber,
    wantedConfiguration,
} from "./configuration"
import { ChipError } from "./fault"
import { NO_DATA, crc16 } from "./packet"

const WRITE = 0x12
const WRITE_MS = 45
const WRITE_CONFIGURATION_4 = 0x00
const WORD_BYTES = 4

const LOCK = 0x17
const LOCK_MS = 35
/** With the CRC of the whole zone. */
const LOCK_CONFIGURATION = 0x00
/** Without: it would be of slots that nobody may read. */
const LOCK_DATA = 0x81
const LOCK_KEY_SLOT = 0x02 | (KEY_SLOT << 2)

const GENKEY_CREATE = 0x04

/** What `plan` found, for a person, and whose chip it is. */
export interface Plan {
    /** 9 bytes in hexadecimal: what somebody has to name. */
    serial: string
    /** Nothing is left to do. */
    isDone: boolean
    lines: string[]
}

export class Atecc608Provisioning {
    /** @param say told what was done, line by line */
    constructor(
        private readonly chip: Atecc608,
        private readonly say: (line: string) => void
    ) {}

    /** Looks, and changes nothing. @throws ChipError foreign when this chip is of no use here */
    async plan(): Promise<Plan> {
        const revision = await this.chip.revision()
        const held = await this.chip.configuration()
        const serial = serialNumber(held).toString("hex")
        expectUsable(held, serial)
        const lines = [`chip ${serial}, revision ${revision.toString("hex")}`]
        if (!isConfigurationLocked(held)) {
            const writes = lines.length
            const wanted = wantedConfiguration(held)
            for (let at = 0; at < CONFIGURATION_BYTES; at += WORD_BYTES)
                if (isWordDifferent(held, wanted, at))
                    lines.push(`write ${wordAt(wanted, at)} over ${wordAt(held, at)} at ${at}`)
            if (lines.length === writes)
                lines.push("write nothing: the configuration is right as it is")
            lines.push("lock the configuration: FOR EVER, as all 128 bytes stand")
        }
        if (!isKeyLocked(held)) lines.push("make a key in slot 0: one that is there is LOST")
        if (!isDataLocked(held)) lines.push("lock the data zone: FOR EVER, as its slots stand")
        if (!isKeyLocked(held)) lines.push("lock slot 0: FOR EVER this key, and no other")
        const isDone = lines.length === 1
        if (isDone) lines.push("it is provisioned: there is nothing to do")
        return { serial, isDone, lines }
    }

    /**
     * Does what the plan says. Does it again from where it stopped, when power failed. @param serial as the plan has it, from whoever wants it
     * done @returns the public key, 64 bytes @throws ChipError identity for another chip than that, foreign, readback, and all of the chip's
     */
    async run(serial: string): Promise<Buffer> {
        await this.chip.revision()
        let held = await this.chip.configuration()
        const found = serialNumber(held).toString("hex")
        if (found !== serial) throw new ChipError("identity", `chip ${found}, not ${serial}`)
        expectUsable(held, serial)
        if (!isConfigurationLocked(held)) {
            await this.configure(held)
            held = await this.chip.configuration()
            if (!isConfigurationLocked(held) || isForeign(held))
                throw new ChipError("readback", "the configuration did not lock")
            this.say("the configuration is locked")
        }
        if (isKeyLocked(held)) return await this.chip.publicKey(KEY_SLOT)
        const key = await this.makeKey()
        if (!isDataLocked(held)) {
            await this.lock(LOCK_DATA, 0)
            held = await this.chip.configuration()
            if (!isDataLocked(held)) throw new ChipError("readback", "the data zone did not lock")
            this.say("the data zone is locked")
        }
        await this.tryKey(key)
        await this.lock(LOCK_KEY_SLOT, 0)
        held = await this.chip.configuration()
        if (!isKeyLocked(held)) throw new ChipError("readback", "slot 0 did not lock")
        this.say("the key is locked")
        return key
    }

    private async configure(held: Buffer): Promise<void> {
        const wanted = wantedConfiguration(held)
        for (let at = 0; at < CONFIGURATION_BYTES; at += WORD_BYTES)
            if (isWordDifferent(held, wanted, at)) await this.write(at, wanted)
        const written = await this.chip.configuration()
        const at = firstDifference(written, wanted)
        if (at >= 0)
            throw new ChipError("readback", `byte ${at} is ${written[at]}, not ${wanted[at]}`)
        await this.lock(LOCK_CONFIGURATION, crc16(written, 0, CONFIGURATION_BYTES))
    }

    private async makeKey(): Promise<Buffer> {
        const key = await this.chip.command(
            GENKEY,
            GENKEY_CREATE,
            KEY_SLOT,
            NO_DATA,
            PUBLIC_KEY_BYTES,
            GENKEY_MS
        )
        this.say(`the key is made: ${key.toString("hex")}`)
        return key
    }

    /** What is locked is the key that was made, and it works. It signs only now: no chip does before its data zone is locked. */
    private async tryKey(key: Buffer): Promise<void> {
        const shown = await this.chip.publicKey(KEY_SLOT)
        if (key.toString("hex") !== shown.toString("hex"))
            throw new ChipError("readback", "slot 0 shows another key than was made")
        await this.chip.sign(KEY_SLOT, Buffer.alloc(DIGEST_BYTES))
    }

    private async write(at: number, configuration: Buffer): Promise<void> {
        const word = Buffer.alloc(WORD_BYTES)
        for (let i = 0; i < WORD_BYTES; ++i) word[i] = configuration[at + i]
        await this.chip.command(WRITE, WRITE_CONFIGURATION_4, at >> 2, word, 0, WRITE_MS)
        this.say(`${word.toString("hex")} is written at ${at}`)
    }

    private async lock(mode: number, crc: number): Promise<void> {
        await this.chip.command(LOCK, mode, crc, NO_DATA, 0, LOCK_MS)
    }
}

/** Before anything is done to it. */
function expectUsable(held: Buffer, serial: string): void {
    if (isForeign(held))
        throw new ChipError(
            "foreign",
            `${serial} was locked for another purpose, for ever: take another chip`
        )
    // The key's slot is locked last. What was locked otherwise may hold a key that somebody knows.
    const isOutOfOrder = isDataLocked(held) ? !isConfigurationLocked(held) : isKeyLocked(held)
    if (isOutOfOrder)
        throw new ChipError("foreign", `${serial} was locked in another order: take another chip`)
}

function isWordDifferent(a: Buffer, b: Buffer, at: number): boolean {
    for (let i = at; i < at + WORD_BYTES; ++i) if (a[i] !== b[i]) return true
    return false
}

function wordAt(configuration: Buffer, at: number): string {
    let text = ""
    for (let i = at; i < at + WORD_BYTES; ++i) text += hexByte(configuration[i])
    return text
}

function hexByte(byte: number): string {
    return Buffer.from([byte]).toString("hex")
}
