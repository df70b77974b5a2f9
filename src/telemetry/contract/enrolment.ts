/**
 * How a node that has nothing but its claim becomes one that is known (design: no hands, four messages over MQTT).
 *
 * The claim is an id and a secret of 32 bytes, in the node's flash before it is first switched on. With it, it connects as
 * `claim-<id>` and may use its two enrolment topics and nothing else:
 *
 * | node, on mw/<id>/enrol/up                              | registrar, on mw/<id>/enrol/down                 |
 * |--------------------------------------------------------|--------------------------------------------------|
 * | [1, HELLO, node nonce 16]                              | [1, NONCE, node nonce, registrar nonce 20]       |
 * | [1, PROOF, node nonce, registrar nonce, algorithm,     | [1, CREDENTIAL, node nonce, sealed] or           |
 * |  generation, public key, signature, mac 16]            | [1, REFUSED, node nonce, reason, mac 16]         |
 *
 * All are CBOR arrays in preferred serialization. What is sealed is `[session secret 32, credential]`, under a key that only the two who
 * hold the claim secret can derive. With the credential (a CWT, RFC 8392) the node connects again, as `<id>`, its password the credential
 * in hexadecimal, and then has its own topics and no others. Renewal is the same again with the same key.
 */
import { ascii, joined, u32 } from "./bytes"

export const ENROLMENT_VERSION = 1
export const HELLO = 1
export const NONCE = 2
export const PROOF = 3
export const CREDENTIAL = 4
export const REFUSED = 5

export const CLAIM_SECRET_BYTES = 32
export const NODE_NONCE_BYTES = 16
/** Seconds since 1970 as 32 bits and a code that only the registrar can make: it need not remember what it gave out. */
export const REGISTRAR_NONCE_BYTES = 20
export const MAC_BYTES = 16
/** The session secret and it share one value of the store. */
export const CREDENTIAL_BYTES_MAX = 180
/** No message of either side is longer: a proof by the longest LMS signature, 2,348 B, and its key. */
export const ENROLMENT_BYTES_MAX = 2600

// Algorithms of a node's key, by COSE's registry (IANA).
/** LMS as HSS of one level: key and signature as RFC 8554 has them for LMS, without HSS's level count. */
export const ALGORITHM_HSS_LMS = -46
/** P-256 with SHA-256; the key is x and y, 64 bytes, the signature r and s. */
export const ALGORITHM_ES256 = -7

/** The password of the claim's session is 32 hex digits: half of HKDF-SHA-256 of the claim secret, without salt, for this. */
export const CLAIM_PASSWORD = "motewise-claim-1"
/** HKDF-SHA-256 of the claim secret, salted with both nonces (node's first), gives a key for each of these. */
export const KEY_ENROLMENT_SEAL = "motewise-enrol-seal-1"
export const KEY_ENROLMENT_MAC = "motewise-enrol-mac-1"

// Why a registrar refuses: what a node can learn of it. The registrar's own counts are finer.
export const REFUSED_STALE_NONCE = 1
export const REFUSED_PROOF = 2
export const REFUSED_SECOND_DEVICE = 3
export const REFUSED_REVOKED = 4
export const REFUSED_ALGORITHM = 5

/** What the node's key signs: it begins with a name that no other signed message begins with. */
export const PROOF_CONTEXT = "motewise-enrol-1"

/** @param nodeId 8 bytes @param generation of the key: 0, and one more at each rollover */
export function proofStatement(
    nodeId: Buffer,
    nodeNonce: Buffer,
    registrarNonce: Buffer,
    generation: number,
    publicKey: Buffer
): Buffer {
    const context = ascii(PROOF_CONTEXT)
    return joined([context, nodeId, nodeNonce, registrarNonce, u32(generation), publicKey])
}

/** What the mac of a proof is over: that who signs also holds the claim secret, and not just its password. */
export function proofMacInput(statement: Buffer, signature: Buffer): Buffer {
    return joined([statement, signature])
}

/** What the mac of a refusal is over: else anybody at the broker could refuse. @param reason one of REFUSED_* */
export function refusalMacInput(nodeNonce: Buffer, reason: number): Buffer {
    return joined([Buffer.from([REFUSED, reason]), nodeNonce])
}

/** Who a node is at the broker until it has a credential; then it is its id. */
export function claimUser(id: string): string {
    return `claim-${id}`
}
