import { beforeEach, describe, expect, test } from "../suite"
import { Session } from "../../src/mqtt/session"
import { expectBytes } from "../expect"
import { Peer } from "./peer"

const CONNACK_ACCEPTED = hex`20020000`
const CONNACK_SESSION_PRESENT = hex`20020100`

let peer: Peer
let session: Session

function accepted(connack: Buffer): string {
    session.connect(0)
    peer.hears(0)
    peer.says(connack, 0)
    return peer.hears(0)
}

// Bytes are written out by hand from the OASIS standard; [brackets] name its chapters.
describe("mqtt subscriptions", () => {
    beforeEach(() => {
        peer = new Peer(["d/+", "fails"])
        session = peer.session
    })

    test("all filters go in one SUBSCRIBE [3.8]", () => {
        expect(accepted(CONNACK_ACCEPTED)).toBe("821000010003642f2b0100056661696c7301")
        expect(peer.says(hex`900400010100`, 1)).toBe(true) // the second at QoS 0: a server may grant less
        expect(session.refused.length).toBe(0)
    })

    test("with a session present they stand, and are not sent again; without, they are [3.1.2.4]", () => {
        peer.online(2)
        expect(peer.again(true, 1)).toBe("")
        expect(session.sessionPresent).toBe(true)
        expect(peer.again(false, 2)).toBe("821000020003642f2b0100056661696c7301")
        expect(session.sessionPresent).toBe(false)
    })

    test("a session from before our boot may have other filters: they are sent once", () => {
        expect(accepted(CONNACK_SESSION_PRESENT)).toBe("821000010003642f2b0100056661696c7301")
        peer.says(hex`900400010101`, 1)
        expect(peer.again(true, 2)).toBe("")
    })

    test("a SUBSCRIBE whose answer was lost is sent again, though the session is present", () => {
        accepted(CONNACK_ACCEPTED)
        expect(peer.again(true, 1)).toBe("821000020003642f2b0100056661696c7301")
    })

    test("a refused filter is named, the session goes on, and it is asked for again [3.9.3]", () => {
        accepted(CONNACK_ACCEPTED)
        expect(peer.says(hex`900400010180`, 1)).toBe(true)
        expect(session.refused.join(" ")).toBe("fails")
        expect(peer.again(true, 2).startsWith("82")).toBe(true)
        expect(peer.says(hex`900400020101`, 3)).toBe(true)
        expect(session.refused.length).toBe(0)
        expect(peer.again(true, 4)).toBe("")
    })

    test("a SUBACK that answers no question is a violation [3.9]", () => {
        for (const suback of [
            hex`900400020101`, // another packet id
            hex`9003000101`, // one code for two filters
            hex`90050001010101`,
            hex`900400010102`, // more than was asked for
            hex`900400010181`, // reserved
            hex`910400010101`, // flags
        ]) {
            peer = new Peer(["d/+", "fails"])
            session = peer.session
            accepted(CONNACK_ACCEPTED)
            expect(peer.says(suback, 1)).toBe(false)
            expect(session.reason).toBe("malformed SUBACK")
            expect(session.violations).toBe(1)
        }
        peer = new Peer(["d/+", "fails"])
        peer.online(2)
        expect(peer.says(hex`900400010101`, 1)).toBe(false) // a second one
    })

    test("a message is handed on and, at QoS 1, acknowledged [4.3.2]", () => {
        peer.online(2)
        expect(peer.says(hex`32090003642f6100090102`, 1)).toBe(true)
        expect(peer.heard.length).toBe(1)
        expect(peer.heard[0].topic).toBe("d/a")
        expect(peer.heard[0].id).toBe(9)
        expectBytes(peer.heard[0].payload, "0102")
        expect(peer.hears(1)).toBe("40020009")
        expect(peer.says(hex`30070003642f62aabb`, 1)).toBe(true)
        expect(peer.heard.length).toBe(2)
        expect(peer.hears(1)).toBe("")
    })

    test("what comes again with DUP is handed on again, and acknowledged again: at least once", () => {
        peer.online(2)
        peer.says(hex`32080003642f61000901`, 1)
        peer.again(true, 2)
        expect(peer.says(hex`3a080003642f61000901`, 3)).toBe(true)
        expect(peer.heard.length).toBe(2)
        expect(peer.hears(3)).toBe("40020009")
    })

    test("acknowledgements go in the order of the messages, and not on another connection [4.6]", () => {
        peer.online(2)
        peer.says(hex`32080003642f61000901`, 1)
        peer.says(hex`32080003642f61000801`, 1)
        expect(peer.hears(1)).toBe("40020009 40020008")
        peer.says(hex`32080003642f61000701`, 1)
        expect(peer.again(true, 2)).toBe("")
    })

    test("what nobody asked for is acknowledged, counted, and not handed on", () => {
        peer.online(2)
        expect(peer.says(hex`320700016500090102`, 1)).toBe(true) // "e", left from an older program
        expect(peer.heard.length).toBe(0)
        expect(session.skipped).toBe(1)
        expect(peer.hears(1)).toBe("40020009")
    })

    test("a message above the bound is acknowledged, counted, and not handed on", () => {
        peer.online(2)
        const long = Buffer.alloc(403)
        long.blitAt(0, hex`3290030003642f61000a`, 0, 10) // 400 bytes follow
        expect(peer.says(long, 1)).toBe(true)
        expect(peer.heard.length).toBe(0)
        expect(session.skipped).toBe(1)
        expect(peer.hears(1)).toBe("4002000a")
        long[0] = 0x30
        expect(peer.says(long, 1)).toBe(true)
        expect(peer.hears(1)).toBe("")
        long[0] = 0x34 // QoS 2
        expect(peer.says(long, 1)).toBe(false)
        long[0] = 0x32
        long[3] = 0xff // a topic longer than the packet: there is no packet id
        expect(peer.says(long, 1)).toBe(false)
        expect(session.reason).toBe("malformed PUBLISH")
    })

    test("a handler that throws harms nothing: the message is acknowledged, or it would come for ever", () => {
        peer.online(2)
        expect(peer.says(hex`320900056661696c730009`, 1)).toBe(true)
        expect(peer.heard.length).toBe(1)
        expect(peer.hears(1)).toBe("40020009")
    })
})
