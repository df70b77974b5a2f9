/** What follows from a claim's secret: the password of its session, and the keys of one enrolment. */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import {
    CLAIM_PASSWORD,
    CLAIM_SECRET_BYTES,
    KEY_ENROLMENT_MAC,
    KEY_ENROLMENT_SEAL,
    MAC_BYTES,
} from "../../src/telemetry/contract/enrolment"
import { InputError } from "../../table/input-error"
import { FLEET_ID, NODE_ID } from "../ledger/entry"

/** As the manifest has it. */
export interface Claim {
    /** 16 hex digits */
    id: string
    /** 64 hex digits */
    secret: string
}

const PASSWORD_BYTES = 16
const KEY_BYTES = 32
const SECRET = new RegExp(`^[0-9a-f]{${2 * CLAIM_SECRET_BYTES}}$`)

/** @throws InputError that says which claim is wrong, and nothing of its secret */
export function secretOf({ id, secret }: Claim): Buffer {
    if (!NODE_ID.test(id) || id === FLEET_ID)
        throw new InputError(`claim "${id}": an id is 16 hex digits, in small letters, not all 0`)
    if (!SECRET.test(secret))
        throw new InputError(`claim ${id}: a secret is 64 hex digits, in small letters`)
    return Buffer.from(secret, "hex")
}

/** 32 hex digits */
export function claimPassword(secret: Uint8Array): string {
    return derived(secret, Buffer.alloc(0), CLAIM_PASSWORD).toString("hex", 0, PASSWORD_BYTES)
}

export interface EnrolmentNonces {
    nodeNonce: Buffer
    registrarNonce: Buffer
}

/** The key that the answer is sealed with. */
export function enrolmentSealKey(secret: Uint8Array, nonces: EnrolmentNonces): Buffer {
    return derived(secret, saltOf(nonces), KEY_ENROLMENT_SEAL)
}

/** Of a proof or a refusal, with the mac key of its nonces. */
export function enrolmentMac(
    secret: Uint8Array,
    nonces: EnrolmentNonces,
    input: Uint8Array
): Buffer {
    const key = derived(secret, saltOf(nonces), KEY_ENROLMENT_MAC)
    return createHmac("sha256", key).update(input).digest().subarray(0, MAC_BYTES)
}

/** In a time that does not tell how much of it was right. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && timingSafeEqual(a, b)
}

function saltOf({ nodeNonce, registrarNonce }: EnrolmentNonces): Buffer {
    return Buffer.concat([nodeNonce, registrarNonce])
}

function derived(secret: Uint8Array, salt: Uint8Array, purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", secret, salt, purpose, KEY_BYTES))
}
