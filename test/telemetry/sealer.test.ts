import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Ccm } from "../../src/telemetry/ccm"
import { sealNonce } from "../../src/telemetry/contract/sealing"
import { ackTopic, downTopic, upTopic } from "../../src/telemetry/contract/topics"
import {
    BOOT_HEX,
    SEALED_COMMAND_MESSAGE_HEX,
    SEALED_COMMAND_PLAIN_HEX,
    SEALED_NODE,
    SEALED_OTHER_MESSAGE_HEX,
    SEALED_OTHER_PLAIN_HEX,
    SEALED_REPORT_MESSAGE_HEX,
    SEALED_REPORT_PLAIN_HEX,
    SECRET_HEX,
} from "../../src/telemetry/contract/vectors"
import { sealEncrypt0 } from "../../src/telemetry/cose"
import { Sealer } from "../../src/telemetry/sealer"
import { expectBytes } from "../expect"

const REPORT = 0
const OTHER = 1
const COMMAND = 2
const SECRET = Buffer.from(SECRET_HEX, "hex")
const BOOT = Buffer.from(BOOT_HEX, "hex")
const UP = upTopic(SEALED_NODE)
const DOWN = downTopic(SEALED_NODE)
const MESSAGE = Buffer.from(SEALED_COMMAND_MESSAGE_HEX, "hex")
/** HKDF-SHA-256 of the vectors' secret for "motewise-down-1", by OpenSSL. */
const KEY_DOWN = hex`e021c42264909df53af6ce093b1a4421a1e572c304dfd9ee7e3f1c695d99db70`
/** Made once: a key costs two blocks of AES in script. */
const down = new Ccm(KEY_DOWN)

let sealer: Sealer

function command(number: number): Buffer {
    return sealEncrypt0(down, sealNonce(BOOT, COMMAND, number), DOWN, hex`f6`)
}

/** In hex; "" when it is refused. */
function opened(message: Buffer): string {
    const plaintext = sealer.openCommand(DOWN, message)
    return plaintext === undefined ? "" : plaintext.toString("hex")
}

function isRefused(kind: number, number: number): boolean {
    try {
        sealer.seal(UP, kind, number, hex`00`)
    } catch (e) {
        return e instanceof RangeError
    }
    return false
}

function isMade(secret: Buffer, boot: Buffer): boolean {
    try {
        return new Sealer(secret, boot) !== undefined
    } catch (e) {
        if (!(e instanceof RangeError)) throw e
        return false
    }
}

describe("sealer", () => {
    beforeEach(() => {
        sealer = new Sealer(SECRET, BOOT)
    })

    test("what it seals is the contract's, byte for byte", () => {
        const report = Buffer.from(SEALED_REPORT_PLAIN_HEX, "hex")
        const other = Buffer.from(SEALED_OTHER_PLAIN_HEX, "hex")
        expectBytes(sealer.seal(UP, REPORT, 300, report), SEALED_REPORT_MESSAGE_HEX)
        expectBytes(
            sealer.seal(ackTopic(SEALED_NODE), OTHER, 4294967295, other),
            SEALED_OTHER_MESSAGE_HEX
        )
    })

    test("the contract's command opens, and just once", () => {
        expect(opened(MESSAGE)).toBe(SEALED_COMMAND_PLAIN_HEX)
        expect(opened(MESSAGE)).toBe("")
    })

    test("numbers are compared as the numbers they are, to the last bit", () => {
        expect(opened(command(9)) === "").toBe(false)
        expect(opened(command(10)) === "").toBe(false)
        expect(opened(command(9))).toBe("")
        expect(opened(command(2))).toBe("")
        expect(opened(command(256)) === "").toBe(false)
        expect(opened(command(255))).toBe("")
        expect(opened(command(2147483647)) === "").toBe(false)
        expect(opened(command(2147483648)) === "").toBe(false)
        expect(opened(command(4294967295)) === "").toBe(false)
        expect(opened(command(2147483649))).toBe("")
    })

    test("number 0 is a command too", () => {
        expect(opened(command(0)) === "").toBe(false)
        expect(opened(command(0))).toBe("")
    })

    test("a forged command does not use its number up", () => {
        const forged = command(4294967295)
        forged[forged.length - 1] ^= 1
        expect(opened(forged)).toBe("")
        expect(opened(command(1)) === "").toBe(false)
    })

    test("any byte of a command that is another, in any bit, makes it none", async () => {
        for (let i = 0; i < MESSAGE.length; ++i) {
            const tampered = MESSAGE.slice(0)
            tampered[i] ^= 1 << (i & 7)
            expect(opened(tampered)).toBe("")
            await ds.sleep(0)
        }
        expect(opened(MESSAGE) === "").toBe(false)
    })

    test("cut short anywhere, or with a byte more, it is none", async () => {
        for (let length = 0; length < MESSAGE.length; ++length) {
            expect(opened(MESSAGE.slice(0, length))).toBe("")
            await ds.sleep(0)
        }
        expect(opened(Buffer.concat(MESSAGE, hex`00`))).toBe("")
        expect(opened(MESSAGE) === "").toBe(false)
    })

    test("it opens on its own topic and on no other", () => {
        for (const topic of [UP, ackTopic(SEALED_NODE), downTopic("fedcba9876543211"), ""])
            expect(sealer.openCommand(topic, MESSAGE) === undefined).toBe(true)
    })

    test("a command of another boot is none, though the key is the same", () => {
        sealer = new Sealer(SECRET, hex`0123456789abcdee`)
        expect(opened(MESSAGE)).toBe("")
    })

    test("another session's secret opens nothing", () => {
        sealer = new Sealer(Buffer.concat(SECRET.slice(0, 31), hex`be`), BOOT)
        expect(opened(MESSAGE)).toBe("")
    })

    test("what is genuine and no command is none", () => {
        for (const kind of [REPORT, OTHER, 3, 255])
            expect(opened(sealEncrypt0(down, sealNonce(BOOT, kind, 5), DOWN, hex`f6`))).toBe("")
    })

    test("what the node said itself is no command for it: each direction has its own key", () => {
        const said = sealer.seal(DOWN, OTHER, 0, hex`f6`)
        expect(opened(said)).toBe("")
        // nor under the number of a command
        said[16] = COMMAND
        expect(opened(said)).toBe("")
    })

    test("one message has one encoding: a longer head of the same length is none", () => {
        // 1 byte and the tag: 49, and not 5809 nor 590009
        const short = command(1)
        expect(short[21]).toBe(0x49)
        const head = short.slice(0, 21)
        const rest = short.slice(22)
        expect(opened(Buffer.concat(head, hex`5809`, rest))).toBe("")
        expect(opened(Buffer.concat(head, hex`590009`, rest))).toBe("")
        expect(opened(Buffer.concat(head, hex`5a00000009`, rest))).toBe("")
        expect(opened(Buffer.concat(head, hex`5f49`, rest, hex`ff`))).toBe("")
        expect(opened(Buffer.concat(hex`d0`, short))).toBe("")
        expect(opened(Buffer.concat(MESSAGE.slice(0, 21), hex`59001b`, MESSAGE.slice(23)))).toBe("")
        expect(opened(short) === "").toBe(false)
    })

    test("messages of every form of length open", async () => {
        // 15 and 16, 247 and 248 bytes are where the head grows, by one each
        const extra = [30, 31, 31, 32]
        const lengths = [15, 16, 247, 248]
        for (let i = 0; i < 4; ++i) {
            const plaintext = Buffer.alloc(lengths[i])
            const nonce = sealNonce(BOOT, COMMAND, i)
            const message = sealEncrypt0(down, nonce, DOWN, plaintext)
            expect(message.length).toBe(lengths[i] + extra[i])
            expect(opened(message)).toBe(plaintext.toString("hex"))
            await ds.sleep(0)
        }
    })

    test("a number that was sealed is not sealed for something else", () => {
        sealer.seal(UP, OTHER, 7, hex`00`)
        for (const number of [7, 6, 0, -1]) expect(isRefused(OTHER, number)).toBe(true)
        expect(isRefused(OTHER, 8)).toBe(false)
        // a report is handed over when its turn comes: the newest first
        expect(isRefused(REPORT, 9)).toBe(false)
        expect(isRefused(REPORT, 3)).toBe(false)
        for (const number of [-1, 0.5, 4294967296]) expect(isRefused(REPORT, number)).toBe(true)
        expect(isRefused(OTHER, NaN)).toBe(true)
        expect(isRefused(COMMAND, 1)).toBe(true)
    })

    test("a secret or a boot of another length is refused", () => {
        expect(isMade(SECRET, BOOT)).toBe(true)
        expect(isMade(SECRET.slice(0, 31), BOOT)).toBe(false)
        expect(isMade(SECRET, BOOT.slice(0, 7))).toBe(false)
    })
})
