/**
 * Random bytes for keys. The RP2040's source turns 128 bits of a ring oscillator into 32 with a hash that is none for cryptography; so
 * what it gives is mixed with the claim secret, which nobody outside has, by HKDF (RFC 5869): the secret is the key material, what the
 * chip gives is the salt, and a counter makes each block another, should the chip repeat itself.
 */
import { randomBuffer, sha256Hkdf } from "@devicescript/crypto"
import { putU32 } from "./big-endian"

const CONTEXT = "motewise-random-1"
const BLOCK_BYTES = 32

export class ClaimedRandom {
    private blocks = 0

    /** @param claimSecret 32 bytes, from the bench @param chip the source that is not to be trusted alone */
    constructor(
        private readonly claimSecret: Buffer,
        private readonly chip: (n: number) => Buffer = randomBuffer
    ) {}

    bytes(n: number): Buffer {
        const bytes = Buffer.alloc(n)
        for (let at = 0; at < n; at += BLOCK_BYTES) {
            const info = Buffer.alloc(CONTEXT.length + 4)
            info.blitAt(0, CONTEXT, 0, CONTEXT.length)
            putU32(info, CONTEXT.length, this.blocks)
            this.blocks++
            const block = sha256Hkdf(this.claimSecret, info, this.chip(BLOCK_BYTES))
            bytes.blitAt(at, block, 0, Math.min(BLOCK_BYTES, n - at))
        }
        return bytes
    }
}
