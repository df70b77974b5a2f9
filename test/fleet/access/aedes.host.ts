/** Who may do what at the embedded broker. Return codes are those of MQTT 3.1.1, chapters 3.2.2.3 and 3.9.3. */
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Duplex } from "node:stream"
import { connectAsync } from "mqtt"
import { generate } from "mqtt-packet"
import { AedesAccess } from "../../../fleet/access/aedes"
import { Broker } from "../../../fleet/broker"
import { claimGrant, nodeGrant, type Refusal } from "../../../fleet/registrar/access"
import { virtualAedes } from "../../../fleet/virtual-aedes"
import { Wire, connectPacket, connected } from "./wire"

const ME = "0123456789abcdef"
const OTHER = "fedcba9876543210"
const PASSWORD = "d2845826a1".repeat(30)
const EXPIRES_MS = 2_000_000
const IDENTIFIER_REJECTED = 2
const BAD_PASSWORD = 4
const NOT_AUTHORIZED = 5
const SUBACK_FAILURE = 0x80

let nowMs = 1_000_000
const refused: [user: string, refusal: Refusal, detail: string][] = []
const heard: string[] = []
let access: AedesAccess
let broker: Broker
let port = 0

before(async () => {
    access = new AedesAccess(
        () => nowMs,
        (...refusal) => refused.push(refusal)
    )
    broker = await Broker.create(undefined, access.rules)
    port = await broker.listenOn("127.0.0.1", 0)
    await broker.subscribe("#", topic => heard.push(topic))
})
after(async () => await broker.close())
beforeEach(async () => {
    nowMs = 1_000_000
    await access.withdraw([ME, OTHER])
    await access.grant([
        nodeGrant(ME, PASSWORD, EXPIRES_MS),
        nodeGrant(OTHER, "another", EXPIRES_MS),
        claimGrant(ME, "claim password"),
    ])
    refused.length = heard.length = 0
})

const mine = (more = {}) => connectPacket(`mw-${ME}`, ME, PASSWORD, more)

async function publish(wire: Wire, topic: string, retain = false): Promise<void> {
    wire.send({
        cmd: "publish",
        topic,
        payload: "x",
        qos: 1,
        messageId: 7,
        retain,
        dup: false,
    })
    await wire.answer("puback")
}

async function subscribe(wire: Wire, ...filters: string[]) {
    wire.send({
        cmd: "subscribe",
        messageId: 9,
        subscriptions: filters.map(topic => ({ topic, qos: 1 as const })),
    })
    return (await wire.answer("suback"))?.granted
}

test("a node with its credential has its four topics", async () => {
    const { wire, code } = await connected(port, mine())
    assert.equal(code, 0)
    assert.deepEqual(await subscribe(wire, `mw/${ME}/down`), [1])
    for (const kind of ["up", "state", "ack"]) {
        await publish(wire, `mw/${ME}/${kind}`)
        wire.heard.length = 0
    }
    broker.publish(`mw/${ME}/down`, Buffer.from("hello"))
    assert.equal(`${(await wire.answer("publish"))?.payload}`, "hello")
    assert.deepEqual(
        heard.filter(topic => topic.startsWith("mw/")),
        [`mw/${ME}/up`, `mw/${ME}/state`, `mw/${ME}/ack`, `mw/${ME}/down`]
    )
    assert.deepEqual(refused, [])
    wire.end()
})

test("a claim has its two enrolment topics", async () => {
    const user = `claim-${ME}`
    const packet = connectPacket(`mw-${user}`, user, "claim password")
    const { wire, code } = await connected(port, packet)
    assert.equal(code, 0)
    assert.deepEqual(await subscribe(wire, `mw/${ME}/enrol/down`, `mw/${ME}/down`), [
        1,
        SUBACK_FAILURE,
    ])
    await publish(wire, `mw/${ME}/enrol/up`)
    assert.ok(heard.includes(`mw/${ME}/enrol/up`), "the far end hears the claim")
    await publish(wire, `mw/${ME}/up`)
    assert.ok(await wire.ended(), "telemetry under a claim's name is cut off")
    assert.ok(!heard.includes(`mw/${ME}/up`), "and not heard")
})

const FOREIGN_TO_PUBLISH = [
    `mw/${OTHER}/up`,
    `mw/${OTHER}/state`,
    `mw/${OTHER}/down`,
    `mw/${ME}/down`,
    `mw/${ME}/enrol/up`,
    `mw/${ME}/enrol/down`,
    `mw/${ME}/up/`,
    `mw/${ME}/upwards`,
    `mw/${ME}/up/more`,
    `mw/${ME}`,
    `/mw/${ME}/up`,
    `mw/${ME.toUpperCase()}/up`,
    "mw",
    "$SYS/broker/uptime",
    "$CONTROL/dynamic-security/v1",
    "anything",
]

for (const topic of FOREIGN_TO_PUBLISH)
    test(`who publishes on ${topic} is cut off, nobody hears it, and it is told`, async () => {
        const { wire } = await connected(port, mine())
        heard.length = 0
        wire.send({
            cmd: "publish",
            topic,
            payload: "x",
            qos: 1,
            messageId: 7,
            retain: true,
            dup: false,
        })
        assert.ok(await wire.ended(), "the connection is closed")
        assert.equal(
            wire.heard.find(({ cmd }) => cmd === "puback"),
            undefined
        )
        assert.ok(!heard.includes(topic), "nobody hears it")
        assert.deepEqual(refused, [[ME, "foreignTopic", `publishes on ${topic}`]])
    })

const FOREIGN_TO_SUBSCRIBE = [
    "#",
    "+/+/+",
    "mw/#",
    "mw/+/up",
    "mw/+/down",
    `mw/${ME}/#`,
    `mw/${ME}/+`,
    `mw/${ME}/down/#`,
    `mw/${ME}/up`,
    `mw/${ME}/enrol/down`,
    `mw/${OTHER}/down`,
    "$SYS/#",
    "$SYS/+/new/clients",
    "$share/all/mw/+/up",
]

for (const filter of FOREIGN_TO_SUBSCRIBE)
    test(`a subscription to ${filter} is refused beside one that is allowed, and hears nothing`, async () => {
        broker.publish(`mw/${OTHER}/down`, Buffer.from("kept"))
        const { wire } = await connected(port, mine({ clean: false }))
        const granted = await subscribe(wire, `mw/${ME}/down`, filter)
        assert.deepEqual(granted, [1, SUBACK_FAILURE])
        assert.deepEqual(refused, [[ME, "foreignTopic", `subscribes to ${filter}`]])
        for (const topic of [`mw/${OTHER}/up`, `mw/${OTHER}/down`, `mw/${ME}/up`])
            broker.publish(topic, Buffer.from("not for me"))
        wire.end()
        // What came while it was away, under subscriptions that a session keeps.
        broker.publish(`mw/${OTHER}/down`, Buffer.from("not for me"))
        broker.publish(`mw/${ME}/down`, Buffer.from("for me"))
        const { wire: again } = await connected(port, mine({ clean: false }))
        assert.equal(`${(await again.answer("publish"))?.payload}`, "for me")
        again.send({ cmd: "pingreq" })
        await again.answer("pingresp")
        assert.equal(again.heard.filter(({ cmd }) => cmd === "publish").length, 1)
        again.end()
        const { wire: last } = await connected(port, mine({ clean: true }))
        last.end()
    })

test("what a filter that was refused would have heard is not kept for the session", async () => {
    const { wire } = await connected(port, mine({ clean: false }))
    await subscribe(wire, `mw/${ME}/down`, "#")
    wire.end()
    await wire.ended()
    type Kept = { aedes: { persistence: { subscriptionsByTopic(topic: string): Promise<[]> } } }
    const { persistence } = (broker as unknown as Kept).aedes
    assert.equal((await persistence.subscriptionsByTopic(`mw/${ME}/down`)).length, 1)
    assert.deepEqual(await persistence.subscriptionsByTopic(`mw/${OTHER}/up`), [])
    const { wire: last } = await connected(port, mine({ clean: true }))
    last.end()
})

test("a retained message of another is not delivered", async () => {
    const other = connectPacket(`mw-${OTHER}`, OTHER, "another")
    const { wire } = await connected(port, other)
    await publish(wire, `mw/${OTHER}/state`, true)
    wire.end()
    const { wire: me } = await connected(port, mine())
    assert.deepEqual(await subscribe(me, `mw/${OTHER}/state`, "mw/+/state"), [
        SUBACK_FAILURE,
        SUBACK_FAILURE,
    ])
    me.send({ cmd: "pingreq" })
    await me.answer("pingresp")
    assert.equal(await Promise.race([me.answer("publish"), 0]), 0)
    me.end()
})

test("a last will on a topic of another is refused; one's own is sent, also when the fleet ends the session", async () => {
    const will = (topic: string) => ({
        will: { topic, payload: Buffer.from("gone"), qos: 1 as const, retain: false },
    })
    for (const topic of [`mw/${OTHER}/state`, `mw/${ME}/down`, "$SYS/x", "a"]) {
        const { wire, code } = await connected(port, mine(will(topic)))
        assert.equal(code, NOT_AUTHORIZED, topic)
        assert.ok(await wire.ended(), topic)
    }
    assert.deepEqual(
        refused.map(([user, refusal]) => [user, refusal]),
        Array(4).fill([ME, "foreignTopic"])
    )
    assert.deepEqual(
        heard.filter(topic => !topic.startsWith("$")),
        []
    )
    const { code } = await connected(port, mine(will(`mw/${ME}/state`)))
    assert.equal(code, 0)
    await access.withdraw([ME])
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(
        heard.filter(topic => !topic.startsWith("$")),
        [`mw/${ME}/state`]
    )
})

test("nobody comes in with another's password, or client id, or with none", async () => {
    const wrong: [ReturnType<typeof mine>, number, string, Refusal][] = [
        [connectPacket(`mw-${ME}`, ME, "another"), BAD_PASSWORD, ME, "wrongPassword"],
        [connectPacket(`mw-${ME}`, ME, undefined), BAD_PASSWORD, ME, "wrongPassword"],
        [connectPacket(`mw-${ME}`, ME, `${PASSWORD}0`), BAD_PASSWORD, ME, "wrongPassword"],
        [connectPacket(`mw-${ME}`, ME, "claim password"), BAD_PASSWORD, ME, "wrongPassword"],
        [connectPacket(`mw-${ME}`, undefined, undefined), BAD_PASSWORD, "", "unknownUser"],
        [connectPacket("x", "nobody", "nobody"), BAD_PASSWORD, "nobody", "unknownUser"],
        [connectPacket("x", "__proto__", ""), BAD_PASSWORD, "__proto__", "unknownUser"],
        [connectPacket(`mw-${OTHER}`, ME, PASSWORD), IDENTIFIER_REJECTED, ME, "foreignTopic"],
        [connectPacket("", ME, PASSWORD), IDENTIFIER_REJECTED, ME, "foreignTopic"],
    ]
    const { wire: other } = await connected(port, connectPacket(`mw-${OTHER}`, OTHER, "another"))
    for (const [packet, expected, user, refusal] of wrong) {
        refused.length = 0
        const { wire, code } = await connected(port, packet)
        assert.equal(code, expected, JSON.stringify(packet))
        assert.ok(await wire.ended(), "the connection is closed")
        assert.deepEqual(
            refused.map(entry => entry.slice(0, 2)),
            [[user, refusal]]
        )
    }
    assert.ok(!other.closed, "the other goes on")
    other.end()
})

test("a name that would write over a terminal is told without its control characters", async () => {
    const { wire } = await connected(port, connectPacket("x", `\x1b[2J${"y".repeat(100)}`, "x"))
    await wire.ended()
    assert.deepEqual(refused, [[`?[2J${"y".repeat(60)}...`, "unknownUser", "connects"]])
})

test("a credential is good until its time, and not at it", async () => {
    nowMs = EXPIRES_MS - 1
    const { wire, code } = await connected(port, mine())
    assert.equal(code, 0)
    nowMs = EXPIRES_MS
    const late = await connected(port, mine())
    assert.equal(late.code, BAD_PASSWORD)
    assert.deepEqual(refused, [[ME, "expiredCredential", "connects"]])
    wire.end()
})

test("a session does not outlive its credential", async () => {
    nowMs = EXPIRES_MS - 1
    const { wire } = await connected(port, mine())
    await publish(wire, `mw/${ME}/up`)
    nowMs = EXPIRES_MS
    heard.length = 0
    wire.send({
        cmd: "publish",
        topic: `mw/${ME}/up`,
        payload: "x",
        qos: 0,
        retain: false,
        dup: false,
    })
    assert.ok(await wire.ended(), "the connection is closed")
    assert.ok(!heard.includes(`mw/${ME}/up`), "nothing is heard of it any more")
})

test("what is withdrawn ends the session before it returns, and it does not come back", async () => {
    const { wire } = await connected(port, mine())
    const { wire: other } = await connected(port, connectPacket(`mw-${OTHER}`, OTHER, "another"))
    await access.withdraw([ME, "nobody"])
    heard.length = 0
    wire.send({
        cmd: "publish",
        topic: `mw/${ME}/up`,
        payload: "x",
        qos: 0,
        retain: false,
        dup: false,
    })
    assert.ok(await wire.ended(), "the connection is closed")
    assert.ok(!heard.includes(`mw/${ME}/up`), "nothing is heard of it any more")
    assert.ok(!other.closed, "the other goes on")
    assert.equal((await connected(port, mine())).code, BAD_PASSWORD)
    other.end()
})

test("a new password ends the session, the same one does not", async () => {
    const { wire } = await connected(port, mine())
    await access.grant([nodeGrant(ME, PASSWORD, EXPIRES_MS + 1)])
    await publish(wire, `mw/${ME}/up`)
    assert.ok(!wire.closed, "the same password again: it goes on")
    await access.grant([nodeGrant(ME, "new", EXPIRES_MS)])
    assert.ok(await wire.ended(), "another password: the session is closed")
    assert.equal((await connected(port, mine())).code, BAD_PASSWORD)
})

test("withdrawn in the middle of its connecting, a node is not let in", async () => {
    const wire = new Wire(port)
    wire.send(mine({ clean: false }))
    wire.send({
        cmd: "publish",
        topic: `mw/${ME}/up`,
        payload: "x",
        qos: 0,
        retain: false,
        dup: false,
    })
    while (refused.length === 0 && !("sessions" in access && inSession())) await tick()
    await access.withdraw([ME])
    assert.ok(await wire.ended(), "the connection is closed")
    assert.ok(!heard.includes(`mw/${ME}/up`), "nothing is heard")
})

const tick = () => new Promise(resolve => setImmediate(resolve))
const inSession = () => (access as unknown as { sessions: Map<string, unknown> }).sessions.has(ME)

test("a device with a copy of a credential throws the first one out, and is not two", async () => {
    const { wire: first } = await connected(port, mine())
    const { wire: second, code } = await connected(port, mine())
    assert.equal(code, 0)
    assert.ok(await first.ended(), "one session a user")
    await publish(second, `mw/${ME}/up`)
    assert.ok(!second.closed, "the newer one goes on")
    second.end()
})

test("a packet that says it is longer than 4,096 B ends the connection, before a credential and after", async () => {
    // CONNECT of 5,000 B: remaining length 5000 = 0x88 0x27.
    const wire = new Wire(port)
    wire.write(Buffer.from([0x10, 0x88, 0x27, 0x00]))
    assert.ok(await wire.ended(), "the CONNECT is refused before it is whole")
    const { wire: node } = await connected(port, mine())
    node.send({
        cmd: "publish",
        topic: `mw/${ME}/up`,
        payload: Buffer.alloc(4096),
        qos: 0,
        retain: false,
        dup: false,
    })
    assert.ok(await node.ended(), "the report is refused")
    assert.ok(!heard.includes(`mw/${ME}/up`), "and not heard")
    assert.deepEqual(
        refused.map(entry => entry.slice(0, 2)),
        [
            ["", "oversized"],
            [ME, "oversized"],
        ]
    )
    const { wire: within } = await connected(port, mine())
    const topic = `mw/${ME}/up`
    // Topic with its length, and packet id: 4 B beside the two texts.
    const payload = Buffer.alloc(4096 - topic.length - 4)
    within.send({ cmd: "publish", topic, payload, qos: 1, messageId: 3, retain: false, dup: false })
    assert.ok(await within.answer("puback"), "4,096 B are taken")
    within.end()
})

test("a packet byte by byte is the same packet", async () => {
    const wire = new Wire(port)
    for (const byte of generate(mine())) {
        wire.write(Buffer.from([byte]))
        await tick()
    }
    assert.equal((await wire.answer("connack"))?.returnCode, 0)
    wire.end()
})

test("a library's client works, and is told why it does not", async () => {
    const url = `mqtt://127.0.0.1:${port}`
    const options = { clientId: `mw-${ME}`, username: ME, password: PASSWORD, reconnectPeriod: 0 }
    const client = await connectAsync(url, options)
    await client.publishAsync(`mw/${ME}/up`, "x", { qos: 1 })
    await client.endAsync()
    await assert.rejects(connectAsync(url, { ...options, password: "x" }), { code: BAD_PASSWORD })
})

test("a broker that comes back knows its grants, and a withdrawn session's subscriptions are not served", async () => {
    const { wire } = await connected(port, mine({ clean: false }))
    await subscribe(wire, `mw/${ME}/down`)
    broker.kill()
    await wire.ended()
    await broker.restart()
    const back = await connected(port, mine({ clean: false }))
    assert.equal(back.code, 0)
    broker.publish(`mw/${ME}/down`, Buffer.from("again"))
    assert.equal(`${(await back.wire.answer("publish"))?.payload}`, "again")
    await publish(back.wire, `mw/${OTHER}/up`)
    assert.ok(await back.wire.ended(), "its topics are shut as before")
})

test("the broker of virtual time asks the same questions", async () => {
    const due: (() => void)[] = []
    const aedes = await virtualAedes({
        nowMs: () => nowMs,
        after: (_, run) => {
            due.push(run)
            return { cancel: () => {} }
        },
        fillRandom: bytes => bytes.fill(7),
    })
    const virtual = await Broker.create(aedes, access.rules)
    const virtualPort = await virtual.listenOn("127.0.0.1", 0)
    const wrong = await connected(virtualPort, connectPacket(`mw-${ME}`, ME, "wrong"))
    assert.equal(wrong.code, BAD_PASSWORD)
    const { wire, code } = await connected(virtualPort, mine())
    assert.equal(code, 0)
    await publish(wire, `mw/${OTHER}/up`)
    assert.ok(await wire.ended(), "a foreign topic is shut there too")
    await virtual.close()
})

/** A socket in memory: ten thousand real ones would wait in TIME_WAIT. */
class Loop extends Duplex {
    override _read(): void {}
    override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
        done()
    }
}

test("10,000 refused connects leave nothing behind", async () => {
    setFlagsFromString("--expose-gc")
    const collect = runInNewContext("gc") as () => void
    const bytes = generate(connectPacket("mw-x", "nobody", "wrong"))
    const refuseMany = async (count: number) => {
        for (let i = 0; i < count; ++i) {
            const stream = new Loop()
            const closed = new Promise(resolve => stream.once("close", resolve))
            broker.accept(stream)
            stream.push(bytes)
            await closed
        }
        refused.length = 0
        await new Promise(resolve => setTimeout(resolve, 50))
        collect()
        return process.memoryUsage().heapUsed
    }
    const before = await refuseMany(1000)
    const grown = (await refuseMany(10_000)) - before
    // One aedes client is 8 kB: a thousand of them would show.
    assert.ok(grown < 4_000_000, `${grown} B more`)
})
