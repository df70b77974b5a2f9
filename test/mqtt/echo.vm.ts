/** Our MQTT code inside the VM, for tests on the host: it asks for a question, answers it, and asks for the next. */
import * as ds from "@devicescript/core"
import { parsePublish } from "../../src/mqtt/message"
import {
    PUBACK,
    PUBLISH,
    Packet,
    connectPacket,
    disconnectPacket,
    markDuplicate,
    pingreqPacket,
    pubackPacket,
    publishPacket,
    subscribePacket,
} from "../../src/mqtt/packets"
import { PacketParser } from "../../src/mqtt/parser"
import { Session, SessionState } from "../../src/mqtt/session"
import {
    ASK_CONNECT,
    ASK_END,
    ASK_PARSE,
    ASK_PUBLISH,
    ASK_SESSION,
    ASK_SHORT,
    ASK_SUBSCRIBE,
    ECHO_BYTES,
    ECHO_DATA_AT,
    ECHO_TOPIC,
} from "./echo-contract"

/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}
const channel = ds as unknown as TwinChannel

const SESSION_BODY_BYTES_MAX = 300
const DUP = 8
/** Two thirds of the heap in pieces of a kilobyte: what leaks even a byte a question leaves no room for them. */
const PROBE_PIECES = 40

/** Reads a question from its second byte on. */
class Question {
    private at = 1
    constructor(private readonly bytes: Buffer) {}

    more(): boolean {
        return this.at < this.bytes.length
    }

    byte(): number {
        this.at++
        return this.bytes[this.at - 1]
    }

    word(): number {
        const high = this.byte()
        return (high << 8) | this.byte()
    }

    string(): string {
        const length = this.word()
        this.at += length
        return this.bytes.slice(this.at - length, this.at).toString("utf-8")
    }

    rest(): Buffer {
        return this.bytes.slice(this.at)
    }
}

const session = new Session(
    { clientId: "echo", keepAliveSeconds: 60, will: { topic: "w", message: "off" } },
    ["d/#", "+/e"],
    () => {}
)
let nowMs = 0

function cutAt(stream: Buffer, at: number, size: number): Buffer {
    return stream.slice(at, Math.min(at + size, stream.length))
}

function rewritten(packet: Packet): Buffer {
    const { type, body } = packet
    if (type === PUBACK && body.length === 2) return pubackPacket((body[0] << 8) | body[1])
    if (type !== PUBLISH) return body
    const message = parsePublish(packet)
    if (message === undefined) return hex``
    const publish = publishPacket(
        message.id,
        message.topic,
        message.payload,
        (packet.flags & 1) !== 0
    )
    if ((packet.flags & DUP) !== 0) markDuplicate(publish)
    return publish
}

async function parsed(question: Question): Promise<Buffer> {
    const size = question.byte()
    const stream = question.rest()
    const parser = new PacketParser(ECHO_BYTES)
    const answer = Buffer.alloc(ECHO_BYTES - 2)
    let length = 0
    for (let at = 0; at < stream.length; at += size) {
        parser.push(cutAt(stream, at, size))
        for (let packet = parser.next(); packet !== undefined; packet = parser.next()) {
            const bytes = rewritten(packet)
            answer[length] = packet.type
            answer[length + 1] = packet.flags
            answer[length + 2] = bytes.length >> 8
            answer[length + 3] = bytes.length & 0xff
            answer.blitAt(length + 4, bytes, 0, bytes.length)
            length += 4 + bytes.length
        }
        await ds.sleep(0)
    }
    return answer.slice(0, length)
}

function connect(question: Question): Buffer {
    const keepAliveSeconds = question.word()
    const clientId = question.string()
    const topic = question.string()
    const message = question.string()
    return connectPacket({ clientId, keepAliveSeconds, will: { topic, message } })
}

function publish(question: Question): Buffer {
    const flags = question.byte()
    const id = question.word()
    const topic = question.string()
    const packet = publishPacket(id, topic, question.rest(), (flags & 1) !== 0)
    if ((flags & 2) !== 0) markDuplicate(packet)
    return packet
}

function subscribe(question: Question): Buffer {
    const id = question.word()
    const filters: string[] = []
    while (question.more()) filters.push(question.string())
    return subscribePacket(id, filters)
}

/** All that the session has to say now, to a server that does not care. */
function drain(): void {
    while (session.takeOutgoing(nowMs) !== undefined) nowMs++
}

async function goesOn(stream: Buffer, size: number): Promise<boolean> {
    const parser = new PacketParser(SESSION_BODY_BYTES_MAX)
    for (let at = 0; at < stream.length; at += size) {
        parser.push(cutAt(stream, at, size))
        for (let packet = parser.next(); packet !== undefined; packet = parser.next()) {
            if (!session.received(packet, nowMs)) return false
            if (session.canPublish()) session.publish("t", hex`00`, false)
        }
        drain()
        if (parser.malformed) return session.violated("not MQTT")
        await ds.sleep(0)
    }
    return session.tick(nowMs)
}

async function connection(question: Question): Promise<Buffer> {
    const size = question.byte()
    const connackBytes = question.byte()
    const stream = question.rest()
    let open = true
    if (session.state === SessionState.Offline) {
        session.connect(nowMs)
        drain()
        open = await goesOn(stream.slice(0, connackBytes), size)
    }
    if (open) open = await goesOn(stream.slice(connackBytes), size)
    const reason = open ? "" : session.reason
    if (!open) session.disconnected(reason)
    return Buffer.concat(Buffer.from([open ? 0 : 1]), Buffer.from(reason))
}

async function answered(bytes: Buffer): Promise<Buffer> {
    const question = new Question(bytes)
    switch (bytes[0]) {
        case ASK_PARSE:
            return await parsed(question)
        case ASK_CONNECT:
            return connect(question)
        case ASK_PUBLISH:
            return publish(question)
        case ASK_SUBSCRIBE:
            return subscribe(question)
        case ASK_SHORT:
            return Buffer.concat(pubackPacket(question.word()), pingreqPacket(), disconnectPacket())
        case ASK_SESSION:
            return await connection(question)
        default:
            throw new Error(`question ${bytes[0]}`)
    }
}

/** Ends in a panic when there is no room. */
function probe(): number {
    const pieces: Buffer[] = []
    for (let i = 0; i < PROBE_PIECES; ++i) pieces.push(Buffer.alloc(1024))
    return pieces.length
}

async function serve(): Promise<void> {
    probe()
    let answer = hex``
    const message = Buffer.alloc(ECHO_BYTES)
    for (;;) {
        message[0] = answer.length >> 8
        message[1] = answer.length & 0xff
        message.blitAt(2, answer, 0, answer.length)
        const said = channel._twinMessage(ECHO_TOPIC, message)
        const length = (said[ECHO_DATA_AT] << 8) | said[ECHO_DATA_AT + 1]
        const question = said.slice(ECHO_DATA_AT + 2, ECHO_DATA_AT + 2 + length)
        if (question[0] === ASK_END) break
        answer = await answered(question)
        await ds.sleep(0)
    }
    console.log(`room: ${probe()}`)
}

await serve()
