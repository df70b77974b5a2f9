/** What a simulated secure element computes: P-256, with randomness that repeats. */
import { p256 } from "@noble/curves/p256"
import type { EccEngine } from "./parts/atecc608"
import { RandomStream } from "./random"

/** Before x and y in an uncompressed point. */
const UNCOMPRESSED_BYTES = 1

export class P256 implements EccEngine {
    private readonly stream: RandomStream

    /** @param key two of the same key draw the same */
    constructor(key: string) {
        this.stream = new RandomStream(key)
    }

    random(length: number): Buffer {
        const bytes = Buffer.alloc(length)
        this.stream.fill(bytes)
        return bytes
    }

    makeKey(): Buffer {
        for (;;) {
            const key = this.random(32)
            if (p256.utils.isValidPrivateKey(key)) return key
        }
    }

    publicKey(privateKey: Buffer): Buffer {
        return Buffer.from(p256.getPublicKey(privateKey, false)).subarray(UNCOMPRESSED_BYTES)
    }

    /** With the nonce of RFC 6979; the chip draws one. */
    sign(privateKey: Buffer, digest: Buffer): Buffer {
        return Buffer.from(p256.sign(digest, privateKey, { lowS: false }).toCompactRawBytes())
    }
}
