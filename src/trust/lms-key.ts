/** A private key of LMS with 32 one-time keys: what it is made of, its leaves, its signatures (RFC 8554 §5.2 to §5.4, appendix A). */
import { LmOts } from "./lm-ots"
import { putU32 } from "./big-endian"
import { IDENTIFIER_BYTES, LmsParameters } from "./lms-parameters"
import { LmsTree } from "./lms-tree"

const IDENTIFIER_AT = 8

export class LmsKey {
    /** T[32] to T[63], one after the other: to be filled by `makeLeaf`, or from where they were kept. */
    readonly leaves: Buffer
    readonly leafCount: number
    private readonly ots: LmOts
    private readonly tree: LmsTree

    /** @param seed as long as a hash @param identifier 16 bytes, another for each key */
    constructor(
        readonly parameters: LmsParameters,
        readonly seed: Buffer,
        readonly identifier: Buffer
    ) {
        this.leafCount = 1 << parameters.height
        this.leaves = Buffer.alloc(this.leafCount * parameters.hashBytes)
        this.ots = new LmOts(parameters, identifier, 0)
        this.tree = new LmsTree(parameters, identifier, 0)
    }

    /** 0.2 s on an RP2040 with digits of 4 bits, 1.5 s with 8; gives way after every chain. */
    async makeLeaf(q: number): Promise<void> {
        const leaf = this.tree.leaf(q, await this.ots.publicKey(q, this.seed))
        this.leaves.blitAt(q * leaf.length, leaf, 0, leaf.length)
    }

    /** Once all leaves are there. */
    publicKey(): Buffer {
        const { lmsType, otsType, hashBytes, publicKeyBytes } = this.parameters
        const key = Buffer.alloc(publicKeyBytes)
        putU32(key, 0, lmsType)
        putU32(key, 4, otsType)
        key.blitAt(IDENTIFIER_AT, this.identifier, 0, IDENTIFIER_BYTES)
        key.blitAt(IDENTIFIER_AT + IDENTIFIER_BYTES, this.node(1), 0, hashBytes)
        return key
    }

    /** Signs with one-time key `q`, which must never have signed anything else: whoever calls keeps count. The signature goes into `bytes`, at `at`. */
    async sign(q: number, message: Buffer, bytes: Buffer, at: number): Promise<void> {
        const { lmsType, otsSignatureBytes, hashBytes } = this.parameters
        putU32(bytes, at, q)
        await this.ots.sign(q, this.seed, message, bytes, at + 4)
        putU32(bytes, at + 4 + otsSignatureBytes, lmsType)
        let pathAt = at + 4 + otsSignatureBytes + 4
        for (let r = this.leafCount + q; r > 1; r >>= 1) {
            bytes.blitAt(pathAt, this.node(r ^ 1), 0, hashBytes)
            pathAt += hashBytes
        }
    }

    /** T[r] from the leaves below it: at most 31 hashes, for a tree of 32. */
    private node(r: number): Buffer {
        const { hashBytes } = this.parameters
        if (r >= this.leafCount) {
            const at = (r - this.leafCount) * hashBytes
            return this.leaves.slice(at, at + hashBytes)
        }
        return this.tree.above(r, this.node(2 * r), this.node(2 * r + 1))
    }
}
