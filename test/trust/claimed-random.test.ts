import { describe, expect, test } from "../suite"
import { ClaimedRandom } from "../../src/trust/claimed-random"
import { expectBytes } from "../expect"

/** A chip that repeats itself. */
function sevens(n: number): Buffer {
    const bytes = Buffer.alloc(n)
    bytes.fillAt(0, n, 7)
    return bytes
}

describe("claimed random", () => {
    // Computed with Python's hmac, from RFC 5869: salt 32 times 7, key 5ec4e7, info "motewise-random-1" and the counter.
    test("blocks are HKDF of the claim secret, what the chip gives, and a counter", () => {
        const random = new ClaimedRandom(hex`5ec4e7`, sevens)
        expectBytes(
            random.bytes(40),
            "6784453c250333fb2044ed03e71cb56f657a38cf96e4ec86a7ec2e102a8b56f6" + "ab3730cf1294ec89"
        )
        expectBytes(
            random.bytes(32),
            "31d1861fbe55f090b4587ce129e77fa41b8106e01f6a835f5b1d4c7a0513256f"
        )
    })

    test("another claim secret, or another chip, makes others; no bytes are none", () => {
        const mine = new ClaimedRandom(hex`5ec4e7`, sevens).bytes(8).toString("hex")
        const theirs = new ClaimedRandom(hex`5ec4e8`, sevens).bytes(8).toString("hex")
        expect(mine === theirs).toBe(false)
        const real = new ClaimedRandom(hex`5ec4e7`)
        expect(real.bytes(8).toString("hex") === mine).toBe(false)
        expect(real.bytes(0).length).toBe(0)
    })
})
