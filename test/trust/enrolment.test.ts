import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { parseClaim } from "../../src/trust/claim"
import { Enrolment, EnrolmentState } from "../../src/trust/enrolment"
import { expectBytes } from "../expect"

const CLAIM = "00c1a1eed0de0001-00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f"
const NODE_NONCE = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
const REGISTRAR_NONCE = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3"
const PUBLIC_KEY = hex`0102030405`
const SIGNATURE = hex`060708090a0b`
const HELLO = "83" + "01" + "01" + "50" + NODE_NONCE
const NONCE = "84" + "01" + "02" + "50" + NODE_NONCE + "54" + REGISTRAR_NONCE
// By Python's hmac and OpenSSL's AES-CCM, from the contract: of this claim, these nonces, key generation 3.
const STATEMENT =
    "6d6f7465776973652d656e726f6c2d31" + // "motewise-enrol-1"
    "00c1a1eed0de0001" +
    NODE_NONCE +
    REGISTRAR_NONCE +
    "00000003" +
    "0102030405"
const PROOF =
    "89" +
    "01" +
    "03" +
    "50" +
    NODE_NONCE +
    "54" +
    REGISTRAR_NONCE +
    "382d" + // -46
    "03" +
    "450102030405" +
    "46060708090a0b" +
    "50ae754146168607facdece479035dc3fc"
const SEALED =
    "8343a1010ba1054d" +
    "000102030405060708090a0b0c" +
    "582f" +
    "3b15e43b40a6b8f54f0cf06cced9800daeff0abb80eb2f2727d039cf57636c8ba8a3933356a3c4" +
    "c29b047e71c0b531"
const CREDENTIAL = "84" + "01" + "04" + "50" + NODE_NONCE + "5846" + SEALED
/** For reasons 1 to 5. */
const REFUSAL_MACS = [
    "9f2be25f3f7497f7f7f85cd3572724f1",
    "7c828c887bda2acbd3e99e6be858cc92",
    "cade6186db63d60b942579eddaa7b17a",
    "9a979149990ec147d56c4bf6dc118443",
    "a4d73581e04d5fed26e1c0716ac3177d",
]

let enrolment: Enrolment

function refused(reason: number): Buffer {
    return Buffer.from(
        "85" + "01" + "05" + "50" + NODE_NONCE + "0" + reason + "50" + REFUSAL_MACS[reason - 1],
        "hex"
    )
}

function hears(hexText: string): void {
    enrolment.hear(Buffer.from(hexText, "hex"))
}

/** As far as the proof, said once. */
function toProof(): void {
    enrolment.say(0)
    hears(NONCE)
    enrolment.toSign(3, PUBLIC_KEY)
    enrolment.prove(-46, SIGNATURE)
    enrolment.say(1000)
}

/** What it says at that time, in hex; "" for nothing. */
function saidAt(ms: number): string {
    const message = enrolment.say(ms)
    return message === undefined ? "" : Buffer.concat(...message).toString("hex")
}

describe("enrolment", () => {
    beforeEach(() => {
        enrolment = new Enrolment(parseClaim(CLAIM))
        enrolment.start(Buffer.from(NODE_NONCE, "hex"))
    })

    test("hello, nonce, proof, credential: byte for byte", () => {
        expect(saidAt(5)).toBe(HELLO)
        expect(saidAt(6)).toBe("")
        hears(NONCE)
        expect(enrolment.state).toBe(EnrolmentState.Signing)
        expect(saidAt(20000)).toBe("") // nothing while it signs
        expectBytes(enrolment.toSign(3, PUBLIC_KEY), STATEMENT)
        enrolment.prove(-46, SIGNATURE)
        expect(saidAt(20001)).toBe(PROOF)
        hears(CREDENTIAL)
        expect(enrolment.state).toBe(EnrolmentState.Enrolled)
        expect(enrolment.isOver()).toBe(true)
        const { secret, token } = enrolment.credential
        expectBytes(secret, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        expectBytes(token, "d83dd1")
        expect(enrolment.passedOver).toBe(0)
        expect(saidAt(90000)).toBe("")
    })

    test("a key of P-256 is -7, and of a later generation its number", () => {
        enrolment.say(0)
        hears(NONCE)
        enrolment.toSign(256, PUBLIC_KEY)
        enrolment.prove(-7, SIGNATURE)
        expect(saidAt(1).indexOf(REGISTRAR_NONCE + "26" + "190100" + "45") > 0).toBe(true)
    })

    test("10 s of silence: the same again, twice, and then it gives up", () => {
        expect(saidAt(100)).toBe(HELLO)
        expect(saidAt(10099)).toBe("")
        expect(saidAt(10100)).toBe(HELLO)
        expect(saidAt(20100)).toBe(HELLO)
        expect(enrolment.isOver()).toBe(false)
        expect(saidAt(30100)).toBe("")
        expect(enrolment.state).toBe(EnrolmentState.Silent)
        expect(enrolment.isOver()).toBe(true)
    })

    test("a proof is the same each time it is said", () => {
        toProof()
        expect(saidAt(10999)).toBe("")
        expect(saidAt(11000)).toBe(PROOF)
        expect(saidAt(21000)).toBe(PROOF)
        expect(saidAt(31000)).toBe("")
        expect(enrolment.state).toBe(EnrolmentState.Silent)
        hears(CREDENTIAL) // too late: nobody waits for it
        expect(enrolment.state).toBe(EnrolmentState.Silent)
    })

    test("on a new connection it is said again at once, and counts", () => {
        toProof()
        enrolment.reconnected()
        expect(saidAt(1001)).toBe(PROOF)
        enrolment.reconnected()
        expect(saidAt(1002)).toBe(PROOF)
        enrolment.reconnected()
        expect(saidAt(1003)).toBe("")
        expect(enrolment.state).toBe(EnrolmentState.Silent)
    })

    test("started anew, it is another enrolment: answers to the one before are nobody's", () => {
        toProof()
        enrolment.start(hex`b0b1b2b3b4b5b6b7b8b9babbbcbdbebf`)
        expect(saidAt(2000)).toBe("83010150" + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf")
        hears(CREDENTIAL)
        hears(NONCE)
        expect(enrolment.passedOver).toBe(2)
        expect(enrolment.state).toBe(EnrolmentState.Asking)
    })

    test("a refusal tells why, if it is from one who has the claim secret", () => {
        for (let reason = 1; reason <= 5; ++reason) {
            enrolment.start(Buffer.from(NODE_NONCE, "hex"))
            toProof()
            const forged = refused(reason)
            forged[forged.length - 1] ^= 1
            enrolment.hear(forged)
            const another = refused(reason)
            another[20] ^= 1
            enrolment.hear(another)
            expect(enrolment.state).toBe(EnrolmentState.Proving)
            enrolment.hear(refused(reason))
            expect(enrolment.state).toBe(EnrolmentState.Refused)
            expect(enrolment.refusal).toBe(reason)
        }
        expect(enrolment.passedOver).toBe(10)
    })

    test("what is not awaited is passed over, in every state", () => {
        enrolment = new Enrolment(parseClaim(CLAIM))
        hears(NONCE)
        enrolment.start(Buffer.from(NODE_NONCE, "hex"))
        hears(CREDENTIAL)
        enrolment.hear(refused(2))
        expect(enrolment.state).toBe(EnrolmentState.Asking)
        hears(NONCE)
        hears(NONCE)
        hears(CREDENTIAL)
        expect(enrolment.state).toBe(EnrolmentState.Signing)
        enrolment.toSign(3, PUBLIC_KEY)
        enrolment.prove(-46, SIGNATURE)
        hears(NONCE)
        expect(enrolment.state).toBe(EnrolmentState.Proving)
        hears(CREDENTIAL)
        hears(CREDENTIAL)
        enrolment.hear(refused(2))
        expect(enrolment.state).toBe(EnrolmentState.Enrolled)
        expect(enrolment.passedOver).toBe(8)
    })

    test("any bit of a credential's message, any byte too few, one too many: passed over", async () => {
        toProof()
        const whole = Buffer.from(CREDENTIAL, "hex")
        for (let at = 0; at < whole.length; ++at) {
            const altered = whole.slice(0)
            altered[at] ^= 1 << (at & 7)
            enrolment.hear(altered)
            enrolment.hear(whole.slice(0, at))
            await ds.sleep(0)
        }
        hears(CREDENTIAL + "00")
        expect(enrolment.state).toBe(EnrolmentState.Proving)
        expect(enrolment.passedOver).toBe(2 * whole.length + 1)
        hears(CREDENTIAL)
        expect(enrolment.state).toBe(EnrolmentState.Enrolled)
    })

    test("any byte of a nonce's message: another nonce, or passed over", () => {
        const whole = Buffer.from(NONCE, "hex")
        const registrarNonceAt = whole.length - 20
        for (let at = 0; at < registrarNonceAt; ++at) {
            const altered = whole.slice(0)
            altered[at] ^= 1 << (at & 7)
            enrolment.hear(altered)
            enrolment.hear(whole.slice(0, at))
        }
        hears(NONCE + "00")
        hears("84" + "01" + "02" + "50" + NODE_NONCE + "53" + REGISTRAR_NONCE.slice(2))
        hears("84" + "01" + "02" + "50" + NODE_NONCE + "55" + REGISTRAR_NONCE + "00")
        expect(enrolment.state).toBe(EnrolmentState.Asking)
        expect(enrolment.passedOver).toBe(2 * registrarNonceAt + 3)
    })
})
