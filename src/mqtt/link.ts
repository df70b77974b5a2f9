/** Keeps a session on a broker: one fiber that connects, reads, writes, pings, and backs off when it fails. */
import * as ds from "@devicescript/core"
import { Backoff, drawn } from "./backoff"
import { Broker } from "./broker"
import { SUBACK } from "./packets"
import { PacketParser } from "./parser"
import { Session } from "./session"
import { Socket } from "./socket"

const CONNECT_TIMEOUT_MS = 15000
/** A little late is surely after; a little early would be for nothing. */
const TICK_MS = 10
const LEAVE_MS = 100
/** All that a fleet says to a node is below 400 B. */
const INBOUND_BODY_BYTES_MAX = 2048

export interface LinkOptions {
    /** A longer message is passed over, never kept; 2,048 when left out. */
    inboundBytesMax?: number
    /** Shared with a link that is used in turn with this one, so that their failures add up. */
    backoff?: Backoff
    /** The server refused us so often in a row for who we say we are: `run` ends. When left out it goes on. */
    notAuthorisedMax?: number
    /** What `refill` may be waiting for is looked at so often; when left out, when something came, or at `wake`. */
    turnMs?: number
}

export class Link {
    /** Connections lost or refused since boot. */
    failures = 0
    private socket: Socket
    private leaving = false
    private readonly backoff: Backoff
    private readonly turnMs: number

    /** @param refill is called when the session may have room, and may publish; when it throws, the connection ends */
    constructor(
        private readonly broker: Broker,
        private readonly session: Session,
        private readonly refill: () => Promise<void>,
        private readonly options: LinkOptions = {}
    ) {
        const { backoff, turnMs } = options
        this.backoff = backoff !== undefined ? backoff : new Backoff()
        this.turnMs = turnMs !== undefined ? turnMs : Infinity
    }

    /** There is something to publish. */
    wake(): void {
        if (this.socket !== undefined) this.socket.wake()
    }

    /** Ends `run`, with DISCONNECT if there is a session: no last will is published. */
    leave(): void {
        this.leaving = true
        this.session.leave()
        this.wake()
    }

    /** Until `leave`, or until the server has refused us too often; may be run again. Run it in a fiber of its own; it throws nothing. */
    async run(): Promise<void> {
        while (!this.leaving) {
            let reason: string
            try {
                reason = await this.connection()
            } catch (e) {
                reason = (e as Error).message
            }
            const onlineMs = this.session.onlineForMs(ds.millis())
            this.session.disconnected(reason)
            if (this.leaving) break
            this.failures++
            const waitMs = this.backoff.nextMs(onlineMs, drawn())
            console.log(`mqtt: offline (${reason}), again in ${waitMs} ms`)
            await ds.sleep(waitMs)
            if (this.isRefused()) break
        }
        this.leaving = false
    }

    private isRefused(): boolean {
        const { notAuthorisedMax } = this.options
        return notAuthorisedMax !== undefined && this.session.notAuthorised >= notAuthorisedMax
    }

    /** One connection, from open to why it ended. */
    private async connection(): Promise<string> {
        const { session } = this
        const { host, port, tls } = this.broker
        const socket = await Socket.open(host, port, tls, CONNECT_TIMEOUT_MS)
        this.socket = socket
        try {
            const { inboundBytesMax } = this.options
            const parser = new PacketParser(
                inboundBytesMax !== undefined ? inboundBytesMax : INBOUND_BODY_BYTES_MAX
            )
            session.connect(ds.millis())
            for (;;) {
                await this.sendAll(socket)
                if (this.leaving) {
                    // A socket that is closed at once takes with it what the runtime has not yet sent.
                    await ds.sleep(LEAVE_MS)
                    return "left"
                }
                const waitMs = Math.min(session.waitMs(ds.millis()), this.turnMs)
                const chunk = await socket.receive(waitMs + TICK_MS)
                if (chunk === undefined && socket.closedBecause !== undefined)
                    return socket.closedBecause
                if (chunk !== undefined) {
                    parser.push(chunk)
                    if (!(await this.take(parser, socket))) return session.reason
                }
                if (!session.tick(ds.millis())) return session.reason
                await this.refill()
            }
        } finally {
            this.socket = undefined
            socket.close("given up")
        }
    }

    /** All packets of a chunk. False: the connection is to be closed, for the session's reason. */
    private async take(parser: PacketParser, socket: Socket): Promise<boolean> {
        const { session } = this
        const { connects } = session
        for (;;) {
            const packet = parser.next()
            if (packet === undefined) break
            if (!session.received(packet, ds.millis())) return false
            if (packet.type === SUBACK && session.refused.length > 0)
                console.error(`mqtt: subscription refused: ${session.refused.join(", ")}`)
            // Answers are not piled up, and a chunk of many small packets does not use up the VM's budget of steps.
            await this.sendAll(socket)
            await ds.sleep(0)
        }
        if (session.connects > connects) console.log("mqtt: online")
        return !parser.malformed || session.violated("the server does not speak MQTT")
    }

    private async sendAll(socket: Socket): Promise<void> {
        for (;;) {
            const bytes = this.session.takeOutgoing(ds.millis())
            if (bytes === undefined) return
            await socket.send(bytes)
        }
    }
}
