/**
 * AES-256, one block, encryption only (FIPS 197): for the block or two a key that the runtime's cipher cannot be asked for (ccm.ts).
 * Small, not fast, and its table is looked up by secret bytes: what keeps caches and timers out is that it runs on a chip of its own.
 */
import { joined, u32 } from "./contract/bytes"

const KEY_BYTES = 32
const BLOCK_BYTES = 16
const ROUNDS = 14
/** [figure 7] */
const SBOX = hex`
637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0
b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275
09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf
d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2
cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb
e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08
ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e
e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16`

/** @param key 32 bytes @param block 16 bytes; neither is changed @throws RangeError for other lengths */
export function encryptBlock(key: Buffer, block: Buffer): Buffer {
    if (key.length !== KEY_BYTES || block.length !== BLOCK_BYTES)
        throw new RangeError(`AES-256: key ${key.length} B, block ${block.length} B`)
    const words: number[] = []
    for (let i = 0; i < 8; ++i) words.push(wordAt(key, 4 * i))
    let a = wordAt(block, 0) ^ words[0]
    let b = wordAt(block, 4) ^ words[1]
    let c = wordAt(block, 8) ^ words[2]
    let d = wordAt(block, 12) ^ words[3]
    for (let round = 1; round < ROUNDS; ++round) {
        const at = (round & 1) * 4
        if (round > 1) expandKey(words, round)
        const e = mixed(substituted(a, b, c, d)) ^ words[at]
        const f = mixed(substituted(b, c, d, a)) ^ words[at + 1]
        const g = mixed(substituted(c, d, a, b)) ^ words[at + 2]
        d = mixed(substituted(d, a, b, c)) ^ words[at + 3]
        a = e
        b = f
        c = g
    }
    expandKey(words, ROUNDS)
    return joined([
        u32(substituted(a, b, c, d) ^ words[0]),
        u32(substituted(b, c, d, a) ^ words[1]),
        u32(substituted(c, d, a, b) ^ words[2]),
        u32(substituted(d, a, b, c) ^ words[3]),
    ])
}

/** A column of the state is a word, its first row the highest byte. */
function wordAt(bytes: Buffer, at: number): number {
    return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
}

/**
 * The four words of a round's key in the place of those of two rounds before [section 5.2]: all sixty at once would want half a kB in one
 * piece, which a heap that has been used for a while may not have.
 * @param words the last eight @param round 2..14
 */
function expandKey(words: number[], round: number): void {
    const at = (round & 1) * 4
    const last = words[(at + 7) & 7]
    let word = substituted(last, last, last, last)
    if (at === 0) word = rotated(word, 8) ^ (1 << (23 + (round >> 1)))
    for (let i = at; i < at + 4; ++i) {
        word ^= words[i]
        words[i] = word
    }
}

/** SubBytes and ShiftRows: a column takes its rows from itself and the three after it [sections 5.1.1, 5.1.2]. */
function substituted(a: number, b: number, c: number, d: number): number {
    return (
        (SBOX[(a >> 24) & 0xff] << 24) |
        (SBOX[(b >> 16) & 0xff] << 16) |
        (SBOX[(c >> 8) & 0xff] << 8) |
        SBOX[d & 0xff]
    )
}

/** MixColumns [section 5.1.3]. */
function mixed(word: number): number {
    // Each byte times two in GF(2^8), where what is shifted out comes back as 0x1b.
    const doubled = ((word & 0x7f7f7f7f) << 1) ^ (((word >> 7) & 0x01010101) * 0x1b)
    return doubled ^ rotated(doubled ^ word, 8) ^ rotated(word, 16) ^ rotated(word, 24)
}

/** To the left. */
function rotated(word: number, bits: number): number {
    return (word << bits) | (word >>> (32 - bits))
}
