/** `motewise fleet up`: run, asked, killed, and started again, as a user's shell does. */
import assert from "node:assert/strict"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { after, before, test } from "node:test"
import { findAnvil } from "../../fleet/chain/anvil-program"
import { Control } from "../../fleet/control"
import { MqttNode } from "../fleet/mqtt-node"
import { isThorough } from "../harness/needs"
import { freePort } from "../../machine/free-port"
import { FleetFolder, modeOf, until } from "./fleet"
import { called, motewise } from "./run"

const desk = new FleetFolder()
let port = 0
let args: string[] = []
let ids: string[] = []

before(async () => {
    port = await freePort()
    args = ["--chain", "none", "--port", `${port}`]
    await desk.fleet("init")
    ids = (await desk.json("claim", "--count", "3")).ids
})
after(() => desk.remove())

test("from a claim to sealed telemetry, and what is asked meanwhile", async () => {
    const up = await desk.up(...args)
    assert.equal(modeOf(desk.path("control.sock")), 0o600)
    const [first, second] = ids.map(id => desk.node(id, port))
    await first.enrol()
    await first.connect()
    await first.tell()
    await desk.untilHeard(first.id)
    await until("it is online", async () => (await desk.known(first.id)).online)
    const { isRunning, state, algorithm } = await desk.json("node", first.id)
    assert.deepEqual([isRunning, state, algorithm], [true, "enrolled", -7])
    assert.match(await desk.fleet("node", first.id), /ES256, generation 0[^]*motewise ledger prove/)

    // Made while it runs.
    const [late] = (await desk.json("claim")).ids
    const third = desk.node(late, port)
    const isEnrolled = () =>
        third.enrol().then(
            () => true,
            () => false
        )
    await until("the new claim is known", isEnrolled)

    // Somebody else with the id of a claim that was given out, and a node that speaks for another.
    const thief = new MqttNode({ id: second.id, secret: "5".repeat(64) }, port)
    await assert.rejects(thief.enrol(), { code: 4 })
    await first.client?.publishAsync(`mw/${second.id}/up`, "x", { qos: 0 })
    const counts = async (id: string) => (await desk.known(id)).counts
    await until("a foreign topic is told", async () => (await counts(first.id)).foreignTopic === 1)
    assert.equal((await counts(second.id)).wrongClaim, 1)

    await first.leave()
    await first.connect()
    const told = await desk.json("revoke", first.id, "--reason", "stolen")
    assert.deepEqual(told, { id: first.id, isNews: true })
    await until("its session is closed", () => first.client?.connected === false)
    await assert.rejects(first.connect(), { code: 4 })
    await assert.rejects(first.enrol(), { code: 4 })
    assert.deepEqual(await desk.json("revoke", first.id), { id: first.id, isNews: false })
    assert.match(await desk.fleet("nodes"), new RegExp(`${first.id} │ revoked`))
    await desk.refuses(/1 to 160/, "revoke", second.id, "--reason", "x".repeat(161))

    // The same folder once more, and another's port.
    await desk.refuses(/process \d+ writes this ledger/, "up", ...args.with(-1, "18830"))
    const other = desk.beside("other")
    await called("fleet", "init", "--dir", other)
    await assert.rejects(called("fleet", "up", "--dir", other, ...args), {
        name: "InputError",
        message: /^port \d+ at 127\.0\.0\.1 is taken.*--port$/,
    })
    for (const lock of ["ledger/lock", "keys/fleet.key.lock"])
        assert.ok(!existsSync(`${other}/${lock}`), lock)

    // As a shell does.
    const { code, out, err } = motewise("fleet", "nodes", "--dir", desk.folder)
    assert.deepEqual([code, err], [0, ""])
    assert.match(out, /revoked/)

    assert.equal(await up.ended("SIGINT"), 0, up.err)
    desk.printed += out + up.out + up.err
    assert.ok(!up.hasSocket, "the socket goes with it")
    assert.match(up.out, /Motewise fleet · .*fleet · 00:00:0/)
    assert.match(up.out, /The fleet is down: 3 entries, signed to 3\./)
    const verified = await called(
        ...["ledger", "verify", "--dir", desk.folder, "--chain", "none", "--json"]
    )
    const { ok, entries, signatures } = JSON.parse(verified)
    assert.deepEqual([ok, entries, signatures], [true, 3, "checked"])
})

test("killed and started again, it knows its nodes; with --json it tells at its end", async () => {
    const up = await desk.up(...args)
    const node = desk.node(ids[1], port)
    await node.enrol()
    await node.connect()
    await node.tell()
    await desk.untilHeard(node.id)
    assert.equal(await up.ended("SIGKILL"), null)
    assert.ok(up.hasSocket, "what a killed process leaves")
    assert.equal((await desk.json("nodes")).isRunning, false)

    const again = await desk.up(...args, "--json")
    await node.leave()
    await node.connect()
    await node.tell()
    await desk.untilHeard(node.id)
    await node.leave()
    assert.equal(await again.ended("SIGTERM"), 0, again.err)
    desk.printed += up.out + up.err + again.out + again.err
    const { nodes, ledger, checkpoint, anchor, refusals, broker } = JSON.parse(again.out)
    assert.deepEqual([nodes.enrolled, nodes.revoked, nodes.claimed], [2, 1, 1])
    assert.deepEqual([ledger.entries, checkpoint.entries, anchor], [4, 4, null])
    assert.deepEqual([refusals.wrongClaim, refusals.foreignTopic], [1, 1])
    assert.equal(broker.url, `mqtt://127.0.0.1:${port}`)
    desk.assertNoSecretIsOut()
})

test("a chain that does not answer makes anchors late, and is told once", async () => {
    const up = await desk.up("--chain", "http://127.0.0.1:9", "--port", `${port}`)
    await until("it is told", () => up.err.includes("anchors are late"))
    assert.equal(await up.ended("SIGINT"), 0)
    assert.equal(up.err.split("anchors are late").length, 2)
})

test("keys that do not belong together are refused, and an older copy of the key signs on above the ledger", async () => {
    const path = desk.path("keys/fleet.pub")
    const genuine = readFileSync(path)
    writeFileSync(path, Buffer.alloc(52, 1))
    await desk.refuses(/fleet\.pub: is not the public key of/, "up", ...args)
    writeFileSync(path, genuine)
    const keyPath = desk.path("keys/fleet.key")
    const state = JSON.parse(readFileSync(keyPath, "utf8"))
    assert.ok(state.index >= 2, `${state.index} signatures`)
    writeFileSync(keyPath, JSON.stringify({ ...state, index: 0 }))
    const up = await desk.up(...args)
    assert.equal(await up.ended("SIGINT"), 0)
    assert.ok(JSON.parse(readFileSync(keyPath, "utf8")).index >= state.index, "never below")
})

test(
    "on a chain of its own it anchors what it signed",
    { skip: findAnvil() === undefined && !isThorough() ? "anvil was not installed" : false },
    async () => {
        const up = await desk.up("--port", `${port}`, "--json")
        await until("the chain is up", () => up.err.includes("deployed the contract"))
        // Too late for a checkpoint of its own minute: signed and anchored when it ends.
        await desk.fleet("revoke", ids[1])
        assert.equal(await up.ended("SIGINT"), 0, up.err)
        const { anchor } = JSON.parse(up.out)
        assert.deepEqual([anchor.chain, anchor.state, anchor.entries], ["local", "anchored", 5])
        const { chain, ok } = JSON.parse(
            await called("ledger", "verify", "--dir", desk.folder, "--json")
        )
        assert.deepEqual([chain, ok], ["local: 2 anchors", true])
    }
)

test("nobody is found where nobody runs", async () => {
    assert.equal(await Control.find(desk.folder), undefined)
})
