import { beforeEach, describe, expect, test } from "../suite"
import { Session, SessionState, WINDOW } from "../../src/mqtt/session"
import { Peer } from "./peer"

const SECOND_MS = 1000
const CONNACK_ACCEPTED = hex`20020000`

let peer: Peer
let session: Session

/** Fills the window with PUBLISHes 2, 3, 4, 5 of "t". */
function fillWindow(): void {
    while (session.canPublish()) session.publish("t", hex`aa`, false)
}

// Bytes are written out by hand from the OASIS standard; [brackets] name its chapters.
describe("mqtt session", () => {
    beforeEach(() => {
        peer = new Peer("d")
        session = peer.session
    })

    test("connecting is CONNECT and nothing else, until the server accepts [3.1]", () => {
        session.connect(0)
        expect(session.state).toBe(SessionState.Connecting)
        // "MQTT" 4, will retain, will QoS 1, will, no clean session, 60 s, "c", "w", "off"
        expect(peer.hears(0)).toBe(
            "1015" + "00044d515454042c003c" + "000163" + "000177" + "00036f6666"
        )
        expect(session.canPublish()).toBe(false)
        expect(session.canPublishOnce()).toBe(false)
        expect(peer.says(CONNACK_ACCEPTED, 5)).toBe(true)
        expect(session.state).toBe(SessionState.Online)
        expect(session.connects).toBe(1)
        expect(peer.hears(5)).toBe("820600010001" + "6401") // SUBSCRIBE, packet id 1, "d", QoS 1
    })

    test("a refusal ends the attempt at once, with its reason in words [3.2.2.3]", () => {
        const reasons = [
            "unacceptable protocol version",
            "identifier rejected",
            "server unavailable",
            "bad user name or password",
            "not authorized",
            "reserved",
        ]
        for (let code = 1; code <= 6; ++code) {
            session.connect(0)
            expect(peer.says(Buffer.from([0x20, 2, 0, code]), 1)).toBe(false)
            expect(session.reason).toBe(`refused: ${reasons[code - 1]} (${code})`)
            session.disconnected(session.reason)
        }
        expect(session.connects).toBe(0)
        expect(session.violations).toBe(0)
    })

    test("refusals of who we say we are are counted, in a row [3.2.2.3]", () => {
        const refusedWith = (code: number) => {
            session.connect(0)
            peer.says(Buffer.from([0x20, 2, 0, code]), 1)
            session.disconnected(session.reason)
            return session.notAuthorised
        }
        expect(refusedWith(4)).toBe(1)
        expect(refusedWith(5)).toBe(2)
        expect(refusedWith(3)).toBe(0) // the server is unavailable: to anybody
        expect(refusedWith(5)).toBe(1)
        peer.online(1)
        expect(session.notAuthorised).toBe(0)
    })

    test("a new password goes out with the next CONNECT, and the window stays", () => {
        const options = { clientId: "c", keepAliveSeconds: 60, userName: "u", password: "old" }
        const known = new Session(options, "d", () => {})
        const server = new Peer("d", known)
        known.connect(0)
        expect(server.hears(0)).toBe(
            "1015" + "00044d51545404" + "c0" + "003c" + "000163" + "000175" + "00036f6c64"
        )
        server.says(CONNACK_ACCEPTED, 0)
        known.publish("t", hex`aa`, false)
        server.hears(0)
        known.disconnected("gone")
        known.changePassword("new")
        known.connect(1)
        expect(server.hears(1).endsWith("00036e6577")).toBe(true)
        server.says(hex`20020100`, 1)
        expect(server.hears(1).endsWith("3a060001740001aa")).toBe(true)
    })

    test("a server that says nothing is given up after 10 s", () => {
        session.connect(1000)
        expect(session.tick(10999)).toBe(true)
        expect(session.waitMs(10999)).toBe(1)
        expect(session.tick(11000)).toBe(false)
        expect(session.reason).toBe("no CONNACK")
    })

    test("PUBLISHes have packet ids of their own, and at most a window of them is out", () => {
        peer.online(1)
        fillWindow()
        expect(WINDOW).toBe(4)
        expect(peer.hears(0)).toBe(
            "32060001740002aa 32060001740003aa 32060001740004aa 32060001740005aa" // 1 was the SUBSCRIBE
        )
        expect(() => {
            session.publish("t", hex``, false)
        }).toThrow()
    })

    test("a PUBACK makes room, for its own PUBLISH only [3.4]", () => {
        peer.online(1)
        fillWindow()
        peer.hears(0)
        expect(peer.says(hex`40020063`, 1)).toBe(true) // 99 was never sent
        expect(session.canPublish()).toBe(false)
        expect(peer.says(hex`40020003`, 1)).toBe(true)
        expect(session.canPublish()).toBe(true)
        expect(peer.says(hex`40020003`, 1)).toBe(true)
        session.publish("t", hex`bb`, false)
        expect(session.canPublish()).toBe(false)
    })

    test("a PUBACK tells the token of its PUBLISH, once, and a handler that throws harms nothing", () => {
        const tokens: number[] = []
        session.onAcknowledged = token => {
            tokens.push(token)
            if (token === 8) throw new Error("handler")
        }
        peer.online(1)
        session.publish("t", hex`aa`, false, 7)
        session.publish("t", hex`bb`, false, 8)
        peer.hears(0)
        expect(peer.says(hex`400200034002000340020002`, 1)).toBe(true)
        expect(tokens.join(" ")).toBe("8 7")
    })

    test("QoS 0 goes beside a full window, has no packet id, and is gone with the connection", () => {
        peer.online(1)
        fillWindow()
        peer.hears(0)
        expect(session.canPublishOnce()).toBe(true)
        session.publishOnce("t", [hex`bb`], true)
        expect(peer.hears(0)).toBe("3104000174 bb")
        for (let i = 0; i < WINDOW; ++i) session.publishOnce("t", [hex`cc`], false)
        expect(session.canPublishOnce()).toBe(false)
        expect(peer.again(true, 1).indexOf("cc")).toBe(-1)
        expect(session.canPublishOnce()).toBe(true)
    })

    test("nothing comes between the head of a QoS 0 PUBLISH and the pieces of its payload", () => {
        peer.online(1)
        session.publishOnce("t", [hex`bb`, hex`ccdd`], false)
        expect(session.takeOutgoing(0).toString("hex")).toBe("3006000174")
        peer.says(hex`3206000174000905`, 0)
        session.publish("t", hex`aa`, false, 7)
        expect(peer.hears(0)).toBe("bb ccdd 40020009 32060001740002aa")
        session.publishOnce("t", [hex`bb`], false)
        session.takeOutgoing(0)
        expect(peer.again(true, 1).indexOf("bb")).toBe(-1)
    })

    test("what was not acknowledged is sent again with DUP, in order, session or no session [4.4]", () => {
        peer.online(1)
        fillWindow()
        peer.hears(0)
        peer.says(hex`40020003`, 1) // the second
        const again = "3a060001740002aa 3a060001740004aa 3a060001740005aa"
        expect(peer.again(true, 2)).toBe(again)
        expect(peer.again(false, 3)).toBe("820600060001" + "6401 " + again)
    })

    test("nothing is sent while there is no connection, nor before CONNACK", () => {
        peer.online(1)
        fillWindow()
        session.disconnected("gone")
        expect(peer.hears(1)).toBe("")
        expect(session.waitMs(1) >= 0).toBe(true)
        session.connect(2)
        expect(peer.hears(2).startsWith("10")).toBe(true)
        expect(peer.hears(2)).toBe("")
    })

    test("DUP is of what was sent, not of what only waited to be [3.3.1.1]", () => {
        peer.online(1)
        session.publish("t", hex`aa`, false)
        expect(session.takeOutgoing(0).toString("hex")).toBe("32060001740002aa")
        session.publish("t", hex`bb`, false)
        expect(peer.again(true, 1)).toBe("3a060001740002aa 32060001740003bb")
        expect(peer.again(true, 2)).toBe("3a060001740002aa 3a060001740003bb")
    })

    test("packet ids go round to 1, past those in flight [2.3.1]", () => {
        peer.online(1)
        session.publish("t", hex``, false) // id 2, unacknowledged to the end
        peer.hears(0)
        ;(session as any).nextId = 65535
        session.publish("t", hex``, false)
        session.publish("t", hex``, false)
        session.publish("t", hex``, false)
        expect(peer.hears(0)).toBe("3205000174ffff 32050001740001 32050001740003")
    })

    test("a SUBSCRIBE that waits for its answer keeps its packet id [2.3.1]", () => {
        session.connect(0)
        peer.hears(0)
        peer.says(CONNACK_ACCEPTED, 0)
        peer.hears(0) // SUBSCRIBE with 1
        ;(session as any).nextId = 65535
        session.publish("t", hex``, false)
        session.publish("t", hex``, false)
        expect(peer.hears(0)).toBe("3205000174ffff 32050001740002")
    })

    test("leaving is what waits, then DISCONNECT, then silence [3.14]", () => {
        peer.online(1)
        session.publish("t", hex`aa`, false)
        session.leave()
        expect(session.canPublish()).toBe(false)
        expect(peer.hears(1)).toBe("32060001740002aa e000")
        expect(session.state).toBe(SessionState.Offline)
        expect(peer.hears(1)).toBe("")
        expect(peer.says(hex`40020002`, 2)).toBe(false)
    })

    test("it knows how long it has been online, from CONNACK on", () => {
        session.connect(0)
        peer.hears(0)
        expect(session.onlineForMs(5 * SECOND_MS)).toBe(0)
        peer.says(CONNACK_ACCEPTED, 7 * SECOND_MS)
        expect(session.onlineForMs(9 * SECOND_MS)).toBe(2 * SECOND_MS)
        session.disconnected("gone")
        expect(session.onlineForMs(10 * SECOND_MS)).toBe(0)
    })
})
