/** What a node and the far end see of each fault on the way between them, and that it passes. */
import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import type { CarriedConnection, Carrier, Connection, ConnectionEvents } from "../../sim/network"
import { FaultyNetwork } from "../../sim/network-faults"
import { RandomStream } from "../../sim/random"
import { Strikes } from "../../sim/strikes"

/** A far end without latency, that writes down what it hears and says what it is told to. */
class FarEnd implements Carrier {
    readonly heard: string[] = []
    toNode: ConnectionEvents[] = []

    connect(_host: string, _port: number, _tls: boolean, events: ConnectionEvents) {
        this.toNode.push(events)
        events.open()
        return {
            write: bytes => void this.heard.push(Buffer.from(bytes).toString()),
            end: () => void this.heard.push("<end>"),
            abandon: () => void this.heard.push("<abandon>"),
            reset: () => void this.heard.push("<reset>"),
        } satisfies CarriedConnection
    }

    say(text: string): void {
        this.toNode.at(-1)?.data(Buffer.from(text))
    }
}

let clock: Clock
let far: FarEnd
let heard: string[]

function runTo(ms: number): void {
    while (clock.step(ms));
}

function networkWith(spec: string): FaultyNetwork {
    return new FaultyNetwork(
        far,
        clock,
        new Strikes(parseFaults(spec, []), clock, new RandomStream("test"))
    )
}

/** The node's end; what happens to it goes into `heard`, with its time when that is not 0. */
function connect(network: FaultyNetwork): Connection {
    const note = (what: string) => heard.push(`${what}@${clock.nowMs()}`)
    return network.connect("far.test", 1883, false, {
        open: () => note("open"),
        data: bytes => note(Buffer.from(bytes).toString()),
        closed: error => note(`closed ${error ?? ""}`.trim()),
    })
}

beforeEach(() => {
    clock = new Clock()
    far = new FarEnd()
    heard = []
})

test("without faults all passes at once", () => {
    const connection = connect(networkWith(""))
    connection.write(Buffer.from("up"))
    far.say("down")
    far.toNode[0].closed()
    connection.end()
    assert.deepEqual(heard, ["open@0", "down@0", "closed@0"])
    assert.deepEqual(far.heard, ["up", "<end>"])
})

test("refuse: refused while it lasts, and not after", () => {
    const network = networkWith("refuse:for=1s")
    connect(network)
    runTo(1000)
    assert.deepEqual(heard, ["closed connection refused@2"])
    connect(network)
    assert.equal(heard[1], "open@1000")
})

test("dnsFail: after a while, no address", () => {
    connect(networkWith("dnsFail:by=3s"))
    runTo(10_000)
    assert.deepEqual(heard, ["closed no address for far.test@3000"])
})

test("a connection that is given up before it failed hears nothing of it", () => {
    for (const spec of ["dnsFail", "refuse", "connackRefuse"]) connect(networkWith(spec)).end()
    runTo(10_000)
    assert.deepEqual(heard, [])
})

test("connackRefuse: open, a CONNACK with its code, closed; the broker hears nothing", () => {
    for (const [spec, code] of [
        ["connackRefuse", 3],
        ["connackRefuse:code=5", 5],
    ] as const) {
        heard = []
        let answer: Uint8Array = Buffer.alloc(0)
        const log = (what: string) => () => void heard.push(what)
        const connection = networkWith(spec).connect("far.test", 1883, false, {
            open: log("open"),
            data: bytes => (answer = bytes),
            closed: log("closed"),
        })
        runTo(clock.nowMs() + 10)
        connection.write(Buffer.from("CONNECT"))
        connection.write(Buffer.from("more"))
        runTo(clock.nowMs() + 10)
        assert.deepEqual(heard, ["open", "closed"])
        assert.deepEqual([...answer], [0x20, 2, 0, code])
    }
    assert.deepEqual(far.heard, [])
})

test("drop: both ends lose it, and what was on the way", () => {
    const connection = connect(networkWith("drop:from=5s;delay:from=4s,by=2s"))
    runTo(4000)
    far.say("late")
    connection.write(Buffer.from("late"))
    runTo(10_000)
    assert.deepEqual(heard, ["open@0", "closed connection reset@5000"])
    assert.equal(far.heard[0], "<reset>")
    connection.write(Buffer.from("into the void"))
    assert.ok(!far.heard.includes("into the void"), "nothing passes after a reset")
})

test("drop that lasts: each new connection is lost at the broker's first words", () => {
    const network = networkWith("drop:from=1s,for=10s")
    runTo(2000)
    connect(network)
    far.say("CONNACK")
    assert.deepEqual(heard, ["open@2000", "closed connection reset@2000"])
    runTo(11_000)
    connect(network)
    far.say("CONNACK")
    assert.deepEqual(heard.slice(2), ["open@11000", "CONNACK@11000"])
})

test("kick: the broker closes a good connection; while it lasts, each after its first words", () => {
    const network = networkWith("kick:from=5s,for=1s")
    connect(network)
    far.say("CONNACK")
    runTo(5500)
    connect(network)
    far.say("CONNACK")
    assert.deepEqual(heard, [
        ...["open@0", "CONNACK@0", "closed@5000"],
        ...["open@5500", "CONNACK@5500", "closed@5500"],
    ])
    assert.deepEqual(far.heard, ["<end>", "<end>"])
})

test("halfOpen: nothing passes any more and nobody is told, then or when it ends", () => {
    const network = networkWith("halfOpen:from=5s,for=1s")
    const connection = connect(network)
    connection.write(Buffer.from("before"))
    runTo(5500)
    connection.write(Buffer.from("swallowed"))
    far.say("swallowed")
    runTo(60_000)
    connection.write(Buffer.from("still swallowed"))
    far.toNode[0].closed()
    connection.end()
    assert.deepEqual(heard, ["open@0"])
    assert.deepEqual(far.heard, ["before", "<abandon>"])
    connect(network).write(Buffer.from("a new one is good"))
    assert.deepEqual(far.heard.slice(2), ["a new one is good"])
})

test("halfOpen: a connection that is made meanwhile opens, and that is all", () => {
    const connection = connect(networkWith("halfOpen"))
    connection.write(Buffer.from("CONNECT"))
    far.say("CONNACK")
    runTo(1000)
    assert.deepEqual(heard, ["open@0"])
    assert.deepEqual(far.heard, [])
})

test("delay: later both ways, in order, and what follows the delay waits its turn", () => {
    const connection = connect(networkWith("delay:from=1s,for=1s,by=5s"))
    runTo(1500)
    far.say("one")
    connection.write(Buffer.from("one"))
    runTo(2500)
    far.say("two")
    connection.write(Buffer.from("two"))
    assert.deepEqual(far.heard, [])
    runTo(20_000)
    far.say("three")
    assert.deepEqual(heard, ["open@0", "one@6500", "two@6500", "three@20000"])
    assert.deepEqual(far.heard, ["one", "two"])
})

test("trickle: byte by byte, so far apart; the end comes after the last", () => {
    connect(networkWith("trickle:by=10ms"))
    far.say("abc")
    far.toNode[0].closed()
    runTo(1000)
    assert.deepEqual(heard, ["open@0", "a@0", "b@10", "c@20", "closed@20"])
})

test("corrupt: one bit of a chunk, by its chance; the sender's bytes are left alone", () => {
    connect(networkWith("corrupt:p=0.5"))
    const sent = Buffer.from("abcdefgh")
    let flipped = 0
    for (let i = 0; i < 200; ++i) {
        far.toNode[0].data(sent)
        const got = Buffer.from(heard.at(-1)?.replace(/@0$/, "") ?? "")
        if (!got.equals(sent)) flipped++
    }
    assert.equal(sent.toString(), "abcdefgh")
    assert.ok(flipped > 70 && flipped < 130, `${flipped} of 200`)
})

test("a node without power is gone without a word", () => {
    connect(networkWith("")).abandon()
    far.say("hello?")
    assert.deepEqual(far.heard, ["<abandon>"])
    assert.deepEqual(heard, ["open@0"])
})
