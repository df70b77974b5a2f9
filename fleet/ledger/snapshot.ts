/** A ledger as it stands on disk, read without changing it or keeping its writer waiting. */
import { InputError } from "../../table/input-error"
import { CheckpointError, readCheckpoint, type Checkpoint } from "./checkpoint"
import type { Disk } from "./disk"
import { readEntry, type Entry } from "./entry"
import { readJournal, type JournalContents } from "./journal"
import { NodeIndex } from "./node-index"
import { Tree } from "./tree"

/** The latest checkpoint, where C2SP's readers look for it; all of them are in a folder, by their size. */
export const LATEST = "checkpoint"
export const CHECKPOINTS = "checkpoints"

export interface Snapshot {
    tree: Tree
    journal: JournalContents
    index: NodeIndex
}

/** @throws InputError when there is no ledger, or what is needed to read it is damaged */
export function openSnapshot(disk: Disk): Snapshot {
    const journal = readJournal(disk)
    if (journal === undefined) throw new InputError("no ledger: there is no ledger/journal")
    if (journal.damage !== undefined)
        throw new InputError(
            `${journal.damage}, with whole batches behind it, which no power cut does: put back a copy of the ledger. motewise ledger verify tells more`
        )
    const tree = new Tree(disk, journal.base)
    for (const entry of journal.entries) tree.append(entry)
    return { tree, journal, index: NodeIndex.open(disk, journal.base) }
}

/** The entries of a node, in their order. Those that the index does not cover are read one by one. */
export function* entriesOfNode(tree: Tree, index: NodeIndex, node: string): Generator<Entry> {
    for (const at of index.indexesOf(node)) yield readEntry(tree.entry(at))
    for (let at = index.covers; at < tree.size; at++) {
        const entry = readEntry(tree.entry(at))
        if (entry.node === node) yield entry
    }
}

/** Sizes for which there are checkpoints, ascending. */
export function checkpointSizes(disk: Disk): number[] {
    return disk
        .list(CHECKPOINTS)
        .filter(name => /^\d{1,16}$/.test(name))
        .map(Number)
        .sort((a, b) => a - b)
}

/** Its text, and what is in it. @throws CheckpointError */
export function checkpointAt(disk: Disk, size: number): { text: string; checkpoint: Checkpoint } {
    const text = disk.read(`${CHECKPOINTS}/${size}`)?.toString("utf8") ?? ""
    const checkpoint = readCheckpoint(text)
    if (checkpoint.size !== size)
        throw new CheckpointError(`is of size ${checkpoint.size}, and named ${size}`)
    return { text, checkpoint }
}

/** @throws InputError when it is no checkpoint */
export function latestCheckpoint(disk: Disk): ReturnType<typeof checkpointAt> | undefined {
    const size = checkpointSizes(disk).at(-1)
    if (size === undefined) return undefined
    try {
        return checkpointAt(disk, size)
    } catch (e) {
        if (!(e instanceof CheckpointError)) throw e
        throw new InputError(`ledger/${CHECKPOINTS}/${size} ${e.message}`)
    }
}
