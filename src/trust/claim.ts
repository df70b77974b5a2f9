/** A node's claim, from its setting (contract/settings.ts): the id that it goes by, and the secret that it enrols with. */
import { sha256Hkdf } from "@devicescript/crypto"
import { CLAIM_PASSWORD, CLAIM_SECRET_BYTES } from "../telemetry/contract/enrolment"
import { NODE_ID_BYTES } from "../telemetry/contract/rollover"

const ID_DIGITS = 2 * NODE_ID_BYTES
const SECRET_DIGITS = 2 * CLAIM_SECRET_BYTES
const PASSWORD_BYTES = 16

export interface Claim {
    /** 16 hex digits, as in its topics. */
    id: string
    /** The same, 8 bytes. */
    nodeId: Buffer
    /** 32 bytes. */
    secret: Buffer
}

/** `<id>-<secret>`, 16 and 64 hex digits in small letters, and nothing else; undefined for anything else. */
export function parseClaim(text: string): Claim | undefined {
    if (typeof text !== "string" || text.length !== ID_DIGITS + 1 + SECRET_DIGITS) return undefined
    const id = text.slice(0, ID_DIGITS)
    const secret = text.slice(ID_DIGITS + 1)
    if (text[ID_DIGITS] !== "-" || !isHex(id) || !isHex(secret)) return undefined
    return { id, nodeId: Buffer.from(id, "hex"), secret: Buffer.from(secret, "hex") }
}

/** With which the claim's session opens at the broker: 32 hex digits. */
export function claimPassword(claim: Claim): string {
    return sha256Hkdf(claim.secret, CLAIM_PASSWORD).slice(0, PASSWORD_BYTES).toString("hex")
}

/** In small letters: an id in capitals would be another topic. */
function isHex(text: string): boolean {
    for (let i = 0; i < text.length; ++i) {
        const code = text.charCodeAt(i)
        if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false
    }
    return true
}
