import { beforeEach, describe, expect, test } from "../suite"
import { Session } from "../../src/mqtt/session"
import { Peer } from "./peer"

const SECOND_MS = 1000
const PINGRESP = hex`d000`

let peer: Peer
let session: Session

// The keepalive is 60 s [3.1.2.10].
describe("mqtt keepalive", () => {
    beforeEach(() => {
        peer = new Peer("d")
        session = peer.session
        peer.online(1)
    })

    test("silence is a ping after a keepalive, and the end after one and a half", () => {
        expect(session.tick(60 * SECOND_MS - 1)).toBe(true)
        expect(peer.hears(60 * SECOND_MS - 1)).toBe("")
        expect(session.tick(60 * SECOND_MS)).toBe(true)
        expect(peer.hears(60 * SECOND_MS)).toBe("c000")
        expect(session.tick(61 * SECOND_MS)).toBe(true)
        expect(peer.hears(61 * SECOND_MS)).toBe("") // one ping, not one a tick
        expect(session.tick(90 * SECOND_MS - 1)).toBe(true)
        expect(session.tick(90 * SECOND_MS)).toBe(false)
        expect(session.reason).toBe("no answer to a ping")
    })

    test("a link that only takes is dead after one and a half keepalives, however much is sent", () => {
        let diedMs = 0
        for (let nowMs = 0; nowMs <= 100 * SECOND_MS; nowMs += SECOND_MS) {
            if (session.canPublishOnce()) session.publishOnce("t", [hex`aa`], false)
            peer.hears(nowMs)
            if (!session.tick(nowMs)) {
                diedMs = nowMs
                break
            }
        }
        expect(diedMs).toBe(90 * SECOND_MS)
    })

    test("an answer to a ping is life, and the next ping comes a keepalive later", () => {
        session.tick(60 * SECOND_MS)
        peer.hears(60 * SECOND_MS)
        peer.says(PINGRESP, 61 * SECOND_MS)
        expect(session.tick(120 * SECOND_MS - 1)).toBe(true)
        expect(peer.hears(120 * SECOND_MS - 1)).toBe("")
        expect(session.tick(120 * SECOND_MS)).toBe(true)
        expect(peer.hears(120 * SECOND_MS)).toBe("c000")
    })

    test("a server that talks is pinged all the same: it counts what it hears of us", () => {
        for (let s = 10; s < 60; s += 10) {
            peer.says(hex`3004000164aa`, s * SECOND_MS)
            session.tick(s * SECOND_MS)
        }
        expect(peer.hears(59 * SECOND_MS)).toBe("")
        session.tick(60 * SECOND_MS)
        expect(peer.hears(60 * SECOND_MS)).toBe("c000")
    })

    test("a PUBLISH that is never acknowledged ends the connection, though pings are answered", () => {
        session.publish("t", hex`aa`, false)
        expect(session.tick(5 * SECOND_MS)).toBe(true)
        peer.hears(10 * SECOND_MS)
        for (let s = 20; s < 100; s += 10) {
            session.tick(s * SECOND_MS)
            peer.hears(s * SECOND_MS)
            peer.says(PINGRESP, s * SECOND_MS)
        }
        expect(session.tick(100 * SECOND_MS - 1)).toBe(true)
        expect(session.waitMs(100 * SECOND_MS - 1)).toBe(1)
        expect(session.tick(100 * SECOND_MS)).toBe(false)
        expect(session.reason).toBe("no acknowledgement")
        // on the next connection the time starts anew
        peer.again(true, 101 * SECOND_MS)
        expect(session.tick(102 * SECOND_MS)).toBe(true)
    })

    test("a SUBSCRIBE that is never answered ends the connection too", () => {
        peer.again(false, 0)
        peer.says(PINGRESP, 80 * SECOND_MS)
        expect(session.tick(90 * SECOND_MS - 1)).toBe(true)
        expect(session.tick(90 * SECOND_MS)).toBe(false)
        expect(session.reason).toBe("no acknowledgement")
    })

    test("it says how long there is nothing to do", () => {
        expect(session.waitMs(1000)).toBe(59 * SECOND_MS)
        session.tick(60 * SECOND_MS)
        peer.hears(60 * SECOND_MS)
        expect(session.waitMs(60 * SECOND_MS)).toBe(30 * SECOND_MS)
        expect(session.waitMs(95 * SECOND_MS)).toBe(0)
        session.disconnected("gone")
        session.connect(100 * SECOND_MS)
        expect(session.waitMs(101 * SECOND_MS)).toBe(9 * SECOND_MS)
    })

    test("a keepalive has both its bytes [3.1.2.10]", () => {
        const will = { topic: "w", message: "" }
        const long = new Session({ clientId: "c", keepAliveSeconds: 65535, will }, "d", () => {})
        long.connect(0)
        expect(long.takeOutgoing(0).slice(10, 12).toString("hex")).toBe("ffff")
    })
})
