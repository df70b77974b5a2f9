/**
 * An MQTT 3.1.1 session as a table of states and pure steps: no socket, no clock of its own. The link feeds it packets and the time,
 * and sends what it hands back.
 *
 * | state      | on                     | becomes    | and                                             |
 * |------------|------------------------|------------|-------------------------------------------------|
 * | Offline    | connect()              | Connecting | CONNECT                                         |
 * | Connecting | CONNACK 0              | Online     | SUBSCRIBE, unacknowledged PUBLISHes with DUP    |
 * | Connecting | CONNACK 1..5, no answer| Offline    | the reason                                      |
 * | Online     | PUBACK                 | Online     | its PUBLISH leaves the window                   |
 * | Online     | silence of a keepalive | Online     | PINGREQ                                         |
 * | Online     | silence of 1.5         | Offline    | "no answer to a ping"                           |
 * | any        | disconnected()         | Offline    | the window stays, to be sent again              |
 */
import {
    CONNACK,
    ConnectOptions,
    Packet,
    PINGRESP,
    PUBACK,
    PUBLISH,
    Publish,
    SUBACK,
    connectPacket,
    markDuplicate,
    parsePublish,
    pingreqPacket,
    pubackPacket,
    publishPacket,
    subscribePacket,
} from "./packets"

export enum SessionState {
    Offline,
    Connecting,
    Online,
}

/** PUBLISHes sent and not yet acknowledged, at most. */
export const WINDOW = 4
const SUBACK_FAILURE = 0x80 // [3.9.3]
const CONNACK_MS_MAX = 10000

interface InFlight {
    id: number
    publish: Buffer
}

export class Session {
    state = SessionState.Offline
    /** Why it last went Offline, or a subscription failed: for a person. */
    reason = ""
    /** Connections the server accepted, since boot. */
    connects = 0

    private readonly window: InFlight[] = []
    private outgoing: Buffer[] = []
    private nextId = 1
    private heardMs = 0
    private sentMs = 0
    private pinged = false

    constructor(
        private readonly options: ConnectOptions,
        private readonly subscription: string,
        private readonly onMessage: (message: Publish) => void
    ) {}

    /** A new connection stands: the first thing to send is CONNECT. */
    connect(nowMs: number): void {
        this.state = SessionState.Connecting
        this.heardMs = nowMs
        this.sentMs = nowMs
        this.pinged = false
        this.outgoing = [connectPacket(this.options)]
    }

    /** The connection is gone; what was not acknowledged is kept for the next. */
    disconnected(reason: string): void {
        this.state = SessionState.Offline
        this.reason = reason
        this.outgoing = []
    }

    /** There is room in the window for one more PUBLISH. */
    canPublish(): boolean {
        return this.state === SessionState.Online && this.window.length < WINDOW
    }

    /** Sends at QoS 1; kept until its PUBACK. Only after `canPublish`. */
    publish(topic: string, payload: Buffer, retain: boolean): void {
        const id = this.takeId()
        const publish = publishPacket(id, topic, payload, retain)
        this.window.push({ id, publish })
        this.outgoing.push(publish)
    }

    /** The next bytes for the socket; undefined when there are none. */
    takeOutgoing(nowMs: number): Buffer | undefined {
        const bytes = this.outgoing.shift()
        if (bytes !== undefined) this.sentMs = nowMs
        return bytes
    }

    /** A packet from the server. False: it broke the protocol or refused us (see `reason`), close the connection. */
    received(packet: Packet, nowMs: number): boolean {
        this.heardMs = nowMs
        this.pinged = false
        // Longer than we take: passed over. At QoS 1 it stays unacknowledged, and the server may drop it.
        if (packet.body === undefined) return true
        switch (packet.type) {
            case CONNACK:
                return this.receivedConnack(packet.body)
            case PUBACK:
                return this.receivedPuback(packet.body)
            case PUBLISH:
                return this.receivedPublish(packet)
            case SUBACK:
                if (packet.body.length === 3 && packet.body[2] === SUBACK_FAILURE)
                    this.reason = `subscription to ${this.subscription} refused`
                return true
            case PINGRESP:
                return true
            default:
                return this.refuse(`unexpected packet type ${packet.type}`)
        }
    }

    /** Time has passed. False: the link is dead (see `reason`). */
    tick(nowMs: number): boolean {
        const silentMs = nowMs - this.heardMs
        if (this.state === SessionState.Connecting && silentMs >= CONNACK_MS_MAX)
            return this.refuse("no CONNACK")
        if (this.state !== SessionState.Online) return true
        const keepAliveMs = this.options.keepAliveSeconds * 1000
        if (silentMs * 2 >= keepAliveMs * 3) return this.refuse("no answer to a ping")
        const quiet = silentMs >= keepAliveMs || nowMs - this.sentMs >= keepAliveMs
        if (quiet && !this.pinged) {
            this.pinged = true
            this.outgoing.push(pingreqPacket())
        }
        return true
    }

    /** Milliseconds until `tick` has something to do, if nothing else happens. */
    waitMs(nowMs: number): number {
        if (this.state === SessionState.Connecting) return this.heardMs + CONNACK_MS_MAX - nowMs
        const keepAliveMs = this.options.keepAliveSeconds * 1000
        const dueMs = this.pinged
            ? this.heardMs + keepAliveMs * 1.5
            : Math.min(this.heardMs, this.sentMs) + keepAliveMs
        return Math.max(dueMs - nowMs, 0)
    }

    private receivedConnack(body: Buffer): boolean {
        if (this.state !== SessionState.Connecting || body.length !== 2)
            return this.refuse("unexpected CONNACK")
        const code = body[1]
        if (code !== 0) return this.refuse(`CONNACK refused with ${code}`)
        this.state = SessionState.Online
        this.connects++
        this.outgoing.push(subscribePacket(this.takeId(), this.subscription))
        // [4.4] what was not acknowledged is sent again, in order, whether or not the server kept the session
        for (const sent of this.window) {
            markDuplicate(sent.publish)
            this.outgoing.push(sent.publish)
        }
        return true
    }

    private receivedPuback(body: Buffer): boolean {
        if (body.length !== 2) return this.refuse("malformed PUBACK")
        const id = (body[0] << 8) | body[1]
        const index = this.window.findIndex(sent => sent.id === id)
        // A second PUBACK for a PUBLISH sent twice is no fault.
        if (index < 0) return true
        this.window.insert(index, -1)
        return true
    }

    private receivedPublish(packet: Packet): boolean {
        const message = parsePublish(packet)
        if (message === undefined) return this.refuse("malformed PUBLISH")
        this.onMessage(message)
        if (message.id !== 0) this.outgoing.push(pubackPacket(message.id))
        return true
    }

    private refuse(reason: string): boolean {
        this.reason = reason
        return false
    }

    /** [2.3.1] 1..65535, none that is in flight. */
    private takeId(): number {
        while (this.isInFlight(this.nextId)) this.advanceId()
        const id = this.nextId
        this.advanceId()
        return id
    }

    private isInFlight(id: number): boolean {
        return this.window.some(sent => sent.id === id)
    }

    private advanceId(): void {
        this.nextId = this.nextId === 65535 ? 1 : this.nextId + 1
    }
}
