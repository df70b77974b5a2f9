/** The hash tree over the one-time keys (RFC 8554 §5.3). Nodes are numbered from the root, 1; those below r are 2r and 2r + 1. */
import { putU32 } from "./big-endian"
import { PREFIX_BYTES, sha256 } from "./lm-ots"
import { IDENTIFIER_BYTES, LmsParameters } from "./lms-parameters"

const D_LEAF = 0x82
const D_INTR = 0x83

export class LmsTree {
    private readonly prefix = Buffer.alloc(PREFIX_BYTES)

    /** @param keyBytes holds I at `identifierAt` */
    constructor(
        private readonly parameters: LmsParameters,
        keyBytes: Buffer,
        identifierAt: number
    ) {
        this.prefix.blitAt(0, keyBytes, identifierAt, IDENTIFIER_BYTES)
    }

    /** The leaf of a one-time public key. @param q its number */
    leaf(q: number, oneTimeKey: Buffer): Buffer {
        return this.hash((1 << this.parameters.height) + q, D_LEAF, [this.prefix, oneTimeKey])
    }

    /** Node r, from the two below it. */
    above(r: number, left: Buffer, right: Buffer): Buffer {
        return this.hash(r, D_INTR, [this.prefix, left, right])
    }

    private hash(r: number, kind: number, parts: Buffer[]): Buffer {
        putU32(this.prefix, IDENTIFIER_BYTES, r)
        this.prefix[PREFIX_BYTES - 2] = kind
        this.prefix[PREFIX_BYTES - 1] = kind
        return sha256(parts).slice(0, this.parameters.hashBytes)
    }
}
