/**
 * The Merkle tree of a log (RFC 9162, chapter 2.1): hashes, proofs, and how a third party checks them.
 *
 * Indexes and sizes are whole numbers below 2^53, so they are halved by division: JavaScript's bit operators stop at 2^32.
 */
import { hash } from "node:crypto"

export const HASH_BYTES = 32
const LEAF = Buffer.of(0x00)

/** [2.1.1] The leaf of an entry. */
export function leafHash(entry: Uint8Array): Buffer {
    return hash("sha256", Buffer.concat([LEAF, entry]), "buffer")
}

// One buffer for all: a tree of a million leaves is a million of these.
const NODE = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01)

/** [2.1.1] The node above two others. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
    NODE.set(left, 1)
    NODE.set(right, 1 + HASH_BYTES)
    return hash("sha256", NODE, "buffer")
}

/** The root of no entries at all. */
export function emptyRoot(): Buffer {
    return hash("sha256", Buffer.alloc(0), "buffer")
}

/** The root of the full subtree of 2^level leaves that starts at leaf index * 2^level. */
export type SubtreeHash = (level: number, index: number) => Buffer

/** The largest power of two that is smaller than a size of 2 or more, and its exponent. */
function split(size: number): { half: number; level: number } {
    let half = 1
    let level = 0
    while (half * 2 < size) {
        half *= 2
        level++
    }
    return { half, level }
}

/** [2.1.1] The root of the leaves from `start` on; `start` is a multiple of a power of two that is not below `size`. */
function rangeRoot(subtree: SubtreeHash, start: number, size: number): Buffer {
    if (size === 1) return subtree(0, start)
    const { half, level } = split(size)
    if (half * 2 === size) return subtree(level + 1, start / size)
    return nodeHash(subtree(level, start / half), rangeRoot(subtree, start + half, size - half))
}

/** The root of the first `size` leaves. */
export function rootOf(subtree: SubtreeHash, size: number): Buffer {
    return size === 0 ? emptyRoot() : rangeRoot(subtree, 0, size)
}

/** [2.1.3.1] From a leaf up, in the tree of the first `size` leaves. */
export function inclusionProof(subtree: SubtreeHash, index: number, size: number): Buffer[] {
    if (!(index >= 0 && index < size)) throw new RangeError(`no entry ${index} among ${size}`)
    const proof: Buffer[] = []
    let start = 0
    let left = size
    while (left > 1) {
        const { half } = split(left)
        if (index < start + half) {
            proof.push(rangeRoot(subtree, start + half, left - half))
            left = half
        } else {
            proof.push(rangeRoot(subtree, start, half))
            start += half
            left -= half
        }
    }
    return proof.reverse()
}

/** [2.1.4.1] That the tree of the first `from` leaves is the beginning of the tree of `to`; empty when there is nothing to prove. */
export function consistencyProof(subtree: SubtreeHash, from: number, to: number): Buffer[] {
    if (!(from >= 0 && from <= to)) throw new RangeError(`no tree of ${from} in one of ${to}`)
    if (from === 0 || from === to) return []
    const proof: Buffer[] = []
    let start = 0
    let left = to
    // What the verifier of the older tree already has need not be sent: its root.
    let isOldRoot = true
    while (from - start < left) {
        const { half } = split(left)
        if (from - start <= half) {
            proof.push(rangeRoot(subtree, start + half, left - half))
            left = half
        } else {
            proof.push(rangeRoot(subtree, start, half))
            start += half
            left -= half
            isOldRoot = false
        }
    }
    if (!isOldRoot) proof.push(rangeRoot(subtree, start, left))
    return proof.reverse()
}

function isOdd(n: number): boolean {
    return n % 2 === 1
}

function halved(n: number): number {
    return Math.floor(n / 2)
}

/** [2.1.3.2] Whether a leaf is number `index` of the log of that size and root. */
export function verifyInclusion(
    leaf: Uint8Array,
    index: number,
    size: number,
    proof: readonly Uint8Array[],
    root: Uint8Array
): boolean {
    if (!isIndex(index) || !isIndex(size) || index >= size) return false
    let at = index
    let last = size - 1
    let node: Buffer = Buffer.from(leaf)
    for (const sibling of proof) {
        if (last === 0 || sibling.length !== HASH_BYTES) return false
        if (isOdd(at) || at === last) {
            node = nodeHash(sibling, node)
            while (!isOdd(at) && at !== 0) {
                at = halved(at)
                last = halved(last)
            }
        } else node = nodeHash(node, sibling)
        at = halved(at)
        last = halved(last)
    }
    return last === 0 && node.equals(root)
}

/** [2.1.4.2] Whether the log of size `from` and root `fromRoot` is the beginning of that of `to` and `toRoot`. */
export function verifyConsistency(
    from: number,
    to: number,
    fromRoot: Uint8Array,
    toRoot: Uint8Array,
    proof: readonly Uint8Array[]
): boolean {
    if (!isIndex(from) || !isIndex(to) || from > to) return false
    if (from === to) return proof.length === 0 && Buffer.from(fromRoot).equals(toRoot)
    if (from === 0) return proof.length === 0 && emptyRoot().equals(fromRoot)
    if (proof.some(({ length }) => length !== HASH_BYTES)) return false
    let at = from - 1
    let last = to - 1
    while (isOdd(at)) {
        at = halved(at)
        last = halved(last)
    }
    // A full subtree is its own first node, and is not sent.
    const path = at === 0 ? [fromRoot, ...proof] : [...proof]
    if (path.length === 0) return false
    let older: Buffer = Buffer.from(path[0])
    let newer: Buffer = older
    for (const sibling of path.slice(1)) {
        if (last === 0) return false
        if (isOdd(at) || at === last) {
            older = nodeHash(sibling, older)
            newer = nodeHash(sibling, newer)
            while (!isOdd(at) && at !== 0) {
                at = halved(at)
                last = halved(last)
            }
        } else newer = nodeHash(newer, sibling)
        at = halved(at)
        last = halved(last)
    }
    return last === 0 && older.equals(fromRoot) && newer.equals(toRoot)
}

function isIndex(n: number): boolean {
    return Number.isSafeInteger(n) && n >= 0
}
