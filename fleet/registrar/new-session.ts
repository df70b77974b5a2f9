/** What a proof that was taken is answered: a new session's secret and its credential, sealed for whoever holds the claim. */
import { encode } from "cborg"
import { NONCE_BYTES, SESSION_SECRET_BYTES } from "../../src/telemetry/contract/sealing"
import { enrolDownTopic } from "../../src/telemetry/contract/topics"
import { sealWith } from "../sealing/seal"
import { enrolmentSealKey } from "./claim"
import { makeCredential } from "./credential"
import type { Newcomer } from "./incumbents"
import { credentialMessage } from "./messages"
import type { Session } from "./node-record"

const TOKEN_ID_BYTES = 8

export interface Terms {
    /** Of the registrar. */
    credentialKey: Buffer
    credentialLifeMs: number
    nowMs: number
    random: (n: number) => Buffer
}

/** The node is asked for the next one at two thirds of its life. */
export function newSession(
    id: string,
    claimSecret: Buffer,
    { proof, digest, key }: Newcomer,
    { credentialKey, credentialLifeMs, nowMs, random }: Terms
): Session & { answer: Buffer } {
    const secret = random(SESSION_SECRET_BYTES)
    const expiresSeconds = Math.floor((nowMs + credentialLifeMs) / 1000)
    const said = { id, issuedSeconds: Math.floor(nowMs / 1000), expiresSeconds, ...key }
    const credential = makeCredential(credentialKey, said, random(TOKEN_ID_BYTES))
    const content = Buffer.from(encode([secret, credential]))
    const sealKey = enrolmentSealKey(claimSecret, proof)
    const sealed = sealWith(sealKey, random(NONCE_BYTES), enrolDownTopic(id), content)
    return {
        secret,
        credential,
        expiresMs: expiresSeconds * 1000,
        renewMs: nowMs + Math.floor((credentialLifeMs * 2) / 3),
        answer: credentialMessage(proof.nodeNonce, sealed),
        proofDigest: digest,
    }
}
