/** Entries for tests, and a signer that makes no one-time keys. */
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto"
import type { FleetSigner } from "../../../fleet/keys/signer"
import type { Event } from "../../../fleet/ledger/entry"

export const TIME_MS = 1_763_640_000_000

export function nodeOf(number: number): string {
    return (number + 1).toString(16).padStart(16, "0")
}

export function enrolment(number: number): Event {
    return {
        kind: "enrolment",
        timeMs: TIME_MS + number,
        node: nodeOf(number),
        algorithm: -46,
        publicKey: Buffer.alloc(48, number),
    }
}

export function quarantine(number: number, reason = "rate"): Event {
    return { kind: "quarantine", timeMs: TIME_MS + number, node: nodeOf(number), reason }
}

/** Enrolments and quarantines of `nodes` nodes in turn. */
export function eventsOf(count: number, nodes = count, first = 0): Event[] {
    return Array.from({ length: count }, (_, i) => {
        const number = (first + i) % nodes
        return first + i < nodes ? enrolment(number) : quarantine(number)
    })
}

/** Ed25519, as C2SP's notes are mostly signed: the ledger does not look into a signature. */
export class TestSigner implements FleetSigner {
    private readonly key = generateKeyPairSync("ed25519").privateKey
    signatures = 0

    publicKey(): Buffer {
        return createPublicKey(this.key).export({ format: "der", type: "spki" })
    }

    async sign(message: Uint8Array): Promise<Buffer> {
        this.signatures++
        return sign(null, message, this.key)
    }
}

export function verifyTest(publicKey: Buffer, message: Uint8Array, signature: Uint8Array): boolean {
    const key = createPublicKey({ key: publicKey, format: "der", type: "spki" })
    return verify(null, message, key, signature)
}
