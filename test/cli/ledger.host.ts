/** `motewise ledger`: a fleet's folder, checked, proven and printed; with the fleet's own key and a chain. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { findAnvil } from "../../fleet/chain/anvil-program"
import { openChain } from "../../fleet/chain/open"
import { HssKey } from "../../fleet/keys/hss"
import { Ledger } from "../../fleet/ledger/ledger"
import { isThorough } from "../harness/needs"
import { enrolment, eventsOf, nodeOf, quarantine } from "../fleet/ledger/events"
import { assertRefused, motewise } from "./run"

const fleet = mkdtempSync(join(tmpdir(), "motewise-fleet-"))
const BUNDLE = join(fleet, "ledger/tile/entries/000.p/43")
const LMS_SHA256_M24_H5 = 0x0a
/** The first two and the last of node 1. */
const INDEXES = [1, 21, 41, 42]

before(async () => {
    mkdirSync(join(fleet, "keys"))
    const key = await HssKey.create(join(fleet, "keys/fleet.key"), { lmsCode: LMS_SHA256_M24_H5 })
    writeFileSync(join(fleet, "keys/fleet.pub"), key.publicKey())
    const ledger = Ledger.open(fleet, { origin: "motewise.test/cli" })
    ledger.append(eventsOf(30, 20))
    await ledger.checkpoint(key)
    ledger.append(eventsOf(12, 20, 30))
    const head = await ledger.checkpoint(key)
    ledger.append([quarantine(1, "one-time index used twice")])
    ledger.close()
    await key.close()
    if (findAnvil() === undefined && !isThorough()) return
    const chain = await openChain("local", fleet, () => {})
    await chain?.anchor(head)
    await chain?.close()
})
after(() => rmSync(fleet, { recursive: true, force: true }))

const ledger = (verb: string, ...args: string[]) =>
    motewise("ledger", verb, "--dir", fleet, ...args)

/** With a file changed meanwhile. */
function whileChanged<T>(path: string, change: (bytes: Buffer) => void, act: () => T): T {
    const genuine = readFileSync(path)
    const bytes = Buffer.from(genuine)
    change(bytes)
    writeFileSync(path, bytes)
    try {
        return act()
    } finally {
        writeFileSync(path, genuine)
    }
}

test("verify finds nothing wrong, having looked at signatures and anchors", () => {
    const { code, out, err } = ledger("verify", "--json")
    assert.equal(code, 0, err)
    const told = JSON.parse(out)
    assert.equal(told.ok, true)
    assert.equal(told.entries, 43)
    assert.equal(told.checkpoints, 2)
    assert.equal(told.signatures, "checked")
    assert.equal(told.first, null)
    if (findAnvil() !== undefined) assert.equal(told.chain, "local: 1 anchors")
    assert.match(ledger("verify", "--chain", "none").out, /^The ledger is right: 43 entries, 2 ch/)
})

test("verify names an altered entry by index, kind and node, and exits with 1", () => {
    const inEntry5 = (bytes: Buffer) => void (bytes[bytes.indexOf(Buffer.alloc(48, 5)) + 9] ^= 1)
    const { code, err } = whileChanged(BUNDLE, inEntry5, () => ledger("verify", "--chain", "none"))
    assert.equal(code, 1)
    assert.match(err, new RegExp(`^entry 5 \\(enrolment of node ${nodeOf(5)}\\) was altered`))
    const json = whileChanged(BUNDLE, inEntry5, () => ledger("verify", "--chain", "none", "--json"))
    assert.equal(json.code, 1)
    const { ok, first } = JSON.parse(json.out)
    assert.equal(ok, false)
    assert.deepEqual(
        { ...first, told: "" },
        { change: "altered", index: 5, kind: "enrolment", node: nodeOf(5), told: "" }
    )
})

test("verify refuses a checkpoint that the fleet's key did not sign", () => {
    const path = join(fleet, "ledger/checkpoints/30")
    const flip = (bytes: Buffer) => void (bytes[bytes.length - 900] ^= 1)
    const { code, err } = whileChanged(path, flip, () => ledger("verify", "--chain", "none"))
    assert.equal(code, 1)
    assert.match(err, /checkpoints\/30 (is not signed by the fleet's key|has no signature)/)
})

test("a chain that does not answer is told, and the files are checked all the same", () => {
    const { code, out } = ledger("verify", "--chain", "http://127.0.0.1:9", "--json")
    assert.equal(code, 0)
    assert.match(JSON.parse(out).chain, /^not checked: 127\.0\.0\.1:9: /)
})

test("prove gives what a third party needs, who knows RFC 9162 and nothing of us", () => {
    const { code, out } = ledger("prove", nodeOf(1), "--json")
    assert.equal(code, 0)
    const { checkpoint, entries } = JSON.parse(out)
    const [origin, size, root] = checkpoint.split("\n")
    assert.equal(origin, "motewise.test/cli")
    assert.deepEqual(
        entries.map(({ index }: { index: number }) => index),
        INDEXES
    )
    for (const { index, entry, proof } of entries.slice(0, 3)) {
        const sha256 = (...parts: Buffer[]) =>
            createHash("sha256").update(Buffer.concat(parts)).digest()
        let hash = sha256(Buffer.of(0), Buffer.from(entry, "hex"))
        let [at, last] = [index, Number(size) - 1]
        for (const sibling of proof.map((text: string) => Buffer.from(text, "hex"))) {
            if (at % 2 === 1 || at === last) {
                hash = sha256(Buffer.of(1), sibling, hash)
                while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)]
            } else hash = sha256(Buffer.of(1), hash, sibling)
            ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
        }
        assert.equal(last, 0)
        assert.equal(hash.toString("base64"), root)
    }
    assert.equal(entries[3].proof, null)
    assert.equal(entries[3].reason, "one-time index used twice")
    assert.match(ledger("prove", nodeOf(1)).out, /newer than the latest checkpoint: no proof yet/)
    assert.equal(ledger("prove", nodeOf(999)).code, 1)
})

test("export prints every entry, a line each", () => {
    const { code, out } = ledger("export")
    assert.equal(code, 0)
    const lines = out
        .trimEnd()
        .split("\n")
        .map(line => JSON.parse(line))
    assert.equal(lines.length, 43)
    const { previous, ...first } = lines[0]
    const { publicKey } = enrolment(0) as { publicKey: Buffer }
    assert.match(previous, /^0{16}$/)
    assert.deepEqual(first, {
        index: 0,
        kind: "enrolment",
        time: "2025-11-20T12:00:00.000Z",
        node: nodeOf(0),
        algorithm: -46,
        publicKey: publicKey.toString("hex"),
    })
})

test("what cannot be is refused with 2 and a line", () => {
    assertRefused(motewise("ledger", "verify", "--dir", tmpdir()), /^There is no ledger in /)
    assertRefused(ledger("prove", "xyz"), /"xyz" is not a node id: 16 hex digits/)
    assertRefused(ledger("verify", "--chain", "moon"), /local, none, or a URL/)
    assertRefused(ledger("verify", "--contract", "0x1"), /40 hexadecimal digits/)
    const cut = (bytes: Buffer) => void bytes.fill(0, 0, 10)
    const journal = join(fleet, "ledger/journal")
    assertRefused(
        whileChanged(journal, cut, () => ledger("verify", "--chain", "none")),
        /not a ledger's/
    )
})
