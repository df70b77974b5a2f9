/** Is a signature genuine? LMS and HSS (RFC 8554 §5.4 and §6.3), for any tree that a public key's type names; 0.15 s a tree on an RP2040. */
import { u32At } from "./big-endian"
import { LmOts } from "./lm-ots"
import { IDENTIFIER_BYTES, LmsParameters, lmsParameters } from "./lms-parameters"
import { LmsTree } from "./lms-tree"

/** `genuine`, or by what it is not. What comes from outside is refused, never thrown at. */
export type LmsVerdict =
    | "genuine"
    /** The key, message or signature is no buffer. */
    | "notBytes"
    /** No key: its length, or types that are not known. */
    | "publicKey"
    /** As many levels as the key has not, or more than eight. */
    | "levels"
    /** A signature of another type than the key. */
    | "type"
    /** Shorter or longer than its type. */
    | "length"
    /** A one-time key that the tree has not. */
    | "index"
    /** Well-formed, and not of this message and key. */
    | "forged"

const LEVELS_MAX = 8 // [§6]
const IDENTIFIER_AT = 8
const ROOT_AT = IDENTIFIER_AT + IDENTIFIER_BYTES

/** @param publicKey 48 or 56 bytes */
export async function verifyLms(
    publicKey: Buffer,
    message: Buffer,
    signature: Buffer
): Promise<LmsVerdict> {
    if (!areBytes(publicKey, message, signature)) return "notBytes"
    const parameters = parametersOf(publicKey, 0)
    if (parameters === undefined || publicKey.length !== parameters.publicKeyBytes)
        return "publicKey"
    const refusal = refusalAt(parameters, signature, 0)
    if (refusal !== undefined) return refusal
    if (signature.length !== parameters.signatureBytes) return "length"
    return await verifyAt(parameters, publicKey, 0, message, signature, 0)
}

/** A signature by a tree whose key a tree above it has signed, and so on up. @param publicKey 4 bytes more than one of LMS */
export async function verifyHss(
    publicKey: Buffer,
    message: Buffer,
    signature: Buffer
): Promise<LmsVerdict> {
    if (!areBytes(publicKey, message, signature)) return "notBytes"
    if (publicKey.length < 4) return "publicKey"
    const levels = u32At(publicKey, 0)
    let parameters = parametersOf(publicKey, 4)
    if (parameters === undefined || publicKey.length !== 4 + parameters.publicKeyBytes)
        return "publicKey"
    if (levels < 1 || levels > LEVELS_MAX) return "levels"
    if (signature.length < 4) return "length"
    if (u32At(signature, 0) !== levels - 1) return "levels"
    let key = publicKey
    let keyAt = 4
    let at = 4
    for (let level = 1; level < levels; ++level) {
        const refusal = refusalAt(parameters, signature, at)
        if (refusal !== undefined) return refusal
        const nextKeyAt = at + parameters.signatureBytes
        const next = parametersOf(signature, nextKeyAt)
        if (next === undefined || signature.length < nextKeyAt + next.publicKeyBytes)
            return "publicKey"
        const signed = signature.slice(nextKeyAt, nextKeyAt + next.publicKeyBytes)
        const verdict = await verifyAt(parameters, key, keyAt, signed, signature, at)
        if (verdict !== "genuine") return verdict
        key = signature
        keyAt = nextKeyAt
        at = nextKeyAt + next.publicKeyBytes
        parameters = next
    }
    const refusal = refusalAt(parameters, signature, at)
    if (refusal !== undefined) return refusal
    if (signature.length !== at + parameters.signatureBytes) return "length"
    return await verifyAt(parameters, key, keyAt, message, signature, at)
}

function areBytes(a: Buffer, b: Buffer, c: Buffer): boolean {
    return a instanceof Buffer && b instanceof Buffer && c instanceof Buffer
}

/** Of the public key at `at`; undefined also when it is cut off before its types end. */
function parametersOf(bytes: Buffer, at: number): LmsParameters {
    if (bytes.length < at + 8) return undefined
    return lmsParameters(u32At(bytes, at), u32At(bytes, at + 4))
}

/** What is wrong with the form of the signature at `at`, if anything: length, types, index, in this order. */
function refusalAt(parameters: LmsParameters, signature: Buffer, at: number): LmsVerdict {
    const { lmsType, otsType, otsSignatureBytes, signatureBytes, height } = parameters
    if (signature.length < at + signatureBytes) return "length"
    if (u32At(signature, at + 4) !== otsType) return "type"
    if (u32At(signature, at + 4 + otsSignatureBytes) !== lmsType) return "type"
    if (u32At(signature, at) >= 1 << height) return "index"
    return undefined
}

/** The root that the signature at `at` leads to is the root of the key at `keyAt` [algorithm 6a]. Forms have been checked. */
async function verifyAt(
    parameters: LmsParameters,
    key: Buffer,
    keyAt: number,
    message: Buffer,
    signature: Buffer,
    at: number
): Promise<LmsVerdict> {
    const { hashBytes, height, otsSignatureBytes } = parameters
    const q = u32At(signature, at)
    const ots = new LmOts(parameters, key, keyAt + IDENTIFIER_AT)
    const tree = new LmsTree(parameters, key, keyAt + IDENTIFIER_AT)
    let node = tree.leaf(q, await ots.candidate(q, message, signature, at + 4))
    let r = (1 << height) + q
    let pathAt = at + 4 + otsSignatureBytes + 4
    while (r > 1) {
        const sibling = signature.slice(pathAt, pathAt + hashBytes)
        const isRight = (r & 1) === 1
        r >>= 1
        node = isRight ? tree.above(r, sibling, node) : tree.above(r, node, sibling)
        pathAt += hashBytes
    }
    const rootAt = keyAt + ROOT_AT
    const isSame = node.toString("hex") === key.slice(rootAt, rootAt + hashBytes).toString("hex")
    return isSame ? "genuine" : "forged"
}
