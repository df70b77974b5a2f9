/**
 * What a simulated part with a key of its own needs of the curve P-256. A part is handed it: the VM cannot compute it, so there it is
 * a table of what was computed elsewhere, and in Node it is sim/p256.ts.
 */
export interface Curve {
    /** A new key in place of the last. @returns its public key, x || y, 64 bytes */
    generate(): Buffer
    /** ECDSA with that key. @param digest 32 bytes @returns r || s, 64 bytes */
    sign(digest: Buffer): Buffer
}
