/** A ledger of many enrolments on this machine's disk: how fast it grows, what a proof costs, and that its memory does not grow with it. */
import { hash } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Event } from "../../fleet/ledger/entry"
import { Ledger } from "../../fleet/ledger/ledger"
import { verifyInclusion } from "../../fleet/ledger/merkle"

export interface LedgerFigures {
    entries: number
    /** Entries a flush. */
    batch: number
    appendsPerSecond: number
    /** The same with a flush for every 100 entries, over the first tenth. */
    appendsPerSecondBy100: number
    /** An inclusion proof of an entry anywhere; mean of `PROOFS`. */
    proofMs: number
    /** Its check by somebody who has the root. */
    verifyMs: number
    bytesPerEntry: number
    rssBytes: number
    /** From a tenth of the entries to all of them. */
    rssGrowthBytes: number
}

const SMALL_BATCH = 100
const PROOFS = 1000
const TELL_EVERY = 64

export function measureLedger(
    entries: number,
    batch: number,
    tell: (share: number) => void
): LedgerFigures {
    const folder = mkdtempSync(join(tmpdir(), "motewise-bench-"))
    try {
        const ledger = Ledger.open(folder, { origin: "motewise.bench/ledger" })
        const tenth = Math.floor(entries / 10)
        const appendsPerSecondBy100 = grow(ledger, tenth, SMALL_BATCH, tell, entries)
        const rssAtTenth = process.memoryUsage.rss()
        const appendsPerSecond = grow(ledger, entries, batch, tell, entries)
        const rssBytes = process.memoryUsage.rss()
        const figures = { entries, batch, appendsPerSecond, appendsPerSecondBy100 }
        const times = prove(ledger)
        ledger.close()
        const bytesPerEntry = Math.round(bytesIn(folder) / entries)
        return {
            ...figures,
            ...times,
            bytesPerEntry,
            rssBytes,
            rssGrowthBytes: rssBytes - rssAtTenth,
        }
    } finally {
        rmSync(folder, { recursive: true })
    }
}

/** Up to that size. Returns entries a second. */
function grow(
    ledger: Ledger,
    size: number,
    batch: number,
    tell: (share: number) => void,
    all: number
): number {
    const first = ledger.size
    const startMs = performance.now()
    for (let count = 0; ledger.size < size; ++count) {
        const left = Math.min(batch, size - ledger.size)
        ledger.append(Array.from({ length: left }, (_, i) => enrolment(ledger.size + i)))
        if (count % TELL_EVERY === 0) tell(ledger.size / all)
    }
    return Math.round(((ledger.size - first) * 1000) / (performance.now() - startMs))
}

/** As the registrar writes it: an LMS key, and the hash of a credential. */
function enrolment(number: number): Event {
    const digest = hash("sha256", String(number), "buffer")
    return {
        kind: "enrolment",
        timeMs: 1_763_640_000_000 + number,
        node: digest.toString("hex", 0, 8),
        algorithm: -46,
        publicKey: Buffer.concat([digest, digest.subarray(0, 16)]),
        digest,
    }
}

function prove(ledger: Ledger): { proofMs: number; verifyMs: number } {
    const root = ledger.root()
    const { size } = ledger
    let proofMs = 0
    let verifyMs = 0
    for (let i = 0; i < PROOFS; ++i) {
        // Far from each other: hardly two in the same tile.
        const index = Math.floor((i * 0.618034 * size) % size)
        const leaf = ledger.leaf(index)
        const startMs = performance.now()
        const proof = ledger.inclusionProof(index)
        const provenMs = performance.now()
        const isProof = verifyInclusion(leaf, index, size, proof, root)
        verifyMs += performance.now() - provenMs
        proofMs += provenMs - startMs
        if (!isProof) throw new Error(`the proof of entry ${index} does not verify`)
    }
    return { proofMs: rounded(proofMs / PROOFS), verifyMs: rounded(verifyMs / PROOFS) }
}

function rounded(ms: number): number {
    return Math.round(ms * 1000) / 1000
}

function bytesIn(folder: string): number {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    return paths
        .filter(entry => entry.isFile())
        .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
