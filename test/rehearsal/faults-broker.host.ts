/** The broker on the virtual clock: what a client on the wire sees of its timers, its death and its return. */
import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { generate, parser as packetParser, type IConnectPacket, type Packet } from "mqtt-packet"
import { LocalBroker } from "../../rehearsal/local-broker"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import { MemoryNetwork, type Connection } from "../../sim/network"
import { runFast } from "../../sim/pace"
import { RandomStream } from "../../sim/random"
import { Strikes } from "../../sim/strikes"

const KEEPALIVE_S = 60
/** MQTT 3.1.1, 3.1.2.10: one and a half times the keepalive. */
const NOTICED_MS = 1.5 * KEEPALIVE_S * 1000

let clock: Clock
let memory: MemoryNetwork
let broker: LocalBroker
let states: string[]
/** All that the broker said, to whom and when. */
let wire: string[]

class Client {
    readonly heard: Packet[] = []
    closedMs: number | undefined
    private readonly connection: Connection

    constructor(id: string, options: Partial<IConnectPacket> = {}) {
        const parser = packetParser({ protocolVersion: 4 })
        parser.on("packet", packet => this.heard.push(packet))
        this.connection = memory.connect("broker", 1883, false, {
            open: () => {
                this.send({
                    cmd: "connect",
                    clientId: id,
                    protocolId: "MQTT",
                    protocolVersion: 4,
                    clean: false,
                    keepalive: KEEPALIVE_S,
                    will: {
                        topic: `mw/${id}/state`,
                        payload: Buffer.from("offline"),
                        qos: 1,
                        retain: true,
                    },
                    ...options,
                })
            },
            data: bytes => {
                wire.push(`${clock.nowMs()} ${id} ${Buffer.from(bytes).toString("hex")}`)
                parser.parse(Buffer.from(bytes))
            },
            closed: () => (this.closedMs = clock.nowMs()),
        })
    }

    send(packet: Packet): void {
        this.connection.write(generate(packet))
    }

    publish(topic: string, text: string, retain = false): void {
        const payload = Buffer.from(text)
        this.send({ cmd: "publish", topic, payload, qos: 1, messageId: 7, dup: false, retain })
    }

    subscribe(topic: string): void {
        this.send({ cmd: "subscribe", messageId: 9, subscriptions: [{ topic, qos: 1 }] })
    }

    abandon(): void {
        this.connection.abandon()
    }

    words(): string[] {
        return this.heard.map(packet =>
            packet.cmd === "publish" ? `${packet.topic}: ${packet.payload}` : packet.cmd
        )
    }
}

async function runTo(ms: number): Promise<void> {
    await runFast(
        clock,
        ms,
        () => broker.settle(),
        () => false
    )
}

async function brokerWith(spec: string, seed = 1): Promise<void> {
    clock = new Clock()
    memory = new MemoryNetwork(clock)
    const random = new RandomStream(`${seed}/broker`)
    broker = await LocalBroker.create(clock, memory, random)
    states = []
    wire = []
    await broker.subscribe("mw/+/state", (topic, payload) =>
        states.push(`${clock.nowMs()} ${topic} ${payload}`)
    )
    broker.dieBy(new Strikes(parseFaults(spec, []), clock, random))
}

beforeEach(async () => await brokerWith(""))
afterEach(async () => await broker.close())

test("a client that is gone without a word is noticed after 1.5 keepalives of virtual time: its will is sent", async () => {
    const client = new Client("one")
    await runTo(1000)
    assert.deepEqual(client.words(), ["connack"])
    client.send({ cmd: "pingreq" })
    await runTo(30_000)
    assert.deepEqual(client.words(), ["connack", "pingresp"])
    client.abandon()
    await runTo(1000 + NOTICED_MS - 100)
    assert.deepEqual(states, [])
    await runTo(1000 + NOTICED_MS + 100)
    assert.deepEqual(states, [`${1000 + 2 + NOTICED_MS + 1} mw/one/state offline`])
})

test("who connects and says nothing is closed after 30 s", async () => {
    let closedMs = 0
    memory.connect("broker", 1883, false, {
        open: () => {},
        data: () => {},
        closed: () => (closedMs = clock.nowMs()),
    })
    await runTo(60_000)
    assert.ok(closedMs >= 30_000 && closedMs < 30_100, `${closedMs}`)
})

test("killed: connections break, no will is sent, nobody gets in; back: sessions and retained messages are", async () => {
    await brokerWith("brokerKill:from=10s,for=20s")
    const one = new Client("one")
    const two = new Client("two")
    await runTo(1000)
    one.subscribe("mw/one/down")
    two.publish("mw/two/state", "online", true)
    two.subscribe("mw/two/down")
    await runTo(20_000)
    assert.deepEqual([one.closedMs, two.closedMs], [10_002, 10_002])
    assert.deepEqual(states, ["1002 mw/two/state online"])
    const early = new Client("one")
    await runTo(25_000)
    assert.deepEqual([early.closedMs, early.words()], [20_002, []])
    assert.equal(broker.alive, false)
    await runTo(31_000)
    assert.equal(broker.alive, true)
    const again = new Client("one")
    const third = new Client("three", { clean: true })
    await runTo(32_000)
    const [connack] = again.heard
    assert.ok(connack.cmd === "connack" && connack.sessionPresent, "the session is there")
    third.subscribe("mw/+/state")
    third.publish("mw/one/down", "hello")
    await runTo(33_000)
    assert.ok(again.words().includes("mw/one/down: hello"), again.words().join())
    assert.ok(third.words().includes("mw/two/state: online"), third.words().join())
    // A node that stays away is given up after some heartbeats of the broker's.
    again.send({ cmd: "pingreq" })
    await runTo(60_000)
    again.send({ cmd: "pingreq" })
    await runTo(90_000)
    assert.equal(states.length, 1)
    for (let ms = 100_000; ms <= 300_000; ms += 20_000) {
        again.send({ cmd: "pingreq" })
        await runTo(ms)
    }
    assert.deepEqual(
        states.slice(1).filter(state => state.includes("mw/one")),
        []
    )
    assert.equal(states.filter(state => state.endsWith("mw/two/state offline")).length, 1)
})

test("a broker killed again before it is back stays away until the last one is over", async () => {
    await brokerWith(
        "brokerKill:from=10s,for=20s;brokerKill:from=15s,for=5s;brokerKill:from=25s,for=20s"
    )
    for (const [ms, alive] of [
        [9_000, true],
        [21_000, false],
        [31_000, false],
        [46_000, true],
    ] as const) {
        await runTo(ms)
        assert.equal(broker.alive, alive, `at ${ms}`)
    }
})

test("what it says is the same to the byte for one seed, and not for another", async () => {
    const run = async (seed: number) => {
        await brokerWith("brokerKill:every=40s,for=3s", seed)
        for (let round = 0; round < 4; ++round) {
            const clients = ["a", "b", "c"].map(id => new Client(id))
            await runTo(clock.nowMs() + 500)
            for (const client of clients) client.subscribe("mw/#")
            await runTo(clock.nowMs() + 500)
            for (const client of clients) client.publish(`mw/${round}/up`, "text", true)
            await runTo(clock.nowMs() + 19_000)
        }
        await broker.close()
        return wire.join("\n")
    }
    const first = await run(1)
    assert.ok(first.length > 1000, "there is something on the wire")
    assert.equal(await run(1), first)
    assert.notEqual(await run(2), first)
})
