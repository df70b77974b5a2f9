import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { Backoff } from "../../src/mqtt/backoff"
import { Link } from "../../src/mqtt/link"
import { Session, SessionState } from "../../src/mqtt/session"
import { wire } from "./wire"

const BROKER = { host: "h", port: 1883, tls: false }
const CONNACK = hex`20020000`
const SUBACK = hex`9003000101`
const SUBSCRIBE = "8206000100016401"

let session: Session
let link: Link
let heard: number
/** What `refill` publishes next; "" for nothing. */
let outbox: string
let turns: number
let isRunning = false

async function refill(): Promise<void> {
    turns++
    if (outbox === "" || !session.canPublish()) return
    session.publish(outbox, hex`aa`, false)
    outbox = ""
}

function start(): void {
    const running = link
    isRunning = true
    const run = async () => {
        await running.run()
        isRunning = false
    }
    run.start()
}

/** Ends the socket of the link that runs, and its fiber, which may be waiting for its next attempt. */
async function stop(): Promise<void> {
    if (!isRunning) return
    link.leave()
    wire.event("close")
    for (let waitedMs = 0; isRunning && waitedMs < 40000; waitedMs += 100) await ds.sleep(100)
    if (isRunning) throw new Error("the link goes on")
}

/** Accepts, and grants the subscription. */
async function accept(): Promise<void> {
    wire.event("open")
    await ds.sleep(50)
    wire.says(CONNACK)
    await ds.sleep(50)
    wire.says(SUBACK)
    await ds.sleep(50)
}

/** Waits for the next attempt to connect; the milliseconds it took. */
async function nextAttempt(attempts: number): Promise<number> {
    const fromMs = ds.millis()
    while (wire.opened.length < attempts) {
        if (ds.millis() - fromMs > 40000) throw new Error("no further attempt")
        await ds.sleep(10)
    }
    return ds.millis() - fromMs
}

describe("mqtt link", () => {
    beforeEach(async () => {
        await stop()
        wire.reset()
        heard = 0
        outbox = ""
        turns = 0
        const will = { topic: "w", message: "off" }
        session = new Session({ clientId: "c", keepAliveSeconds: 60, will }, "d", () => heard++)
        link = new Link(BROKER, session, refill, { inboundBytesMax: 300 })
        start()
        await nextAttempt(1)
    })

    test("CONNECT, SUBSCRIBE, and what there is to publish", async () => {
        outbox = "t"
        await accept()
        expect(wire.written.length).toBe(3)
        expect(wire.written[0].startsWith("10")).toBe(true)
        expect(wire.written[1]).toBe(SUBSCRIBE)
        expect(wire.written[2]).toBe("32060001740002aa")
        expect(session.state).toBe(SessionState.Online)
    })

    test("wake brings what there is now, not a keepalive later", async () => {
        await accept()
        outbox = "t"
        link.wake()
        await ds.sleep(20)
        expect(wire.written[2]).toBe("32060001740002aa")
    })

    test("a wake while it sends is not lost", async () => {
        await accept()
        outbox = "t"
        wire.busy = 5
        link.wake()
        await ds.sleep(20)
        outbox = "u"
        link.wake()
        await ds.sleep(200)
        expect(wire.written.slice(2).join(" ")).toBe("32060001740002aa 32060001750003aa")
    })

    test("bytes one by one, or many packets at once: all are heard, each answer is sent", async () => {
        await accept()
        const message = hex`320600016400070a`
        for (let i = 0; i < message.length; ++i) wire.says(message.slice(i, i + 1))
        await ds.sleep(50)
        expect(heard).toBe(1)
        expect(wire.written[2]).toBe("40020007")
        const many = Buffer.alloc(60 * 8)
        for (let i = 0; i < 60; ++i) many.blitAt(i * 8, message, 0, 8)
        wire.says(many)
        await ds.sleep(100)
        expect(heard).toBe(61)
        expect(wire.written.length).toBe(3 + 60)
    })

    test("a kilobyte of the shortest packets does not use up the VM's steps", async () => {
        await accept()
        const pings = Buffer.alloc(1024)
        for (let i = 0; i < 1024; i += 2) pings[i] = 0xd0
        wire.says(pings)
        await ds.sleep(1000)
        expect(session.state).toBe(SessionState.Online)
    })

    test("a refusal closes at once, and the next attempt comes within a second", async () => {
        wire.event("open")
        await ds.sleep(10)
        wire.says(hex`20020005`)
        await ds.sleep(10)
        expect(wire.closes).toBe(1)
        expect(session.reason).toBe("refused: not authorized (5)")
        const waitedMs = await nextAttempt(2)
        expect(waitedMs < 1100).toBe(true)
    })

    test("refused twice in a row for who it is, it gives up, and may be run again", async () => {
        await stop()
        link = new Link(BROKER, session, refill, { notAuthorisedMax: 2 })
        wire.reset()
        start()
        for (let attempt = 1; attempt <= 2; ++attempt) {
            await nextAttempt(attempt)
            wire.event("open")
            await ds.sleep(10)
            wire.says(hex`20020005`)
        }
        await ds.sleep(5000)
        expect(wire.opened.length).toBe(2)
        session.changePassword("other")
        start()
        await nextAttempt(3)
        await accept()
        expect(session.state).toBe(SessionState.Online)
    })

    test("two links that are used in turn share how long to wait", async () => {
        const backoff = new Backoff()
        for (let i = 0; i < 5; ++i) backoff.nextMs(0, 0)
        await stop()
        link = new Link(BROKER, session, refill, { backoff })
        wire.reset()
        start()
        await nextAttempt(1)
        wire.event("error", "refused")
        await ds.sleep(1100) // a first failure is tried again within a second
        expect(wire.opened.length).toBe(1)
    })

    test("with turns, it looks what is due though nothing came", async () => {
        await stop()
        link = new Link(BROKER, session, refill, { turnMs: 1000 })
        wire.reset()
        start()
        await nextAttempt(1)
        await accept()
        turns = 0
        await ds.sleep(5100)
        expect(turns).toBe(5)
    })

    test("what is no MQTT closes the connection, with its reason, and is counted", async () => {
        wire.event("open")
        await ds.sleep(10)
        wire.says(
            Buffer.from(
                "HTTP/1.1 400 Bad Request: this port speaks another protocol, and says so in many words\r\n\r\n"
            )
        )
        await ds.sleep(10)
        expect(session.reason).toBe("packet type 4 before CONNACK")
        expect(session.violations).toBe(1)
        await nextAttempt(2)
        wire.event("open")
        await ds.sleep(10)
        wire.says(hex`20ffffffff`)
        await ds.sleep(10)
        expect(session.reason).toBe("the server does not speak MQTT")
        expect(session.violations).toBe(2)
        expect(wire.closes).toBe(2)
    })

    test("a kick after a good connect may wait longer than a failed attempt", async () => {
        await accept()
        wire.event("close")
        const waitedMs = await nextAttempt(2)
        expect(waitedMs > 1100).toBe(true) // anything up to 32 s: 15 s with the randomness of this test
        expect(link.failures).toBe(1)
    })

    test("in flight and unacknowledged, it comes again with DUP on the next connection", async () => {
        outbox = "t"
        await accept()
        wire.event("error", "reset")
        await ds.sleep(10)
        expect(session.reason).toBe("reset")
        await nextAttempt(2)
        wire.event("open")
        await ds.sleep(50)
        wire.says(hex`20020100`)
        await ds.sleep(50)
        expect(wire.written[4]).toBe("3a060001740002aa")
        expect(wire.written.length).toBe(5) // the session is present: no SUBSCRIBE
    })

    test("a message above the bound is passed over and acknowledged", async () => {
        await accept()
        const long = Buffer.alloc(403)
        long.blitAt(0, hex`3290030001640007`, 0, 8)
        wire.says(long)
        await ds.sleep(20)
        expect(heard).toBe(0)
        expect(wire.written[2]).toBe("40020007")
    })

    test("leaving is DISCONNECT, then the socket closes, and no attempt follows", async () => {
        await accept()
        link.leave()
        await ds.sleep(500)
        expect(wire.written[2]).toBe("e000")
        expect(wire.closes).toBe(1)
        await ds.sleep(40000)
        expect(wire.opened.length).toBe(1)
    })

    test("a refill that throws ends the connection, not the program", async () => {
        await accept()
        outbox = "" + Buffer.alloc(300).toString("hex") // no topic is that long
        link.wake()
        await ds.sleep(20)
        expect(wire.closes).toBe(1)
        expect(session.reason.startsWith("topic: 600 bytes")).toBe(true)
    })
})
