/**
 * What the ledger has and the store has not: a registrar that was killed between the two wrote them, or the store was lost. A node that
 * is found enrolled there has its key, and no session: its next proof gets it one, and costs no entry.
 */
import { InputError } from "../../table/input-error"
import type { Entry } from "../ledger/entry"
import type { Ledger } from "../ledger/ledger"
import { NEW_NODE, type NodeRecord } from "./node-record"
import { putCovered, putNode, removeDue, type Store, type Write } from "./store"

/** Entries that are taken up in one batch. */
const AT_ONCE = 1000

/** @throws InputError when the ledger is older than the store */
export async function caughtUp(
    store: Store,
    ledger: Ledger,
    say: (line: string) => void
): Promise<void> {
    const from = await store.covered()
    if (from > ledger.size)
        throw new InputError(
            `registrar: it has seen ${from} entries of the ledger, which has ${ledger.size}: put back the newer copy of the ledger`
        )
    for (let start = from; start < ledger.size; start += AT_ONCE) {
        const end = Math.min(start + AT_ONCE, ledger.size)
        const nodes = new Map<string, NodeRecord>()
        const writes: Write[] = []
        for (let at = start; at < end; ++at) {
            const entry = ledger.entry(at)
            const id = entry.node
            const before = nodes.get(id) ?? (await store.node(id)) ?? NEW_NODE
            const after = recordAfter(before, entry)
            if (after === undefined) continue
            if (before.session && !after.session) writes.push(removeDue(id, before.session.renewMs))
            nodes.set(id, after)
        }
        for (const [id, record] of nodes) writes.push(putNode(id, record))
        await store.database.batch([...writes, putCovered(end)], { sync: true })
    }
    if (from < ledger.size) say(`registrar: took up ${ledger.size - from} entries of the ledger`)
}

/** Undefined for an entry that is none of the registrar's. */
function recordAfter(record: NodeRecord, entry: Entry): NodeRecord | undefined {
    switch (entry.kind) {
        case "enrolment": {
            const { algorithm, publicKey, timeMs } = entry
            return {
                ...withoutSession(record),
                key: { algorithm, publicKey },
                previousKey: undefined,
                enrolledMs: timeMs,
            }
        }
        case "key change": {
            const { algorithm, publicKey } = entry
            const generation = record.key?.generation
            const key = {
                algorithm,
                publicKey,
                generation: generation === undefined ? undefined : generation + 1,
            }
            return { ...record, key, previousKey: record.key }
        }
        case "revocation":
            return { ...withoutSession(record), revoked: entry.reason }
        case "release":
        case "quarantine":
        case "readmission":
            return undefined
    }
}

function withoutSession(record: NodeRecord): NodeRecord {
    return { ...record, session: undefined, previousSecret: undefined, boots: [] }
}
