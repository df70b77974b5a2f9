/** Is an HSS signature genuine (RFC 8554 §6.3)? A tree signs the key of the one below it, and the lowest the message. */
import { typeOfKey, verifyLms } from "./lms"
import { publicKeyBytes, signatureBytes } from "./lms-types"

const LEVELS_MAX = 8

/** One level of a signature: an LMS signature of the next level's key, or at the lowest level of the message. */
interface Level {
    publicKey: Uint8Array
    signature: Uint8Array
}

/** False for whatever is no signature of this message by this key; never throws. */
export function verifyHss(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array
): boolean {
    const levels = levelsOf(publicKey, signature)
    return (
        levels !== undefined &&
        levels.every((level, index) =>
            verifyLms(level.publicKey, levels[index + 1]?.publicKey ?? message, level.signature)
        )
    )
}

/**
 * How many messages the key had signed before this one: what the ledger keeps, and hands to `floor` of a key that was restored.
 * @throws RangeError when it is no signature of such a key
 */
export function hssIndex(publicKey: Uint8Array, signature: Uint8Array): number {
    const levels = levelsOf(publicKey, signature)
    if (levels === undefined) throw new RangeError("no HSS signature of this key's form")
    return levels.reduce((index, level) => {
        const height = typeOfKey(level.publicKey)?.height ?? 0
        return index * 2 ** height + u32(level.signature, 0)
    }, 0)
}

/** The parts, from the highest level; undefined when they are not as many, or not as long, as their types say. */
function levelsOf(publicKey: Uint8Array, signature: Uint8Array): Level[] | undefined {
    if (publicKey.length < 4 || signature.length < 4) return undefined
    const count = u32(publicKey, 0)
    if (count < 1 || count > LEVELS_MAX || u32(signature, 0) !== count - 1) return undefined
    const levels: Level[] = []
    let key = publicKey.subarray(4)
    let at = 4
    for (let level = 1; level <= count; ++level) {
        const type = typeOfKey(key)
        if (type === undefined) return undefined
        const end = at + signatureBytes(type)
        levels.push({ publicKey: key, signature: signature.subarray(at, end) })
        at = end
        if (level === count) break
        const next = typeOfKey(signature.subarray(at))
        if (next === undefined) return undefined
        key = signature.subarray(at, at + publicKeyBytes(next))
        at += publicKeyBytes(next)
    }
    return at === signature.length ? levels : undefined
}

function u32(bytes: Uint8Array, at: number): number {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at)
}
