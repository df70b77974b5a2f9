/** What no server should send, into our parser and session inside the VM: never a panic, always a reason or a session that goes on. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { generate, type Packet } from "mqtt-packet"
import { RandomStream } from "../../sim/random"
import { ASK_SESSION } from "./echo-contract"
import { ask } from "./echo-host"
import { isThorough } from "../harness/needs"

const SEED = Number(process.env.MOTEWISE_SEED ?? 1)
/** Half a minute in full; a user's own run takes a fifth of it. */
const STREAMS = isThorough() ? 100_000 : 20_000
const STREAM_BYTES_MAX = 1800
/** Every reason there is; one that is not here would be a new way to end, and deserves a test of its own. */
const REASONS = [
    /^refused: [a-z ]+ \(\d+\)$/,
    /^packet type \d+ before CONNACK$/,
    /^unexpected packet type \d+$/,
    /^unexpected CONNACK$/,
    /^malformed (CONNACK|PUBACK|SUBACK|PINGRESP|PUBLISH)$/,
    /^not MQTT$/,
]
const TOPICS = ["d/a", "d", "x/e", "other", "d/\u00e9", "$SYS/e"]

/** What a server may say in the middle of a session; packet ids are near those in flight. */
function sound(random: RandomStream): Packet {
    const messageId = 1 + random.integer(12)
    switch (random.integer(6)) {
        case 0:
            return { cmd: "puback", messageId }
        case 1:
            return { cmd: "suback", messageId, granted: [random.integer(2), 1] }
        case 2:
            return { cmd: "pingresp" }
        default: {
            const payload = Buffer.alloc(random.integer(10) === 0 ? random.integer(700) : 5, 0x30)
            const topic = TOPICS[random.integer(TOPICS.length)]
            const qos = random.integer(2) as 0 | 1
            return {
                cmd: "publish",
                topic,
                payload,
                qos,
                dup: qos === 1 && random.integer(2) === 1,
                retain: false,
                messageId,
            }
        }
    }
}

function mutated(bytes: Buffer, random: RandomStream): Buffer {
    const at = random.integer(bytes.length)
    const other = Buffer.alloc(1 + random.integer(8))
    random.fill(other)
    switch (random.integer(6)) {
        case 0: // one bit
            bytes[at] ^= 1 << random.integer(8)
            return bytes
        case 1: // one byte, often one of those that lengths break at
            bytes[at] = [0, 0x7f, 0x80, 0xff][random.integer(4)]
            return bytes
        case 2: // cut short
            return bytes.subarray(0, at)
        case 3: // something let in
            return Buffer.concat([bytes.subarray(0, at), other, bytes.subarray(at)])
        case 4: // something left out
            return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + other.length)])
        default: // said twice
            return Buffer.concat([bytes, bytes.subarray(at)])
    }
}

function stream(index: number): Buffer {
    const random = new RandomStream(`${SEED}/${index}`)
    const connack = generate({
        cmd: "connack",
        returnCode: 0,
        sessionPresent: random.integer(2) === 1,
    })
    const packets = [connack]
    for (let i = random.integer(3); i >= 0; --i)
        packets.push(generate(sound(random), { protocolVersion: 4 }))
    // CONNACK is mostly left alone: beyond it is where a session has most to lose.
    const from = random.integer(8) === 0 ? 0 : 1
    const victim = from + random.integer(packets.length - from)
    packets[victim] = mutated(packets[victim], random)
    if (random.integer(20) === 0) random.fill(packets[victim])
    const head = Buffer.from([ASK_SESSION, 1 + random.integer(255), packets[0].length])
    return Buffer.concat([head, ...packets]).subarray(0, STREAM_BYTES_MAX)
}

function* streams(): Generator<Buffer> {
    for (let index = 0; index < STREAMS; ++index) yield stream(index)
}

test(`${STREAMS} mutated streams: no panic, no leak, and every end has its reason`, async t => {
    t.diagnostic(`seed ${SEED}`)
    const answers = await ask(streams())
    assert.equal(answers.length, STREAMS)
    const ends = new Map<string, number>()
    for (const [index, answer] of answers.entries()) {
        const reason = answer.subarray(1).toString()
        const ended = answer[0] === 1
        if (ended !== REASONS.some(known => known.test(reason)))
            assert.fail(
                `seed ${SEED}, stream ${index}: "${reason}": ${stream(index).toString("hex")}`
            )
        ends.set(reason, (ends.get(reason) ?? 0) + 1)
    }
    // Mutations that the session never notices, or always, would prove little.
    const goesOn = ends.get("") ?? 0
    assert.ok(goesOn > STREAMS / 5 && goesOn < (STREAMS * 4) / 5, `${goesOn} went on`)
    for (const reason of REASONS.slice(1))
        assert.ok(
            [...ends.keys()].some(end => reason.test(end)),
            `none ended by ${reason}`
        )
    t.diagnostic(`${goesOn} went on`)
})
