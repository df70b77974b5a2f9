/**
 * Is the ledger what it was? Everything is worked out again from the entries, in one pass and little memory, and compared with all that
 * speaks of them: their hashes in tiles, each entry's own number and link to the one before, the signed checkpoints, the anchors on the
 * chain, the index. What does not fit first is named; `suspect.ts` says what was done to it.
 */
import { InputError } from "../../table/input-error"
import { CheckpointError, isSigned, type Verifier } from "./checkpoint"
import type { Disk } from "./disk"
import { readJournal, type JournalContents } from "./journal"
import { NodeIndex, RecordSum, recordOfEvent } from "./node-index"
import { Peaks } from "./peaks"
import { found, inWindow } from "./found"
import { checkpointAt, checkpointSizes } from "./snapshot"
import { StoredHashes } from "./stored-hashes"
import { removedAt, rewritten, suspectAt, type Evidence, type Suspect } from "./suspect"
import { TILE_HEIGHT } from "./tile"

/** What somebody outside the log says that it was. */
export interface Witness {
    size: number
    root: Buffer
    /** "checkpoint" or "anchor", in what is told. */
    what: string
}

export interface Verdict {
    isRight: boolean
    entries: number
    /** Of all entries that were found, hexadecimal. */
    root: string
    checkpoints: number
    areSignaturesChecked: boolean
    anchors: number
    /** Of a batch that was being written when the power failed; the next writer cuts them off. */
    tornBytes: number
    /** The first entry that is not what it was. */
    first?: Suspect
    /** All that is wrong, the entry included, in sentences. */
    problems: string[]
}

export interface VerifyOptions {
    /** Of the fleet. Without it signatures are not checked. */
    publicKey?: Buffer
    verifySignature?: Verifier
    /** What the chain knows. */
    anchors?: Omit<Witness, "what">[]
    /** Hears the share that is done. */
    tell?: (share: number) => void
}

const TELL_EVERY = 1024

const ATTEMPTS = 3

/**
 * A writer that goes on meanwhile moves files, which looks like damage: then it looks again.
 * @throws InputError when there is no ledger, or no telling where its entries are
 */
export function verifyLedger(disk: Disk, options: VerifyOptions = {}): Verdict {
    for (let attempt = 1; ; ++attempt) {
        const base = readJournal(disk)?.base
        const verdict = verifyOnce(disk, options)
        if (verdict.isRight || attempt === ATTEMPTS || base === readJournal(disk)?.base)
            return verdict
    }
}

function verifyOnce(disk: Disk, options: VerifyOptions): Verdict {
    const journal = readJournal(disk)
    if (journal === undefined) throw new InputError("no ledger: there is no ledger/journal")
    const problems: string[] = []
    const signed = signedWitnesses(disk, options, problems)
    const anchors = (options.anchors ?? []).map(anchor => ({ ...anchor, what: "anchor" }))
    const witnesses = [...signed, ...anchors].sort((a, b) => a.size - b.size)
    const pass = passOver(disk, journal, witnesses, problems, options.tell ?? (() => {}))
    if (journal.damage !== undefined) problems.unshift(journal.damage)
    if (pass.first !== undefined) problems.unshift(pass.first.told)
    return {
        isRight: problems.length === 0,
        entries: pass.entries,
        root: pass.root.toString("hex"),
        checkpoints: signed.length,
        areSignaturesChecked: options.publicKey !== undefined,
        anchors: anchors.length,
        tornBytes: journal.tornBytes,
        first: pass.first,
        problems,
    }
}

function signedWitnesses(
    disk: Disk,
    { publicKey, verifySignature }: VerifyOptions,
    problems: string[]
): Witness[] {
    return checkpointSizes(disk).flatMap(size => {
        try {
            const { checkpoint } = checkpointAt(disk, size)
            if (
                publicKey !== undefined &&
                verifySignature !== undefined &&
                !isSigned(checkpoint, publicKey, verifySignature)
            )
                throw new CheckpointError("is not signed by the fleet's key")
            return [{ size, root: checkpoint.root, what: "checkpoint" }]
        } catch (e) {
            if (!(e instanceof CheckpointError)) throw e
            problems.push(`ledger/checkpoints/${size} ${e.message}`)
            return []
        }
    })
}

interface Pass {
    entries: number
    root: Buffer
    first?: Suspect
}

/** Entry by entry, until one does not fit. */
function passOver(
    disk: Disk,
    journal: JournalContents,
    witnesses: Witness[],
    problems: string[],
    tell: (share: number) => void
): Pass {
    const hashes = new StoredHashes(disk, journal.base)
    const index = NodeIndex.open(disk, journal.base)
    const expected = journal.base + journal.entries.length
    const evidence: Evidence = {
        base: journal.base,
        size: expected,
        leafInTiles: at => hashes.at(0, at),
        found: () => found(disk, journal),
        // Also what it knows of entries that are gone.
        index: NodeIndex.open(disk, Infinity),
    }
    const peaks = new Peaks((level, at, hash) => {
        if (level > 0 && level % TILE_HEIGHT === 0) hashes.compare(level / TILE_HEIGHT, at, hash)
    })
    const sum = new RecordSum()
    const unheard = [...witnesses]
    let heard = 0
    for (const window of inWindow(evidence.found())) {
        const at = peaks.size
        const suspect = suspectAt(at, window, evidence)
        if (suspect !== undefined) return { entries: at, root: peaks.root(), first: suspect }
        const { here, next } = window
        peaks.push(here.leaf)
        if (here.entry !== undefined && at < index.covers) sum.add(recordOfEvent(here.entry, at))
        for (; unheard.length > 0 && unheard[0].size <= at + 1; unheard.shift()) {
            const [{ size, root, what }] = unheard
            if (size <= at || root.equals(peaks.root())) {
                heard = Math.max(heard, size)
                continue
            }
            // The entry after it may tell, by its link, that it was the last one.
            const closer = next && suspectAt(at + 1, { before: here, here: next }, evidence)
            const first =
                closer !== undefined && closer.index <= at
                    ? closer
                    : rewritten(heard, at, what, found(disk, journal))
            return { entries: at + 1, root: peaks.root(), first }
        }
        if (at % TELL_EVERY === 0) tell(at / expected)
    }
    const entries = peaks.size
    const signed = witnesses.at(-1)?.size ?? 0
    if (entries < Math.max(expected, signed)) {
        const first = removedAt(entries, evidence)
        return { entries, root: peaks.root(), first }
    }
    problems.push(...hashes.problems())
    if (!index.adds(sum))
        problems.push(
            "ledger/index is not what the entries make: remove the folder, and the next writer makes it again"
        )
    return { entries, root: peaks.root() }
}
