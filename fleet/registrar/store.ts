/**
 * What the registrar knows, on disk: LevelDB, in `registrar/` of the fleet's folder, which only its owner may enter.
 *
 * | key              | value                                                            |
 * |------------------|------------------------------------------------------------------|
 * | `n/<id>`         | NodeRecord                                                       |
 * | `k/<id>/<key>`   | KeyUses, by the SHA-256 of the key                               |
 * | `d/<time>/<id>`  | nothing: when the node is due to be asked for a new enrolment    |
 * | `r/<id>`         | NodeRefusals                                                     |
 * | `ledger`         | how many of the ledger's entries are in all this                 |
 * | `refusals`       | Counts                                                           |
 */
import { hash } from "node:crypto"
import { chmodSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { ClassicLevel } from "classic-level"
import { InputError } from "../../table/input-error"
import { UNUSED, type KeyUses } from "./key-uses"
import { read, written, type NodeKey, type NodeRecord } from "./node-record"
import { noCounts, sum, type Counts, type NodeRefusals } from "./refusals"

export type Write = { type: "put"; key: string; value: Buffer } | { type: "del"; key: string }

/** What is asked of LevelDB: few things, so that a test can fail in each. */
export interface Database {
    get(key: string): Promise<Buffer | undefined>
    /** All of it or none. @param options sync: on the disk when it returns */
    batch(writes: Write[], options: { sync: boolean }): Promise<void>
    iterator(range: { gt: string; lt: string; limit?: number }): AsyncIterable<[string, Buffer]>
    close(): Promise<void>
}

const FOLDER = "registrar"
const COVERED = "ledger"
const TOTALS = "refusals"
const NOTHING = Buffer.alloc(0)
/** Digits of a time in milliseconds, so that names sort as times do. */
const TIME_DIGITS = 16

/** @param folder of the fleet @throws InputError when another process has it open, or it is damaged */
export async function openDatabase(folder: string): Promise<Database> {
    const path = join(folder, FOLDER)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chmodSync(path, 0o700)
    const level = new ClassicLevel<string, Buffer>(path, { valueEncoding: "buffer" })
    try {
        await level.open()
    } catch (e) {
        const cause = (e as Error).cause as Error | undefined
        throw new InputError(
            `${path}: cannot be opened: ${cause?.message ?? (e as Error).message}. If it is damaged, remove it: it is made again from the ledger and the manifest of claims`
        )
    }
    return level
}

export function putNode(id: string, record: NodeRecord): Write {
    return { type: "put", key: `n/${id}`, value: written(record) }
}

export function putUses(id: string, key: NodeKey, uses: KeyUses): Write {
    return { type: "put", key: usesName(id, key), value: written(uses) }
}

export function putDue(id: string, timeMs: number): Write {
    return { type: "put", key: dueName(id, timeMs), value: NOTHING }
}

export function removeDue(id: string, timeMs: number): Write {
    return { type: "del", key: dueName(id, timeMs) }
}

export function putCovered(entries: number): Write {
    return { type: "put", key: COVERED, value: Buffer.from(String(entries)) }
}

export class Store {
    constructor(readonly database: Database) {}

    async node(id: string): Promise<NodeRecord | undefined> {
        return this.valueOf<NodeRecord>(`n/${id}`)
    }

    async *nodes(): AsyncGenerator<[id: string, record: NodeRecord]> {
        for await (const [key, value] of this.database.iterator(withPrefix("n/")))
            yield [key.slice(2), read<NodeRecord>(value)]
    }

    async uses(id: string, key: NodeKey): Promise<KeyUses> {
        return (await this.valueOf<KeyUses>(usesName(id, key))) ?? UNUSED
    }

    /** Those that are due by then, the first of them first. */
    async due(timeMs: number, limit: number): Promise<{ id: string; timeMs: number }[]> {
        const due: { id: string; timeMs: number }[] = []
        const range = { gt: "d/", lt: `d/${digits(timeMs + 1)}`, limit }
        for await (const [key] of this.database.iterator(range)) {
            const [, time, id] = key.split("/")
            due.push({ id, timeMs: Number(time) })
        }
        return due
    }

    /** When the first of all is due; Infinity when none ever is. */
    async firstDueMs(): Promise<number> {
        for await (const [key] of this.database.iterator({ ...withPrefix("d/"), limit: 1 }))
            return Number(key.split("/")[1])
        return Infinity
    }

    /** How many of the ledger's entries are in here. */
    async covered(): Promise<number> {
        return Number((await this.database.get(COVERED))?.toString() ?? 0)
    }

    async refusals(id: string): Promise<NodeRefusals | undefined> {
        return this.valueOf<NodeRefusals>(`r/${id}`)
    }

    async totals(): Promise<Counts> {
        return { ...noCounts(), ...(await this.valueOf<Counts>(TOTALS)) }
    }

    /** Adds to what was counted before. Not flushed: a power cut may cost the counts of some seconds. */
    async addRefusals(all: Counts, nodes: Map<string, NodeRefusals>): Promise<void> {
        const writes: Write[] = [{ type: "put", key: TOTALS, value: written(all) }]
        for (const [id, more] of nodes) {
            const value = written(sum(await this.refusals(id), more))
            writes.push({ type: "put", key: `r/${id}`, value })
        }
        await this.database.batch(writes, { sync: false })
    }

    private async valueOf<T>(key: string): Promise<T | undefined> {
        const value = await this.database.get(key)
        return value && read<T>(value)
    }
}

function usesName(id: string, { publicKey }: NodeKey): string {
    return `k/${id}/${hash("sha256", publicKey, "hex")}`
}

function dueName(id: string, timeMs: number): string {
    return `d/${digits(timeMs)}/${id}`
}

function digits(timeMs: number): string {
    return String(Math.floor(timeMs)).padStart(TIME_DIGITS, "0")
}

/** "0" is the character after "/". */
function withPrefix(prefix: string): { gt: string; lt: string } {
    return { gt: prefix, lt: `${prefix.slice(0, -1)}0` }
}
