/**
 * An entry of the ledger: one map of CBOR (RFC 8949) with small numbers for keys, in the one encoding that chapter 4.2.1 leaves it.
 *
 * | key | what                                                          | as              | in               |
 * | 0   | version of this table, 1                                      | integer         | all              |
 * | 1   | kind, by its number                                           | integer         | all              |
 * | 2   | its own index in the log, from 0                              | integer         | all              |
 * | 3   | the first 8 bytes of the leaf hash of the entry before it     | bytes           | all              |
 * | 4   | milliseconds from 1970                                        | integer         | all              |
 * | 5   | node id; all zeros stand for the whole fleet                  | 8 bytes         | all              |
 * | 6   | algorithm of the key, by COSE's registry (-46 is HSS-LMS)     | integer         | enrolment, key change |
 * | 7   | public key                                                    | 1 to 256 bytes  | enrolment, key change |
 * | 8   | SHA-256 of the key that it replaces                           | 32 bytes        | key change       |
 * | 9   | SHA-256 of the credential, manifest or evidence               | 32 bytes        | enrolment*, release, quarantine*, readmission* |
 * | 10  | name of what is released                                      | text, 1 to 64 bytes | release      |
 * | 11  | why                                                           | text, 1 to 160 bytes | quarantine, readmission, revocation |
 *
 * (* where there is one.) The tree protects an entry without keys 2 and 3; they are there so that whoever rewrites one and not all that
 * follow it is named to the entry, where the tree's root could only say that something is wrong.
 */
import { decode, encode, type DecodeOptions } from "cborg"

const VERSION = 1

export const NODE_ID = /^[0-9a-f]{16}$/
/** What concerns every node: a release, mostly. */
export const FLEET_ID = "0000000000000000"

/** COSE algorithms (IANA registry). */
export const HSS_LMS = -46
export const ES256 = -7

interface Key {
    algorithm: number
    publicKey: Buffer
}

/** What happened. */
export type Facts =
    | ({ kind: "enrolment"; digest?: Buffer } & Key)
    | ({ kind: "key change"; replaces: Buffer } & Key)
    | { kind: "release"; name: string; digest: Buffer }
    | { kind: "quarantine"; reason: string; digest?: Buffer }
    | { kind: "readmission"; reason: string; digest?: Buffer }
    | { kind: "revocation"; reason: string }

export type Kind = Facts["kind"]

/** What happened, when, and to whom. */
export type Event = Facts & { timeMs: number; node: string }

/** An event in its place in the log. */
export type Entry = Event & { index: number; previous: Buffer }

export const PREVIOUS_BYTES = 8
export const ENTRY_BYTES_MAX = 512

/** The place in this list, from 1, is the number in the encoding: append only. */
const KINDS: readonly Kind[] = [
    "enrolment",
    "key change",
    "release",
    "quarantine",
    "revocation",
    "readmission",
]

interface Field {
    key: number
    name: string
    isValid: (value: unknown) => boolean
}

function integer(key: number, name: string, least: number, most: number): Field {
    const isValid = (value: unknown) =>
        Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
    return { key, name, isValid }
}

function bytes(key: number, name: string, least: number, most: number): Field {
    const isValid = (value: unknown) =>
        value instanceof Uint8Array && value.length >= least && value.length <= most
    return { key, name, isValid }
}

function text(key: number, name: string, bytesMax: number): Field {
    const isValid = (value: unknown) =>
        typeof value === "string" && value !== "" && Buffer.byteLength(value) <= bytesMax
    return { key, name, isValid }
}

const KIND = integer(1, "kind", 1, KINDS.length)
const NODE = bytes(5, "node", 8, 8)
const ALL: readonly Field[] = [
    integer(0, "version", VERSION, VERSION),
    KIND,
    integer(2, "index", 0, Number.MAX_SAFE_INTEGER),
    bytes(3, "previous", PREVIOUS_BYTES, PREVIOUS_BYTES),
    integer(4, "timeMs", 0, Number.MAX_SAFE_INTEGER),
    NODE,
]
const ALGORITHM = integer(6, "algorithm", -65_536, 65_535)
const PUBLIC_KEY = bytes(7, "publicKey", 1, 256)
const REPLACES = bytes(8, "replaces", 32, 32)
const DIGEST = bytes(9, "digest", 32, 32)
const NAME = text(10, "name", 64)
const REASON = text(11, "reason", 160)

const FIELDS: Record<Kind, { needs: readonly Field[]; may: readonly Field[] }> = {
    enrolment: { needs: [ALGORITHM, PUBLIC_KEY], may: [DIGEST] },
    "key change": { needs: [ALGORITHM, PUBLIC_KEY, REPLACES], may: [] },
    release: { needs: [DIGEST, NAME], may: [] },
    quarantine: { needs: [REASON], may: [DIGEST] },
    revocation: { needs: [REASON], may: [] },
    readmission: { needs: [REASON], may: [DIGEST] },
}

/** An entry that does not keep to the table above. */
export class EntryError extends Error {}

/** The number of a kind in the encoding, and back. */
export function numberOfKind(kind: Kind): number {
    return KINDS.indexOf(kind) + 1
}

export function kindOfNumber(number: number): Kind | undefined {
    return KINDS[number - 1]
}

/** @throws EntryError for what readEntry would refuse */
export function writeEntry(entry: Entry): Buffer {
    const { kind, node } = entry
    if (!KINDS.includes(kind)) throw new EntryError(`kind: "${kind}"`)
    if (!NODE_ID.test(node)) throw new EntryError(`node: "${node}" is not 16 hex digits`)
    const values: Record<string, unknown> = {
        ...entry,
        version: VERSION,
        kind: numberOfKind(kind),
        node: Buffer.from(node, "hex"),
    }
    const map = new Map<number, unknown>()
    for (const { key, name, isValid } of fieldsOf(kind, name => values[name] !== undefined)) {
        if (!isValid(values[name])) throw new EntryError(`${name}: ${String(values[name])}`)
        map.set(key, values[name])
    }
    return Buffer.from(encode(map))
}

/** In the order of their keys. */
function fieldsOf(kind: Kind, isThere: (name: string) => boolean): Field[] {
    const { needs, may } = FIELDS[kind]
    const own = [...needs, ...may.filter(({ name }) => isThere(name))]
    return [...ALL, ...own.sort((a, b) => a.key - b.key)]
}

const STRICT: DecodeOptions = {
    useMaps: true,
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowBigInt: false,
    rejectDuplicateMapKeys: true,
}

/** @throws EntryError for any bytes that writeEntry would not have written */
export function readEntry(entry: Uint8Array): Entry {
    if (entry.length > ENTRY_BYTES_MAX) throw new EntryError(`${entry.length} bytes`)
    const map = decoded(entry)
    const number = map.get(KIND.key)
    if (!KIND.isValid(number)) throw new EntryError(`kind: ${String(number)}`)
    const kind = KINDS[Number(number) - 1]
    const values: Record<string, unknown> = {}
    const { may } = FIELDS[kind]
    const fields = fieldsOf(kind, name => map.has(may.find(field => field.name === name)?.key))
    for (const { key, name, isValid } of fields) {
        const value = map.get(key)
        if (!isValid(value)) throw new EntryError(`${name}: ${String(value)}`)
        values[name] = value instanceof Uint8Array ? Buffer.from(value) : value
    }
    const { version: _version, ...rest } = values
    const node = (rest.node as Buffer).toString("hex")
    const read = { ...rest, kind, node } as Entry
    // Covers what is left: other keys, another order, longer numbers.
    if (!writeEntry(read).equals(entry)) throw new EntryError("not in its one encoding")
    return read
}

function decoded(entry: Uint8Array): Map<unknown, unknown> {
    let map: unknown
    try {
        map = decode(entry, STRICT)
    } catch (e) {
        throw new EntryError((e as Error).message)
    }
    if (!(map instanceof Map)) throw new EntryError("not a map")
    return map
}
