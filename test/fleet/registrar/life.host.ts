/** What becomes of a node after it has enrolled: its store is lost, its key is used up, its credential ends, it is revoked. */
import assert from "node:assert/strict"
import { hash } from "node:crypto"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { test, type TestContext } from "node:test"
import { HostLms, HostP256 } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import {
    ackTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import type { Claim } from "../../../fleet/registrar/claim"
import { MemoryDatabase } from "./memory-database"
import { NOON_MS, Office, PaperAccess } from "./office"

const SECOND_DEVICE = { refused: 3 }
/** Milliseconds since 1970, in 16 digits. */
const EVER = 9_000_000_000_000_000

async function officeOf(t: TestContext): Promise<Office> {
    const office = await Office.open(t.name)
    t.after(() => office.remove())
    return office
}

async function claimOf(office: Office): Promise<Claim> {
    const claim = office.newClaim()
    await office.registrar.addClaims([claim])
    return claim
}

function kindsOf(office: Office): string[] {
    return Array.from({ length: office.ledger.size }, (_, at) => office.ledger.entry(at).kind)
}

test("a node whose store was lost is enrolled anew after ten seconds of silence, and the old key is closed", async t => {
    const office = await officeOf(t)
    const claim = await claimOf(office)
    const node = new HostNode(claim, await HostLms.make(office.randomBytes), office.randomBytes)
    await office.enrolAndHear(node)
    const old = node.report(Buffer.from("old"))
    const again = new HostNode(claim, await HostLms.make(office.randomBytes), office.randomBytes)
    const proof = await office.proofOf(again)
    assert.deepEqual(await office.tellEnrolment(again, proof), [])
    office.nowMs += 9_999
    await office.registrar.tick()
    // It sends the same again.
    assert.deepEqual(await office.tellEnrolment(again, proof), [])
    assert.equal(office.ledger.size, 1)
    office.nowMs += 1
    await office.registrar.tick()
    const [answer] = office.taken(enrolDownTopic(again.id))
    assert.ok("credential" in (again.hearEnrolment(answer) ?? {}), "enrolled")
    assert.deepEqual(kindsOf(office), ["enrolment", "enrolment"])
    assert.ok(office.access.closed.includes(claim.id), "the old session is closed")
    assert.equal(office.access.grants.get(claim.id)?.password, again.password)
    assert.equal(await office.registrar.hear(upTopic(claim.id), old), undefined)
    assert.deepEqual((await office.status(again)).publicKey, again.identity.publicKey())
    assert.ok(
        office.said.some(line => line.includes("enrolled anew with key")),
        "said"
    )
    // The old one comes back, and is the newcomer now.
    await office.registrar.hear(upTopic(claim.id), again.report(Buffer.from("on")))
    assert.deepEqual(await office.tellEnrolment(node, await office.proofOf(node)), [])
    const [command] = office.commandsTo(again)
    await office.tellAck(again, ...command)
    const [refused] = office.taken(enrolDownTopic(node.id))
    assert.deepEqual(node.hearEnrolment(refused), SECOND_DEVICE)
})

test("two devices with one claim that start at once: the first to be heard stays", async t => {
    const office = await officeOf(t)
    const claim = await claimOf(office)
    const first = new HostNode(claim, new HostP256(), office.randomBytes)
    const second = new HostNode(claim, new HostP256(), office.randomBytes)
    const [proof, other] = [await office.proofOf(first), await office.proofOf(second)]
    await office.tellEnrolment(first, proof)
    // The first cannot be asked yet: nobody knows its boot.
    assert.deepEqual(await office.tellEnrolment(second, other), [])
    await office.registrar.hear(upTopic(claim.id), first.report(Buffer.from("on")))
    const [refused] = office.taken(enrolDownTopic(claim.id))
    assert.deepEqual(second.hearEnrolment(refused), SECOND_DEVICE)
    assert.equal(office.ledger.size, 1)
})

test("while one newcomer waits, a third is refused; a proof by the known key refuses both", async t => {
    const office = await officeOf(t)
    const claim = await claimOf(office)
    const [node, second, third] = [1, 2, 3].map(
        () => new HostNode(claim, new HostP256(), office.randomBytes)
    )
    await office.enrolAndHear(node)
    assert.deepEqual(await office.tellEnrolment(second, await office.proofOf(second)), [])
    const proof = await office.proofOf(third)
    assert.deepEqual(await office.tellEnrolment(third, proof), [SECOND_DEVICE])
    office.nowMs += 2000
    const renewal = await office.proofOf(node)
    await office.registrar.hear(enrolUpTopic(claim.id), renewal)
    const answers = office.taken(enrolDownTopic(claim.id))
    assert.ok("credential" in (node.hearEnrolment(answers[0]) ?? {}), "it has another credential")
    assert.deepEqual(second.hearEnrolment(answers[1]), SECOND_DEVICE)
    assert.equal(office.ledger.size, 1)
    assert.equal((await office.status(node)).counts.secondDevice, 2)
})

test("a key signs the next: the ledger has the change, and both sign until the next was seen to", async t => {
    const office = await officeOf(t)
    const [first, next] = [
        await HostLms.make(office.randomBytes),
        await HostLms.make(office.randomBytes, 1),
    ]
    const node = await office.newNode(first)
    await office.enrolAndHear(node)
    const message = first.rollover(node.id, next)
    await office.tellAck(node, "rollover", message)
    assert.deepEqual(office.commandsTo(node), [["rollover", 1]])
    assert.equal(office.ledger.size, 2)
    const entry = office.ledger.entry(1)
    assert.ok(entry.kind === "key change", entry.kind)
    assert.deepEqual(entry.publicKey, next.publicKey())
    assert.equal(entry.replaces.toString("hex"), hash("sha256", first.publicKey(), "hex"))
    // The answer was lost: it says so again, and the old key signs on.
    await office.tellAck(node, "rollover", message)
    assert.deepEqual(office.commandsTo(node), [["rollover", 1]])
    await office.enrolAndHear(node)
    node.identity = next
    await office.enrolAndHear(node)
    assert.equal(office.ledger.size, 2)
    assert.equal((await office.status(node)).generation, 1)
    // Now it is another key, and has to wait for the next to be silent.
    node.identity = first
    assert.deepEqual(await office.tellEnrolment(node, await office.proofOf(node)), [])
})

test("a rollover that comes late is taken, one that skips a generation or a copy of the key signed is not", async t => {
    const office = await officeOf(t)
    const first = await HostLms.make(office.randomBytes)
    const clone = first.copy()
    const node = await office.newNode(first)
    await office.enrolAndHear(node)
    const [next, skipped, others] = await Promise.all(
        [1, 2, 1].map(generation => HostLms.make(office.randomBytes, generation))
    )
    await office.tellAck(node, "rollover", first.rollover(node.id, skipped))
    assert.equal(office.registrar.counters().malformed, 1)
    await office.tellAck(node, "rollover", clone.rollover(node.id, others))
    assert.equal(office.registrar.counters().repeatedIndex, 1)
    await office.tellAck(node, "rollover", first.rollover("00000000000000ff", next))
    assert.equal(office.registrar.counters().forgedSignature, 1)
    assert.equal(office.ledger.size, 1)
    const message = first.rollover(node.id, next)
    office.nowMs += 1000
    await office.enrolAndHear(node)
    await office.tellAck(node, "rollover", message)
    assert.deepEqual(kindsOf(office), ["enrolment", "key change"])
})

test("a next key that was lost before it signed is followed by another, and the lost one does not come back", async t => {
    const office = await officeOf(t)
    const first = await HostLms.make(office.randomBytes)
    const node = await office.newNode(first)
    await office.enrolAndHear(node)
    const [lost, next] = await Promise.all([1, 1].map(of => HostLms.make(office.randomBytes, of)))
    const message = first.rollover(node.id, lost)
    await office.tellAck(node, "rollover", message)
    await office.tellAck(node, "rollover", first.rollover(node.id, next))
    await office.tellAck(node, "rollover", message)
    assert.deepEqual(kindsOf(office), ["enrolment", "key change", "key change"])
    assert.deepEqual((await office.status(node)).publicKey, next.publicKey())
})

test("a node that is revoked may nothing more, at once and after a restart, and it is in the ledger once", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    assert.equal(await office.registrar.revoke(node.id, "stolen from the roof"), true)
    assert.equal(await office.registrar.revoke(node.id, "again"), false)
    assert.deepEqual(office.access.closed.sort(), [node.id, node.claimUser].sort())
    assert.equal(office.access.grants.size, 0)
    const entry = office.ledger.entry(1)
    assert.ok(entry.kind === "revocation", entry.kind)
    assert.equal(entry.reason, "stolen from the roof")
    const { state, reason } = await office.status(node)
    assert.deepEqual([state, reason], ["revoked", "stolen from the roof"])
    await office.stop()
    await office.start()
    assert.equal(office.access.grants.size, 0)
    assert.equal(await office.registrar.addClaims([office.newClaim()]), 1)
    for (const [id, why, error] of [
        ["00000000000000ff", "lost", /not known/],
        [node.id, "", /1 to 160/],
        [node.id, "ü".repeat(81), /162 B: 1 to 160/],
    ] as [string, string, RegExp][])
        await assert.rejects(office.registrar.revoke(id, why), error)
    assert.equal(office.ledger.size, 2)
})

test("a node is asked to enrol again at two thirds of its credential's life, then every hour, until it has", async t => {
    const office = await officeOf(t)
    // Nobody is due, and nobody will ever be, as far as it knows.
    await office.registrar.tick()
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    const asked = async (afterMs: number) => {
        office.nowMs = NOON_MS + afterMs
        await office.registrar.tick()
        return office.commandsTo(node)
    }
    const [DAY, HOUR] = [86_400_000, 3_600_000]
    assert.deepEqual(await asked(20 * DAY - 1), [])
    assert.deepEqual(await asked(20 * DAY), [["enrol", 1]])
    assert.deepEqual(await asked(20 * DAY + HOUR - 1), [])
    assert.deepEqual(await asked(20 * DAY + HOUR), [["enrol", 1]])
    await office.stop()
    await office.start()
    assert.deepEqual(await asked(20 * DAY + 2 * HOUR), [["enrol", 1]])
    await office.enrolAndHear(node)
    assert.equal(office.access.grants.get(node.id)?.expiresMs, NOON_MS + 50 * DAY + 2 * HOUR)
    assert.equal((await office.store.due(EVER, 10)).length, 1)
    assert.deepEqual(await asked(20 * DAY + 3 * HOUR), [])
    assert.deepEqual(await asked(40 * DAY + 2 * HOUR), [["enrol", 1]])
    assert.equal(office.ledger.size, 1)
    // Nobody is asked when it is over, nor when it is revoked, and nothing is left to be looked at.
    assert.deepEqual(await asked(50 * DAY + 2 * HOUR), [])
    assert.deepEqual(await office.store.due(EVER, 10), [])
    await office.enrolAndHear(node)
    await office.registrar.revoke(node.id, "lost")
    assert.deepEqual(await office.store.due(EVER, 10), [])
})

test("a store that was lost is made again from the ledger and the claims: nodes need a proof, and no entry", async t => {
    const office = await officeOf(t)
    const claims = [await claimOf(office), await claimOf(office), await claimOf(office)]
    const [first, next] = [
        await HostLms.make(office.randomBytes),
        await HostLms.make(office.randomBytes, 1),
    ]
    const nodes = [first, new HostP256(), new HostP256()].map(
        (identity, i) => new HostNode(claims[i], identity, office.randomBytes)
    )
    for (const node of nodes) await office.enrolAndHear(node)
    await office.tellAck(nodes[0], "rollover", first.rollover(nodes[0].id, next))
    await office.registrar.revoke(nodes[2].id, "lost")
    await office.stop()
    rmSync(join(office.folder, "registrar"), { recursive: true })
    office.access = new PaperAccess()
    await office.start()
    assert.ok(office.said.includes("registrar: took up 5 entries of the ledger"), "said")
    assert.equal((await office.status(nodes[0])).state, "enrolled")
    // Nobody can prove anything before the claims are there again.
    await office.registrar.hear(enrolUpTopic(nodes[1].id), nodes[1].hello())
    assert.equal(office.registrar.counters().unknownNode, 1)
    assert.equal(await office.registrar.addClaims(claims), 3)
    assert.deepEqual(
        [...office.access.grants.keys()].sort(),
        nodes.slice(0, 2).map(node => node.claimUser)
    )
    office.nowMs += 1000
    // The next key, and after it the one before, which it has not followed yet; and the other way round.
    await office.enrolAndHear(nodes[0])
    nodes[0].identity = next
    await office.enrolAndHear(nodes[0])
    await office.enrolAndHear(nodes[1])
    assert.equal(office.ledger.size, 5)
    assert.equal((await office.status(nodes[0])).generation, 1)
})

test("a ledger that is older than what the registrar saw of it is refused", async t => {
    const office = await officeOf(t)
    await office.enrol(await office.newP256Node())
    await office.stop()
    rmSync(join(office.folder, "ledger"), { recursive: true })
    await assert.rejects(office.start(), /has seen 1 entries of the ledger, which has 0/)
    office.ledger.close()
    rmSync(join(office.folder, "registrar"), { recursive: true })
    await office.start()
})

test("with another key the registrar's credentials are none, and their nodes enrol again; a damaged one is refused", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    await office.stop()
    const path = join(office.folder, "keys/registrar.key")
    rmSync(path)
    await office.start()
    assert.deepEqual([...office.access.grants.keys()], [node.claimUser])
    office.nowMs += 1000
    await office.enrolAndHear(node)
    assert.equal(office.ledger.size, 1)
    await office.stop()
    writeFileSync(path, "12\n")
    await assert.rejects(office.start(), /registrar\.key: is damaged/)
    office.ledger.close()
    await office.database.close()
    rmSync(path)
    await office.start()
})

test("what is sealed for the registrar is opened after a restart as before it", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    await office.stop()
    await office.start()
    assert.equal(office.access.grants.get(node.id)?.password, node.password)
    assert.ok(await office.registrar.hear(upTopic(node.id), node.report(Buffer.from("on"))), "open")
    await office.registrar.hear(ackTopic(node.id), node.say("time", 1))
    assert.equal(office.commandsTo(node).length, 1)
})

test("after a write that failed nothing is written, and nobody enrolled, until it is opened again", async t => {
    const database = new MemoryDatabase()
    const office = await Office.open(t.name, { database })
    t.after(() => office.remove())
    const [node, other] = [await office.newP256Node(), await office.newP256Node()]
    const third = await office.newP256Node()
    await office.enrol(node)
    const proof = await office.proofOf(other)
    const batch = database.batch.bind(database)
    // It is written, and nobody knows.
    database.batch = async (writes, options) => {
        await batch(writes, options)
        throw new Error("the disk is full")
    }
    await assert.rejects(office.tellEnrolment(other, proof), /^Error: the disk is full/)
    database.batch = batch
    const kept = await office.kept()
    await assert.rejects(office.enrol(third), /a write failed .*: open it again/)
    const report = node.report(Buffer.from("on"))
    await assert.rejects(office.registrar.hear(upTopic(node.id), report), /open it again/)
    assert.equal(await office.kept(), kept)
    for (const { id } of [node, other, third])
        assert.deepEqual(office.taken(enrolDownTopic(id)), [])
    await office.stop()
    await office.start({ database })
    const [step] = await office.tellEnrolment(other, proof)
    assert.ok("credential" in step, "the same proof is answered")
    assert.equal(office.ledger.size, 2)
})
