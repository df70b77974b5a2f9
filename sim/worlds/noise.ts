/**
 * Noise at any moment without what came before it: the number of a sample is hashed, not drawn from a stream. Fifty samples a second
 * for a day are four million; RandomStream's SHA-256 would take minutes for them.
 *
 * The mixing is the finaliser of MurmurHash3 (A. Appleby, public domain), which lets every bit of the input reach every one of the output.
 */
import { createHash } from "node:crypto"

/** What `normalAt` is asked with: noises of different names have nothing to do with each other. */
export function noiseKey(name: string): number {
    return createHash("sha256").update(name, "utf8").digest().readInt32LE(0)
}

/** Mean 0, standard deviation 1, by Box and Muller (1958). @param index a whole number, up to 2^31 either way */
export function normalAt(key: number, index: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(key, 2 * index)))
    return radius * Math.cos(2 * Math.PI * uniformAt(key, 2 * index + 1))
}

/** In [0, 1), in steps of 2^-32. */
export function uniformAt(key: number, index: number): number {
    return (mixed(mixed(index | 0) ^ key) >>> 0) / 2 ** 32
}

function mixed(bits: number): number {
    let h = bits
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return h ^ (h >>> 16)
}
