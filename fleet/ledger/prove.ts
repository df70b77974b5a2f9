/** What the ledger says of a node, with what it takes to believe it without the ledger: the latest checkpoint, and a path to its root. */
import type { Disk } from "./disk"
import { readEntry, type Entry } from "./entry"
import { inclusionProof, leafHash, verifyInclusion } from "./merkle"
import { entriesOfNode, latestCheckpoint, openSnapshot } from "./snapshot"

export interface ProvenEntry {
    entry: Entry
    /** As it stands in the log; its leaf hash is that of a zero byte and these. */
    bytes: Buffer
    /** From the leaf up (RFC 9162, 2.1.3); undefined when it is newer than the checkpoint. */
    proof?: Buffer[]
}

export interface Proof {
    /** The text of the latest checkpoint, and what is in it; undefined before the first. */
    checkpoint?: { text: string; origin: string; size: number; root: Buffer }
    entries: ProvenEntry[]
    /** Whether all proofs lead to the checkpoint's root: if not, the ledger is not what it was. */
    isRight: boolean
}

/** @throws InputError when there is no ledger, or it is damaged */
export function proveNode(disk: Disk, node: string): Proof {
    const { tree, index } = openSnapshot(disk)
    const latest = latestCheckpoint(disk)
    const checkpoint = latest && { ...latest.checkpoint, text: latest.text }
    const { size = 0, root = Buffer.alloc(0) } = checkpoint ?? {}
    const entries = [...entriesOfNode(tree, index, node)].map(({ index: at }): ProvenEntry => {
        const bytes = Buffer.from(tree.entry(at))
        const isSigned = at < size && size <= tree.size
        const proof = isSigned ? inclusionProof(tree.subtree, at, size) : undefined
        return { entry: readEntry(bytes), bytes, proof }
    })
    const isRight =
        size <= tree.size &&
        entries.every(
            ({ entry, bytes, proof }) =>
                proof === undefined ||
                verifyInclusion(leafHash(bytes), entry.index, size, proof, root)
        )
    return { checkpoint, entries, isRight }
}
