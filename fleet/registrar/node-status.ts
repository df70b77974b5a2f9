/** What there is to be told of a node, and no secret of it. */
import type { NodeRecord } from "./node-record"
import type { NodeRefusals } from "./refusals"

export interface NodeStatus extends NodeRefusals {
    id: string
    state: "claimed" | "enrolled" | "revoked"
    /** Why it was revoked. */
    reason?: string
    /** By COSE's registry. */
    algorithm?: number
    publicKey?: Buffer
    generation?: number
    enrolledMs?: number
    /** Of its credential. */
    expiresMs?: number
    /** Whether anything was heard under its credential. */
    isHeard: boolean
}

export function statusOf(id: string, record: NodeRecord, refusals: NodeRefusals): NodeStatus {
    const { key, session, revoked, enrolledMs } = record
    const state = revoked !== undefined ? "revoked" : key ? "enrolled" : "claimed"
    return {
        id,
        state,
        reason: revoked,
        ...key,
        enrolledMs,
        expiresMs: session?.expiresMs,
        isHeard: session !== undefined && session.answer === undefined,
        ...refusals,
    }
}
