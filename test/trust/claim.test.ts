import { describe, expect, test } from "../suite"
import { claimPassword, parseClaim } from "../../src/trust/claim"
import { expectBytes } from "../expect"

const ID = "00c1a1eed0de0001"
const SECRET = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"

describe("claim", () => {
    test("an id and a secret, and a dash between them", () => {
        const claim = parseClaim(`${ID}-${SECRET}`)
        expect(claim.id).toBe(ID)
        expectBytes(claim.nodeId, ID)
        expectBytes(claim.secret, SECRET)
    })

    test("anything else is no claim", () => {
        for (const text of [
            "",
            "-",
            ID,
            `${ID}${SECRET}`,
            `${ID}-${SECRET}0`,
            `${ID}-${SECRET.slice(1)}`,
            ` ${ID}-${SECRET}`,
            `${ID}-${SECRET}\n`,
            `${ID}_${SECRET}`,
            `${ID.slice(1)}-${SECRET}0`,
            `${ID.slice(1)}g-${SECRET}`,
            `${ID}-${SECRET.slice(1)}g`,
            `${ID.toUpperCase()}-${SECRET}`,
            `${ID}-${SECRET.toUpperCase()}`,
            `${ID.slice(1)}:-${SECRET}`,
            `${ID}-${SECRET.slice(1)}\``,
            `${ID}-${SECRET.slice(1)}/`,
        ])
            expect(parseClaim(text)).toBe(undefined)
        expect(parseClaim(81 as any)).toBe(undefined)
        expect(parseClaim(null as any)).toBe(undefined)
        expect(parseClaim(undefined)).toBe(undefined)
    })

    // Python's hmac: RFC 5869 without a salt, info "motewise-claim-1", of the secret; the first half.
    test("its password is half of HKDF of the secret, in hex", () => {
        expect(claimPassword(parseClaim(`${ID}-${SECRET}`))).toBe(
            "c6c1d7976db310ad1beb828e1ebd3c9d"
        )
    })
})
