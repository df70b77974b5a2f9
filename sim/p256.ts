/**
 * P-256 for simulated parts that keep a key. ECDSA as in FIPS 186-5, 6.4.1; Node's crypto signs messages only, not the digests that
 * such a part is given, so of it comes the multiplication of a point, and the rest is arithmetic.
 */
import { createECDH, randomBytes } from "node:crypto"
import type { Curve } from "./parts/curve"

/** The group's order n [SP 800-186, 3.2.1.3]. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const SCALAR_BYTES = 32

export class P256 implements Curve {
    private privateKey = 0n

    /** @param random where scalars are drawn from: of a stream with a seed, for runs that repeat */
    constructor(private readonly random: (n: number) => Uint8Array = randomBytes) {}

    generate(): Buffer {
        this.privateKey = this.scalar()
        return pointOf(this.privateKey)
    }

    sign(digest: Buffer): Buffer {
        const z = numberOf(digest)
        for (;;) {
            const k = this.scalar()
            const r = numberOf(pointOf(k).subarray(0, SCALAR_BYTES)) % ORDER
            const s = (inverse(k) * (z + r * this.privateKey)) % ORDER
            if (r !== 0n && s !== 0n) return Buffer.concat([bytesOf(r), bytesOf(s)])
        }
    }

    /** 1..n-1 */
    private scalar(): bigint {
        for (;;) {
            const drawn = numberOf(this.random(SCALAR_BYTES))
            if (drawn > 0n && drawn < ORDER) return drawn
        }
    }
}

/** x || y of the base point times a scalar. */
function pointOf(scalar: bigint): Buffer {
    const ecdh = createECDH("prime256v1")
    ecdh.setPrivateKey(bytesOf(scalar))
    return ecdh.getPublicKey().subarray(1)
}

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
    let result = 1n
    let base = value
    for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
        if (exponent & 1n) result = (result * base) % ORDER
        base = (base * base) % ORDER
    }
    return result
}

function numberOf(bytes: Uint8Array): bigint {
    return BigInt(`0x${Buffer.from(bytes).toString("hex")}`)
}

function bytesOf(value: bigint): Buffer {
    return Buffer.from(value.toString(16).padStart(2 * SCALAR_BYTES, "0"), "hex")
}
