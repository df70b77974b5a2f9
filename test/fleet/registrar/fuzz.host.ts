/**
 * Ten thousand messages that were made from real ones: no throw, no enrolment, no entry, and each of them counted.
 *
 * The seed is printed: `MOTEWISE_SEED=... npm test -- registrar/fuzz` does the same again.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { decode, encode } from "cborg"
import { HostLms } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import { REFUSALS } from "../../../fleet/registrar/refusals"
import {
    ackTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import { RandomStream } from "../../../sim/random"
import { Office, type Message } from "./office"

const SEED = process.env.MOTEWISE_SEED ?? "registrar"
const MUTATIONS = 10_000

const stream = new RandomStream(`fuzz/${SEED}`)

/** 0..n-1 */
function below(n: number): number {
    return Math.floor(stream.uniform() * n)
}

function oneOf<T>(things: readonly T[]): T {
    return things[below(things.length)]
}

function bytes(n: number): Buffer {
    const made = Buffer.alloc(n)
    stream.fill(made)
    return made
}

/** The fields of a message of enrolment; undefined for what is sealed. */
function fieldsOf(payload: Buffer): unknown[] | undefined {
    try {
        const fields = decode(payload)
        return Array.isArray(fields) ? fields : undefined
    } catch {
        return undefined
    }
}

const MUTATIONS_OF_BYTES: ((payload: Buffer, all: readonly Message[]) => Buffer)[] = [
    function flip(payload) {
        const flipped = Buffer.from(payload)
        for (let i = below(3); i >= 0; --i) flipped[below(flipped.length)] ^= 1 << below(8)
        return flipped
    },
    function truncate(payload) {
        return payload.subarray(0, below(payload.length))
    },
    function insert(payload) {
        const at = below(payload.length + 1)
        return Buffer.concat([payload.subarray(0, at), bytes(1 + below(20)), payload.subarray(at)])
    },
    function overwrite(payload) {
        const some = bytes(1 + below(16))
        const written = Buffer.from(payload)
        some.copy(written, below(written.length))
        return written
    },
    function swapFields(payload) {
        const fields = fieldsOf(payload)
        if (fields === undefined) return Buffer.concat([payload, payload])
        const [a, b] = [below(fields.length), below(fields.length)]
        ;[fields[a], fields[b]] = [fields[b], fields[a]]
        return Buffer.from(encode(fields))
    },
    function takeFieldOfAnother(payload, all) {
        const [fields, others] = [fieldsOf(payload), fieldsOf(oneOf(all).payload)]
        if (fields === undefined || others === undefined) return Buffer.from(oneOf(all).payload)
        const at = below(fields.length)
        fields[at] = others[Math.min(at, others.length - 1)]
        return Buffer.from(encode(fields))
    },
    function changeField(payload) {
        const fields = fieldsOf(payload)
        if (fields === undefined) return bytes(payload.length)
        const odd = [null, -1, 0, 2 ** 32, 1.5, "", [], {}, bytes(16), bytes(48), true]
        fields[below(fields.length)] = oneOf(odd)
        return Buffer.from(encode(fields))
    },
    function enlarge(payload) {
        return Buffer.concat([payload, bytes(2601 + below(1000))])
    },
    function replay(payload) {
        return payload
    },
]

test(`ten thousand mutated messages enrol nobody (seed ${SEED})`, async t => {
    const office = await Office.open(`fuzz/${SEED}`)
    t.after(() => office.remove())
    const recorded: Message[] = []
    const record = (topic: string, payload: Buffer) => recorded.push({ topic, payload })
    // A run as it is: these are enrolled and heard.
    const nodes: HostNode[] = []
    for (let i = 0; i < 4; ++i)
        nodes.push(await (i % 2 === 0 ? office.newNode() : office.newP256Node()))
    for (const node of nodes) {
        const hello = node.hello()
        record(enrolUpTopic(node.id), hello)
        const [step] = await office.tellEnrolment(node, hello)
        assert.ok("proof" in step, "a nonce")
        record(enrolUpTopic(node.id), step.proof)
        await office.tellEnrolment(node, step.proof)
        const report = node.report(Buffer.from("a report of some length, as they are"))
        record(upTopic(node.id), report)
        await office.registrar.hear(upTopic(node.id), report)
        const question = node.say("time", 1000)
        record(ackTopic(node.id), question)
        await office.registrar.hear(ackTopic(node.id), question)
    }
    const next = await HostLms.make(office.randomBytes, 1)
    const rollover = (nodes[0].identity as HostLms).rollover(nodes[0].id, next)
    record(ackTopic(nodes[0].id), nodes[0].say("rollover", rollover))
    // These have proofs with good nonces, which nobody has seen yet.
    const waiting: { node: HostNode; proof: Buffer }[] = []
    for (let i = 0; i < 4; ++i) {
        const node = await (i % 2 === 0 ? office.newNode() : office.newP256Node())
        const proof = await office.proofOf(node)
        waiting.push({ node, proof })
        record(enrolUpTopic(node.id), proof)
    }
    // Of what is real, at its own place, some may well be taken: a first proof, and what is sealed.
    const first = new Set(waiting.map(({ proof }) => proof))
    const real = new Set(
        recorded
            .filter(({ topic, payload }) => !topic.endsWith("/enrol/up") || first.has(payload))
            .map(({ topic, payload }) => `${topic} ${payload.toString("hex")}`)
    )
    const known = [...nodes, ...waiting.map(({ node }) => node)].map(node => node.id)

    office.published.splice(0)
    const kept = await office.kept()
    const total = () => Object.values(office.registrar.counters()).reduce((sum, n) => sum + n, 0)
    const before = total()
    let nonces = 0
    for (let i = 0; i < MUTATIONS;) {
        const { topic, payload } = oneOf(recorded)
        const mutated = oneOf(MUTATIONS_OF_BYTES)(payload, recorded)
        const ids = [topic.split("/")[1], oneOf(known), bytes(8).toString("hex")]
        const id = oneOf([ids[0], ids[0], ids[0], ...ids])
        const on = topic.replace(/[0-9a-f]{16}/, id)
        const name = `${on} ${mutated.toString("hex")}`
        if (real.has(name)) continue
        ++i
        const counted = total()
        const heard = await office.registrar.hear(on, mutated)
        assert.equal(heard, undefined, name)
        // A hello with another nonce is a good one: it is given a nonce, and nothing is kept.
        const answers = office.taken(enrolDownTopic(id))
        const isHello = answers.length === 1 && (decode(answers[0]) as number[])[1] === 2
        if (isHello) ++nonces
        assert.equal(total() - counted, isHello ? 0 : 1, `${name}: counted once`)
        for (const answer of answers)
            assert.notEqual((decode(answer) as number[])[1], 4, `${name}: a credential`)
    }
    assert.equal(office.ledger.size, nodes.length)
    assert.equal(await office.kept(), kept)
    assert.equal(total() - before + nonces, MUTATIONS)
    assert.deepEqual(office.published, [])
    const counts = office.registrar.counters()
    t.diagnostic(`nonces ${nonces}, ${REFUSALS.map(name => `${name} ${counts[name]}`).join(", ")}`)
    for (const name of [
        "malformed",
        "wrongClaim",
        "oversized",
        "unknownNode",
        "forgedReport",
        "replayedProof",
    ] as const)
        assert.ok(counts[name] > 10, `${name}: ${counts[name]}`)
    // And nobody was harmed: the real ones are taken.
    for (const { node, proof } of waiting) {
        const [step] = await office.tellEnrolment(node, proof)
        assert.ok("credential" in step, `node ${node.id} is enrolled`)
    }
    assert.equal(office.ledger.size, nodes.length + waiting.length)
})
