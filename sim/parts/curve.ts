/**
 * What a simulated part with a key of its own needs of the curve P-256, and of chance. A part is handed it: the VM cannot compute it, so
 * there it is a table of what was computed elsewhere, and in Node it is sim/p256.ts.
 */
export interface Curve {
    random(length: number): Buffer
    /** A private key, 32 bytes. */
    makeKey(): Buffer
    /** x || y, 64 bytes */
    publicKey(privateKey: Buffer): Buffer
    /** ECDSA. @param digest 32 bytes @returns r || s, 64 bytes */
    sign(privateKey: Buffer, digest: Buffer): Buffer
}
