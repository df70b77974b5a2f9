/** Is an LMS signature genuine (RFC 8554 §5.4)? Written apart from the node's own, so that each checks the other. */
import { LmsHash } from "./lms-hash"
import {
    IDENTIFIER_BYTES,
    lmsType,
    otsSignatureBytes,
    publicKeyBytes,
    signatureBytes,
    type LmsType,
} from "./lms-types"

const IDENTIFIER_AT = 8
const ROOT_AT = IDENTIFIER_AT + IDENTIFIER_BYTES

/** 0.5 to 19 ms, by the type. False for whatever is no signature of this message by this key; never throws. */
export function verifyLms(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array
): boolean {
    const type = typeOfKey(publicKey)
    if (type === undefined || publicKey.length !== publicKeyBytes(type)) return false
    if (signature.length !== signatureBytes(type)) return false
    const bytes = Buffer.from(signature.buffer, signature.byteOffset, signature.length)
    const { hashBytes, height, lmsCode, otsCode, digitBits, chains } = type
    const q = bytes.readUInt32BE(0)
    const lmsAt = 4 + otsSignatureBytes(type)
    if (bytes.readUInt32BE(4) !== otsCode || bytes.readUInt32BE(lmsAt) !== lmsCode) return false
    if (q >= 2 ** height) return false
    const hash = new LmsHash(type, publicKey.subarray(IDENTIFIER_AT, ROOT_AT))
    const hashAt = (at: number) => bytes.subarray(at, at + hashBytes)
    const digits = hash.digits(q, hashAt(8), message)
    const ends = Array.from({ length: chains }, (_, i) =>
        hash.walk(q, i, hashAt(8 + hashBytes * (1 + i)), digits[i], 2 ** digitBits - 1)
    )
    let r = 2 ** height + q
    let node = hash.leaf(r, hash.oneTimeKey(q, ends))
    for (let at = lmsAt + 4; r > 1; at += hashBytes) {
        const sibling = hashAt(at)
        const [left, right] = r % 2 === 1 ? [sibling, node] : [node, sibling]
        r = Math.floor(r / 2)
        node = hash.above(r, left, right)
    }
    return node.equals(publicKey.subarray(ROOT_AT))
}

/** By the two codes it begins with. */
export function typeOfKey(publicKey: Uint8Array): LmsType | undefined {
    if (publicKey.length < IDENTIFIER_AT) return undefined
    const view = new DataView(publicKey.buffer, publicKey.byteOffset, publicKey.length)
    return lmsType(view.getUint32(0), view.getUint32(4))
}

/** Which one-time key a signature used. A key that used the same twice was copied, or broken. @param signature at least 4 bytes */
export function oneTimeIndex(signature: Uint8Array): number {
    return new DataView(signature.buffer, signature.byteOffset, signature.length).getUint32(0)
}
