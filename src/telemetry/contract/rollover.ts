/**
 * How a node passes from one signing key to the next: the old key signs the new one, both sides by these bytes.
 *
 * What is signed begins with a name and a version that no other signed message begins with, and says which node it is, so that it is
 * worth nothing anywhere else. The node sends the rest: `[version, generation 4, key length, key..., signature...]`, big-endian.
 */

/** Ends with its version: a new form gets a new number, here and below. */
export const ROLLOVER_CONTEXT = "motewise-rollover-1"
export const ROLLOVER_VERSION = 1
export const NODE_ID_BYTES = 8
/** In a message: where the key's length stands, and where the key begins. */
export const ROLLOVER_KEY_LENGTH_AT = 5
export const ROLLOVER_KEY_AT = 6

/** What the old key signs. @param nodeId 8 bytes @param generation of the new key: one more than the old one's, from 0 */
export function rolloverStatement(nodeId: Buffer, generation: number, publicKey: Buffer): Buffer {
    const nameBytes = ROLLOVER_CONTEXT.length
    const statement = Buffer.alloc(nameBytes + NODE_ID_BYTES + 4 + publicKey.length)
    for (let i = 0; i < nameBytes; ++i) statement[i] = ROLLOVER_CONTEXT.charCodeAt(i)
    put(statement, nameBytes, nodeId)
    putGeneration(statement, nameBytes + NODE_ID_BYTES, generation)
    put(statement, nameBytes + NODE_ID_BYTES + 4, publicKey)
    return statement
}

/** What the node sends before the signature of the statement. @param publicKey of less than 256 bytes */
export function rolloverHead(generation: number, publicKey: Buffer): Buffer {
    const head = Buffer.alloc(ROLLOVER_KEY_AT + publicKey.length)
    head[0] = ROLLOVER_VERSION
    putGeneration(head, 1, generation)
    head[ROLLOVER_KEY_LENGTH_AT] = publicKey.length
    put(head, ROLLOVER_KEY_AT, publicKey)
    return head
}

function putGeneration(bytes: Buffer, at: number, generation: number): void {
    for (let i = 0; i < 4; ++i) bytes[at + i] = generation >>> (24 - 8 * i)
}

/** Byte by byte: to copy a part of a buffer, the two runtimes have no call in common. */
function put(bytes: Buffer, at: number, part: Buffer): void {
    for (let i = 0; i < part.length; ++i) bytes[at + i] = part[i]
}
