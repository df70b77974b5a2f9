/** Keeps a session on a broker: one fiber that connects, reads, writes, pings, and backs off when it fails. */
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
import { Broker } from "./broker"
import { PacketParser } from "./packets"
import { Session } from "./session"
import { Socket } from "./socket"

const CONNECT_TIMEOUT_MS = 15000
/** A little late is surely after; a little early would be for nothing. */
const TICK_MS = 10
const BACKOFF_MS_MIN = 1000
const BACKOFF_MS_MAX = 300000
/** Only a link that held this long makes the next failure a first one. */
const STABLE_MS = 60000
const INBOUND_BODY_BYTES_MAX = 2048

/** Exponential with full jitter: 0..ceiling, where the ceiling doubles from 1 s to 5 min. `random` is 0..65535. */
export function backoffMs(failures: number, random: number): number {
    let ceiling = BACKOFF_MS_MIN
    for (let i = 0; i < failures && ceiling < BACKOFF_MS_MAX; ++i) ceiling = ceiling * 2
    if (ceiling > BACKOFF_MS_MAX) ceiling = BACKOFF_MS_MAX
    return Math.floor((ceiling * random) / 65536)
}

export class Link {
    /** Connections lost or refused since boot. */
    failures = 0
    private socket: Socket
    private inARow = 0

    /** `refill` is called when the session has room, and may publish. */
    constructor(
        private readonly broker: Broker,
        private readonly session: Session,
        private readonly refill: () => void
    ) {}

    /** There is something to publish. */
    wake(): void {
        if (this.socket !== undefined) this.socket.wake()
    }

    /** For ever. Run it in a fiber of its own; it throws nothing. */
    async run(): Promise<void> {
        for (;;) {
            const startedMs = ds.millis()
            let reason: string
            try {
                reason = await this.connection()
            } catch (e) {
                reason = (e as Error).message
            }
            this.session.disconnected(reason)
            this.failures++
            if (ds.millis() - startedMs >= STABLE_MS) this.inARow = 0
            const random = randomBuffer(2)
            const waitMs = backoffMs(this.inARow, (random[0] << 8) | random[1])
            this.inARow++
            console.log(`mqtt: offline (${reason}), again in ${waitMs} ms`)
            await ds.sleep(waitMs)
        }
    }

    /** One connection, from open to why it ended. */
    private async connection(): Promise<string> {
        const session = this.session
        const { host, port, tls } = this.broker
        const socket = await Socket.open(host, port, tls, CONNECT_TIMEOUT_MS)
        this.socket = socket
        try {
            const parser = new PacketParser(INBOUND_BODY_BYTES_MAX)
            session.connect(ds.millis())
            for (;;) {
                await this.sendAll(socket)
                const chunk = await socket.receive(session.waitMs(ds.millis()) + TICK_MS)
                if (chunk === undefined && socket.closedBecause !== undefined)
                    return socket.closedBecause
                if (chunk !== undefined) {
                    parser.push(chunk)
                    for (;;) {
                        const packet = parser.next()
                        if (packet === undefined) break
                        if (!session.received(packet, ds.millis())) return session.reason
                    }
                    if (parser.malformed) return "the server does not speak MQTT"
                }
                if (!session.tick(ds.millis())) return session.reason
                this.refill()
            }
        } finally {
            this.socket = undefined
            socket.close("given up")
        }
    }

    private async sendAll(socket: Socket): Promise<void> {
        for (;;) {
            const bytes = this.session.takeOutgoing(ds.millis())
            if (bytes === undefined) return
            await socket.send(bytes)
        }
    }
}
