/** Credentials, byte for byte by RFC 8392, RFC 8778 and RFC 9052, put together here by hand. */
import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import { test } from "node:test"
import {
    makeCredential,
    readCredential,
    type Credential,
} from "../../../fleet/registrar/credential"

const KEY = Buffer.alloc(32, 7)
const TOKEN_ID = Buffer.from("0011223344556677", "hex")
const LMS: Credential = {
    id: "0123456789abcdef",
    issuedSeconds: 1_763_640_000,
    expiresSeconds: 1_766_232_000,
    algorithm: -46,
    publicKey: Buffer.alloc(48, 0x4c),
}
const P256: Credential = { ...LMS, algorithm: -7, publicKey: Buffer.from([...Array(64).keys()]) }

/** Head and claims up to the key; RFC 8392: 2 sub, 4 exp, 6 iat, 7 cti, 8 cnf. */
function byHand(payloadBytes: string, coseKey: string): string {
    const claims =
        `a5 0270 ${Buffer.from(LMS.id).toString("hex")} 041a 69468fc0 061a 691f02c0` +
        ` 0748 0011223344556677 08a1 01 ${coseKey}`
    const payload = claims.replaceAll(" ", "")
    // RFC 9052 §6.3: ["MAC0", {1: 5}, h'', payload]
    const structure = `84 644d414330 43a10105 40 58${payloadBytes} ${payload}`.replaceAll(" ", "")
    const mac = createHmac("sha256", KEY).update(Buffer.from(structure, "hex")).digest("hex")
    return `d83dd18443a10105a058${payloadBytes}${payload}5820${mac}`
}

test("a node's LMS key is told as HSS of one level: 150 bytes", () => {
    const coseKey = `a3 0105 03382d 205834 00000001 ${"4c".repeat(48)}`
    const made = makeCredential(KEY, LMS, TOKEN_ID)
    assert.equal(made.toString("hex"), byHand("69", coseKey))
    assert.equal(made.length, 150)
    assert.deepEqual(readCredential(KEY, made), LMS)
})

test("a P-256 key is told as RFC 9053 has it: 164 bytes", () => {
    const hex = P256.publicKey.toString("hex")
    const coseKey = `a4 0102 2001 215820 ${hex.slice(0, 64)} 225820 ${hex.slice(64)}`
    const made = makeCredential(KEY, P256, TOKEN_ID)
    assert.equal(made.toString("hex"), byHand("77", coseKey))
    assert.equal(made.length, 164)
    assert.deepEqual(readCredential(KEY, made), P256)
})

test("the longest is 158 bytes of LMS, within the 180 that a node keeps; more is not made", () => {
    const longest = { ...LMS, publicKey: Buffer.alloc(56, 1) }
    assert.equal(makeCredential(KEY, longest, TOKEN_ID).length, 158)
    const tooLong = { ...LMS, publicKey: Buffer.alloc(80, 1) }
    assert.throws(() => makeCredential(KEY, tooLong, TOKEN_ID), RangeError)
})

test("one that was made with another key, or in which any bit is another, is none", () => {
    const made = makeCredential(KEY, LMS, TOKEN_ID)
    assert.equal(readCredential(Buffer.alloc(32, 8), made), undefined)
    for (let bit = 0; bit < made.length * 8; ++bit) {
        const changed = Buffer.from(made)
        changed[bit >> 3] ^= 1 << (bit & 7)
        assert.equal(readCredential(KEY, changed), undefined, `bit ${bit}`)
    }
    for (let length = 0; length < made.length; ++length)
        assert.equal(readCredential(KEY, made.subarray(0, length)), undefined, `${length} bytes`)
    assert.equal(readCredential(KEY, Buffer.concat([made, Buffer.alloc(1)])), undefined)
})
