/** Entries in their one encoding, and nothing else; the checkpoint's text; the index made again. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { encode } from "cborg"
import fc from "fast-check"
import { isSigned, readCheckpoint, signCheckpoint } from "../../../fleet/ledger/checkpoint"
import {
    ENTRY_BYTES_MAX,
    EntryError,
    readEntry,
    writeEntry,
    type Entry,
} from "../../../fleet/ledger/entry"
import { Ledger } from "../../../fleet/ledger/ledger"
import { tilePath } from "../../../fleet/ledger/tile"
import { TestSigner, eventsOf, nodeOf, quarantine, verifyTest } from "./events"
import { MemoryDisk } from "./memory-disk"

const SEED = 20261121
const previous = Buffer.alloc(8, 0xab)
const place = { index: 7, previous, timeMs: 1000, node: "0123456789abcdef" }
const digest = Buffer.alloc(32, 1)
const key = { algorithm: -46, publicKey: Buffer.alloc(48, 2) }
const ENTRIES: Entry[] = [
    { ...place, kind: "enrolment", ...key },
    { ...place, kind: "enrolment", ...key, digest },
    { ...place, kind: "key change", ...key, replaces: digest },
    { ...place, kind: "release", digest, name: "room 1.2" },
    { ...place, kind: "quarantine", reason: "replay" },
    { ...place, kind: "quarantine", reason: "replay", digest },
    { ...place, kind: "revocation", reason: "stolen" },
    { ...place, kind: "readmission", reason: "attested by an operator", digest },
]

test("a revocation is these bytes, by hand from RFC 8949", () => {
    const hex = [
        "a7", // a map of 7
        "0001", // version 1
        "0105", // kind 5
        "0207", // index 7
        "0348abababababababab", // 8 bytes
        "041903e8", // 1000
        "05480123456789abcdef", // 8 bytes
        "0b6673746f6c656e", // "stolen"
    ].join("")
    assert.equal(writeEntry(ENTRIES[6]).toString("hex"), hex)
})

test("every kind is read as it was written, within its bound", () => {
    for (const entry of ENTRIES) {
        const bytes = writeEntry(entry)
        assert.deepEqual(readEntry(bytes), entry)
        assert.ok(bytes.length <= ENTRY_BYTES_MAX, String(bytes.length))
    }
    const largest = { ...ENTRIES[1], publicKey: Buffer.alloc(256) }
    assert.ok(writeEntry(largest).length <= ENTRY_BYTES_MAX, "the largest key")
})

test("what is out of bounds is refused by its name, when written and when read", () => {
    for (const [change, reason] of [
        [{ timeMs: -1 }, /timeMs/],
        [{ timeMs: 1.5 }, /timeMs/],
        [{ node: "0123" }, /node/],
        [{ node: "0123456789ABCDEF" }, /node/],
        [{ index: 2 ** 53 }, /index/],
        [{ previous: Buffer.alloc(7) }, /previous/],
        [{ reason: "" }, /reason/],
        [{ reason: "é".repeat(81) }, /reason/],
        [{ kind: "birthday" }, /kind/],
    ] as [object, RegExp][])
        assert.throws(() => writeEntry({ ...ENTRIES[6], ...change } as Entry), reason)
    const fields = [1, 5, 7, previous, 1000, Buffer.alloc(8), "stolen"]
    const keys = [0, 1, 2, 3, 4, 5, 11]
    const mapOf = (pairs: [number, unknown][]) => encode(new Map(pairs))
    const genuine = keys.map((key, i): [number, unknown] => [key, fields[i]])
    readEntry(mapOf(genuine))
    for (const [pairs, reason] of [
        [genuine.slice(0, 6), /reason/],
        [genuine.slice(1), /version/],
        [genuine.with(0, [0, 2]), /version/],
        [genuine.with(1, [1, 7]), /kind/],
        [[...genuine, [12, 1]], /one encoding/],
        [[...genuine, [9, digest]], /one encoding/],
    ] as [[number, unknown][], RegExp][])
        assert.throws(() => readEntry(mapOf(pairs)), reason)
    // 7 as 1807, which a reader of CBOR would take.
    const longer = Buffer.from(
        writeEntry(ENTRIES[6]).toString("hex").replace("0207", "021807"),
        "hex"
    )
    assert.throws(() => readEntry(longer), EntryError)
})

test("no byte of an entry can be changed, and none be put behind or taken away, for one meaning", () => {
    const bytesOf = fc.constantFrom(...ENTRIES).map(writeEntry)
    fc.assert(
        fc.property(bytesOf, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, n, flip) => {
            const changed = Buffer.from(bytes)
            changed[n % bytes.length] ^= flip
            const read = orUndefined(() => readEntry(changed))
            if (read !== undefined) assert.deepEqual(writeEntry(read), changed)
            assert.throws(() => readEntry(bytes.subarray(0, n % bytes.length)), EntryError)
            assert.throws(() => readEntry(Buffer.concat([bytes, Buffer.of(flip)])), EntryError)
        }),
        { seed: SEED, numRuns: 2000 }
    )
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
            assert.throws(() => readEntry(bytes), EntryError)
        }),
        { seed: SEED, numRuns: 2000 }
    )
})

function orUndefined<T>(read: () => T): T | undefined {
    try {
        return read()
    } catch (e) {
        assert.ok(e instanceof EntryError, String(e))
        return undefined
    }
}

test("tiles are where C2SP's tlog-tiles puts them", () => {
    // The examples of https://c2sp.org/tlog-tiles: tile 1234067 of level 0, and a partial one of 5.
    assert.equal(tilePath(0, 1_234_067), "tile/0/x001/x234/067")
    assert.equal(tilePath(1, 5, 17), "tile/1/005.p/17")
    assert.equal(tilePath("entries", 0), "tile/entries/000")
})

test("a checkpoint is a signed note, and is refused with another key, name, size or root", async () => {
    const signer = new TestSigner()
    const head = { origin: "motewise.test/a", size: 42, root: Buffer.alloc(32, 7) }
    const text = await signCheckpoint(head, signer)
    const lines = text.split("\n")
    assert.deepEqual(lines.slice(0, 4), [head.origin, "42", head.root.toString("base64"), ""])
    assert.match(lines[4], /^— motewise\.test\/a [A-Za-z0-9+/]+=*$/)
    // The key id of a type without a number: SHA-256(name, newline, 0xff, type, key), 4 bytes.
    const id = createHash("sha256")
        .update("motewise.test/a\n")
        .update(Buffer.of(0xff))
        .update("motewise.hss-lms")
        .update(signer.publicKey())
        .digest()
    const signed = Buffer.from(lines[4].split(" ")[2], "base64")
    assert.deepEqual(signed.subarray(0, 4), id.subarray(0, 4))
    const isGood = (note: string, publicKey = signer.publicKey()) =>
        isSigned(readCheckpoint(note), publicKey, verifyTest)
    assert.ok(isGood(text), "its own key")
    assert.ok(!isGood(text, new TestSigner().publicKey()), "another key")
    assert.ok(!isGood(text.replace("\n42\n", "\n43\n")), "another size")
    assert.ok(!isGood(text.replaceAll("test/a", "test/b")), "another name")
    assert.ok(!isGood(text.replace("BwcH", "BwcI")), "another root")
    for (const broken of ["", text.trimEnd(), `${text}\n`, text.replace("\n42\n", "\n042\n")])
        assert.throws(() => readCheckpoint(broken), /is not a checkpoint/)
})

test("the index tells a node's entries, and is made again when it is gone", async () => {
    const disk = new MemoryDisk()
    const events = eventsOf(900, 30)
    const expected = events.flatMap(({ node }, i) => (node === nodeOf(4) ? [i] : []))
    for (let at = 0; at < 900; at += 150) {
        const ledger = Ledger.on(disk)
        ledger.append(events.slice(at, at + 150))
        ledger.close()
    }
    const indexes = () => [...Ledger.on(disk).entriesOf(nodeOf(4))].map(({ index }) => index)
    assert.deepEqual(indexes(), expected)
    assert.ok(disk.list("index").length <= 3, disk.list("index").join())
    const [first] = disk.list("index")
    disk.remove(`index/${first}`)
    const said: string[] = []
    Ledger.on(disk, { say: line => said.push(line) })
    assert.match(said[0], /makes the index of \d+ entries again/)
    assert.deepEqual(indexes(), expected)
})

test("a checkpoint costs one signature, and none when nothing came since", async () => {
    const signer = new TestSigner()
    const disk = new MemoryDisk()
    const ledger = Ledger.on(disk)
    ledger.append(eventsOf(3))
    const first = await ledger.checkpoint(signer)
    assert.deepEqual((await ledger.checkpoint(signer)).root, first.root)
    ledger.close()
    const again = Ledger.on(disk)
    await again.checkpoint(signer)
    assert.equal(signer.signatures, 1)
    again.append([quarantine(2)])
    await again.checkpoint(signer)
    assert.equal(signer.signatures, 2)
    assert.deepEqual(disk.read("checkpoint"), disk.read("checkpoints/4"))
})

test("a batch with one event that is no entry adds none", () => {
    const ledger = Ledger.on(new MemoryDisk())
    const events = [...eventsOf(3), { ...quarantine(1), reason: "" }]
    assert.throws(() => ledger.append(events), EntryError)
    assert.equal(ledger.size, 0)
    ledger.append(eventsOf(3))
    assert.equal(ledger.size, 3)
})
