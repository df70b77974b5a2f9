/** `motewise fleet` about a folder that nobody runs: made, claimed from, looked at, and nothing secret told. */
import assert from "node:assert/strict"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { FleetFolder, modeOf } from "./fleet"
import { assertRefused, called, motewise } from "./run"

const desk = new FleetFolder()
const settings = desk.beside("settings")
after(() => desk.remove())

test("without a fleet every verb says how to make one, and makes none", async () => {
    const noFleet = /^There is no fleet in .*fleet init/
    for (const verb of ["claim", "up", "nodes"]) await desk.refuses(noFleet, verb)
    for (const verb of ["node", "revoke"]) await desk.refuses(noFleet, verb, "1".repeat(16))
    assert.ok(!existsSync(desk.folder), "there is none")
    assertRefused(motewise("fleet", "nodes", "--dir", desk.folder), noFleet)
})

test("init makes keys and folders for its owner's eyes, and tells what to keep", async () => {
    const out = await desk.fleet("init")
    for (const word of ["ledger/", "manifest.jsonl", "registrar.key", "fleet.pub", "Never"])
        assert.ok(out.includes(word), word)
    for (const name of ["", "keys", "claims", "ledger", "registrar"])
        assert.equal(modeOf(desk.path(name)), 0o700, name)
    for (const name of ["fleet.key", "registrar.key"])
        assert.equal(modeOf(desk.path("keys", name)), 0o600, name)
    // Two levels; the upper LMS_SHA256_M24_H10 with LMOTS_SHA256_N24_W4 (RFC 9858): 4 + 4 + 4 + 16 + 24 B.
    const publicKey = readFileSync(desk.path("keys/fleet.pub"))
    assert.equal(publicKey.toString("hex", 0, 12), "000000020000000b00000007")
    assert.equal(publicKey.length, 52)
    const verified = await called("ledger", "verify", "--dir", desk.folder, "--chain", "none")
    assert.match(verified, /^The ledger is right: 0 entries/)
})

test("init makes no second fleet in a folder, and leaves the first as it was", async () => {
    const contents = () => desk.files().map(path => [path, readFileSync(path, "hex")])
    const before = contents()
    await desk.refuses(/fleet\.key: there is a fleet already/, "init")
    assert.deepEqual(contents(), before)
})

test("claim makes secrets for as many nodes as are asked for, in files of mode 0600", async () => {
    const broker = "mqtt://192.168.1.10:1883"
    const args = ["--count", "3", "--out", settings, "--broker-url", broker]
    const { count, ids, folder } = await desk.json("claim", ...args)
    assert.deepEqual([count, folder, new Set(ids).size], [3, settings, 3])
    assert.equal(modeOf(settings), 0o700)
    assert.equal(modeOf(desk.path("claims/manifest.jsonl")), 0o600)
    assert.deepEqual(
        desk.claims().map(({ id }) => id),
        ids
    )
    for (const { id, secret } of desk.claims()) {
        assert.match(id, /^[0-9a-f]{16}$/)
        assert.match(secret, /^[0-9a-f]{64}$/)
        const path = join(settings, `${id}.env`)
        assert.equal(modeOf(path), 0o600)
        assert.equal(readFileSync(path, "utf8"), `CLAIM=${id}-${secret}\nBROKER=${broker}\n`)
    }
    const out = await desk.fleet("claim", "--count", "30")
    assert.match(out, /and 10 more\n30 claims/)
    assert.match(out, /do not say where the broker is/)
    assert.equal(new Set(desk.claims().map(({ secret }) => secret)).size, 33)
    assert.equal(new Set(desk.claims().map(({ id }) => id)).size, 33)
})

test("what cannot be is refused with a line, and changes nothing", async () => {
    for (const count of ["0", "100001", "x"])
        await desk.refuses(/whole number from 1 to 100000/, "claim", "--count", count)
    for (const url of ["http://x", "mqtt://x/y", "mqtt://u:p@x", "mqtt://x#y"])
        await desk.refuses(/mqtt:\/\/host:port/, "claim", "--broker-url", url)
    await desk.refuses(/aedes, mosquitto, or mqtt:/, "up", "--broker", "carrier-pigeon")
    await desk.refuses(/local, none, or a URL/, "up", "--chain", "moon")
    await desk.refuses(/whole number from 1 to 65535/, "up", "--port", "0")
    await desk.refuses(/"xyz" is not a node id/, "node", "xyz")
    await desk.refuses(/is not known in .*: motewise fleet nodes/, "node", "1".repeat(16))
    await desk.refuses(/is not known/, "revoke", "1".repeat(16))
    assert.equal(desk.claims().length, 33)
})

test("a fleet that is not up tells of its nodes from its folder, and leaves it to others", async () => {
    const { isRunning, nodes } = await desk.json("nodes")
    assert.equal(isRunning, false)
    assert.deepEqual(
        nodes.map(({ id }: { id: string }) => id),
        desk
            .claims()
            .map(({ id }) => id)
            .sort()
    )
    assert.match(await desk.fleet("nodes"), /│ claimed │[^]*No process runs this fleet/)
    for (const lock of ["ledger/lock", "keys/fleet.key.lock"])
        assert.ok(!existsSync(desk.path(lock)), lock)
})

test("a node is revoked without the fleet being up, once, and the ledger has it", async () => {
    const [{ id }] = desk.claims()
    await desk.refuses(/1 to 160/, "revoke", id, "--reason", "x".repeat(161))
    const first = await desk.json("revoke", id.toUpperCase(), "--reason", "stolen")
    assert.deepEqual(first, { id, isNews: true })
    assert.deepEqual(await desk.json("revoke", id), { id, isNews: false })
    assert.match(await desk.fleet("node", id), /revoked: stolen/)
    const { entries } = JSON.parse(
        await called("ledger", "prove", id, "--dir", desk.folder, "--json")
    )
    assert.deepEqual(
        entries.map(({ kind, reason }: { kind: string; reason: string }) => [kind, reason]),
        [["revocation", "stolen"]]
    )
})

test("a manifest that a power cut tore keeps all claims before and after, and what is in the torn line is not told", async () => {
    const torn = `{"id":"0123456789abcdef","secret":"${"5".repeat(40)}`
    appendFileSync(desk.path("claims/manifest.jsonl"), torn)
    await desk.fleet("claim")
    const { code, out, err } = motewise("fleet", "nodes", "--json", "--dir", desk.folder)
    assert.equal(code, 0)
    assert.equal(JSON.parse(out).nodes.length, 34)
    assert.match(err, /manifest\.jsonl: line 34 is no claim, and is passed over/)
    assert.ok(!err.includes("5555"), "nothing of what is in it")
})

test("no secret was ever printed, and none lies where others can read it", () => {
    const { code, out, err } = motewise("fleet", "claim", "--dir", desk.folder)
    assert.equal(code, 0)
    desk.printed += out + err
    assert.ok(desk.printed.length > 5000, `${desk.printed.length} characters`)
    desk.assertNoSecretIsOut()
})

test("help of every verb has examples, and up says what it is without TLS", async () => {
    for (const verb of ["init", "claim", "up", "nodes", "node", "revoke"])
        assert.match(await called("fleet", verb, "--help"), /Examples:\n {2}\S/, verb)
    assert.match(await called("fleet", "up", "--help"), /There is no TLS/)
    assert.match(await called("fleet", "--help"), /From nothing to a node that is trusted/)
})
