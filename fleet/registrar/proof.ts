/** Does the holder of a key say so? Keys and signatures as src/telemetry/contract/enrolment.ts has them, of the algorithms it knows. */
import { createPublicKey, verify, type KeyObject } from "node:crypto"
import { ALGORITHM_ES256, ALGORITHM_HSS_LMS } from "../../src/telemetry/contract/enrolment"
import { typeOfKey, verifyLms } from "../keys/lms"
import { publicKeyBytes } from "../keys/lms-types"

const COORDINATE_BYTES = 32
const ES256_KEY_BYTES = 2 * COORDINATE_BYTES

/** Whether there is such an algorithm, and this has the form of a key of it. */
export function isKey(algorithm: number, publicKey: Uint8Array): boolean {
    if (algorithm === ALGORITHM_ES256) return publicKey.length === ES256_KEY_BYTES
    if (algorithm !== ALGORITHM_HSS_LMS) return false
    const type = typeOfKey(publicKey)
    return type !== undefined && publicKey.length === publicKeyBytes(type)
}

/** False for whatever is no signature of this message by this key; never throws. */
export function isSigned(
    algorithm: number,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array
): boolean {
    if (algorithm === ALGORITHM_HSS_LMS) return verifyLms(publicKey, message, signature)
    const key = p256Key(publicKey)
    if (algorithm !== ALGORITHM_ES256 || key === undefined) return false
    return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)
}

/** x and y; undefined for a point that is not on the curve. */
function p256Key(publicKey: Uint8Array): KeyObject | undefined {
    if (publicKey.length !== ES256_KEY_BYTES) return undefined
    const base64 = (from: number, to: number) =>
        Buffer.from(publicKey.subarray(from, to)).toString("base64url")
    const x = base64(0, COORDINATE_BYTES)
    const y = base64(COORDINATE_BYTES, ES256_KEY_BYTES)
    try {
        return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" })
    } catch {
        return undefined
    }
}
