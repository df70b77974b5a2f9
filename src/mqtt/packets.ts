/**
 * MQTT 3.1.1 packets (OASIS standard, 29 October 2014; [brackets] name its chapters): written into buffers of their own, and read
 * from a byte stream however it is cut.
 */

export const CONNECT = 1
export const CONNACK = 2
export const PUBLISH = 3
export const PUBACK = 4
export const SUBSCRIBE = 8
export const SUBACK = 9
export const PINGREQ = 12
export const PINGRESP = 13
export const DISCONNECT = 14

/** [3.3.1.1] Set on a PUBLISH that was sent before. */
const DUP = 0x08
const QOS1 = 0x02
const RETAIN = 0x01
/** [2.2.3] four bytes of seven bits */
const REMAINING_LENGTH_MAX = 268435455

export interface ConnectOptions {
    clientId: string
    /** Seconds, 0..65535; the server closes after one and a half. */
    keepAliveSeconds: number
    will: { topic: string; message: string }
}

/** Writes the fixed header [2.2] and strings [1.5.3]; bytes come out in order. */
class PacketWriter {
    readonly bytes: Buffer
    private at = 0

    constructor(first: number, remaining: number) {
        let lengthBytes = 1
        for (let rest = remaining >> 7; rest > 0; rest = rest >> 7) lengthBytes++
        this.bytes = Buffer.alloc(1 + lengthBytes + remaining)
        this.byte(first)
        let rest = remaining
        while (rest > 127) {
            this.byte((rest & 127) | 128)
            rest = rest >> 7
        }
        this.byte(rest)
    }

    byte(value: number): void {
        this.bytes[this.at] = value
        this.at++
    }

    word(value: number): void {
        this.byte((value >> 8) & 0xff)
        this.byte(value & 0xff)
    }

    string(value: Buffer): void {
        this.word(value.length)
        this.raw(value)
    }

    raw(value: Buffer): void {
        this.bytes.blitAt(this.at, value, 0, value.length)
        this.at += value.length
    }
}

/** [3.1] Clean session off, a QoS 1 retained last will. */
export function connectPacket(options: ConnectOptions): Buffer {
    const clientId = Buffer.from(options.clientId)
    const topic = Buffer.from(options.will.topic)
    const message = Buffer.from(options.will.message)
    const w = new PacketWriter(
        CONNECT << 4,
        10 + 2 + clientId.length + 2 + topic.length + 2 + message.length
    )
    w.string(Buffer.from("MQTT"))
    w.byte(4) // protocol level of 3.1.1
    w.byte(0x04 | (1 << 3) | 0x20) // will flag, will QoS 1, will retain; clean session stays 0
    w.word(options.keepAliveSeconds)
    w.string(clientId)
    w.string(topic)
    w.string(message)
    return w.bytes
}

/** [3.3] at QoS 1. `id` 1..65535. */
export function publishPacket(id: number, topic: string, payload: Buffer, retain: boolean): Buffer {
    const name = Buffer.from(topic)
    const flags = retain ? QOS1 | RETAIN : QOS1
    const w = new PacketWriter((PUBLISH << 4) | flags, 2 + name.length + 2 + payload.length)
    w.string(name)
    w.word(id)
    w.raw(payload)
    return w.bytes
}

/** [3.3.1.1] The same PUBLISH, sent again: changed in place. */
export function markDuplicate(publish: Buffer): void {
    publish[0] = publish[0] | DUP
}

/** [3.4] */
export function pubackPacket(id: number): Buffer {
    return Buffer.from([PUBACK << 4, 2, id >> 8, id & 0xff])
}

/** [3.8] One filter, at most QoS 1. */
export function subscribePacket(id: number, filter: string): Buffer {
    const name = Buffer.from(filter)
    const w = new PacketWriter((SUBSCRIBE << 4) | 0x02, 2 + 2 + name.length + 1)
    w.word(id)
    w.string(name)
    w.byte(1)
    return w.bytes
}

/** [3.12] */
export function pingreqPacket(): Buffer {
    return Buffer.from([PINGREQ << 4, 0])
}

/** [3.14] */
export function disconnectPacket(): Buffer {
    return Buffer.from([DISCONNECT << 4, 0])
}

/** A packet as it came; `body` is what follows the fixed header, undefined when it was longer than the parser's bound. */
export interface Packet {
    type: number
    flags: number
    body: Buffer
}

/** The fields of a PUBLISH body. `id` is 0 at QoS 0. */
export interface Publish {
    topic: string
    id: number
    payload: Buffer
}

/** [3.3.2] Undefined when the body is malformed or asks for QoS 2 or 3, which we never granted. */
export function parsePublish(packet: Packet): Publish | undefined {
    const { body, flags } = packet
    const qos = (flags >> 1) & 3
    if (qos > 1 || body.length < 2) return undefined
    const topicEnd = 2 + ((body[0] << 8) | body[1])
    const payloadAt = qos === 1 ? topicEnd + 2 : topicEnd
    if (payloadAt > body.length || topicEnd === 2) return undefined
    const id = qos === 1 ? (body[topicEnd] << 8) | body[topicEnd + 1] : 0
    if (qos === 1 && id === 0) return undefined // [2.3.1] never zero
    return {
        topic: body.slice(2, topicEnd).toString("utf-8"),
        id,
        payload: body.slice(payloadAt),
    }
}

const READ_FIRST = 0
const READ_LENGTH = 1
const READ_BODY = 2

/**
 * Cuts a byte stream into packets. Holds at most one packet of `bodyBytesMax`; a longer one is passed over without being kept, and
 * comes out with an undefined body.
 */
export class PacketParser {
    /** Set once the stream is not MQTT (a remaining length of five bytes): nothing more comes out. */
    malformed = false
    private first = 0
    private length = 0
    private lengthShift = 0
    private state = READ_FIRST
    private body: Buffer
    private bodyAt = 0
    private chunk: Buffer
    private chunkAt = 0

    constructor(private readonly bodyBytesMax: number) {}

    /** The next bytes of the stream. Everything `next` had to give must have been taken before. */
    push(chunk: Buffer): void {
        this.chunk = chunk
        this.chunkAt = 0
    }

    /** The next whole packet, or undefined until more bytes are pushed. */
    next(): Packet | undefined {
        while (this.state !== READ_BODY) {
            if (this.malformed || this.chunk === undefined || this.chunkAt >= this.chunk.length)
                return undefined
            const byte = this.chunk[this.chunkAt]
            this.chunkAt++
            if (this.state === READ_FIRST) {
                this.first = byte
                this.length = 0
                this.lengthShift = 0
                this.state = READ_LENGTH
            } else {
                this.readLength(byte)
            }
        }
        return this.fillBody() ? this.finish() : undefined
    }

    private readLength(byte: number): void {
        this.length = this.length + ((byte & 127) << this.lengthShift)
        this.lengthShift += 7
        if (byte > 127) {
            if (this.lengthShift > 21 || this.length > REMAINING_LENGTH_MAX) this.malformed = true
            return
        }
        this.body = this.length <= this.bodyBytesMax ? Buffer.alloc(this.length) : undefined
        this.bodyAt = 0
        this.state = READ_BODY
    }

    /** True once the body is complete. */
    private fillBody(): boolean {
        let count = this.chunk.length - this.chunkAt
        const missing = this.length - this.bodyAt
        if (count > missing) count = missing
        if (this.body !== undefined && count > 0)
            this.body.blitAt(this.bodyAt, this.chunk, this.chunkAt, count)
        this.bodyAt += count
        this.chunkAt += count
        return this.bodyAt >= this.length
    }

    private finish(): Packet {
        this.state = READ_FIRST
        const body = this.body
        this.body = undefined
        return { type: this.first >> 4, flags: this.first & 15, body }
    }
}
