/** The tree against published roots, against the definition written down naively, and its proofs against every single wrong byte. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import {
    consistencyProof,
    inclusionProof,
    leafHash,
    verifyConsistency,
    verifyInclusion,
} from "../../../fleet/ledger/merkle"
import { Tree } from "../../../fleet/ledger/tree"
import { MemoryDisk } from "./memory-disk"

// The test tree of Certificate Transparency's implementations (google/certificate-transparency, merkletree tests).
const LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
const ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

test("the roots of the eight leaves are the published ones", () => {
    const tree = new Tree(new MemoryDisk(), 0)
    assert.equal(tree.root().toString("hex"), ROOTS[0])
    LEAVES.forEach((leaf, i) => {
        tree.append(Buffer.from(leaf, "hex"))
        assert.equal(tree.root().toString("hex"), ROOTS[i + 1])
    })
    assert.equal(tree.root(5).toString("hex"), ROOTS[5])
})

/** RFC 9162, 2.1.1, word for word. */
function naiveRoot(entries: Buffer[]): Buffer {
    const sha256 = (...parts: Buffer[]) =>
        createHash("sha256").update(Buffer.concat(parts)).digest()
    if (entries.length === 0) return sha256()
    if (entries.length === 1) return sha256(Buffer.of(0), entries[0])
    let k = 1
    while (k * 2 < entries.length) k *= 2
    return sha256(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)))
}

function entryOf(index: number): Buffer {
    return Buffer.from(`entry ${index}`)
}

// Two levels of tiles, from the disk and from memory.
const MOST = 600
const disk = new MemoryDisk()
const written = new Tree(disk, 0)
for (let i = 0; i < 530; ++i) written.append(entryOf(i))
written.write()
written.tidy()
const tree = new Tree(disk, 530)
for (let i = 530; i < MOST; ++i) tree.append(entryOf(i))

test("the root of any size is that of the definition", () => {
    const entries = Array.from({ length: MOST }, (_, i) => entryOf(i))
    for (const size of [1, 2, 3, 255, 256, 257, 511, 512, 513, 529, 530, 531, 600])
        assert.deepEqual(tree.root(size), naiveRoot(entries.slice(0, size)), String(size))
})

const SEED = 20261121

/** Runs it with a seed that a failure prints. */
function holds<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns: number): void {
    fc.assert(fc.property(arbitrary, check), { seed: SEED, numRuns })
}

const sizes = fc
    .tuple(fc.integer({ min: 1, max: MOST }), fc.nat())
    .map(([size, n]) => ({ size, other: n % size }))

test("every inclusion proof verifies, and none with one bit wrong in proof, leaf or root, or a wrong index or size", () => {
    holds(
        fc.tuple(sizes, fc.integer({ min: 1, max: 255 })),
        ([{ size, other: index }, flip]) => {
            const proof = inclusionProof(tree.subtree, index, size)
            const leaf = leafHash(entryOf(index))
            const root = tree.root(size)
            const verifies = () => verifyInclusion(leaf, index, size, proof, root)
            assert.ok(verifies(), `${index} of ${size}`)
            for (const part of [leaf, root, ...proof]) everyByteMatters(part, flip, verifies)
            assert.ok(!verifyInclusion(leaf, index, size, [...proof, leaf], root), "a hash more")
            assert.ok(!verifyInclusion(leaf, size, size, proof, root), "an index too large")
            if (proof.length === 0) return
            assert.ok(!verifyInclusion(leaf, index, size, proof.slice(1), root), "a hash less")
            assert.ok(!verifyInclusion(leaf, index ^ 1, size, proof, root), "its neighbour")
        },
        60
    )
})

test("a proof that ends too low in a larger log is none", () => {
    const proof = inclusionProof(tree.subtree, 0, 2)
    const leaf = leafHash(entryOf(0))
    assert.ok(verifyInclusion(leaf, 0, 2, proof, tree.root(2)), "of two")
    for (const size of [3, 4, 5])
        assert.ok(!verifyInclusion(leaf, 0, size, proof, tree.root(2)), `of ${size}`)
})

test("every consistency proof verifies, and none with one byte wrong in proof or either root", () => {
    holds(
        fc.tuple(sizes, fc.integer({ min: 1, max: 255 })),
        ([{ size, other: from }, flip]) => {
            const proof = consistencyProof(tree.subtree, from, size)
            const [fromRoot, toRoot] = [Buffer.from(tree.root(from)), Buffer.from(tree.root(size))]
            const verifies = () => verifyConsistency(from, size, fromRoot, toRoot, proof)
            assert.ok(verifies(), `${from} in ${size}`)
            // Any log goes on from the empty one.
            const parts = from === 0 ? [fromRoot] : [fromRoot, toRoot, ...proof]
            for (const part of parts) everyByteMatters(part, flip, verifies)
            assert.ok(!verifyConsistency(from, size, fromRoot, toRoot, [...proof, toRoot]), "more")
            if (proof.length > 0)
                assert.ok(!verifyConsistency(from, size, fromRoot, toRoot, proof.slice(1)), "less")
        },
        60
    )
})

function everyByteMatters(part: Buffer, flip: number, verifies: () => boolean): void {
    // The hashes of a proof are views of tiles, and come back as they were.
    for (let at = 0; at < part.length; at++) {
        part[at] ^= flip
        assert.ok(!verifies(), `byte ${at}`)
        part[at] ^= flip
    }
}

test("indexes above 2^32 are numbers like others", () => {
    // A log of 2^40 equal leaves: the full subtrees of a level are all the same.
    const levels = [leafHash(Buffer.alloc(0))]
    const pair = (hash: Buffer) =>
        createHash("sha256")
            .update(Buffer.concat([Buffer.of(1), hash, hash]))
            .digest()
    for (let level = 0; level < 40; ++level) levels.push(pair(levels[level]))
    const subtree = (level: number) => levels[level]
    const size = 2 ** 40
    for (const index of [0, 2 ** 32, 2 ** 33 + 5, size - 1]) {
        const proof = inclusionProof(subtree, index, size)
        assert.equal(proof.length, 40)
        assert.ok(verifyInclusion(levels[0], index, size, proof, levels[40]), String(index))
    }
    const proof = consistencyProof(subtree, 2 ** 35, size)
    assert.ok(verifyConsistency(2 ** 35, size, levels[35], levels[40], proof), "2^35 in 2^40")
})
