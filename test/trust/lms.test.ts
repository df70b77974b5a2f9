import { beforeEach, describe, expect, test } from "../suite"
import { LmsKey } from "../../src/trust/lms-key"
import { lmsParameters } from "../../src/trust/lms-parameters"
import { verifyHss, verifyLms } from "../../src/trust/lms-verify"
import { FIRST_KEY, FIRST_SIGNATURE, SECOND_KEY } from "./keys"

const MESSAGE = Buffer.from("motewise")
const OTS_BYTES = 4 + 24 * 52
let publicKey: Buffer
let signature: Buffer

async function verdict(): Promise<string> {
    return await verifyLms(publicKey, MESSAGE, signature)
}

/** The signature under a key of one level. */
async function hssVerdict(levels: Buffer, signedLevels: Buffer): Promise<string> {
    return await verifyHss(
        Buffer.concat(levels, publicKey),
        MESSAGE,
        Buffer.concat(signedLevels, signature)
    )
}

describe("lms", () => {
    beforeEach(() => {
        publicKey = Buffer.concat(FIRST_KEY.publicKey)
        signature = Buffer.concat(FIRST_SIGNATURE)
    })

    test("types say how long things are, as RFC 8554 and RFC 9858 do", () => {
        expect(lmsParameters(5, 3).signatureBytes).toBe(2348)
        expect(lmsParameters(5, 4).signatureBytes).toBe(1292)
        expect(lmsParameters(5, 4).publicKeyBytes).toBe(56)
        expect(lmsParameters(10, 7).signatureBytes).toBe(1380)
        expect(lmsParameters(10, 7).publicKeyBytes).toBe(48)
        expect(lmsParameters(10, 8).signatureBytes).toBe(780)
        // RFC 8554 table 1, the signatures of LM-OTS alone
        expect(lmsParameters(5, 1).otsSignatureBytes).toBe(8516)
        expect(lmsParameters(9, 2).otsSignatureBytes).toBe(4292)
        expect(lmsParameters(9, 2).height).toBe(25)
        // RFC 9858 table 1
        expect(lmsParameters(14, 5).otsSignatureBytes).toBe(4828)
        expect(lmsParameters(14, 6).otsSignatureBytes).toBe(2452)
    })

    test("types that are not known, or do not go together, are none", () => {
        for (const lmsType of [0, 4, 15, 0xffffffff, -1])
            expect(lmsParameters(lmsType, 4) === undefined).toBe(true)
        for (const otsType of [0, 9, 0xffffffff, -1]) {
            expect(lmsParameters(5, otsType) === undefined).toBe(true)
            expect(lmsParameters(10, otsType) === undefined).toBe(true)
        }
        expect(lmsParameters(5, 7) === undefined).toBe(true)
        expect(lmsParameters(10, 3) === undefined).toBe(true)
    })

    test("a signature is genuine, and under HSS too", async () => {
        expect(await verdict()).toBe("genuine")
        expect(await hssVerdict(hex`00000001`, hex`00000000`)).toBe("genuine")
    })

    test("one bit of any part makes it forged", async () => {
        for (const at of [3, 8, 40, 4 + OTS_BYTES - 1, 4 + OTS_BYTES + 4, 1379]) {
            signature[at] ^= 1
            expect(await verdict()).toBe("forged")
            signature[at] ^= 1
        }
        for (const at of [8, 24, 47]) {
            publicKey[at] ^= 0x80
            expect(await verdict()).toBe("forged")
            publicKey[at] ^= 0x80
        }
        expect(await verifyLms(publicKey, Buffer.from("motewisf"), signature)).toBe("forged")
    })

    test("what has another form is refused by its name", async () => {
        signature[7] = 8
        expect(await verdict()).toBe("type")
        signature[7] = 7
        signature[4 + OTS_BYTES + 3] = 11
        expect(await verdict()).toBe("type")
        signature[4 + OTS_BYTES + 3] = 10
        signature[3] = 32
        expect(await verdict()).toBe("index")
        signature[3] = 3
        signature[0] = 0x80
        expect(await verdict()).toBe("index")
        signature = FIRST_SIGNATURE.slice(0, 1379)
        expect(await verdict()).toBe("length")
        signature = Buffer.concat(FIRST_SIGNATURE, hex`00`)
        expect(await verdict()).toBe("length")
        signature = hex``
        expect(await verdict()).toBe("length")
        publicKey = FIRST_KEY.publicKey.slice(0, 47)
        expect(await verdict()).toBe("publicKey")
        publicKey = hex`0000000a`
        expect(await verdict()).toBe("publicKey")
        publicKey = Buffer.concat(FIRST_KEY.publicKey)
        publicKey[0] = 0xff
        expect(await verdict()).toBe("publicKey")
    })

    test("what is no buffer is refused before the runtime hashes it", async () => {
        expect(await verifyLms(undefined, MESSAGE, signature)).toBe("notBytes")
        expect(await verifyLms(publicKey, "motewise" as any, signature)).toBe("notBytes")
        expect(await verifyHss(publicKey, MESSAGE, [1] as any)).toBe("notBytes")
        expect(await verdict()).toBe("genuine")
    })

    test("HSS refuses levels that are not there", async () => {
        expect(await hssVerdict(hex`00000000`, hex`ffffffff`)).toBe("levels")
        expect(await hssVerdict(hex`00000009`, hex`00000008`)).toBe("levels")
        expect(await hssVerdict(hex`00000001`, hex`00000001`)).toBe("levels")
        expect(await hssVerdict(hex`00000002`, hex`00000001`)).toBe("publicKey")
        expect(await verifyHss(hex`0000`, MESSAGE, signature)).toBe("publicKey")
        signature = hex``
        expect(await hssVerdict(hex`00000001`, hex``)).toBe("length")
        expect(await hssVerdict(hex`00000001`, hex`00000000`)).toBe("length")
    })

    test("a tree signs the key of another, which signs the message", async () => {
        const top = keyOf(SECOND_KEY.seed, SECOND_KEY.identifier, SECOND_KEY.leaves)
        const signedKey = Buffer.alloc(1380 + publicKey.length)
        await top.sign(9, publicKey, signedKey, 0)
        signedKey.blitAt(1380, publicKey, 0, publicKey.length)
        publicKey = top.publicKey()
        expect(publicKey.toString("hex")).toBe(SECOND_KEY.publicKey.toString("hex"))
        const levels = Buffer.concat(hex`00000001`, signedKey)
        expect(await hssVerdict(hex`00000002`, levels)).toBe("genuine")
        levels[4 + 1380 + 30] ^= 1
        expect(await hssVerdict(hex`00000002`, levels)).toBe("forged")
        signature = hex``
        expect(await hssVerdict(hex`00000002`, levels)).toBe("forged")
        levels[4 + 1380 + 30] ^= 1
        expect(await hssVerdict(hex`00000002`, levels)).toBe("length")
        expect(await hssVerdict(hex`00000002`, levels.slice(0, 1400))).toBe("publicKey")
    })

    test("a key makes the leaves and signatures that the RFC says", async () => {
        const { seed, identifier, leaves } = FIRST_KEY
        const key = keyOf(seed, identifier, leaves)
        key.leaves.fillAt(7 * 24, 24, 0)
        await key.makeLeaf(7)
        expect(key.leaves.toString("hex")).toBe(leaves.toString("hex"))
        const signed = Buffer.alloc(2 + signature.length)
        await key.sign(3, MESSAGE, signed, 2)
        expect(signed.toString("hex")).toBe("0000" + signature.toString("hex"))
    })
})

function keyOf(seed: Buffer, identifier: Buffer, leaves: Buffer): LmsKey {
    const key = new LmsKey(lmsParameters(10, 7), seed, identifier)
    key.leaves.blitAt(0, leaves, 0, leaves.length)
    return key
}
