/** What the registrar keeps of one node, and how: in CBOR, for it is ours alone. */
import { decode, encode } from "cborg"

export interface NodeKey {
    /** By COSE's registry. */
    algorithm: number
    publicKey: Buffer
    /** Undefined when all that is known of it stands in the ledger, which does not say. */
    generation?: number
}

export interface Session {
    secret: Buffer
    /** The broker's password is it in hexadecimal. */
    credential: Buffer
    expiresMs: number
    /** When the node is asked to enrol again. */
    renewMs: number
    /** What the proof was answered, and the SHA-256 of that proof: for a node that did not hear it. Gone once it has. */
    answer?: Buffer
    proofDigest?: Buffer
}

export interface NodeRecord {
    /** Of its claim; undefined when only the ledger knows the node. */
    claimSecret?: Buffer
    /** Why it was revoked, if it was. */
    revoked?: string
    key?: NodeKey
    /** The one before, as long as its successor was not seen to sign. */
    previousKey?: NodeKey
    enrolledMs?: number
    session?: Session
    /** Of the session before, for what was on its way, as long as nothing was heard under the new one. */
    previousSecret?: Buffer
    /** Boots heard in this session, the present one first: what is said again of an earlier one does not make it the present. */
    boots: string[]
    /** Numbers of commands below this one may have been used. */
    commandsTo: number
}

export const NEW_NODE: NodeRecord = { boots: [], commandsTo: 0 }

export function isSameKey(a: NodeKey | undefined, b: NodeKey): boolean {
    return a?.algorithm === b.algorithm && a.publicKey.equals(b.publicKey)
}

/** @throws Error when it is damaged */
export function read<T>(bytes: Uint8Array): T {
    return buffered(decode(bytes)) as T
}

export function written(value: object): Buffer {
    return Buffer.from(encode(value, { ignoreUndefinedProperties: true }))
}

/** CBOR gives back plain arrays of bytes. */
function buffered(value: unknown): unknown {
    if (value instanceof Uint8Array) return Buffer.from(value)
    if (Array.isArray(value)) return value.map(buffered)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, buffered(of)]))
}
