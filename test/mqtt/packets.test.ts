import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { parsePublish } from "../../src/mqtt/message"
import {
    CONNACK,
    Packet,
    PUBACK,
    PUBLISH,
    connectPacket,
    disconnectPacket,
    markDuplicate,
    pingreqPacket,
    pubackPacket,
    publishHead,
    publishPacket,
    subscribePacket,
} from "../../src/mqtt/packets"
import { PacketParser } from "../../src/mqtt/parser"
import { TOPIC_BYTES_MAX } from "../../src/mqtt/topic"
import { expectBytes } from "../expect"

let parser: PacketParser

/** Everything that comes out of a stream cut after every `size` bytes. Gives way, for a test may ask for hundreds of pieces. */
async function parseAll(stream: Buffer, size: number): Promise<Packet[]> {
    await ds.sleep(0)
    const packets: Packet[] = []
    for (let at = 0; at < stream.length; at += size) {
        const end = at + size < stream.length ? at + size : stream.length
        parser.push(stream.slice(at, end))
        for (let packet = parser.next(); packet !== undefined; packet = parser.next())
            packets.push(packet)
    }
    return packets
}

function publishBody(flags: number, body: Buffer): Packet {
    return { type: PUBLISH, flags, body, skippedId: 0 }
}

// Expected bytes are written out by hand from the OASIS standard; [brackets] name its chapters.
describe("mqtt packets", () => {
    beforeEach(() => {
        parser = new PacketParser(100)
    })

    test("CONNECT has protocol level 4, a retained QoS 1 will, and no clean session [3.1]", () => {
        const connect = connectPacket({
            clientId: "mw-1",
            keepAliveSeconds: 300,
            will: { topic: "a/b", message: "off" },
        })
        expectBytes(
            connect,
            "101a" + // 26 bytes follow
                "00044d515454" + // "MQTT"
                "04" + // level
                "2c" + // will retain, will QoS 1, will
                "012c" + // 300 s: both bytes
                "00046d772d31" + // client id
                "0003612f62" + // will topic
                "00036f6666" // will message
        )
    })

    test("CONNECT says who it is after the client id and the will, each by a flag of its own [3.1.3]", () => {
        const will = { topic: "w", message: "off" }
        expectBytes(
            connectPacket({
                clientId: "c",
                keepAliveSeconds: 60,
                will,
                userName: "u",
                password: "pw",
            }),
            "101c" + // 28 bytes follow
                "00044d51545404" +
                "ec" + // user name, password, will retain, will QoS 1, will
                "003c" +
                "000163" +
                "000177" +
                "00036f6666" +
                "000175" + // user name
                "00027077" // password
        )
        expectBytes(
            connectPacket({ clientId: "c", keepAliveSeconds: 60, userName: "u" }),
            "1010" + "00044d51545404" + "80" + "003c" + "000163" + "000175"
        )
    })

    test("CONNECT without a will, of a session that is forgotten, is flag 1 alone [3.1.2.4]", () => {
        expectBytes(
            connectPacket({ clientId: "c", keepAliveSeconds: 60, isClean: true }),
            "100d" + "00044d51545404" + "02" + "003c" + "000163"
        )
    })

    test("a password as long as a credential in hex is whole", () => {
        const password = Buffer.alloc(180).toString("hex")
        const connect = connectPacket({
            clientId: "c",
            keepAliveSeconds: 60,
            userName: "u",
            password,
        })
        // 10 + 3 + 3 + 2 + 360 = 378 = 0x17a: two bytes of length
        expectBytes(connect.slice(0, 3), "10fa02")
        expectBytes(connect.slice(19, 23), "01683030") // 360 bytes, "00..."
        expect(connect.length).toBe(3 + 378)
    })

    test("PUBLISH at QoS 1 carries its packet id between topic and payload [3.3]", () => {
        const publish = publishPacket(0x1234, "a/b", hex`c0ffee`, false)
        expectBytes(publish, "320a0003612f621234c0ffee")
        markDuplicate(publish)
        expectBytes(publish, "3a0a0003612f621234c0ffee")
        expectBytes(publishPacket(1, "a/b", hex``, true), "33070003612f620001")
    })

    test("PUBLISH at QoS 0 has no packet id [3.3.2.2]", () => {
        expectBytes(publishPacket(0, "a/b", hex`c0ffee`, false), "30080003612f62c0ffee")
        expectBytes(publishPacket(0, "a/b", hex``, true), "31050003612f62")
        expectBytes(publishHead("a/b", 3, false), "30080003612f62")
        expectBytes(publishHead("a/b", 300, true), "31b1020003612f62")
    })

    test("a topic out of bounds is refused before it is sent", () => {
        const long = Buffer.alloc(TOPIC_BYTES_MAX + 1)
        long.fillAt(0, long.length, 0x61)
        expect(() => {
            publishPacket(1, long.toString("utf-8"), hex``, false)
        }).toThrow()
        expect(() => {
            publishPacket(1, "", hex``, false)
        }).toThrow()
    })

    test("an acknowledgement is always the same buffer, and says what it is for", () => {
        const first = pubackPacket(0xffff)
        expectBytes(first, "4002ffff")
        expect(pubackPacket(1) === first).toBe(true)
        expectBytes(first, "40020001")
    })

    test("SUBSCRIBE, PUBACK, PINGREQ and DISCONNECT are the standard's", () => {
        expectBytes(subscribePacket(10, ["a/b"]), "8208000a0003612f6201") // [3.8] figure 3.23's first filter
        expectBytes(
            subscribePacket(10, ["a/b", "c/d"]),
            "820e000a" + "0003612f6201" + "0003632f6401"
        )
        expectBytes(pubackPacket(0x1234), "40021234") // [3.4]
        expectBytes(pingreqPacket(), "c000") // [3.12]
        expectBytes(disconnectPacket(), "e000") // [3.14]
    })

    test("the remaining length takes one byte to 127 and two to 16,383 [2.2.3]", () => {
        const header = (payloadBytes: number, bytes: number) =>
            publishPacket(1, "t", Buffer.alloc(payloadBytes), false).slice(0, bytes)
        expectBytes(header(122, 2), "327f")
        expectBytes(header(123, 3), "328001")
        expectBytes(header(316, 3), "32c102") // 321: the standard's own example
    })

    test("packets come out whole, wherever the stream is cut", async () => {
        const stream = Buffer.concat(
            hex`20020000`,
            publishPacket(7, "a/b", hex`0102030405`, false),
            hex`d000`,
            hex`40020007`
        )
        for (let size = 1; size <= stream.length; ++size) {
            const packets = await parseAll(stream, size)
            expect(packets.length).toBe(4)
            expect(packets[0].type).toBe(CONNACK)
            expectBytes(packets[0].body, "0000")
            const publish = parsePublish(packets[1])
            expect(publish.topic).toBe("a/b")
            expect(publish.id).toBe(7)
            expectBytes(publish.payload, "0102030405")
            expect(packets[2].body.length).toBe(0)
            expect(packets[3].type).toBe(PUBACK)
        }
    })

    test("a packet above the bound is passed over, and the next one is sound", async () => {
        const stream = Buffer.concat(publishPacket(1, "t", Buffer.alloc(300), false), hex`40020007`)
        for (const size of [1, 7, 400]) {
            const packets = await parseAll(stream, size)
            expect(packets.length).toBe(2)
            expect(packets[0].type).toBe(PUBLISH)
            expect(packets[0].body).toBe(undefined)
            expectBytes(packets[1].body, "0007")
        }
    })

    test("of a PUBLISH above the bound its packet id is kept, wherever the stream is cut [3.3.2.2]", async () => {
        const stream = publishPacket(0xa1b2, "a/b/c", Buffer.alloc(200), false)
        for (let size = 1; size <= stream.length; ++size) {
            const packets = await parseAll(stream, size)
            expect(packets.length).toBe(1)
            expect(packets[0].body).toBe(undefined)
            expect(packets[0].skippedId).toBe(0xa1b2)
        }
    })

    test("a packet above the bound that has no packet id, or no room for one, has none", async () => {
        expect(
            (await parseAll(publishPacket(0, "a", Buffer.alloc(200), false), 50))[0].skippedId
        ).toBe(0)
        const noRoom = publishPacket(0xa1b2, "a", Buffer.alloc(200), false)
        noRoom[3] = 0 // 204 bytes follow: a topic of 201 leaves one byte for the id
        noRoom[4] = 201
        expect((await parseAll(noRoom, 50))[0].skippedId).toBe(0)
        const suback = publishPacket(0xa1b2, "a", Buffer.alloc(200), false)
        suback[0] = 0x92
        expect((await parseAll(suback, 50))[0].skippedId).toBe(0)
    })

    test("a body of just the bound is kept", async () => {
        const packets = await parseAll(publishPacket(1, "t", Buffer.alloc(95), false), 50)
        expect(packets[0].body.length).toBe(100)
    })

    test("a remaining length of five bytes ends the stream [2.2.3]", async () => {
        expect((await parseAll(hex`30ffffffff7f00`, 1)).length).toBe(0)
        expect(parser.malformed).toBe(true)
        expect((await parseAll(hex`40020007`, 4)).length).toBe(0)
    })

    test("four bytes of remaining length are the most, and whole [2.2.3]", async () => {
        // 268,435,455 is the standard's largest; it is passed over, not allocated
        const stream = Buffer.concat(hex`30ffffff7f`, Buffer.alloc(100))
        expect((await parseAll(stream, 7)).length).toBe(0)
        expect(parser.malformed).toBe(false)
        parser = new PacketParser(100)
        expect((await parseAll(hex`d080808000`, 1)).length).toBe(1)
    })

    test("a malformed PUBLISH is none [3.3.2]", () => {
        expect(parsePublish(publishBody(0, hex``))).toBe(undefined)
        expect(parsePublish(publishBody(0, hex`00`))).toBe(undefined)
        expect(parsePublish(publishBody(0, hex`0000`))).toBe(undefined) // an empty topic [4.7.3]
        expect(parsePublish(publishBody(0, hex`000461`))).toBe(undefined) // topic longer than the body
        expect(parsePublish(publishBody(2, hex`00016101`))).toBe(undefined) // half a packet id
        expect(parsePublish(publishBody(2, hex`0001610000`))).toBe(undefined) // packet id 0 [2.3.1]
        expect(parsePublish(publishBody(4, hex`0001610001`))).toBe(undefined) // QoS 2
        expect(parsePublish(publishBody(6, hex`0001610001`))).toBe(undefined) // QoS 3
    })

    test("a topic is UTF-8 without U+0000, and no filter [1.5.3, 3.3.2.1]", () => {
        const topic = (bytes: Buffer) =>
            parsePublish(publishBody(0, Buffer.concat(hex`00`, Buffer.from([bytes.length]), bytes)))
        expect(topic(hex`c3a9`).topic).toBe("\u00e9")
        for (const bytes of [
            hex`ff`, // no lead byte
            hex`e282`, // cut short
            hex`c080`, // U+0000 in two bytes
            hex`eda080`, // a surrogate
            hex`f4908080`, // above U+10FFFF
            hex`610062`, // U+0000
            hex`612f2b`, // "a/+"
            hex`23`, // "#"
        ])
            expect(topic(bytes)).toBe(undefined)
    })

    test("a topic longer than we look at is told apart from none", () => {
        const body = Buffer.alloc(2 + TOPIC_BYTES_MAX + 1)
        body[0] = (TOPIC_BYTES_MAX + 1) >> 8
        body[1] = (TOPIC_BYTES_MAX + 1) & 0xff
        const publish = parsePublish(publishBody(0, body))
        expect(publish.topic).toBe(undefined)
        expect(publish.payload.length).toBe(0)
    })

    test("a PUBLISH at QoS 0 has no packet id, and may be empty", () => {
        const publish = parsePublish(publishBody(1, hex`000161`))
        expect(publish.id).toBe(0)
        expect(publish.topic).toBe("a")
        expect(publish.payload.length).toBe(0)
    })
})
