/** A node's next key, signed by the one before it: src/telemetry/contract/rollover.ts, from the other side. */
import {
    ROLLOVER_KEY_AT,
    ROLLOVER_KEY_LENGTH_AT,
    ROLLOVER_VERSION,
    rolloverStatement,
} from "../../src/telemetry/contract/rollover"
import { typeOfKey, verifyLms } from "./lms"
import { publicKeyBytes } from "./lms-types"

export interface Rollover {
    /** Of the new key. */
    generation: number
    publicKey: Buffer
    /** Of the statement, by the old key. */
    signature: Buffer
}

/**
 * What a node's message says; undefined when the key that the node is known by has not signed it, or it is no such message. That the
 * generation is one more than the last is for whoever keeps the keys to see.
 * @param publicKey of the old key @param nodeId 8 bytes
 */
export function openRollover(
    publicKey: Uint8Array,
    nodeId: Uint8Array,
    message: Uint8Array
): Rollover | undefined {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.length)
    if (bytes.length < ROLLOVER_KEY_AT || bytes[0] !== ROLLOVER_VERSION) return undefined
    const signatureAt = ROLLOVER_KEY_AT + bytes[ROLLOVER_KEY_LENGTH_AT]
    const next = bytes.subarray(ROLLOVER_KEY_AT, signatureAt)
    const type = typeOfKey(next)
    if (type === undefined || next.length !== publicKeyBytes(type)) return undefined
    const generation = bytes.readUInt32BE(1)
    const signature = bytes.subarray(signatureAt)
    const statement = rolloverStatement(Buffer.from(nodeId), generation, next)
    if (!verifyLms(publicKey, statement, signature)) return undefined
    return { generation, publicKey: next, signature }
}
