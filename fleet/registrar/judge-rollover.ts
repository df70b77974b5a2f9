/** Is a message that names a node's next key good, and is it news? Nothing here changes anything. */
import { ALGORITHM_HSS_LMS } from "../../src/telemetry/contract/enrolment"
import { sha256 } from "../sha256"
import { oneTimeIndex } from "../keys/lms"
import { openRollover } from "../keys/rollover"
import { nameOf } from "./judge"
import { useOf, withUse, type KeyUses } from "./key-uses"
import { isSameKey, type NodeKey, type NodeRecord } from "./node-record"
import type { RefusalName } from "./refusals"

export type RolloverVerdict =
    | { refused: RefusalName; detail?: string }
    /** It was said before. */
    | { known: true }
    /** The next key, the one that signed it, and what that one was seen to sign then. */
    | { key: NodeKey; signer: NodeKey; uses: KeyUses }

export async function judgeRollover(
    id: string,
    { key: present, previousKey }: NodeRecord,
    message: Uint8Array,
    usesOf: (key: NodeKey) => Promise<KeyUses>
): Promise<RolloverVerdict> {
    for (const signer of [present, previousKey]) {
        if (signer?.algorithm !== ALGORITHM_HSS_LMS) continue
        const nodeId = Buffer.from(id, "hex")
        const rollover = openRollover(signer.publicKey, nodeId, message)
        if (rollover === undefined) continue
        const { generation, publicKey, signature } = rollover
        const key = { algorithm: ALGORITHM_HSS_LMS, generation, publicKey }
        if (isSameKey(present, key)) return { known: true }
        // What the ledger alone tells of a key does not say its generation.
        if (signer.generation !== undefined && generation !== signer.generation + 1)
            return { refused: "malformed" }
        const uses = await usesOf(signer)
        const index = oneTimeIndex(signature)
        const head = message.subarray(0, message.length - signature.length)
        const signed = sha256(head)
        switch (useOf(uses, index, signed)) {
            case "same":
                return { known: true }
            case "other": {
                const detail = `one-time key ${index} of key ${nameOf(signer)} signed twice`
                return { refused: "repeatedIndex", detail }
            }
            // One that comes late is good: it is sent until it is answered, while the key goes on signing.
            case "late":
            case "next":
                return { key, signer, uses: withUse(uses, index, signed) }
        }
    }
    return { refused: "forgedSignature" }
}
