/**
 * MQTT 3.1.1 packets (OASIS standard, 29 October 2014; [brackets] name its chapters), written. A PUBLISH has a buffer of its own, for
 * it is kept until it is acknowledged; what has no content is in flash, and the one PUBACK is used again and again.
 */
import { MqttOptionError, TOPIC_BYTES_MAX } from "./topic"

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

export interface ConnectOptions {
    clientId: string
    /** Seconds, 1..65535; the server closes after one and a half. */
    keepAliveSeconds: number
    /** Left out: nobody is told when the connection breaks. */
    will?: { topic: string; message: string }
    /** The server forgets the session when the connection ends [3.1.2.4]. */
    isClean?: boolean
    userName?: string
    /** Not without a user name [3.1.2.9]. */
    password?: string
}

/** A packet as it came: what a PacketParser gives. */
export interface Packet {
    type: number
    flags: number
    /** What follows the fixed header; undefined when it was longer than the parser's bound. */
    body: Buffer
    /** Of a PUBLISH whose body was passed over: its packet id, to acknowledge it by. 0 where there is none. */
    skippedId: number
}

/** A message that came: the fields of a PUBLISH [3.3]. `id` is 0 at QoS 0. */
export interface Publish {
    /** Undefined when it is longer than TOPIC_BYTES_MAX: not looked at. */
    topic: string
    id: number
    payload: Buffer
}

/** Writes the fixed header [2.2] and strings [1.5.3]; bytes come out in order. */
class PacketWriter {
    readonly bytes: Buffer
    private at = 0

    /** @param apartBytes of the remaining length: what follows in a buffer of its own */
    constructor(first: number, remaining: number, apartBytes = 0) {
        let lengthBytes = 1
        for (let rest = remaining >> 7; rest > 0; rest = rest >> 7) lengthBytes++
        this.bytes = Buffer.alloc(1 + lengthBytes + remaining - apartBytes)
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

const CLEAN_SESSION = 0x02
/** With a will, QoS 1 for it, and retained. */
const WILL = 0x04 | (1 << 3) | 0x20
const PASSWORD = 0x40
const USER_NAME = 0x80

/** [3.1] A last will is at QoS 1, and retained. */
export function connectPacket(options: ConnectOptions): Buffer {
    const { will, userName, password } = options
    let flags = options.isClean === true ? CLEAN_SESSION : 0
    const fields = [options.clientId] // [3.1.3] in this order
    if (will !== undefined) {
        flags |= WILL
        fields.push(will.topic)
        fields.push(will.message)
    }
    if (userName !== undefined) {
        flags |= USER_NAME
        fields.push(userName)
    }
    if (password !== undefined) {
        flags |= PASSWORD
        fields.push(password)
    }
    let remaining = 10
    for (const field of fields) remaining += 2 + Buffer.from(field).length
    const w = new PacketWriter(CONNECT << 4, remaining)
    w.string(Buffer.from("MQTT"))
    w.byte(4) // protocol level of 3.1.1
    w.byte(flags)
    w.word(options.keepAliveSeconds)
    for (const field of fields) w.string(Buffer.from(field))
    return w.bytes
}

/** [3.3] at QoS 1 with `id` 1..65535; `id` 0 is QoS 0, which has none. @throws MqttOptionError on a topic out of bounds */
export function publishPacket(id: number, topic: string, payload: Buffer, retain: boolean): Buffer {
    const w = beginPublish(id, topic, payload.length, 0, retain)
    w.raw(payload)
    return w.bytes
}

/** A PUBLISH at QoS 0 but for its payload, which is to be sent right behind it: a long one is not copied. @throws MqttOptionError as `publishPacket` */
export function publishHead(topic: string, payloadBytes: number, retain: boolean): Buffer {
    return beginPublish(0, topic, payloadBytes, payloadBytes, retain).bytes
}

function beginPublish(
    id: number,
    topic: string,
    payloadBytes: number,
    apartBytes: number,
    retain: boolean
): PacketWriter {
    const name = Buffer.from(topic)
    if (name.length < 1 || name.length > TOPIC_BYTES_MAX)
        throw new MqttOptionError("topic", `${name.length} bytes, not 1 to ${TOPIC_BYTES_MAX}`)
    const acknowledged = id !== 0
    const flags = (acknowledged ? QOS1 : 0) | (retain ? RETAIN : 0)
    const idBytes = acknowledged ? 2 : 0
    const remaining = 2 + name.length + idBytes + payloadBytes
    const w = new PacketWriter((PUBLISH << 4) | flags, remaining, apartBytes)
    w.string(name)
    if (acknowledged) w.word(id)
    return w
}

/** [3.3.1.1] The same PUBLISH, sent again: changed in place. */
export function markDuplicate(publish: Buffer): void {
    publish[0] = publish[0] | DUP
}

const puback = Buffer.from([PUBACK << 4, 2, 0, 0])

/** [3.4] In the one buffer there is: sent before the next is asked for. */
export function pubackPacket(id: number): Buffer {
    puback[2] = id >> 8
    puback[3] = id & 0xff
    return puback
}

/** [3.8] At most QoS 1 for each filter. */
export function subscribePacket(id: number, filters: string[]): Buffer {
    const names: Buffer[] = []
    let remaining = 2
    for (const filter of filters) {
        const name = Buffer.from(filter)
        names.push(name)
        remaining += 2 + name.length + 1
    }
    const w = new PacketWriter((SUBSCRIBE << 4) | 0x02, remaining)
    w.word(id)
    for (const name of names) {
        w.string(name)
        w.byte(1)
    }
    return w.bytes
}

/** [3.12] */
export function pingreqPacket(): Buffer {
    return hex`c000`
}

/** [3.14] */
export function disconnectPacket(): Buffer {
    return hex`e000`
}
