/**
 * What a node gets when it enrols, in one value of the store: `[session secret 32, credential, check 8]`. A value that is torn, or of
 * another claim, is none, and the node enrols again.
 */
import { CREDENTIAL_BYTES_MAX } from "../telemetry/contract/enrolment"
import { SESSION_SECRET_BYTES } from "../telemetry/contract/sealing"
import { Store } from "../telemetry/store"
import { Claim } from "./claim"
import { sha256 } from "./lm-ots"

const KEY = "cr"
/** With the longest credential 220 bytes: a value of the store holds 222. */
const CHECK_BYTES = 8

export interface Credential {
    /** 32 bytes, which only this node and its fleet have: what they say is sealed under it. */
    secret: Buffer
    /** What the broker lets it in by: a CWT, which the node need not read. At most 180 bytes. */
    token: Buffer
}

/** Undefined when there is none, or it is not whole, or another claim's. */
export async function readCredential(store: Store, claim: Claim): Promise<Credential | undefined> {
    const record = await store.read(KEY)
    if (record === undefined || record.length <= SESSION_SECRET_BYTES + CHECK_BYTES)
        return undefined
    const tokenEnd = record.length - CHECK_BYTES
    const check = checkOf(record.slice(0, tokenEnd), claim)
    if (check.toString("hex") !== record.slice(tokenEnd).toString("hex")) return undefined
    return {
        secret: record.slice(0, SESSION_SECRET_BYTES),
        token: record.slice(SESSION_SECRET_BYTES, tokenEnd),
    }
}

/** False when it cannot be read back. */
export async function writeCredential(
    store: Store,
    claim: Claim,
    { secret, token }: Credential
): Promise<boolean> {
    if (token.length > CREDENTIAL_BYTES_MAX) return false
    const body = Buffer.concat(secret, token)
    return await store.write(KEY, Buffer.concat(body, checkOf(body, claim)))
}

function checkOf(body: Buffer, claim: Claim): Buffer {
    return sha256([Buffer.from(KEY), claim.nodeId, claim.secret, body]).slice(0, CHECK_BYTES)
}
