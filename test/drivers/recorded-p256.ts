/** P-256 where none can be computed: the one key and two messages of RFC 6979, A.2.5, and a digest of zeros, signed in the same way. */
import { EccEngine } from "../../sim/parts/atecc608"

export const PRIVATE_KEY = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
export const PUBLIC_KEY =
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
/** SHA-256 of "sample", and what it is signed with. */
export const SAMPLE_DIGEST = "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
export const SAMPLE_SIGNATURE =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
/** Of "test". */
const TEST_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
export const TEST_SIGNATURE =
    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
const ZEROS_DIGEST = "0000000000000000000000000000000000000000000000000000000000000000"
const ZEROS_SIGNATURE =
    "68897a78df51058b490c6012251c95921abba96e2e488c8cc998942e440db9b7" +
    "80587fb387363a1df2c9e83c00f8ca990fc0a55b5e470946499b82ca3b552a87"

export class RecordedP256 implements EccEngine {
    private drawn = 0

    /** 1, 2, 3 ... */
    random(length: number): Buffer {
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at) {
            this.drawn++
            bytes[at] = this.drawn
        }
        return bytes
    }

    makeKey(): Buffer {
        return Buffer.from(PRIVATE_KEY, "hex")
    }

    publicKey(privateKey: Buffer): Buffer {
        this.expectKey(privateKey)
        return Buffer.from(PUBLIC_KEY, "hex")
    }

    sign(privateKey: Buffer, digest: Buffer): Buffer {
        this.expectKey(privateKey)
        const text = digest.toString("hex")
        if (text === SAMPLE_DIGEST) return Buffer.from(SAMPLE_SIGNATURE, "hex")
        if (text === TEST_DIGEST) return Buffer.from(TEST_SIGNATURE, "hex")
        if (text === ZEROS_DIGEST) return Buffer.from(ZEROS_SIGNATURE, "hex")
        throw new Error(`no signature of ${text} is recorded`)
    }

    private expectKey(privateKey: Buffer): void {
        if (privateKey.toString("hex") !== PRIVATE_KEY) throw new Error("no such key is recorded")
    }
}
