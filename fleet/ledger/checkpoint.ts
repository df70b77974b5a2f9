/**
 * A checkpoint: what the log was at some size, signed. Its text is C2SP's tlog-checkpoint (https://c2sp.org/tlog-checkpoint) in a signed
 * note (https://c2sp.org/signed-note):
 *
 *     <origin>
 *     <size>
 *     <root, base64>
 *
 *     — <origin> <base64 of key id and signature>
 *
 * The signed note has no number for HSS/LMS (RFC 8554) yet, so its key id is made as for every type without one: 0xff and a name.
 */
import { hash } from "node:crypto"
import type { FleetSigner } from "../keys/signer"
import { HASH_BYTES } from "./merkle"

export interface TreeHead {
    origin: string
    size: number
    root: Buffer
}

export interface Checkpoint extends TreeHead {
    /** What is signed. */
    body: string
    keyId: Buffer
    signature: Buffer
}

/** Is this the key's signature of the message? `verifyHss` is one. */
export type Verifier = (publicKey: Buffer, message: Uint8Array, signature: Uint8Array) => boolean

const KEY_ID_BYTES = 4
const TYPE = "motewise.hss-lms"
export const ORIGIN = /^[^\s+]{1,200}$/

export class CheckpointError extends Error {}

function keyIdOf(origin: string, publicKey: Uint8Array): Buffer {
    const named = Buffer.concat([Buffer.from(`${origin}\n\xff${TYPE}`, "latin1"), publicKey])
    return hash("sha256", named, "buffer").subarray(0, KEY_ID_BYTES)
}

/** The text of a checkpoint. Costs the signer one signature. */
export async function signCheckpoint(head: TreeHead, signer: FleetSigner): Promise<string> {
    const body = `${head.origin}\n${head.size}\n${head.root.toString("base64")}\n`
    const signature = await signer.sign(Buffer.from(body))
    const signed = Buffer.concat([keyIdOf(head.origin, signer.publicKey()), signature])
    return `${body}\n— ${head.origin} ${signed.toString("base64")}\n`
}

const TEXT = /^((\S+)\n(0|[1-9]\d{0,15})\n(\S+)\n)\n— (\S+) (\S+)\n$/

/** @throws CheckpointError */
export function readCheckpoint(text: string): Checkpoint {
    const [, body, origin, digits, rootText, name, signedText] = text.match(TEXT) ?? []
    if (body === undefined) throw new CheckpointError("is not a checkpoint")
    if (name !== origin) throw new CheckpointError(`is of ${origin}, and signed by ${name}`)
    const size = Number(digits)
    const root = fromBase64(rootText)
    const signed = fromBase64(signedText)
    if (!Number.isSafeInteger(size) || root?.length !== HASH_BYTES)
        throw new CheckpointError("has no size and root")
    if (signed === undefined || signed.length <= KEY_ID_BYTES)
        throw new CheckpointError("has no signature")
    const [keyId, signature] = [signed.subarray(0, KEY_ID_BYTES), signed.subarray(KEY_ID_BYTES)]
    return { origin, size, root, body, keyId, signature }
}

/** Undefined for what is not the one base64 of some bytes. */
function fromBase64(text: string): Buffer | undefined {
    const bytes = Buffer.from(text, "base64")
    return bytes.toString("base64") === text ? bytes : undefined
}

export function isSigned(
    { origin, body, keyId, signature }: Checkpoint,
    publicKey: Buffer,
    verify: Verifier
): boolean {
    if (!keyId.equals(keyIdOf(origin, publicKey))) return false
    return verify(publicKey, Buffer.from(body), signature)
}
