/**
 * Randomness that repeats: a stream of bytes drawn from a text key such as `${seed}/${node}/${boot}/${purpose}`.
 *
 * SHA-256 in counter mode: block i is SHA-256(SHA-256(key) | i as 64 bits, big-endian), i from 0. Streams of different keys are
 * independent by the hash, so one part drawing more never shifts what another draws. A generator of 128 bits of state would be
 * faster; here the far end is a crypto package that deserves bytes no pattern can be found in.
 */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"

const COUNTER_BYTES = 8
const DIGEST_BYTES = 32

export class RandomStream {
    /** The digest of the key, and after it the counter: what each block is the hash of. */
    private readonly input = Buffer.alloc(DIGEST_BYTES + COUNTER_BYTES)
    private block = Buffer.alloc(0)
    private taken = 0
    private counter = 0n

    constructor(key: string) {
        createHash("sha256").update(key, "utf8").digest().copy(this.input)
    }

    /** The next `bytes.length` bytes of the stream: two fills of 5 are one of 10. */
    fill(bytes: Uint8Array): void {
        for (let i = 0; i < bytes.length; ++i) bytes[i] = this.byte()
    }

    /** In [0, 1), all 53 bits of a double's precision; takes 7 bytes. */
    uniform(): number {
        let mantissa = this.byte() & 0x1f
        for (let i = 0; i < 6; ++i) mantissa = mantissa * 256 + this.byte()
        return mantissa / 2 ** 53
    }

    /** Mean 0, standard deviation 1, by Box and Muller (1958); takes 14 bytes, for the second of the pair is not kept. */
    normal(): number {
        // 1 - [0, 1) is never 0, whose logarithm would be infinite.
        const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
        return radius * Math.cos(2 * Math.PI * this.uniform())
    }

    /** A whole number in [0, below), each as likely; `below` is 1..2^32. */
    integer(below: number): number {
        assert(Number.isInteger(below) && below >= 1 && below <= 2 ** 32, `below ${below}`)
        // What is left over at the top of 32 bits would favour the small numbers: draw again.
        const fair = 2 ** 32 - (2 ** 32 % below)
        for (;;) {
            let drawn = 0
            for (let i = 0; i < 4; ++i) drawn = drawn * 256 + this.byte()
            if (drawn < fair) return drawn % below
        }
    }

    private byte(): number {
        if (this.taken === this.block.length) {
            this.input.writeBigUInt64BE(this.counter++, DIGEST_BYTES)
            this.block = createHash("sha256").update(this.input).digest()
            this.taken = 0
        }
        return this.block[this.taken++]
    }
}
