/**
 * An MQTT 3.1.1 session as a table of states and pure steps: no socket, no clock of its own. The link feeds it packets and the time,
 * and sends what it hands back. [Brackets] name chapters of the standard.
 *
 * | state      | on                        | becomes    | and                                                          |
 * |------------|---------------------------|------------|--------------------------------------------------------------|
 * | Offline    | connect()                 | Connecting | CONNECT                                                      |
 * | Connecting | CONNACK 0                 | Online     | SUBSCRIBE unless it stands, unacknowledged PUBLISHes with DUP |
 * | Connecting | CONNACK 1..5, no answer   | Offline    | the reason                                                   |
 * | Online     | PUBACK                    | Online     | its PUBLISH leaves the window                                |
 * | Online     | PUBLISH                   | Online     | handed on; PUBACK at QoS 1                                   |
 * | Online     | a keepalive of silence    | Online     | PINGREQ                                                      |
 * | Online     | 1.5 of hearing nothing    | Offline    | "no answer to a ping"                                        |
 * | Online     | 1.5 without a due answer  | Offline    | "no acknowledgement"                                         |
 * | Online     | leave()                   | Offline    | DISCONNECT, once all else is sent                            |
 * | any        | what breaks the protocol  | Offline    | the reason, and `violations` counts it                       |
 * | any        | disconnected()            | Offline    | the window stays, to be sent again                           |
 *
 * Messages come at least once: what the server sends again with DUP is handed on again, for nobody here remembers ids across a reboot.
 */
import { matches } from "./filter"
import { parsePublish } from "./message"
import {
    CONNACK,
    ConnectOptions,
    PINGRESP,
    PUBACK,
    PUBLISH,
    Packet,
    Publish,
    SUBACK,
    connectPacket,
    disconnectPacket,
    markDuplicate,
    pingreqPacket,
    pubackPacket,
    publishHead,
    publishPacket,
    subscribePacket,
} from "./packets"
import { MqttOptionError, checkClientId, checkFilter, checkTopic } from "./topic"

export enum SessionState {
    Offline,
    Connecting,
    Online,
}

/** PUBLISHes sent and not yet acknowledged, at most; of QoS 0, waiting for the socket. */
export const WINDOW = 4
const SUBACK_FAILURE = 0x80 // [3.9.3]
const CONNACK_MS_MAX = 10000
const CONNACK_BAD_USER_OR_PASSWORD = 4
const CONNACK_NOT_AUTHORISED = 5
/** [3.2.2.3] by return code */
const REFUSALS = [
    "",
    "unacceptable protocol version",
    "identifier rejected",
    "server unavailable",
    "bad user name or password",
    "not authorized",
]
const NEVER = -1

interface InFlight {
    id: number
    token: number
    publish: Buffer
    /** To be sent, for the first time or again. */
    due: boolean
    sentMs: number
}

export class Session {
    state = SessionState.Offline
    /** Why it last went Offline: for a person. */
    reason = ""
    /** Connections the server accepted, since boot. */
    connects = 0
    /** Connections in a row that the server refused for who we say we are [3.2.2.3]: more of the same would be for nothing. */
    notAuthorised = 0
    /** Connections that ended because the server sent what MQTT does not allow, since boot. */
    violations = 0
    /** Messages longer than the parser's bound or of topics nobody asked for, since boot: acknowledged, not handed on. */
    skipped = 0
    /** Filters of ours that the server refused; asked for again on the next connection. */
    refused: string[] = []
    /** The server had kept our session when it last accepted us. */
    sessionPresent = false
    /** Called with the token of every PUBLISH whose PUBACK came. */
    onAcknowledged: (token: number) => void

    private readonly filters: string[]
    private readonly window: InFlight[] = []
    /** QoS 0, not yet sent: of each the head, then the pieces of its payload. */
    private once: Buffer[][] = []
    /** Of the one that is being sent: nothing may come between its pieces. */
    private rest: Buffer[] = []
    private acknowledgements: number[] = []
    private connectDue = false
    private subscribeDue = false
    private pingDue = false
    private pinged = false
    private leaving = false
    /** The server's session has all our filters. Not so after a boot: an older program may have subscribed to others. */
    private subscribed = false
    /** 0 while no SUBACK is awaited. */
    private subscribeId = 0
    private subscribedMs = 0
    private nextId = 1
    private heardMs = 0
    private sentMs = 0
    private onlineMs = 0

    /** @param subscriptions one filter or several, at QoS 1 @throws MqttOptionError names the option that is out of bounds */
    constructor(
        private readonly options: ConnectOptions,
        subscriptions: string | string[],
        private readonly onMessage: (message: Publish) => void
    ) {
        const { clientId, keepAliveSeconds, will } = options
        checkClientId(clientId)
        if (will !== undefined) checkTopic("will.topic", will.topic)
        if (options.password !== undefined && options.userName === undefined)
            throw new MqttOptionError("password", "without a user name")
        // [3.1.2.10] 16 bits; 0 would turn it off, and a dead link would never be noticed
        if (keepAliveSeconds < 1 || keepAliveSeconds > 65535)
            throw new MqttOptionError("keepAliveSeconds", `${keepAliveSeconds}, not 1 to 65535`)
        this.filters =
            typeof subscriptions === "string"
                ? [subscriptions as string]
                : (subscriptions as string[])
        for (const filter of this.filters) checkFilter("subscriptions", filter)
    }

    /** From the next CONNECT on; what was not acknowledged stays. */
    changePassword(password: string): void {
        this.options.password = password
        this.notAuthorised = 0
    }

    /** A new connection stands: the first thing to send is CONNECT. */
    connect(nowMs: number): void {
        this.disconnected(this.reason)
        this.state = SessionState.Connecting
        this.heardMs = nowMs
        this.sentMs = nowMs
        this.connectDue = true
    }

    /** The connection is gone; what was not acknowledged is kept for the next. */
    disconnected(reason: string): void {
        this.state = SessionState.Offline
        this.reason = reason
        this.acknowledgements = [] // [4.4] the server sends again what these were for
        this.once = []
        this.rest = []
        for (const sent of this.window) sent.due = true
        this.connectDue = false
        this.subscribeDue = false
        this.subscribeId = 0
        this.pingDue = false
        this.pinged = false
        this.leaving = false
    }

    /** Milliseconds since the server accepted us; 0 when it has not. */
    onlineForMs(nowMs: number): number {
        return this.state === SessionState.Online ? nowMs - this.onlineMs : 0
    }

    /** There is room in the window for one more PUBLISH. */
    canPublish(): boolean {
        return this.isOpen() && this.window.length < WINDOW
    }

    /** Sends at QoS 1; kept until its PUBACK, which gives `token` to `onAcknowledged`. @throws Error without `canPublish` */
    publish(topic: string, payload: Buffer, retain: boolean, token = 0): void {
        if (!this.canPublish()) throw new Error("publish without room")
        const id = this.takeId()
        const publish = publishPacket(id, topic, payload, retain)
        this.window.push({ id, token, publish, due: true, sentMs: NEVER })
    }

    /** There is room for one more PUBLISH at QoS 0. */
    canPublishOnce(): boolean {
        return this.isOpen() && this.once.length < WINDOW
    }

    /**
     * Sends at QoS 0: on this connection, or never. The pieces of the payload are not joined, and to be left as they are until then.
     * @throws Error without `canPublishOnce`
     */
    publishOnce(topic: string, payload: Buffer[], retain: boolean): void {
        if (!this.canPublishOnce()) throw new Error("publish without room")
        const packet: Buffer[] = [undefined]
        let bytes = 0
        for (const piece of payload) {
            bytes += piece.length
            packet.push(piece)
        }
        packet[0] = publishHead(topic, bytes, retain)
        this.once.push(packet)
    }

    /** Sends what waits and then DISCONNECT: the server will not publish the last will. */
    leave(): void {
        this.leaving = true
    }

    /** The next bytes for the socket, to be sent before the next are asked for; undefined when there are none. */
    takeOutgoing(nowMs: number): Buffer | undefined {
        const bytes = this.nextOutgoing(nowMs)
        if (bytes !== undefined) this.sentMs = nowMs
        return bytes
    }

    /** A packet from the server. False: it broke the protocol or refused us (see `reason`), close the connection. */
    received(packet: Packet, nowMs: number): boolean {
        if (this.state === SessionState.Offline) return false
        this.heardMs = nowMs
        this.pinged = false
        if (this.state === SessionState.Connecting && packet.type !== CONNACK)
            return this.violated(`packet type ${packet.type} before CONNACK`) // [3.2]
        switch (packet.type) {
            case CONNACK:
                return this.receivedConnack(packet, nowMs)
            case PUBACK:
                return this.receivedPuback(packet)
            case PUBLISH:
                return this.receivedPublish(packet)
            case SUBACK:
                return this.receivedSuback(packet)
            case PINGRESP:
                return isPlain(packet, 0) || this.violated("malformed PINGRESP")
            default:
                return this.violated(`unexpected packet type ${packet.type}`)
        }
    }

    /** What came is no MQTT, or not what may come now: counted. Always false. */
    violated(reason: string): boolean {
        this.violations++
        return this.refuse(reason)
    }

    /** Time has passed. False: the link is dead (see `reason`). */
    tick(nowMs: number): boolean {
        if (this.state === SessionState.Connecting && nowMs - this.heardMs >= CONNACK_MS_MAX)
            return this.refuse("no CONNACK")
        if (this.state !== SessionState.Online) return true
        if (nowMs >= this.heardMs + this.deadMs()) return this.refuse("no answer to a ping")
        if (nowMs >= this.answerDueMs()) return this.refuse("no acknowledgement")
        if (!this.pinged && nowMs >= this.pingMs()) {
            this.pinged = true
            this.pingDue = true
        }
        return true
    }

    /** Milliseconds until `tick` has something to do, if nothing else happens. */
    waitMs(nowMs: number): number {
        if (this.state !== SessionState.Online)
            return Math.max(this.heardMs + CONNACK_MS_MAX - nowMs, 0)
        const linkMs = this.pinged ? this.heardMs + this.deadMs() : this.pingMs()
        return Math.max(Math.min(linkMs, this.answerDueMs()) - nowMs, 0)
    }

    private nextOutgoing(nowMs: number): Buffer | undefined {
        if (this.rest.length > 0) return this.rest.shift()
        if (this.connectDue) {
            this.connectDue = false
            return connectPacket(this.options)
        }
        if (this.state !== SessionState.Online) return undefined
        if (this.acknowledgements.length > 0) return pubackPacket(this.acknowledgements.shift())
        if (this.subscribeDue) {
            this.subscribeDue = false
            this.subscribeId = this.takeId()
            this.subscribedMs = nowMs
            return subscribePacket(this.subscribeId, this.filters)
        }
        // [4.6] in the order they were first sent in, whether or not the server kept the session
        const due = this.window.find(sent => sent.due)
        if (due !== undefined) return this.sendPublish(due, nowMs)
        if (this.once.length > 0) {
            this.rest = this.once.shift()
            return this.rest.shift()
        }
        if (this.pingDue) {
            this.pingDue = false
            return pingreqPacket()
        }
        if (!this.leaving) return undefined
        this.disconnected("left")
        return disconnectPacket()
    }

    private sendPublish(sent: InFlight, nowMs: number): Buffer {
        if (sent.sentMs !== NEVER) markDuplicate(sent.publish)
        sent.sentMs = nowMs
        sent.due = false
        return sent.publish
    }

    private receivedConnack(packet: Packet, nowMs: number): boolean {
        if (this.state !== SessionState.Connecting) return this.violated("unexpected CONNACK")
        if (!isPlain(packet, 2) || packet.body[0] > 1) return this.violated("malformed CONNACK")
        const code = packet.body[1]
        if (code === CONNACK_BAD_USER_OR_PASSWORD || code === CONNACK_NOT_AUTHORISED)
            this.notAuthorised++
        else this.notAuthorised = 0
        if (code !== 0) return this.refuse(`refused: ${REFUSALS[code] ?? "reserved"} (${code})`)
        this.state = SessionState.Online
        this.onlineMs = nowMs
        this.connects++
        this.sessionPresent = packet.body[0] === 1
        if (!this.sessionPresent) this.subscribed = false
        this.subscribeDue = !this.subscribed && this.filters.length > 0
        return true
    }

    private receivedPuback(packet: Packet): boolean {
        const id = isPlain(packet, 2) ? wordAt(packet.body, 0) : 0
        if (id === 0) return this.violated("malformed PUBACK")
        const index = this.window.findIndex(sent => sent.id === id)
        // A second PUBACK for a PUBLISH sent twice is no fault.
        if (index < 0) return true
        const { token } = this.window[index]
        this.window.insert(index, -1)
        this.tellAcknowledged(token)
        return true
    }

    private receivedSuback(packet: Packet): boolean {
        const { filters } = this
        const awaited = this.subscribeId !== 0
        if (!awaited || !isPlain(packet, 2 + filters.length))
            return this.violated("malformed SUBACK")
        if (wordAt(packet.body, 0) !== this.subscribeId) return this.violated("malformed SUBACK")
        this.refused = []
        for (let i = 0; i < filters.length; ++i) {
            const code = packet.body[2 + i]
            if (code === SUBACK_FAILURE) this.refused.push(filters[i])
            else if (code > 1) return this.violated("malformed SUBACK") // more than was asked for
        }
        this.subscribeId = 0
        this.subscribed = this.refused.length === 0
        return true
    }

    private receivedPublish(packet: Packet): boolean {
        if (packet.body === undefined) return this.passOver(packet)
        const message = parsePublish(packet)
        if (message === undefined) return this.violated("malformed PUBLISH")
        if (message.id !== 0) this.acknowledgements.push(message.id)
        if (message.topic !== undefined && this.isWanted(message.topic)) this.handOn(message)
        else this.skipped++
        return true
    }

    /** Longer than we take: acknowledged all the same, for a server that may send no more until it is would send nothing else. */
    private passOver(packet: Packet): boolean {
        const qos = (packet.flags >> 1) & 3
        if (qos > 1 || (qos === 1 && packet.skippedId === 0))
            return this.violated("malformed PUBLISH")
        if (qos === 1) this.acknowledgements.push(packet.skippedId)
        this.skipped++
        return true
    }

    /** A handler that fails is not the server's fault, and a message that is not acknowledged would come, and fail, for ever. */
    private handOn(message: Publish): void {
        try {
            this.onMessage(message)
        } catch (e) {
            handlerFailed(message.topic, e as Error)
        }
    }

    private tellAcknowledged(token: number): void {
        if (this.onAcknowledged === undefined) return
        try {
            this.onAcknowledged(token)
        } catch (e) {
            handlerFailed("PUBACK", e as Error)
        }
    }

    private isWanted(topic: string): boolean {
        return this.filters.some(filter => matches(filter, topic))
    }

    private isOpen(): boolean {
        return this.state === SessionState.Online && !this.leaving
    }

    private refuse(reason: string): boolean {
        this.reason = reason
        return false
    }

    /** [3.1.2.10] The server counts what it hears of us, and we what we hear of it: a ping is due on either silence. */
    private pingMs(): number {
        return Math.min(this.heardMs, this.sentMs) + this.options.keepAliveSeconds * 1000
    }

    private deadMs(): number {
        return this.options.keepAliveSeconds * 1500
    }

    /** When the oldest thing the server owes an answer to is overdue. */
    private answerDueMs(): number {
        const oldest = this.window.find(sent => !sent.due)
        let sinceMs = oldest === undefined ? Infinity : oldest.sentMs
        if (this.subscribeId !== 0) sinceMs = Math.min(sinceMs, this.subscribedMs)
        return sinceMs + this.deadMs()
    }

    /** [2.3.1] 1..65535, none that is in flight. */
    private takeId(): number {
        while (this.isInFlight(this.nextId)) this.advanceId()
        const id = this.nextId
        this.advanceId()
        return id
    }

    private isInFlight(id: number): boolean {
        return id === this.subscribeId || this.window.some(sent => sent.id === id)
    }

    private advanceId(): void {
        this.nextId = this.nextId === 65535 ? 1 : this.nextId + 1
    }
}

/** [2.2.2] No flags, whole, and of this length. */
function isPlain(packet: Packet, bodyBytes: number): boolean {
    return packet.flags === 0 && packet.body !== undefined && packet.body.length === bodyBytes
}

function wordAt(bytes: Buffer, at: number): number {
    return (bytes[at] << 8) | bytes[at + 1]
}

function handlerFailed(name: string, error: Error): void {
    console.error(`mqtt: handler of ${name}: ${error.message}`)
}
