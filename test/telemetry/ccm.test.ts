import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { encryptBlock } from "../../src/telemetry/aes-block"
import { Ccm } from "../../src/telemetry/ccm"
import { expectBytes } from "../expect"

// aes-ccm-enc-05 of the COSE working group's examples
const KEY = hex`0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100`
const NONCE = hex`89f52f65a1c580933b5261a72f`
const ASSOCIATED = hex`8368456e63727970743043a1010b40`
const PLAINTEXT = Buffer.from("This is the content.")
const SEALED = "28b3bddff844a736c5f0ee0f8c691fd0b7adf917" + "3140cb621df47c2f"

let ccm: Ccm

function expectRefused(body: () => any): void {
    let error: Error
    try {
        body()
    } catch (e) {
        error = e as Error
    }
    expect(error instanceof RangeError).toBe(true)
}

function isOpened(sealed: Buffer): boolean {
    return ccm.open(NONCE, ASSOCIATED, sealed) !== undefined
}

describe("ccm", () => {
    beforeEach(() => {
        ccm = new Ccm(KEY)
    })

    test("a block is FIPS 197's [C.3]", () => {
        const key = hex`000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f`
        const block = hex`00112233445566778899aabbccddeeff`
        expectBytes(encryptBlock(key, block), "8ea2b7ca516745bfeafc49904b496089")
    })

    test("a block is SP 800-38A's [F.1.5]", () => {
        const key = hex`603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4`
        const block = hex`6bc1bee22e409f96e93d7e117393172a`
        expectBytes(encryptBlock(key, block), "f3eed1bdb5d2a03c064b5a7e3db181f8")
    })

    test("a key or a block of another length is refused", () => {
        expectRefused(() => encryptBlock(hex`00`, Buffer.alloc(16)))
        expectRefused(() => encryptBlock(KEY, Buffer.alloc(15)))
        expectRefused(() => new Ccm(Buffer.alloc(16)))
    })

    test("what is sealed is the working group's, and opens", () => {
        expectBytes(ccm.seal(NONCE, ASSOCIATED, PLAINTEXT), SEALED)
        const opened = ccm.open(NONCE, ASSOCIATED, Buffer.from(SEALED, "hex"))
        expect(opened.toString()).toBe("This is the content.")
    })

    test("it is the same when it is sealed again: nothing of the last message stays", () => {
        ccm.seal(hex`00000000000000000000000000`, Buffer.alloc(100), Buffer.alloc(100))
        expectBytes(ccm.seal(NONCE, ASSOCIATED, PLAINTEXT), SEALED)
        expect(isOpened(hex`0000000000000000`)).toBe(false)
        expectBytes(ccm.seal(NONCE, ASSOCIATED, PLAINTEXT), SEALED)
        expectBytes(PLAINTEXT, Buffer.from("This is the content.").toString("hex"))
    })

    test("one bit of any byte of it, of the nonce or of what is beside it makes it forged", async () => {
        const sealed = Buffer.from(SEALED, "hex")
        for (let i = 0; i < sealed.length; ++i) {
            sealed[i] ^= 1 << (i & 7)
            expect(isOpened(sealed)).toBe(false)
            sealed[i] ^= 1 << (i & 7)
            await ds.sleep(0)
        }
        expect(isOpened(sealed)).toBe(true)
        for (let i = 0; i < NONCE.length; ++i) {
            const nonce = NONCE.slice(0)
            nonce[i] ^= 0x10
            expect(ccm.open(nonce, ASSOCIATED, sealed) === undefined).toBe(true)
            await ds.sleep(0)
        }
        for (let i = 0; i < ASSOCIATED.length; ++i) {
            const associated = ASSOCIATED.slice(0)
            associated[i] ^= 0x80
            expect(ccm.open(NONCE, associated, sealed) === undefined).toBe(true)
            await ds.sleep(0)
        }
    })

    test("zeros that fill a block up are not the same as none", () => {
        const sealed = Buffer.from(SEALED, "hex")
        const longer = Buffer.concat(ASSOCIATED, hex`00`)
        expect(ccm.open(NONCE, longer, sealed) === undefined).toBe(true)
        const zeros = ccm.seal(NONCE, ASSOCIATED, hex`0000`).toString("hex")
        const fewer = ccm.seal(NONCE, ASSOCIATED, hex`00`).toString("hex")
        expect(zeros.slice(4) === fewer.slice(2)).toBe(false)
    })

    test("what is shorter than its tag is forged, whatever it is", () => {
        for (let length = 0; length < 8; ++length)
            expect(isOpened(Buffer.from(SEALED, "hex").slice(28 - length))).toBe(false)
    })

    test("another key does not open it", () => {
        ccm = new Ccm(Buffer.concat(KEY.slice(0, 31), hex`01`))
        expect(isOpened(Buffer.from(SEALED, "hex"))).toBe(false)
    })

    test("a nonce of another length, and no or too much data beside it, are refused", () => {
        expectRefused(() => ccm.seal(hex``, ASSOCIATED, PLAINTEXT))
        expectRefused(() => ccm.seal(Buffer.alloc(12), ASSOCIATED, PLAINTEXT))
        expectRefused(() => ccm.seal(Buffer.alloc(14), ASSOCIATED, PLAINTEXT))
        expectRefused(() => ccm.open(Buffer.alloc(12), ASSOCIATED, Buffer.from(SEALED, "hex")))
        expectRefused(() => ccm.seal(NONCE, hex``, PLAINTEXT))
    })
})
