/** What simulated parts that keep a key compute: P-256, with the randomness they are given. */
import { p256 } from "@noble/curves/p256"
import type { Curve } from "./parts/curve"

/** Before x and y in an uncompressed point. */
const UNCOMPRESSED_BYTES = 1

export class P256 implements Curve {
    /** @param source a RandomStream: two of the same name draw the same */
    constructor(private readonly source: { fill(bytes: Uint8Array): void }) {}

    random(length: number): Buffer {
        const bytes = Buffer.alloc(length)
        this.source.fill(bytes)
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

    /** With the nonce of RFC 6979; a chip draws one. */
    sign(privateKey: Buffer, digest: Buffer): Buffer {
        return Buffer.from(p256.sign(digest, privateKey, { lowS: false }).toCompactRawBytes())
    }
}
