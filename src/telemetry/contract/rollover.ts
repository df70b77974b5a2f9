/**
 * How a node passes from one signing key to the next: the old key signs the new one, both sides by these bytes.
 *
 * What is signed begins with a name and a version that no other signed message begins with, and says which node it is, so that it is
 * worth nothing anywhere else. The node sends the rest: `[version, generation 4, key length, key..., signature...]`, big-endian.
 */
import { ascii, joined, u32 } from "./bytes"

/** Ends with its version: a new form gets a new number, here and below. */
export const ROLLOVER_CONTEXT = "motewise-rollover-1"
export const ROLLOVER_VERSION = 1
export const NODE_ID_BYTES = 8
/** In a message: where the key's length stands, and where the key begins. */
export const ROLLOVER_KEY_LENGTH_AT = 5
export const ROLLOVER_KEY_AT = 6

/** What the old key signs. @param nodeId 8 bytes @param generation of the new key: one more than the old one's, from 0 */
export function rolloverStatement(nodeId: Buffer, generation: number, publicKey: Buffer): Buffer {
    return joined([ascii(ROLLOVER_CONTEXT), nodeId, u32(generation), publicKey])
}

/** What the node sends before the signature of the statement. @param publicKey of less than 256 bytes */
export function rolloverHead(generation: number, publicKey: Buffer): Buffer {
    const version = Buffer.from([ROLLOVER_VERSION])
    return joined([version, u32(generation), Buffer.from([publicKey.length]), publicKey])
}
