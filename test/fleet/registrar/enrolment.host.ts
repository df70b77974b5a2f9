/** From a claim to sealed telemetry, and what is kept of it. */
import assert from "node:assert/strict"
import { hash } from "node:crypto"
import { statSync } from "node:fs"
import { join } from "node:path"
import { test, type TestContext } from "node:test"
import { encode } from "cborg"
import { HostP256 } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import { SEALED_OTHER, SEALED_REPORT } from "../../../src/telemetry/contract/sealing"
import {
    ackTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import { NOON_MS, Office } from "./office"

async function officeOf(t: TestContext): Promise<Office> {
    const office = await Office.open(t.name)
    t.after(() => office.remove())
    return office
}

test("with a claim a node may use its two enrolment topics, and nothing else", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    assert.deepEqual(
        [...office.access.grants.values()],
        [
            {
                user: `claim-${node.id}`,
                password: node.claimPassword,
                clientId: `mw-claim-${node.id}`,
                publish: [`mw/${node.id}/enrol/up`],
                subscribe: [`mw/${node.id}/enrol/down`],
            },
        ]
    )
    assert.match(node.claimPassword, /^[0-9a-f]{32}$/)
    assert.equal((await office.status(node)).state, "claimed")
})

for (const algorithm of ["LMS", "P-256"])
    test(`hello, nonce, proof, credential: a node with ${algorithm} is in the ledger, has its topics, and is heard`, async t => {
        const office = await officeOf(t)
        const node = await (algorithm === "LMS" ? office.newNode() : office.newP256Node())
        await office.enrolAndHear(node)
        const { algorithm: number } = node.identity
        const publicKey = node.identity.publicKey()
        assert.equal(office.ledger.size, 1)
        const entry = office.ledger.entry(0)
        assert.ok(entry.kind === "enrolment", entry.kind)
        assert.deepEqual(
            [entry.node, entry.algorithm, entry.publicKey, entry.timeMs],
            [node.id, number, publicKey, NOON_MS]
        )
        const credential = node.session?.credential ?? Buffer.alloc(0)
        assert.equal(entry.digest?.toString("hex"), hash("sha256", credential, "hex"))
        assert.deepEqual(office.access.grants.get(node.id), {
            user: node.id,
            password: node.password,
            clientId: `mw-${node.id}`,
            publish: [`mw/${node.id}/up`, `mw/${node.id}/state`, `mw/${node.id}/ack`],
            subscribe: [`mw/${node.id}/down`],
            // 30 days
            expiresMs: NOON_MS + 2_592_000_000,
        })
        const { state, isHeard, counts, flags } = await office.status(node)
        assert.deepEqual([state, isHeard, counts, flags], ["enrolled", true, {}, {}])
    })

test("a report is opened with its boot, kind and number, for the twin", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    const heard = await office.registrar.hear(upTopic(node.id), node.report(Buffer.from("two")))
    assert.deepEqual(
        [heard?.id, heard?.kind, heard?.number, heard?.plaintext.toString()],
        [node.id, SEALED_REPORT, 1, "two"]
    )
    assert.match(heard?.boot ?? "", /^[0-9a-f]{16}$/)
    assert.notEqual(SEALED_REPORT, SEALED_OTHER)
})

test("a message is answered on its own node's topic alone, and only what a node publishes is heard", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    const hello = node.hello()
    for (const topic of [enrolDownTopic(node.id), `mw/${node.id}/state`, "mw", "", "mw/x/enrol/up"])
        assert.equal(await office.registrar.hear(topic, hello), undefined)
    assert.deepEqual(office.published, [])
    await office.registrar.hear(enrolUpTopic(node.id), hello)
    assert.deepEqual(
        office.published.map(({ topic }) => topic),
        [enrolDownTopic(node.id)]
    )
})

test("the same key again is given a new credential, and costs the ledger nothing", async t => {
    const office = await officeOf(t)
    for (const node of [await office.newNode(), await office.newP256Node()]) {
        await office.enrolAndHear(node)
        const { password } = node
        const { size } = office.ledger
        office.nowMs += 1000
        await office.enrolAndHear(node)
        assert.equal(office.ledger.size, size)
        assert.notEqual(node.password, password)
        assert.equal(office.access.grants.get(node.id)?.password, node.password)
        assert.ok(office.access.closed.includes(node.id), "the session of the old one is closed")
    }
})

test("a proof that is sent again, for its answer was lost, gets the same answer", async t => {
    const office = await officeOf(t)
    const node = await office.newNode()
    const proof = await office.proofOf(node)
    const topic = enrolUpTopic(node.id)
    await office.registrar.hear(topic, proof)
    const [lost] = office.taken(enrolDownTopic(node.id))
    const kept = await office.kept()
    await office.registrar.hear(topic, proof)
    assert.deepEqual(office.taken(enrolDownTopic(node.id)), [lost])
    assert.equal(await office.kept(), kept)
    await office.stop()
    await office.start()
    const [step] = await office.tellEnrolment(node, proof)
    assert.ok("credential" in step, "after a restart too")
    assert.equal(office.access.grants.get(node.id)?.password, node.password)
})

test("200 nodes that ask at once share flushes", async t => {
    const office = await officeOf(t)
    const nodes: HostNode[] = []
    const claims = Array.from({ length: 200 }, () => office.newClaim())
    assert.equal(await office.registrar.addClaims(claims), 200)
    assert.equal(await office.registrar.addClaims(claims), 0)
    for (const claim of claims) nodes.push(new HostNode(claim, new HostP256(), office.randomBytes))
    const proofs: Buffer[] = []
    for (const node of nodes) proofs.push(await office.proofOf(node))
    let appends = 0
    const append = office.ledger.append.bind(office.ledger)
    office.ledger.append = events => {
        appends++
        return append(events)
    }
    await Promise.all(
        nodes.map((node, i) => office.registrar.hear(enrolUpTopic(node.id), proofs[i]))
    )
    assert.equal(office.ledger.size, 200)
    assert.ok(appends <= 40, `${appends} flushes`)
    for (const node of nodes) {
        const [answer] = office.taken(enrolDownTopic(node.id))
        node.hearEnrolment(answer)
        assert.equal(office.access.grants.get(node.id)?.password, node.password)
    }
})

test("nodes are listed by their ids, each with what it is", async t => {
    const office = await officeOf(t)
    const nodes = [await office.newP256Node(), await office.newP256Node()]
    await office.enrol(nodes[1])
    const listed: string[] = []
    for await (const { id, state, isHeard } of office.registrar.nodes())
        listed.push(`${id} ${state} ${isHeard}`)
    assert.deepEqual(listed, [`${nodes[0].id} claimed false`, `${nodes[1].id} enrolled false`])
    assert.equal(await office.registrar.node("00000000000000ff"), undefined)
})

test("claims that are none are refused without a word of their secrets, and then none is added", async t => {
    const office = await officeOf(t)
    const good = office.newClaim()
    const secret = good.secret
    for (const bad of [
        { id: "0".repeat(16), secret },
        { id: "A".repeat(16), secret },
        { id: "12", secret },
        { id: good.id, secret: secret.slice(1) },
        { id: good.id, secret: secret.toUpperCase().replace(/^./, "G") },
    ])
        await assert.rejects(
            office.registrar.addClaims([office.newClaim(), bad]),
            (e: Error) => e.message.includes(bad.id) && !e.message.includes(bad.secret.slice(2))
        )
    await office.registrar.addClaims([good])
    const other = { id: good.id, secret: office.newClaim().secret }
    await assert.rejects(
        office.registrar.addClaims([other]),
        new RegExp(`claim ${good.id}: is known with another secret`)
    )
    assert.equal(office.access.grants.size, 1)
})

test("a question for the time is answered, sealed", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    await office.tellAck(node, "time", 6200)
    assert.deepEqual(office.commandsTo(node), [["time", [6200, NOON_MS]]])
})

test("numbers of commands never repeat, whatever is restarted, and a command is for the present boot", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    assert.equal(await office.registrar.command(node.id, encode({ alive: 1 })), false)
    await office.enrol(node)
    assert.equal(await office.registrar.command(node.id, encode({ alive: 1 })), false)
    await office.registrar.hear(upTopic(node.id), node.report(Buffer.from("on")))
    let taken = 0
    for (let restart = 0; restart < 3; ++restart) {
        for (let i = 0; i < 70; ++i) await office.registrar.command(node.id, encode({ alive: i }))
        // The node takes a number once, and only one that is greater.
        taken += office.commandsTo(node).length
        await office.stop()
        await office.start()
    }
    assert.equal(taken, 210)
    const old = node.say("time", 1)
    node.reboot()
    await office.tellAck(node, "time", 2)
    assert.equal(office.commandsTo(node).length, 1)
    // What an earlier boot said, said again, is opened, and does not make that boot the present one.
    await office.registrar.hear(ackTopic(node.id), old)
    assert.equal(office.commandsTo(node).length, 1)
    assert.equal(await office.registrar.command("00000000000000ff", encode({ alive: 1 })), false)
})

test("what was on its way under the session before is opened until something comes under the new one", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    const [first, second] = [node.report(Buffer.from("1")), node.report(Buffer.from("2"))]
    office.nowMs += 1000
    await office.enrol(node)
    const topic = upTopic(node.id)
    assert.equal((await office.registrar.hear(topic, first))?.plaintext.toString(), "1")
    assert.ok(await office.registrar.hear(topic, node.report(Buffer.from("3"))), "the new one")
    assert.equal(await office.registrar.hear(topic, second), undefined)
    assert.equal(office.registrar.counters().forgedReport, 1)
})

test("a session that was never heard of does not cost the one before it what is on its way", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    const first = node.report(Buffer.from("1"))
    for (let i = 0; i < 2; ++i) {
        office.nowMs += 1000
        await office.enrol(node)
    }
    assert.ok(await office.registrar.hear(upTopic(node.id), first), "opened")
})

test("all of it is the owner's alone, and no secret is said", async t => {
    const office = await officeOf(t)
    const claim = office.newClaim()
    await office.registrar.addClaims([claim])
    const node = new HostNode(claim, new HostP256(), office.randomBytes)
    await office.enrolAndHear(node)
    const other = new HostNode(claim, new HostP256(), office.randomBytes)
    await office.enrol(other)
    office.nowMs += 20_000
    await office.registrar.tick()
    await office.registrar.revoke(node.id, "lost")
    await office.registrar.hear(upTopic(node.id), Buffer.from(claim.secret))
    assert.ok(office.said.length >= 2, office.said.join("\n"))
    assert.ok(!office.said.join("\n").includes(claim.secret.slice(0, 8)), "the claim's secret")
    assert.ok(!office.said.join("\n").includes(node.password ?? "-"), "the credential")
    const mode = (path: string) => (statSync(join(office.folder, path)).mode & 0o777).toString(8)
    assert.deepEqual(
        [mode("registrar"), mode("keys"), mode("keys/registrar.key")],
        ["700", "700", "600"]
    )
})
