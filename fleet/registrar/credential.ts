/**
 * A node's credential: a CWT (RFC 8392) in COSE_Mac0 (RFC 9052 §6.2) with HMAC 256/256, tagged as both, that names the node and, in
 * `cnf` (RFC 8747), its key: HSS-LMS as RFC 8778 writes it, or P-256. 150 bytes with the usual key of a node, 158 with the longest LMS
 * key, 164 with P-256.
 *
 * The registrar makes it and only the registrar reads it: to the node and to the broker it is a password.
 */
import { createHmac } from "node:crypto"
import { Tagged, decode, encode, type DecodeOptions } from "cborg"
import {
    ALGORITHM_ES256,
    ALGORITHM_HSS_LMS,
    CREDENTIAL_BYTES_MAX,
} from "../../src/telemetry/contract/enrolment"
import { isSame } from "./claim"

export interface Credential {
    id: string
    issuedSeconds: number
    /** It is good until then. */
    expiresSeconds: number
    algorithm: number
    /** As in a proof. */
    publicKey: Buffer
}

// Tags and header (RFC 8392 §6, RFC 9052 §2).
const TAG_CWT = 61
const TAG_COSE_MAC0 = 17
/** {1: 5}: HMAC 256/256 */
const PROTECTED = Buffer.from(encode(new Map([[1, 5]])))
// Claims (RFC 8392 §4, RFC 8747 §3.1).
const SUBJECT = 2
const EXPIRES = 4
const ISSUED_AT = 6
const TOKEN_ID = 7
const CONFIRMATION = 8
const COSE_KEY = 1
/** One level of HSS (RFC 8554 §6.1). */
const HSS_LEVELS = Buffer.from([0, 0, 0, 1])
const COORDINATE_BYTES = 32

/** @param tokenId 8 bytes, another each time: the password of two credentials is never the same */
export function makeCredential(key: Uint8Array, of: Credential, tokenId: Uint8Array): Buffer {
    const claims = encode(
        new Map<number, unknown>([
            [SUBJECT, of.id],
            [EXPIRES, of.expiresSeconds],
            [ISSUED_AT, of.issuedSeconds],
            [TOKEN_ID, tokenId],
            [CONFIRMATION, new Map([[COSE_KEY, coseKey(of)]])],
        ])
    )
    const mac0 = [PROTECTED, new Map(), claims, macOf(key, claims)]
    const bytes = Buffer.from(encode(new Tagged(TAG_CWT, new Tagged(TAG_COSE_MAC0, mac0))))
    if (bytes.length > CREDENTIAL_BYTES_MAX) throw new RangeError(`${bytes.length} bytes`)
    return bytes
}

/** What it says; undefined when it was not made with this key, byte for byte. Never throws. That it has not expired is not looked at. */
export function readCredential(key: Uint8Array, bytes: Uint8Array): Credential | undefined {
    try {
        const [, , payload, mac] = decode(bytes, OPTIONS) as Uint8Array[]
        if (!isSame(mac, macOf(key, payload))) return undefined
        // From here on they are our own words, unless something around them was changed.
        const claims = decode(payload, OPTIONS) as Map<number, never>
        const confirmation = claims.get(CONFIRMATION) as unknown as Map<number, CoseKey>
        const said: Credential = {
            id: claims.get(SUBJECT) as unknown as string,
            expiresSeconds: Number(claims.get(EXPIRES)),
            issuedSeconds: Number(claims.get(ISSUED_AT)),
            ...fromCoseKey(confirmation.get(COSE_KEY) ?? new Map()),
        }
        const tokenId = claims.get(TOKEN_ID) as unknown as Uint8Array
        return makeCredential(key, said, tokenId).equals(bytes) ? said : undefined
    } catch {
        return undefined
    }
}

const OPTIONS: DecodeOptions = {
    useMaps: true,
    strict: true,
    rejectDuplicateMapKeys: true,
    tags: {
        [TAG_CWT]: (decodeContent: () => unknown) => decodeContent(),
        [TAG_COSE_MAC0]: (decodeContent: () => unknown) => decodeContent(),
    },
}

type CoseKey = Map<number, unknown>

function coseKey({ algorithm, publicKey }: Credential): CoseKey {
    if (algorithm === ALGORITHM_HSS_LMS)
        return new Map<number, unknown>([
            [1, 5],
            [3, ALGORITHM_HSS_LMS],
            [-1, Buffer.concat([HSS_LEVELS, publicKey])],
        ])
    return new Map<number, unknown>([
        [1, 2],
        [-1, 1],
        [-2, publicKey.subarray(0, COORDINATE_BYTES)],
        [-3, publicKey.subarray(COORDINATE_BYTES)],
    ])
}

function fromCoseKey(key: CoseKey): { algorithm: number; publicKey: Buffer } {
    const bytes = (label: number) => Buffer.from(key.get(label) as Uint8Array)
    return key.get(3) === ALGORITHM_HSS_LMS
        ? { algorithm: ALGORITHM_HSS_LMS, publicKey: bytes(-1).subarray(HSS_LEVELS.length) }
        : { algorithm: ALGORITHM_ES256, publicKey: Buffer.concat([bytes(-2), bytes(-3)]) }
}

/** RFC 9052 §6.3 */
function macOf(key: Uint8Array, payload: Uint8Array): Buffer {
    const structure = encode(["MAC0", PROTECTED, Buffer.alloc(0), payload])
    return createHmac("sha256", key).update(structure).digest()
}
