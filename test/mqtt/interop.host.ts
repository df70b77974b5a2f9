/** Our packets and those of the mqtt-packet library, against each other, both ways; ours run inside the VM. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { generate, parser, type Packet } from "mqtt-packet"
import { TOPIC_BYTES_MAX } from "../../src/mqtt/topic"
import { ASK_CONNECT, ASK_PARSE, ASK_PUBLISH, ASK_SHORT, ASK_SUBSCRIBE } from "./echo-contract"
import { ask, string, word } from "./echo-host"

const SEED = Number(process.env.MOTEWISE_SEED ?? 20141029)
const PACKETS = 10_000
const TYPES: Record<string, number> = { connack: 2, publish: 3, puback: 4, suback: 9, pingresp: 13 }

const id = fc.integer({ min: 1, max: 65535 })
const payload = fc
    .oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 400 }))
    .map(bytes => Buffer.from(bytes))
const fits = (text: string) => text.length > 0 && Buffer.byteLength(text) <= TOPIC_BYTES_MAX
/** Any Unicode but U+0000 and the wildcards: what MQTT allows [1.5.3, 4.7.3]. */
const topic = fc
    .string({ unit: "binary", minLength: 1, maxLength: 80 })
    .map(text => text.replace(/[+#\0]/g, "/"))
    .filter(fits)
const filter = fc
    .array(fc.oneof(fc.constant("+"), topic), { minLength: 1, maxLength: 4 })
    .map(levels => levels.join("/"))
    .filter(fits)
const publish = fc.oneof(
    fc
        .record({ topic, payload, retain: fc.boolean() })
        .map((fields): Packet => ({ cmd: "publish", qos: 0, dup: false, ...fields })),
    fc
        .record({ topic, payload, retain: fc.boolean(), dup: fc.boolean(), messageId: id })
        .map((fields): Packet => ({ cmd: "publish", qos: 1, ...fields }))
)
/** What a server says. */
const spoken: fc.Arbitrary<Packet> = fc.oneof(
    { weight: 4, arbitrary: publish },
    id.map((messageId): Packet => ({ cmd: "puback", messageId })),
    fc
        .record({ returnCode: fc.integer({ min: 0, max: 5 }), sessionPresent: fc.boolean() })
        .map((fields): Packet => ({ cmd: "connack", ...fields })),
    fc
        .record({
            messageId: id,
            granted: fc.array(fc.constantFrom(0, 1, 128), { minLength: 1, maxLength: 8 }),
        })
        .map((fields): Packet => ({ cmd: "suback", ...fields })),
    fc.constant<Packet>({ cmd: "pingresp" })
)

/** A packet of ours: the question that makes the VM write it, and what the library must read. */
interface Case {
    question: Buffer
    expected: object[]
}
const connectCase = fc
    .record({
        clientId: fc.stringMatching(/^[0-9a-z-]{1,23}$/),
        keepalive: fc.integer({ min: 1, max: 65535 }),
        topic,
        payload: fc.string({ unit: "binary", maxLength: 60 }),
    })
    .map(({ clientId, keepalive, topic, payload }): Case => ({
        question: Buffer.concat([
            Buffer.from([ASK_CONNECT]),
            word(keepalive),
            string(clientId),
            string(topic),
            string(payload),
        ]),
        expected: [
            {
                cmd: "connect",
                protocolId: "MQTT",
                protocolVersion: 4,
                clean: false,
                keepalive,
                clientId,
                will: { topic, payload: Buffer.from(payload), qos: 1, retain: true },
            },
        ],
    }))
const publishCase = publish.map((packet): Case => {
    if (packet.cmd !== "publish") throw new Error(packet.cmd)
    const { topic, payload, retain, dup, qos, messageId } = packet
    return {
        question: Buffer.concat([
            Buffer.from([ASK_PUBLISH, (retain ? 1 : 0) + (dup ? 2 : 0)]),
            word(messageId ?? 0),
            string(topic),
            Buffer.from(payload),
        ]),
        expected: [
            {
                ...{ cmd: "publish", topic, payload, retain, dup, qos },
                ...(qos === 1 ? { messageId } : {}),
            },
        ],
    }
})
const subscribeCase = fc
    .record({ messageId: id, filters: fc.array(filter, { minLength: 1, maxLength: 5 }) })
    .map(({ messageId, filters }): Case => ({
        question: Buffer.concat([
            Buffer.from([ASK_SUBSCRIBE]),
            word(messageId),
            ...filters.map(string),
        ]),
        expected: [
            {
                cmd: "subscribe",
                messageId,
                subscriptions: filters.map(topic => ({ topic, qos: 1 })),
            },
        ],
    }))
const shortCase = id.map((messageId): Case => ({
    question: Buffer.concat([Buffer.from([ASK_SHORT]), word(messageId)]),
    expected: [{ cmd: "puback", messageId }, { cmd: "pingreq" }, { cmd: "disconnect" }],
}))

/** The library's reading of our bytes. */
function read(bytes: Buffer): Packet[] {
    const packets: Packet[] = []
    const reader = parser({ protocolVersion: 4 })
    reader.on("packet", packet => packets.push(packet))
    reader.on("error", error => assert.fail(`${error}: ${bytes.toString("hex")}`))
    const left = reader.parse(bytes)
    assert.equal(left, 0, bytes.toString("hex"))
    return packets
}

test(`what we write in ${PACKETS} cases, mqtt-packet reads as it was meant`, async t => {
    t.diagnostic(`seed ${SEED}`)
    const cases = fc.sample(fc.oneof(connectCase, publishCase, subscribeCase, shortCase), {
        numRuns: PACKETS,
        seed: SEED,
    })
    const answers = await ask(cases.map(({ question }) => question))
    assert.equal(answers.length, PACKETS)
    for (const [index, { expected }] of cases.entries()) {
        const packets = read(answers[index])
        const told = `seed ${SEED}, case ${index}: ${answers[index].toString("hex")}`
        assert.equal(packets.length, expected.length, told)
        for (const [i, fields] of expected.entries())
            for (const [name, value] of Object.entries(fields))
                assert.deepEqual(packets[i][name as keyof Packet], value, told)
    }
})

test(`what mqtt-packet writes in ${PACKETS} packets, we read and write the same`, async t => {
    t.diagnostic(`seed ${SEED}`)
    const packets = fc.sample(spoken, { numRuns: PACKETS, seed: SEED })
    const cuts = fc.sample(fc.integer({ min: 1, max: 64 }), { numRuns: PACKETS, seed: SEED })
    const streams: Packet[][] = []
    for (let at = 0; at < PACKETS;) {
        const stream = packets.slice(at, at + 1 + (cuts[at] % 4))
        streams.push(stream)
        at += stream.length
    }
    const written = streams.map(stream =>
        stream.map(packet => generate(packet, { protocolVersion: 4 }))
    )
    const answers = await ask(
        written.map((stream, index) =>
            Buffer.concat([Buffer.from([ASK_PARSE, cuts[index]]), ...stream])
        )
    )
    let compared = 0
    for (const [index, answer] of answers.entries()) {
        let at = 0
        for (const [i, bytes] of written[index].entries()) {
            const told = `seed ${SEED}, stream ${index}, packet ${i}: ${bytes.toString("hex")}`
            const { cmd } = streams[index][i]
            assert.equal(answer[at], TYPES[cmd], told)
            assert.equal(answer[at + 1], bytes[0] & 15, told)
            const length = answer.readUInt16BE(at + 2)
            const ours = answer.subarray(at + 4, at + 4 + length)
            // Where we have no writer the body is compared: one byte of length, for none is long.
            const theirs = cmd === "publish" || cmd === "puback" ? bytes : bytes.subarray(2)
            assert.equal(ours.toString("hex"), theirs.toString("hex"), told)
            at += 4 + length
            compared++
        }
        assert.equal(at, answer.length, `seed ${SEED}, stream ${index}: more than was said`)
    }
    assert.equal(compared, PACKETS)
})
