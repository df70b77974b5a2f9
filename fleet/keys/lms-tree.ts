/** A private LMS key: a tree of one-time keys, all of them from one seed (RFC 8554 §5, appendix A). */
import { setImmediate } from "node:timers/promises"
import { LmsHash } from "./lms-hash"
import { otsSignatureBytes, signatureBytes, type LmsType } from "./lms-types"

export class LmsTree {
    private readonly hash: LmsHash
    /** By r: the root is 1, the leaves come last. */
    private readonly nodes: Buffer[] = []

    private constructor(
        private readonly type: LmsType,
        private readonly seed: Uint8Array,
        private readonly identifier: Uint8Array
    ) {
        this.hash = new LmsHash(type, identifier)
    }

    /** 1 ms a leaf with digits of 4 bits, 7 ms with 8; gives way after each. @param onLeaf called after each */
    static async make(
        type: LmsType,
        seed: Uint8Array,
        identifier: Uint8Array,
        onLeaf: () => void
    ): Promise<LmsTree> {
        const tree = new LmsTree(type, seed, identifier)
        for (let q = 0; q < tree.leafCount; ++q) {
            tree.nodes[tree.leafCount + q] = tree.leaf(q)
            onLeaf()
            await setImmediate()
        }
        for (let r = tree.leafCount - 1; r > 0; --r)
            tree.nodes[r] = tree.hash.above(r, tree.nodes[2 * r], tree.nodes[2 * r + 1])
        return tree
    }

    get leafCount(): number {
        return 2 ** this.type.height
    }

    publicKey(): Buffer {
        const codes = Buffer.alloc(8)
        codes.writeUInt32BE(this.type.lmsCode)
        codes.writeUInt32BE(this.type.otsCode, 4)
        return Buffer.concat([codes, this.identifier, this.nodes[1]])
    }

    /**
     * Signs with one-time key q, which must never have signed another message: whoever calls keeps count. The same message with the
     * same q gives the same signature, for C comes from the seed too.
     */
    sign(q: number, message: Uint8Array): Buffer {
        const { lmsCode, otsCode, hashBytes } = this.type
        const signature = Buffer.alloc(signatureBytes(this.type))
        const randomizer = this.hash.randomizer(q, this.seed)
        const digits = this.hash.digits(q, randomizer, message)
        signature.writeUInt32BE(q)
        signature.writeUInt32BE(otsCode, 4)
        signature.set(randomizer, 8)
        digits.forEach((digit, i) => {
            const secret = this.hash.secret(q, i, this.seed)
            signature.set(this.hash.walk(q, i, secret, 0, digit), 8 + hashBytes * (1 + i))
        })
        let at = 4 + otsSignatureBytes(this.type)
        signature.writeUInt32BE(lmsCode, at)
        at += 4
        for (let r = this.leafCount + q; r > 1; r = Math.floor(r / 2), at += hashBytes)
            signature.set(this.nodes[r ^ 1], at)
        return signature
    }

    private leaf(q: number): Buffer {
        const { chains, digitBits } = this.type
        const ends = Array.from({ length: chains }, (_, i) =>
            this.hash.walk(q, i, this.hash.secret(q, i, this.seed), 0, 2 ** digitBits - 1)
        )
        return this.hash.leaf(this.leafCount + q, this.hash.oneTimeKey(q, ends))
    }
}
