import { beforeEach, describe, expect, test } from "../suite"
import { Claim, parseClaim } from "../../src/trust/claim"
import { readCredential, writeCredential } from "../../src/trust/credential"
import { MemoryStore } from "../telemetry/memory-store"
import { expectBytes } from "../expect"

const SECRET = hex`000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f`
const TOKEN = hex`d83dd1`
const CLAIM_SECRET = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"

let store: MemoryStore
let claim: Claim

describe("credential", () => {
    beforeEach(() => {
        store = new MemoryStore()
        claim = parseClaim(`00c1a1eed0de0001-${CLAIM_SECRET}`)
    })

    // The check: Python's SHA-256 of "cr", id, claim secret, session secret and token; its first 8 bytes.
    test("it is one value: the secret, the token, and a check over both and the claim", async () => {
        expect(await writeCredential(store, claim, { secret: SECRET, token: TOKEN })).toBe(true)
        expect(store.writes).toBe(1)
        const record = await store.read("cr")
        expectBytes(record, SECRET.toString("hex") + "d83dd1" + "7a56852a32245ff5")
        const { secret, token } = await readCredential(store, claim)
        expectBytes(secret, SECRET.toString("hex"))
        expectBytes(token, "d83dd1")
    })

    test("the longest fits a value of the store, of 222 bytes; a longer one is not kept", async () => {
        const credential = { secret: SECRET, token: Buffer.alloc(180) }
        expect(await writeCredential(store, claim, credential)).toBe(true)
        expect((await store.read("cr")).length).toBe(220)
        credential.token = Buffer.alloc(181)
        expect(await writeCredential(store, claim, credential)).toBe(false)
        expect(store.writes).toBe(1)
    })

    test("none, or torn anywhere: no credential", async () => {
        expect(await readCredential(store, claim)).toBe(undefined)
        await writeCredential(store, claim, { secret: SECRET, token: TOKEN })
        const whole = await store.read("cr")
        for (let at = 0; at < whole.length; ++at) {
            const torn = whole.slice(0)
            torn[at] ^= 0x10
            await store.write("cr", torn)
            expect(await readCredential(store, claim)).toBe(undefined)
            await store.write("cr", whole.slice(0, at))
            expect(await readCredential(store, claim)).toBe(undefined)
        }
    })

    test("another node's, or another claim's, is none", async () => {
        await writeCredential(store, claim, { secret: SECRET, token: TOKEN })
        const otherId = parseClaim(`00c1a1eed0de0002-${CLAIM_SECRET}`)
        const otherSecret = parseClaim(`00c1a1eed0de0001-1${CLAIM_SECRET.slice(1)}`)
        expect(await readCredential(store, otherId)).toBe(undefined)
        expect(await readCredential(store, otherSecret)).toBe(undefined)
    })

    test("a store that is full keeps none, and says so", async () => {
        store.full = true
        expect(await writeCredential(store, claim, { secret: SECRET, token: TOKEN })).toBe(false)
    })
})
