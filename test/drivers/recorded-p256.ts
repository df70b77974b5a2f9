/** P-256 where none can be computed: the one key and two messages of RFC 6979, A.2.5, and a digest of zeros, signed in the same way. */
import { Curve } from "../../sim/parts/curve"
import {
    RFC6979_PRIVATE_KEY_HEX,
    RFC6979_PUBLIC_KEY_HEX,
    RFC6979_SIGNED,
} from "../trust/rfc6979-key"

export const PRIVATE_KEY = RFC6979_PRIVATE_KEY_HEX
export const PUBLIC_KEY = RFC6979_PUBLIC_KEY_HEX
/** SHA-256 of "sample", and what it is signed with. */
export const SAMPLE_DIGEST = RFC6979_SIGNED[0].digestHex
export const SAMPLE_SIGNATURE = RFC6979_SIGNED[0].signatureHex
/** Of "test". */
const TEST_DIGEST = RFC6979_SIGNED[1].digestHex
export const TEST_SIGNATURE = RFC6979_SIGNED[1].signatureHex
const ZEROS_DIGEST = "0000000000000000000000000000000000000000000000000000000000000000"
const ZEROS_SIGNATURE =
    "68897a78df51058b490c6012251c95921abba96e2e488c8cc998942e440db9b7" +
    "80587fb387363a1df2c9e83c00f8ca990fc0a55b5e470946499b82ca3b552a87"

export class RecordedP256 implements Curve {
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
