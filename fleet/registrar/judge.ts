/** Is a proof good, and if not, why? Nothing here changes anything. What is cheap is looked at first. */
import { hash } from "node:crypto"
import {
    ALGORITHM_HSS_LMS,
    REFUSED_ALGORITHM,
    REFUSED_PROOF,
    REFUSED_REVOKED,
    REFUSED_STALE_NONCE,
    proofMacInput,
    proofStatement,
} from "../../src/telemetry/contract/enrolment"
import { sha256 } from "../sha256"
import { oneTimeIndex } from "../keys/lms"
import { enrolmentMac, isSame } from "./claim"
import { useOf, withUse, type KeyUses } from "./key-uses"
import type { Proof } from "./messages"
import { secondsOf, type Nonces } from "./nonces"
import { isSameKey, type NodeKey, type NodeRecord } from "./node-record"
import { isKey, isSigned } from "./proof"
import type { RefusalName } from "./refusals"

export type Verdict =
    /** The node is told, if there is a reason to tell it: whoever does not hold the claim hears nothing. */
    | { refused: RefusalName; reason?: number; detail?: string }
    /** It did not hear the answer. */
    | { again: Buffer }
    /** With what the key was seen to sign then. */
    | { key: NodeKey; uses: KeyUses }

export interface Bench {
    nonces: Nonces
    nowMs: number
    usesOf: (key: NodeKey) => Promise<KeyUses>
}

/** @param digest SHA-256 of the message that the proof came in */
export async function judgeProof(
    id: string,
    record: NodeRecord,
    proof: Proof,
    digest: Buffer,
    { nonces, nowMs, usesOf }: Bench
): Promise<Verdict> {
    const { nodeNonce, registrarNonce, algorithm, generation, publicKey, signature } = proof
    const { claimSecret, session } = record
    const nodeId = Buffer.from(id, "hex")
    const statement = proofStatement(nodeId, nodeNonce, registrarNonce, generation, publicKey)
    if (claimSecret === undefined) return { refused: "unknownNode" }
    const mac = enrolmentMac(claimSecret, proof, proofMacInput(statement, signature))
    if (!isSame(mac, proof.mac)) return { refused: "wrongClaim" }
    if (record.revoked !== undefined) return { refused: "revoked", reason: REFUSED_REVOKED }
    if (!nonces.isGood(id, nodeNonce, registrarNonce, nowMs))
        return { refused: "staleNonce", reason: REFUSED_STALE_NONCE }
    if (session?.proofDigest?.equals(digest)) {
        const { answer } = session
        return answer === undefined ? { refused: "replayedProof" } : { again: answer }
    }
    if (!isKey(algorithm, publicKey))
        return { refused: "unknownAlgorithm", reason: REFUSED_ALGORITHM }
    if (!isSigned(algorithm, publicKey, statement, signature))
        return { refused: "forgedSignature", reason: REFUSED_PROOF }
    const key: NodeKey = { algorithm, publicKey, generation }
    const uses = await usesOf(key)
    const seconds = secondsOf(registrarNonce)
    if (algorithm !== ALGORITHM_HSS_LMS) {
        // A P-256 signature can be written another way by anybody. So a key takes each nonce once, and none that is older.
        if (seconds <= uses.seconds)
            return { refused: "replayedProof", reason: REFUSED_STALE_NONCE }
        return { key, uses: { ...uses, seconds } }
    }
    const index = oneTimeIndex(signature)
    const signed = sha256(statement)
    const use = useOf(uses, index, signed)
    if (use === "next") return { key, uses: withUse({ ...uses, seconds }, index, signed) }
    if (use === "same") return { refused: "replayedProof", reason: REFUSED_STALE_NONCE }
    const detail = `one-time key ${index} of key ${nameOf(key)} ${use === "late" ? "after a later one" : "signed twice"}`
    return { refused: "repeatedIndex", reason: REFUSED_PROOF, detail }
}

/** Of a key that is known: whether a proof by it needs no entry in the ledger. */
export function isKnown({ key, previousKey }: NodeRecord, by: NodeKey): boolean {
    return isSameKey(key, by) || isSameKey(previousKey, by)
}

/** For people: the first 8 hex digits of its SHA-256. */
export function nameOf({ publicKey }: NodeKey): string {
    return hash("sha256", publicKey, "hex").slice(0, 8)
}
