/** What a server may do to a node: the whole node, with the runtime's own socket under it, in virtual time. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { generate, parser as packetParser, type Packet } from "mqtt-packet"
import { compile } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import type { Connection, ConnectionEvents, Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { runFast } from "../../sim/pace"
import { FLASH_BYTES, provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { SocketEvent, Vm } from "../../sim/vm/vm"
import { SETTING_BROKER } from "../../src/telemetry/contract/settings"
import { downTopic, upTopic } from "../../src/telemetry/contract/topics"

const NODE_ID = "00000000000bad00"
const FLOOD_BYTES = 64 * 1024
const MINUTES = 15
/** One way, in ms. */
const LATENCY_MS = 5

type Say = (bytes: Uint8Array) => void
/** What a server does with what it hears, and, with undefined, when somebody has connected. */
type Server = (packet: Packet | undefined, say: Say, events: ConnectionEvents) => void

/** Does what MQTT asks for and no more. */
function answer(packet: Packet | undefined, say: Say): void {
    const messageId = packet?.messageId
    if (packet?.cmd === "connect") say(CONNACK)
    else if (packet?.cmd === "subscribe") say(generate({ cmd: "suback", messageId, granted: [1] }))
    else if (packet?.cmd === "publish" && packet.qos === 1)
        say(generate({ cmd: "puback", messageId }))
    else if (packet?.cmd === "pingreq") say(PINGRESP)
}

/** A bad server on the first two connections, and a good one from then on. */
class Net implements Network {
    connects = 0
    /** Reports that came, and those of them that came to the good one. */
    reports = 0
    goodReports = 0

    constructor(
        private readonly clock: Clock,
        private readonly bad: Server
    ) {}

    connect(_host: string, _port: number, _tls: boolean, events: ConnectionEvents): Connection {
        let open = true
        const isBad = ++this.connects <= 2
        const guarded: ConnectionEvents = {
            open: () => open && events.open(),
            data: bytes => open && events.data(bytes),
            closed: error => {
                if (open) events.closed(error)
                open = false
            },
        }
        const say: Say = bytes => void this.clock.after(LATENCY_MS, () => guarded.data(bytes))
        const reader = packetParser({ protocolVersion: 4 })
        reader.on("packet", packet => {
            if (isBad) this.bad(packet, say, guarded)
            else answer(packet, say)
            if (packet.cmd !== "publish" || packet.topic !== upTopic(NODE_ID)) return
            this.reports++
            if (!isBad) this.goodReports++
        })
        this.clock.after(LATENCY_MS, () => {
            guarded.open()
            if (isBad) this.bad(undefined, say, guarded)
        })
        const end = () => void (open = false)
        return {
            write: bytes =>
                void this.clock.after(LATENCY_MS, () => reader.parse(Buffer.from(bytes))),
            end,
            abandon: end,
        }
    }
}

/** A server that is good until it has granted the subscription, and then does this. */
function thenDoes(what: (say: Say, events: ConnectionEvents) => void): Server {
    return (packet, say, events) => {
        answer(packet, say)
        if (packet?.cmd === "subscribe") what(say, events)
    }
}

/** 64 kB of one packet after another, each whole. */
function flood(packet: Uint8Array): Buffer {
    return Buffer.alloc(FLOOD_BYTES - (FLOOD_BYTES % packet.length), packet)
}

function message(bytes: number, topic = downTopic(NODE_ID)): Buffer {
    const payload = Buffer.alloc(bytes, 0x61)
    const fields = { topic, payload, qos: 1, messageId: 7, dup: false, retain: false } as const
    return generate({ cmd: "publish", ...fields })
}

const garbage = Buffer.alloc(FLOOD_BYTES)
new RandomStream("garbage").fill(garbage)
const CONNACK = generate({ cmd: "connack", returnCode: 0, sessionPresent: false })
const PINGRESP = generate({ cmd: "pingresp" })
const HTTP = Buffer.from(`HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n`.repeat(9))
const BYTE_BY_BYTE: Server = (packet, say) =>
    answer(packet, bytes => {
        for (const byte of bytes) say(Buffer.from([byte]))
    })

/** What each does, and why the node ends that connection; undefined: it does not. */
const SERVERS: [name: string, server: Server, reason?: string][] = [
    [
        "speaks first, in the moment of the connect",
        (packet, _say, events) => {
            if (packet === undefined) events.data(HTTP)
        },
        "packet type 4 before CONNACK",
    ],
    [
        "says CONNACK before it is asked",
        (packet, say, events) => {
            if (packet === undefined) events.data(CONNACK)
            else if (packet.cmd !== "connect") answer(packet, say)
        },
    ],
    [
        "closes in the moment of the connect",
        (_packet, _say, events) => events.closed(),
        "closed by the peer",
    ],
    [
        "breaks in the moment of the connect",
        (_packet, _say, events) => events.closed("reset"),
        "reset",
    ],
    ["says nothing", () => {}, "no CONNACK"],
    [
        "refuses, and closes",
        (packet, _say, events) => {
            if (packet?.cmd !== "connect") return
            events.data(generate({ cmd: "connack", returnCode: 5, sessionPresent: false }))
            events.closed()
        },
        "refused: not authorized (5)",
    ],
    ["sends 64 kB of PINGRESPs", thenDoes(say => say(flood(PINGRESP)))],
    ["sends 64 kB of messages", thenDoes(say => say(flood(message(40))))],
    ["sends 64 kB of messages without a payload", thenDoes(say => say(flood(message(0))))],
    ["sends 64 kB of messages nobody asked for", thenDoes(say => say(flood(message(3, "x"))))],
    ["sends a message of 64 kB", thenDoes(say => say(message(FLOOD_BYTES)))],
    ["sends a message of just the bound", thenDoes(say => say(message(2048 - 2 - 24 - 2)))],
    ["sends a topic of 2 kB", thenDoes(say => say(message(3, "t".repeat(2000))))],
    [
        "sends 64 kB of zeros",
        thenDoes(say => say(Buffer.alloc(FLOOD_BYTES))),
        "unexpected packet type 0",
    ],
    ["sends 64 kB of garbage", thenDoes(say => say(garbage)), "unexpected packet type 5"],
    [
        "sends 64 kB before it answers CONNECT",
        (packet, say) => {
            if (packet === undefined) say(garbage)
        },
        "packet type 5 before CONNACK",
    ],
    [
        "announces 256 MB, and then says no more",
        thenDoes(say => say(Buffer.from("30ffffff7f", "hex"))),
        "no answer to a ping",
    ],
    [
        "sends 64 kB, then closes",
        thenDoes((_say, events) => {
            events.data(flood(message(40)))
            events.closed()
        }),
        "closed by the peer",
    ],
    [
        "goes on after it has closed",
        thenDoes((say, events) => {
            events.closed()
            say(flood(message(40)))
        }),
        "closed by the peer",
    ],
]

async function run(bad: Server): Promise<{ net: Net; node: SimNode; lines: string[] }> {
    const { bytes } = await compile("src/main.ts")
    const clock = new Clock()
    const net = new Net(clock, bad)
    const lines: string[] = []
    const random = new RandomStream("server")
    const node = new SimNode({
        id: NODE_ID,
        seed: 1,
        clock,
        network: net,
        flash: new Flash(provision(bytes, { [SETTING_BROKER]: "mqtt://server.test" })),
        // Without parts: every round is four gaps, which are reported as well.
        bus: new I2cBus(new Map(), [], clock, random, new Map()),
        exact: false,
        print: line => void lines.push(line),
    })
    node.start()
    await runFast(
        clock,
        MINUTES * 60_000,
        () => undefined,
        () => false
    )
    return { net, node, lines }
}

for (const [name, bad, reason] of SERVERS)
    test(`a server that ${name}: ${reason ?? "the session goes on"}; no panic, and reports come`, async () => {
        const { net, node, lines } = await run(bad)
        const told = lines.filter(line => line.includes("mqtt:")).join("\n")
        assert.deepEqual(node.panics, [], lines.slice(-20).join("\n"))
        assert.equal(node.boots, 1)
        if (reason === undefined) {
            assert.equal(net.connects, 1, told)
            assert.ok(net.reports > 0, "no report")
            return
        }
        assert.ok(told.includes(`mqtt: offline (${reason}), again in `), told)
        assert.ok(net.connects > 2, told)
        assert.ok(net.goodReports > 0, `no report: ${told}`)
    })

test("a server that sends byte by byte is one like any other", async () => {
    const { net, node, lines } = await run(BYTE_BY_BYTE)
    assert.deepEqual(node.panics, [])
    assert.equal(net.connects, 1, lines.join("\n"))
    assert.ok(net.reports > 0, "no report")
})

// The runtime's own socket, without SimNode, whose queue is never full.
test("64 kB while the send queue is full: the node closes, and lives", async () => {
    const { bytes } = await compile("src/main.ts")
    const flash = new Flash(provision(bytes, { [SETTING_BROKER]: "mqtt://server.test" }))
    const lines: string[] = []
    const panics: number[] = []
    let [timeMs, opens, writes] = [0, 0, 0]
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: random => void random.fill(7),
            flashBytes: FLASH_BYTES,
            loadFlash: () => flash.load(),
            saveFlash: image => flash.save(image),
            print: line => void lines.push(line),
            panic: code => void panics.push(code),
            sendFrame: () => {},
            answer: () => {},
            openSocket: () => {
                opens++
                return 0
            },
            // CONNECT is taken; then the queue is full for ever.
            writeSocket: () => (++writes === 1 ? 0 : -1),
            closeSocket: () => 0,
        },
        NODE_ID
    )
    const runUntil = (isSo: () => boolean) => {
        for (const endMs = timeMs + 60_000; !isSo() && timeMs < endMs; timeMs += 10) vm.process()
        assert.ok(isSo(), lines.join("\n"))
    }
    vm.start()
    runUntil(() => opens === 1)
    vm.socketEvent(SocketEvent.Open)
    runUntil(() => writes === 1)
    vm.socketEvent(SocketEvent.Data, CONNACK)
    runUntil(() => writes > 1)
    for (let at = 0; at < FLOOD_BYTES; at += 1024) {
        vm.socketEvent(SocketEvent.Data, flood(message(40)).subarray(at, at + 1024))
        vm.process()
    }
    runUntil(() => opens === 2)
    assert.deepEqual(panics, [])
    assert.match(lines.join("\n"), /mqtt: offline \(the peer sends faster than we read\)/)
})
