/**
 * The messages of enrolment (src/telemetry/contract/enrolment.ts), from the far end: what a node's bytes say, and what it is answered.
 *
 * Each has one encoding. Whatever is written another way is no message, so no two byte strings mean the same.
 */
import { decode, encode, type DecodeOptions } from "cborg"
import {
    CREDENTIAL,
    ENROLMENT_BYTES_MAX,
    ENROLMENT_VERSION,
    HELLO,
    MAC_BYTES,
    NODE_NONCE_BYTES,
    NONCE,
    PROOF,
    REFUSED,
    REGISTRAR_NONCE_BYTES,
} from "../../src/telemetry/contract/enrolment"

export interface Hello {
    type: typeof HELLO
    nodeNonce: Buffer
}

export interface Proof {
    type: typeof PROOF
    nodeNonce: Buffer
    registrarNonce: Buffer
    /** By COSE's registry. */
    algorithm: number
    /** Of the key: 0, and one more at each rollover. */
    generation: number
    publicKey: Buffer
    signature: Buffer
    mac: Buffer
}

const STRICT: DecodeOptions = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowBigInt: false,
    rejectDuplicateMapKeys: true,
}
const GENERATION_MAX = 2 ** 32 - 1
const KEY_BYTES_MAX = 255

/** Undefined for whatever is neither; never throws. */
export function readEnrolment(payload: Uint8Array): Hello | Proof | undefined {
    const fields = arrayOf(payload)
    if (fields === undefined || fields[0] !== ENROLMENT_VERSION) return undefined
    if (fields[1] === HELLO && fields.length === 3) return helloOf(fields)
    if (fields[1] === PROOF && fields.length === 9) return proofOf(fields)
    return undefined
}

function helloOf([, , nonce]: unknown[]): Hello | undefined {
    const nodeNonce = bytesOf(nonce, NODE_NONCE_BYTES)
    return nodeNonce && { type: HELLO, nodeNonce }
}

function proofOf(fields: unknown[]): Proof | undefined {
    const nodeNonce = bytesOf(fields[2], NODE_NONCE_BYTES)
    const registrarNonce = bytesOf(fields[3], REGISTRAR_NONCE_BYTES)
    const [algorithm, generation] = fields.slice(4)
    const publicKey = bytesOf(fields[6], 1, KEY_BYTES_MAX)
    const signature = bytesOf(fields[7], 1, ENROLMENT_BYTES_MAX)
    const mac = bytesOf(fields[8], MAC_BYTES)
    if (!nodeNonce || !registrarNonce || !publicKey || !signature || !mac) return undefined
    if (!isInteger(algorithm, -65_536, 65_535) || !isInteger(generation, 0, GENERATION_MAX))
        return undefined
    const type = PROOF
    return { type, nodeNonce, registrarNonce, algorithm, generation, publicKey, signature, mac }
}

export function nonceMessage(nodeNonce: Buffer, registrarNonce: Buffer): Buffer {
    return Buffer.from(encode([ENROLMENT_VERSION, NONCE, nodeNonce, registrarNonce]))
}

export function credentialMessage(nodeNonce: Buffer, sealed: Buffer): Buffer {
    return Buffer.from(encode([ENROLMENT_VERSION, CREDENTIAL, nodeNonce, sealed]))
}

/** @param reason one of REFUSED_* */
export function refusedMessage(nodeNonce: Buffer, reason: number, mac: Buffer): Buffer {
    return Buffer.from(encode([ENROLMENT_VERSION, REFUSED, nodeNonce, reason, mac]))
}

/** The one pair of a map, as what is said beside telemetry has it; undefined for anything else. */
export function readPair(payload: Uint8Array): [name: string, value: unknown] | undefined {
    const map = decoded(payload, { ...STRICT, useMaps: true })
    if (!(map instanceof Map) || map.size !== 1) return undefined
    const [[name, value]] = map as Map<unknown, unknown>
    return typeof name === "string" ? [name, value] : undefined
}

/** Undefined unless these bytes are how we would write what they say. */
function arrayOf(payload: Uint8Array): unknown[] | undefined {
    const value = decoded(payload, STRICT)
    if (!Array.isArray(value) || !value.every(isPlain)) return undefined
    return Buffer.from(encode(value)).equals(payload) ? value : undefined
}

function decoded(payload: Uint8Array, options: DecodeOptions): unknown {
    try {
        return decode(payload, options)
    } catch {
        return undefined
    }
}

function isPlain(value: unknown): boolean {
    return Number.isSafeInteger(value) || value instanceof Uint8Array
}

function isInteger(value: unknown, least: number, most: number): value is number {
    return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
}

function bytesOf(value: unknown, least: number, most = least): Buffer | undefined {
    if (!(value instanceof Uint8Array)) return undefined
    if (value.length < least || value.length > most) return undefined
    return Buffer.from(value)
}
