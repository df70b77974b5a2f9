/**
 * AES-256-CCM with associated data (RFC 3610; nonces of 13 bytes, tags of 8), which COSE needs and the runtime's own CCM does not take.
 *
 * The runtime is made to compute it all the same. Its tag is a CBC-MAC over a first block B of its own and then what it is given, hidden
 * with S0, which is CCM's. Given (E(B) xor B') and then the blocks that follow B' with associated data, it is CCM's tag: so all that
 * is wanted is E(B). And under a nonce that nobody else uses, the tag of one block gives the encryption of any block, once E(B) and S0 of
 * that nonce are known: those two, once a key, come from AES in script. A message takes three native calls, whatever its length.
 */
import { encryptBlock } from "./aes-block"
import { NONCE_BYTES, TAG_BYTES } from "./contract/sealing"

/** From 65,280 bytes on, its length would be told in another form [section 2.2]. */
const ASSOCIATED_BYTES_MAX = 0xfeff
const BLOCK_BYTES = 16

// The first byte of a first block: 8 * (tag / 2 - 1) + 1, and 64 with associated data [section 2.2].
const FLAGS_TAG_8 = 0x19
const FLAGS_TAG_8_ASSOCIATED = 0x59
/** What is sealed has a kind after the boot, and none is 0xff. */
const OWN_NONCE = hex`ffffffffffffffffffffffffff`
/** Its B, for a tag of 16 bytes and a message of 16; and what its keystream begins with the encryption of. */
const OWN_FIRST = hex`39ffffffffffffffffffffffffff0010`
const OWN_COUNTER = hex`01ffffffffffffffffffffffffff0001`

/** One key. To make it takes 12,000 steps, to seal a report 2,300, of the 131,072 between two awaits. */
export class Ccm {
    private readonly ownFirst: Buffer
    private readonly ownMask = Buffer.alloc(BLOCK_BYTES)
    /** Kept: one block in the making. */
    private readonly block = Buffer.alloc(BLOCK_BYTES)

    /** @param key 32 bytes; kept, not copied @throws RangeError for another length */
    constructor(private readonly key: Buffer) {
        this.ownFirst = encryptBlock(key, OWN_FIRST)
        // The same block as keystream and as a tag: S0 is what they differ by.
        const asked = this.asked(OWN_COUNTER)
        const { block } = this
        for (let i = 0; i < BLOCK_BYTES; ++i)
            this.ownMask[i] = asked[i] ^ block[i] ^ asked[BLOCK_BYTES + i]
    }

    /**
     * The ciphertext and its tag, 8 bytes more than the plaintext. Two messages under one nonce give both away, and the key's tags
     * with them: whoever calls this has a counter. @param nonce 13 bytes @param associated 1..65,279 bytes @throws RangeError
     */
    seal(nonce: Buffer, associated: Buffer, plaintext: Buffer): Buffer {
        // First, for what it takes of the heap is free again when the rest is taken.
        const tag = this.tag(nonce, associated, plaintext)
        return Buffer.concat(this.keyStreamed(nonce, plaintext), tag)
    }

    /** The plaintext; undefined when this key has not sealed it, under this nonce and with this beside it. @throws RangeError as `seal` */
    open(nonce: Buffer, associated: Buffer, sealed: Buffer): Buffer | undefined {
        const length = sealed.length - TAG_BYTES
        if (length < 0) return undefined
        const plaintext = this.keyStreamed(nonce, sealed.slice(0, length))
        const tag = this.tag(nonce, associated, plaintext)
        // To its end, wherever it differs: how long it takes tells nothing of the tag.
        let difference = 0
        for (let i = 0; i < TAG_BYTES; ++i) difference |= tag[i] ^ sealed[length + i]
        return difference === 0 ? plaintext : undefined
    }

    /** Counter mode is its own inverse. */
    private keyStreamed(nonce: Buffer, bytes: Buffer): Buffer {
        return runtimeCcm(bytes, this.key, nonce, 0)
    }

    private tag(nonce: Buffer, associated: Buffer, plaintext: Buffer): Buffer {
        if (nonce.length !== NONCE_BYTES) throw new RangeError(`a nonce of ${nonce.length} B`)
        if (associated.length === 0 || associated.length > ASSOCIATED_BYTES_MAX)
            throw new RangeError(`associated data of ${associated.length} B`)
        // Both parts are filled up to whole blocks with zeros, the runtime does so with the last.
        const plaintextAt = BLOCK_BYTES + ((associated.length + 2 + 15) & -16)
        const input = Buffer.alloc(plaintextAt + plaintext.length)
        this.fillBlock(FLAGS_TAG_8, nonce, input.length)
        const asked = this.asked(this.block)
        this.fillBlock(FLAGS_TAG_8_ASSOCIATED, nonce, plaintext.length)
        const { block, ownMask } = this
        for (let i = 0; i < BLOCK_BYTES; ++i)
            input[i] = asked[BLOCK_BYTES + i] ^ ownMask[i] ^ block[i]
        input[BLOCK_BYTES] = associated.length >> 8
        input[BLOCK_BYTES + 1] = associated.length
        input.blitAt(BLOCK_BYTES + 2, associated, 0, associated.length)
        input.blitAt(plaintextAt, plaintext, 0, plaintext.length)
        return runtimeCcm(input, this.key, nonce, TAG_BYTES).slice(input.length)
    }

    /** A first block [section 2.2]. */
    private fillBlock(flags: number, nonce: Buffer, length: number): void {
        const { block } = this
        block[0] = flags
        block.blitAt(1, nonce, 0, NONCE_BYTES)
        block[14] = length >> 8
        block[15] = length
    }

    /** E(block) ^ S0, behind a ciphertext of no use to anybody; what was asked for stays in `this.block`. */
    private asked(block: Buffer): Buffer {
        for (let i = 0; i < BLOCK_BYTES; ++i) this.block[i] = block[i] ^ this.ownFirst[i]
        return runtimeCcm(this.block, this.key, OWN_NONCE, BLOCK_BYTES)
    }
}

/** The builtin itself: its wrapper in TypeScript takes an object more. It answers nothing at all to a key or nonce of another length. */
function runtimeCcm(bytes: Buffer, key: Buffer, nonce: Buffer, tagBytes: number): Buffer {
    return (bytes as any).encrypt("aes-256-ccm", key, nonce, tagBytes)
}
