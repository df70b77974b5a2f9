/**
 * The registrar's nonces: the time, and a code over it that only the registrar can make. So it remembers none of those it gave out, and
 * nobody fills its memory by asking for them.
 */
import { createHmac } from "node:crypto"
import { REGISTRAR_NONCE_BYTES } from "../../src/telemetry/contract/enrolment"
import { isSame } from "./claim"

const SECONDS_BYTES = 4
/** From hello to proof: a signature takes a node under a second, its retries half a minute. */
const LIFE_SECONDS = 600

export class Nonces {
    constructor(private readonly key: Uint8Array) {}

    make(id: string, nodeNonce: Uint8Array, nowMs: number): Buffer {
        return this.at(id, nodeNonce, Math.floor(nowMs / 1000))
    }

    /** Made here, for this node and this nonce of its own, and not long ago. Either way: a clock may be set back. */
    isGood(id: string, nodeNonce: Uint8Array, nonce: Buffer, nowMs: number): boolean {
        const seconds = secondsOf(nonce)
        if (Math.abs(nowMs / 1000 - seconds) > LIFE_SECONDS) return false
        return isSame(this.at(id, nodeNonce, seconds), nonce)
    }

    private at(id: string, nodeNonce: Uint8Array, seconds: number): Buffer {
        const time = Buffer.alloc(SECONDS_BYTES)
        time.writeUInt32BE(seconds)
        const code = createHmac("sha256", this.key)
            .update(Buffer.from(id, "hex"))
            .update(nodeNonce)
            .update(time)
            .digest()
        return Buffer.concat([time, code.subarray(0, REGISTRAR_NONCE_BYTES - SECONDS_BYTES)])
    }
}

/** When it was made: seconds since 1970. */
export function secondsOf(nonce: Buffer): number {
    return nonce.readUInt32BE(0)
}
