/** Everything that must be refused is: counted under its name, for its node and in all, and neither ledger nor store knows of it. */
import assert from "node:assert/strict"
import { test, type TestContext } from "node:test"
import { decode, encode } from "cborg"
import { HostLms, HostP256, type HostIdentity } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import { REFUSALS } from "../../../fleet/registrar/refusals"
import {
    ackTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import { Office, assertRefused } from "./office"

// contract/enrolment.ts: REFUSED_*
const STALE_NONCE = { refused: 1 }
const PROOF = { refused: 2 }
const SECOND_DEVICE = { refused: 3 }
const REVOKED = { refused: 4 }
const ALGORITHM = { refused: 5 }

async function officeOf(t: TestContext): Promise<Office> {
    const office = await Office.open(t.name)
    t.after(() => office.remove())
    return office
}

/** The identity, but for its signatures, of which one bit is wrong. */
function forger(identity: HostIdentity, byte: number): HostIdentity {
    const { algorithm, generation } = identity
    return {
        algorithm,
        generation,
        publicKey: () => identity.publicKey(),
        sign: message => {
            const signature = identity.sign(message)
            signature[byte] ^= 1
            return signature
        },
    }
}

test("a forged signature, of either algorithm, from one that holds the claim", async t => {
    const office = await officeOf(t)
    const lms = await HostLms.make(office.randomBytes)
    // In C, in a chain, in the path; in r and in s.
    const forgers = [
        ...[8, 100, 1379].map(byte => forger(lms, byte)),
        ...[5, 40].map(byte => forger(new HostP256(), byte)),
    ]
    for (const identity of forgers) {
        const node = await office.newNode(identity)
        const proof = await office.proofOf(node)
        await assertRefused(office, "forgedSignature", async () =>
            assert.deepEqual(await office.tellEnrolment(node, proof), [PROOF])
        )
        assert.equal((await office.status(node)).counts.forgedSignature, 1)
    }
})

test("a key that is no point of the curve signs nothing", async t => {
    const office = await officeOf(t)
    const sign = () => Buffer.alloc(64, 1)
    const publicKey = () => Buffer.alloc(64, 1)
    const node = await office.newNode({ algorithm: -7, generation: 0, publicKey, sign })
    const proof = await office.proofOf(node)
    await assertRefused(office, "forgedSignature", () => office.tellEnrolment(node, proof))
})

test("a proof that is replayed once the node was heard under its credential", async t => {
    const office = await officeOf(t)
    for (const node of [await office.newNode(), await office.newP256Node()]) {
        const proof = await office.proofOf(node)
        await office.tellEnrolment(node, proof)
        await office.registrar.hear(upTopic(node.id), node.report(Buffer.from("on")))
        await assertRefused(office, "replayedProof", () => office.tellEnrolment(node, proof))
        assert.deepEqual(office.taken(enrolDownTopic(node.id)), [])
        // An older one than the last, too.
        office.nowMs += 1000
        await office.enrolAndHear(node)
        await assertRefused(office, "replayedProof", () => office.tellEnrolment(node, proof))
    }
})

test("a P-256 signature written the other way is the same proof", async t => {
    const office = await officeOf(t)
    // SEC 2, secp256r1: n. (r, n - s) is as good as (r, s).
    const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    const own = new HostP256()
    const signatures = new Map<string, Buffer>()
    const { algorithm, generation } = own
    const identity = {
        algorithm,
        generation,
        publicKey: () => own.publicKey(),
        sign: (message: Uint8Array) => {
            const name = Buffer.from(message).toString("hex")
            const before = signatures.get(name)
            if (before === undefined) {
                signatures.set(name, own.sign(message))
                return signatures.get(name) as Buffer
            }
            const s = order - BigInt(`0x${before.toString("hex", 32)}`)
            return Buffer.concat([
                before.subarray(0, 32),
                Buffer.from(s.toString(16).padStart(64, "0"), "hex"),
            ])
        },
    }
    const node = await office.newNode(identity)
    const proof = await office.proofOf(node)
    await office.tellEnrolment(node, proof)
    const [, , , registrarNonce] = decode(proof) as Uint8Array[]
    const other = node.proof(Buffer.from(registrarNonce))
    assert.notDeepEqual(other, proof)
    await assertRefused(office, "replayedProof", () => office.tellEnrolment(node, other))
})

test("a nonce that is ten minutes old, not ours, or another node's", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    const proof = await office.proofOf(node)
    office.nowMs += 600_000
    assert.equal((await office.enrol(await office.newP256Node()))?.constructor, Object)
    office.nowMs += 1
    await assertRefused(office, "staleNonce", async () =>
        assert.deepEqual(await office.tellEnrolment(node, proof), [STALE_NONCE])
    )
    const nonceOf = async (of: HostNode) => {
        const [, , , nonce] = decode(await office.proofOf(of)) as Uint8Array[]
        return Buffer.from(nonce)
    }
    const changed = await nonceOf(node)
    changed[19] ^= 1
    const others = await nonceOf(await office.newP256Node())
    const later = await nonceOf(node)
    later.writeUInt32BE(later.readUInt32BE(0) + 1)
    const before = await nonceOf(node)
    node.hello()
    for (const nonce of [changed, others, later, before]) {
        const forged = node.proof(nonce)
        await assertRefused(office, "staleNonce", async () =>
            assert.deepEqual(await office.tellEnrolment(node, forged), [STALE_NONCE])
        )
    }
})

test("a proof that came within its ten minutes is taken", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    const proof = await office.proofOf(node)
    office.nowMs += 599_000
    assert.ok("credential" in (await office.tellEnrolment(node, proof))[0], "taken")
})

test("another node's claim, whose holder hears nothing", async t => {
    const office = await officeOf(t)
    const [node, other] = [await office.newP256Node(), office.newClaim()]
    await office.registrar.addClaims([other])
    const thief = new HostNode({ ...other, id: node.id }, new HostP256(), office.randomBytes)
    const proof = await office.proofOf(thief)
    await assertRefused(office, "wrongClaim", () => office.tellEnrolment(thief, proof))
    assert.deepEqual(office.published, [])
    // The message of one node on the topic of another.
    const own = await office.proofOf(node)
    await office.registrar.hear(enrolUpTopic(other.id), own)
    assert.equal(office.registrar.counters().wrongClaim, 2)
    assert.equal((await office.registrar.node(other.id))?.counts.wrongClaim, 1)
    assert.equal(office.ledger.size, 0)
})

test("a one-time key that signs twice, or after a later one: a clone shows itself, and its node is flagged", async t => {
    const office = await officeOf(t)
    const identity = await HostLms.make(office.randomBytes)
    const node = await office.newNode(identity)
    const clone = identity.copy()
    await office.enrolAndHear(node)
    node.identity = clone
    const twice = await office.proofOf(node)
    await assertRefused(office, "repeatedIndex", async () =>
        assert.deepEqual(await office.tellEnrolment(node, twice), [PROOF])
    )
    // The node has signed some that got lost; its clone is behind.
    identity.used += 5
    node.identity = identity
    await office.enrolAndHear(node)
    node.identity = clone
    const late = await office.proofOf(node)
    await assertRefused(office, "repeatedIndex", () => office.tellEnrolment(node, late))
    const { flags } = await office.status(node)
    assert.match(flags.repeatedIndex?.detail ?? "", /^one-time key 1 of key [0-9a-f]{8} after/)
    assert.equal(flags.repeatedIndex?.timeMs, office.nowMs)
    assert.match(
        office.said.join("\n"),
        /repeatedIndex: one-time key 0 of key [0-9a-f]{8} signed twice/
    )
})

test("an algorithm, or a kind of LMS key, that nobody knows", async t => {
    const office = await officeOf(t)
    const sign = () => Buffer.alloc(64, 1)
    for (const [algorithm, publicKey] of [
        [-8, Buffer.alloc(32, 1)],
        [-7, Buffer.alloc(65, 1)],
        [-46, Buffer.alloc(48, 1)],
        [-46, Buffer.concat([Buffer.from("0000000a00000003", "hex"), Buffer.alloc(40)])],
    ] as [number, Buffer][]) {
        const identity = { algorithm, generation: 0, publicKey: () => publicKey, sign }
        const node = await office.newNode(identity)
        const proof = await office.proofOf(node)
        await assertRefused(office, "unknownAlgorithm", async () =>
            assert.deepEqual(await office.tellEnrolment(node, proof), [ALGORITHM])
        )
    }
})

test("what is longer than any message is", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    // The contract's 2,600 B; a report's 512 B and 32 B of sealing.
    for (const [topic, bytes] of [
        [enrolUpTopic(node.id), 2600],
        [ackTopic(node.id), 2600],
        [upTopic(node.id), 544],
    ] as [string, number][]) {
        const name = topic.endsWith("enrol/up") ? "malformed" : "forgedReport"
        await assertRefused(office, name, () => office.registrar.hear(topic, Buffer.alloc(bytes)))
        await assertRefused(office, "oversized", () =>
            office.registrar.hear(topic, Buffer.alloc(bytes + 1))
        )
    }
})

test("a truncated message, one that goes on, and one that is not in its one encoding", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    const proof = await office.proofOf(node)
    const hello = node.hello()
    const fields = decode(proof) as unknown[]
    const bad = [
        ...[0, 1, 2, 18, hello.length - 1].map(end => hello.subarray(0, end)),
        ...[100, proof.length - 1].map(end => proof.subarray(0, end)),
        Buffer.concat([hello, Buffer.alloc(1)]),
        // The version as a byte of its own, and as a float; the array without its length.
        Buffer.concat([Buffer.from("831801", "hex"), hello.subarray(2)]),
        Buffer.concat([Buffer.from("83f93c00", "hex"), hello.subarray(2)]),
        Buffer.concat([Buffer.from("9f", "hex"), hello.subarray(1), Buffer.from("ff", "hex")]),
        ...[
            [2],
            [1, 3],
            [1, 1, 5],
            [1, 1, Buffer.alloc(15)],
            [1, 1, Buffer.alloc(17)],
            {},
            null,
        ].map(value => Buffer.from(encode(value))),
        ...fields.map((_, i) => Buffer.from(encode(fields.toSpliced(i, 1)))),
        ...fields.map((_, i) => Buffer.from(encode(fields.toSpliced(i, 1, null)))),
        ...[-1, 2 ** 32, 0.5].map(generation =>
            Buffer.from(encode(fields.toSpliced(5, 1, generation)))
        ),
    ]
    for (const payload of bad)
        await assertRefused(office, "malformed", () =>
            office.registrar.hear(enrolUpTopic(node.id), payload)
        )
    assert.deepEqual(office.published, [])
})

test("a node that nobody knows counts among all, and nothing is remembered of it", async t => {
    const office = await officeOf(t)
    const stranger = new HostNode(office.newClaim(), new HostP256(), office.randomBytes)
    for (const topic of [enrolUpTopic, upTopic, ackTopic])
        await assertRefused(office, "unknownNode", () =>
            office.registrar.hear(topic(stranger.id), stranger.hello())
        )
    await assertRefused(office, "unknownNode", () =>
        office.registrar.refusedAtBroker(stranger.id, "unknownUser")
    )
    await office.registrar.tick()
    assert.equal(await office.registrar.node(stranger.id), undefined)
    assert.equal(await office.store.refusals(stranger.id), undefined)
})

test("a second device with the claim of one that is there", async t => {
    const office = await officeOf(t)
    const claim = office.newClaim()
    await office.registrar.addClaims([claim])
    const node = new HostNode(claim, new HostP256(), office.randomBytes)
    const second = new HostNode(claim, await HostLms.make(office.randomBytes), office.randomBytes)
    await office.enrolAndHear(node)
    // Numbers of commands are reserved, so that nothing else is to be written.
    await office.tellAck(node, "time", 1)
    office.commandsTo(node)
    const proof = await office.proofOf(second)
    await assertRefused(office, "secondDevice", async () => {
        assert.deepEqual(await office.tellEnrolment(second, proof), [], "it waits")
        const [command] = office.commandsTo(node)
        assert.equal(command[0], "alive")
        // Another number is no answer.
        await office.tellAck(node, "alive", Number(command[1]) + 1)
        assert.equal(office.registrar.counters().secondDevice, 0)
        await office.registrar.hear(ackTopic(node.id), node.answerTo(command) ?? Buffer.alloc(0))
        const [answer] = office.taken(enrolDownTopic(node.id))
        assert.deepEqual(second.hearEnrolment(answer), SECOND_DEVICE)
    })
    const { flags } = await office.status(node)
    assert.match(flags.secondDevice?.detail ?? "", /^key [0-9a-f]{8} asked, while key [0-9a-f]{8}/)
    assert.ok(
        office.said.some(line => line.includes(`${node.id}: secondDevice: key`)),
        "said"
    )
    office.nowMs += 60_000
    await office.registrar.tick()
    assert.equal(office.ledger.size, 1)
})

test("a node that was revoked: hello, proof and telemetry", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    office.nowMs += 1000
    const proof = await office.proofOf(node)
    await office.registrar.revoke(node.id, "stolen")
    await assertRefused(office, "revoked", () => office.tellEnrolment(node, node.hello()))
    await assertRefused(office, "revoked", () =>
        office.registrar.hear(upTopic(node.id), node.report(Buffer.from("on")))
    )
    const again = await office.newP256Node()
    const late = await office.proofOf(again)
    await office.registrar.revoke(again.id, "stolen")
    await assertRefused(office, "revoked", async () =>
        assert.deepEqual(await office.tellEnrolment(again, late), [REVOKED])
    )
    await assertRefused(office, "revoked", () =>
        office.registrar.hear(enrolUpTopic(node.id), proof)
    )
    for (const user of [node.id, node.claimUser])
        await assertRefused(office, "revoked", () =>
            office.registrar.refusedAtBroker(user, "unknownUser")
        )
})

test("reports and answers that do not open: forged, another node's, another topic's, open ones", async t => {
    const office = await officeOf(t)
    const [node, other] = [await office.newP256Node(), await office.newP256Node()]
    await office.enrolAndHear(node)
    await office.enrolAndHear(other)
    const report = node.report(Buffer.from("on"))
    const flipped = Buffer.from(report)
    flipped[flipped.length - 1] ^= 1
    for (const [topic, payload] of [
        [upTopic(node.id), flipped],
        [upTopic(node.id), report.subarray(0, -1)],
        [upTopic(node.id), other.report(Buffer.from("on"))],
        [upTopic(node.id), Buffer.from("on")],
        [upTopic(node.id), Buffer.alloc(0)],
        [ackTopic(node.id), report],
        [ackTopic(node.id), Buffer.from(encode({ time: 1 }))],
    ] as [string, Buffer][])
        await assertRefused(office, "forgedReport", async () =>
            assert.equal(await office.registrar.hear(topic, payload), undefined)
        )
    assert.ok(await office.registrar.hear(upTopic(node.id), report), "the report itself is opened")
})

test("what a node seals on its ack topic and is no answer and no question", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    await office.enrolAndHear(node)
    for (const [name, value] of [
        ["reboot", 1],
        ["time", -1],
        ["alive", "yes"],
        ["rollover", 1],
    ] as [string, unknown][])
        await assertRefused(office, "malformed", () => office.tellAck(node, name, value))
    await assertRefused(office, "forgedSignature", () =>
        office.tellAck(node, "rollover", Buffer.alloc(100))
    )
})

test("what the broker turns away is counted by what it was", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    const refuse = (
        user: string,
        refusal: Parameters<typeof office.registrar.refusedAtBroker>[1]
    ) => office.registrar.refusedAtBroker(user, refusal)
    await assertRefused(office, "expiredCredential", () => refuse(node.id, "expiredCredential"))
    await assertRefused(office, "foreignTopic", () => refuse(node.id, "foreignTopic"))
    await assertRefused(office, "wrongCredential", () => refuse(node.id, "wrongPassword"))
    await assertRefused(office, "wrongClaim", () => refuse(node.claimUser, "wrongPassword"))
    await assertRefused(office, "unknownNode", () => refuse("root", "unknownUser"))
    assert.deepEqual((await office.status(node)).counts, {
        expiredCredential: 1,
        foreignTopic: 1,
        wrongCredential: 1,
        wrongClaim: 1,
    })
})

test("counts are kept over a restart, and asked for at any time they are the same", async t => {
    const office = await officeOf(t)
    const node = await office.newP256Node()
    for (const restart of [0, 1]) {
        for (let i = 0; i < 3; ++i) {
            await office.registrar.hear(enrolUpTopic(node.id), Buffer.alloc(0))
            if (i === 1) await office.registrar.tick()
        }
        const count = 3 * (restart + 1)
        assert.equal((await office.status(node)).counts.malformed, count)
        assert.equal(office.registrar.counters().malformed, count)
        await office.stop()
        await office.start()
    }
    assert.deepEqual(Object.keys(office.registrar.counters()), [...REFUSALS])
})
