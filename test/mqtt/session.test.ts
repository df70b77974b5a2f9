import { beforeEach, describe, expect, test } from "@devicescript/test"
import { PacketParser, Publish } from "../../src/mqtt/packets"
import { Session, SessionState, WINDOW } from "../../src/mqtt/session"
import { expectBytes } from "../expect"

const SECOND_MS = 1000
const CONNACK_ACCEPTED = hex`20020000`

let session: Session
let heard: Publish[]

/** What the server says, at a time; whether the session goes on. */
function server(bytes: Buffer, nowMs: number): boolean {
    const parser = new PacketParser(1000)
    parser.push(bytes)
    return session.received(parser.next(), nowMs)
}

/** Everything the session wants to send, in hex, one packet after another. */
function sent(nowMs: number): string[] {
    const packets: string[] = []
    for (let p = session.takeOutgoing(nowMs); p !== undefined; p = session.takeOutgoing(nowMs))
        packets.push(p.toString("hex"))
    return packets
}

function online(): void {
    session.connect(0)
    sent(0)
    server(CONNACK_ACCEPTED, 0)
    sent(0)
}

describe("mqtt session", () => {
    beforeEach(() => {
        heard = []
        session = new Session(
            { clientId: "c", keepAliveSeconds: 60, will: { topic: "w", message: "off" } },
            "d",
            message => {
                heard.push(message)
            }
        )
    })

    test("connecting is CONNECT and nothing else, until the server accepts", () => {
        session.connect(0)
        expect(session.state).toBe(SessionState.Connecting)
        const first = sent(0)
        expect(first.length).toBe(1)
        expect(first[0].startsWith("10")).toBe(true)
        expect(session.canPublish()).toBe(false)
        expect(server(CONNACK_ACCEPTED, 5)).toBe(true)
        expect(session.state).toBe(SessionState.Online)
        expect(session.connects).toBe(1)
        expect(sent(5)[0]).toBe("820600010001" + "6401") // SUBSCRIBE, packet id 1, "d", QoS 1
    })

    test("a refusal ends the attempt at once, with its reason", () => {
        session.connect(0)
        expect(server(hex`20020005`, 1)).toBe(false)
        expect(session.reason).toBe("CONNACK refused with 5")
        expect(session.connects).toBe(0)
    })

    test("a server that says nothing is given up after 10 s", () => {
        session.connect(0)
        expect(session.tick(9 * SECOND_MS)).toBe(true)
        expect(session.tick(10 * SECOND_MS)).toBe(false)
        expect(session.reason).toBe("no CONNACK")
    })

    test("PUBLISHes have packet ids of their own, and at most a window of them is out", () => {
        online()
        const ids: string[] = []
        while (session.canPublish()) {
            session.publish("t", hex`aa`, false)
            ids.push(sent(0)[0].slice(10, 14))
        }
        expect(ids.length).toBe(WINDOW)
        expect(ids.join(" ")).toBe("0002 0003 0004 0005") // 1 was the SUBSCRIBE
    })

    test("a PUBACK makes room, for its own PUBLISH only", () => {
        online()
        while (session.canPublish()) session.publish("t", hex`aa`, false)
        expect(server(hex`40020063`, 1)).toBe(true) // 99 was never sent
        expect(session.canPublish()).toBe(false)
        expect(server(hex`40020003`, 1)).toBe(true)
        expect(session.canPublish()).toBe(true)
        server(hex`40020003`, 1)
        session.publish("t", hex`bb`, false)
        expect(session.canPublish()).toBe(false)
    })

    test("what was not acknowledged is sent again with DUP, in order, after a reconnect", () => {
        online()
        session.publish("t", hex`aa`, false)
        session.publish("t", hex`bb`, false)
        session.publish("t", hex`cc`, false)
        sent(0)
        server(hex`40020003`, 1) // the second
        session.disconnected("gone")
        expect(session.takeOutgoing(2)).toBe(undefined)
        session.connect(3)
        sent(3)
        server(CONNACK_ACCEPTED, 4)
        const again = sent(4)
        expect(again.length).toBe(3)
        expect(again[1]).toBe("3a060001740002" + "aa")
        expect(again[2]).toBe("3a060001740004" + "cc")
    })

    test("packet ids go round to 1, past those in flight", () => {
        online()
        session.publish("t", hex`00`, false) // id 2, never acknowledged
        ;(session as any).nextId = 65535
        const ids: string[] = []
        sent(0)
        for (let i = 0; i < 3; ++i) {
            session.publish("t", hex`00`, false)
            ids.push(sent(0)[0].slice(10, 14))
        }
        expect(ids.join(" ")).toBe("ffff 0001 0003")
    })

    test("a message is handed on and, at QoS 1, acknowledged", () => {
        online()
        expect(server(hex`320700016400090102`, 1)).toBe(true)
        expect(heard.length).toBe(1)
        expect(heard[0].topic).toBe("d")
        expectBytes(heard[0].payload, "0102")
        expect(sent(1).join(" ")).toBe("40020009")
        expect(server(hex`3005000164aabb`, 1)).toBe(true)
        expect(heard.length).toBe(2)
        expect(sent(1).length).toBe(0)
    })

    test("silence is a ping after a keepalive, and the end after one and a half", () => {
        online()
        expect(session.tick(59 * SECOND_MS)).toBe(true)
        expect(sent(59 * SECOND_MS).length).toBe(0)
        expect(session.tick(60 * SECOND_MS)).toBe(true)
        expect(sent(60 * SECOND_MS).join(" ")).toBe("c000")
        expect(session.tick(61 * SECOND_MS)).toBe(true)
        expect(sent(61 * SECOND_MS).length).toBe(0)
        expect(session.tick(89 * SECOND_MS)).toBe(true)
        expect(session.tick(90 * SECOND_MS)).toBe(false)
        expect(session.reason).toBe("no answer to a ping")
    })

    test("an answer to a ping is life, and the next ping comes a keepalive later", () => {
        online()
        session.tick(60 * SECOND_MS)
        sent(60 * SECOND_MS)
        server(hex`d000`, 61 * SECOND_MS)
        expect(session.tick(119 * SECOND_MS)).toBe(true)
        expect(sent(119 * SECOND_MS).length).toBe(0)
        expect(session.tick(121 * SECOND_MS)).toBe(true)
        expect(sent(121 * SECOND_MS).join(" ")).toBe("c000")
    })

    test("it says how long there is nothing to do", () => {
        session.connect(0)
        expect(session.waitMs(1000)).toBe(9 * SECOND_MS)
        online()
        expect(session.waitMs(1000)).toBe(59 * SECOND_MS)
        session.tick(60 * SECOND_MS)
        sent(60 * SECOND_MS)
        expect(session.waitMs(60 * SECOND_MS)).toBe(30 * SECOND_MS)
        expect(session.waitMs(95 * SECOND_MS)).toBe(0)
    })

    test("what breaks the protocol ends the connection, with its reason", () => {
        online()
        expect(server(CONNACK_ACCEPTED, 1)).toBe(false) // a second CONNACK
        expect(session.reason).toBe("unexpected CONNACK")
        expect(server(hex`400100`, 1)).toBe(false)
        expect(session.reason).toBe("malformed PUBACK")
        expect(server(hex`3001ff`, 1)).toBe(false)
        expect(session.reason).toBe("malformed PUBLISH")
        expect(server(hex`50020001`, 1)).toBe(false)
        expect(session.reason).toBe("unexpected packet type 5") // PUBREC: we send no QoS 2
        expect(server(hex`1000`, 1)).toBe(false)
        expect(session.reason).toBe("unexpected packet type 1")
    })

    test("a refused subscription is told, and the session goes on", () => {
        online()
        expect(server(hex`9003000180`, 1)).toBe(true)
        expect(session.reason).toBe("subscription to d refused")
    })
})
