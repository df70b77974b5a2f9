import { beforeEach, describe, expect, test } from "../suite"
import { MqttOptionError } from "../../src/mqtt/topic"
import { Session } from "../../src/mqtt/session"
import { Peer } from "./peer"

let peer: Peer

/** Ends the connection for this reason, and is counted. */
function expectViolation(bytes: Buffer, reason: string): void {
    const before = peer.session.violations
    expect(peer.says(bytes, 1)).toBe(false)
    expect(peer.session.reason).toBe(reason)
    expect(peer.session.violations).toBe(before + 1)
}

/** The option that a session refuses to be made of; "" when it is made. */
function refusedOption(
    clientId: string,
    keepAliveSeconds: number,
    topic: string,
    filters: string[]
) {
    try {
        new Session({ clientId, keepAliveSeconds, will: { topic, message: "" } }, filters, () => {})
    } catch (e) {
        if (e instanceof MqttOptionError) return (e as MqttOptionError).field
        throw e
    }
    return ""
}

// [brackets] name chapters of the OASIS standard.
describe("mqtt violations", () => {
    beforeEach(() => {
        peer = new Peer("d")
    })

    test("before CONNACK nothing else may come [3.2]", () => {
        peer.session.connect(0)
        expectViolation(hex`3003000164`, "packet type 3 before CONNACK")
        expectViolation(hex`d000`, "packet type 13 before CONNACK")
        expectViolation(hex`40020001`, "packet type 4 before CONNACK")
    })

    test("a CONNACK is two bytes, and its flags are one bit [3.2.2.1]", () => {
        peer.session.connect(0)
        expectViolation(hex`20020200`, "malformed CONNACK")
        expectViolation(hex`2003000000`, "malformed CONNACK")
        expectViolation(hex`200100`, "malformed CONNACK")
        expectViolation(hex`21020000`, "malformed CONNACK") // [2.2.2]
    })

    test("online, what a server may not send ends the connection, with its reason", () => {
        peer.online(1)
        expectViolation(hex`20020000`, "unexpected CONNACK")
        expectViolation(hex`400100`, "malformed PUBACK")
        expectViolation(hex`40020000`, "malformed PUBACK") // [2.3.1]
        expectViolation(hex`42020001`, "malformed PUBACK") // [2.2.2]
        expectViolation(hex`d00100`, "malformed PINGRESP")
        expectViolation(hex`d100`, "malformed PINGRESP")
        expectViolation(hex`3001ff`, "malformed PUBLISH")
        expectViolation(hex`340700016400090102`, "malformed PUBLISH") // QoS 2: never granted
        expectViolation(hex`320700016400000102`, "malformed PUBLISH") // packet id 0
        expectViolation(hex`300400012b00`, "malformed PUBLISH") // to the topic "+"
        expectViolation(hex`30040001ff00`, "malformed PUBLISH") // no UTF-8 [1.5.3]
        expectViolation(hex`50020001`, "unexpected packet type 5") // PUBREC: we send no QoS 2
        expectViolation(hex`1000`, "unexpected packet type 1")
        expectViolation(hex`8206000100016401`, "unexpected packet type 8")
        expectViolation(hex`f000`, "unexpected packet type 15")
        expectViolation(hex`0000`, "unexpected packet type 0")
    })

    test("what must be short and is not is malformed, not passed over", () => {
        const long = Buffer.alloc(503)
        long.blitAt(0, hex`40f403`, 0, 3) // 500 bytes follow
        peer.online(1)
        expectViolation(long, "malformed PUBACK")
        long[0] = 0xd0
        expectViolation(long, "malformed PINGRESP")
        long[0] = 0x20
        expectViolation(long, "unexpected CONNACK")
    })

    test("a session refuses what it cannot be made of, and names it", () => {
        expect(refusedOption("c", 60, "w", ["d", "d/#"])).toBe("")
        expect(refusedOption("", 60, "w", ["d"])).toBe("clientId")
        expect(refusedOption("c\0", 60, "w", ["d"])).toBe("clientId")
        const long = Buffer.alloc(65)
        long.fillAt(0, 65, 0x61)
        expect(refusedOption(long.toString("utf-8"), 60, "w", ["d"])).toBe("clientId")
        expect(refusedOption(long.slice(1).toString("utf-8"), 60, "w", ["d"])).toBe("")
        expect(refusedOption("c", 0, "w", ["d"])).toBe("keepAliveSeconds")
        expect(refusedOption("c", 65536, "w", ["d"])).toBe("keepAliveSeconds")
        expect(refusedOption("c", 60, "", ["d"])).toBe("will.topic")
        expect(refusedOption("c", 60, "w/+", ["d"])).toBe("will.topic")
        expect(refusedOption("c", 60, "w", ["d", "d/#/e"])).toBe("subscriptions")
        expect(() => {
            new Session({ clientId: "c", keepAliveSeconds: 60, password: "p" }, [], () => {})
        }).toThrow()
    })
})
