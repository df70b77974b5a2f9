/** What a node's socket is connected to: real TCP and TLS, or brokers in this process over the virtual clock. */
import { Duplex } from "node:stream"
import { connect as connectTcp, isIP, type Socket } from "node:net"
import { connect as connectTls, rootCertificates } from "node:tls"
import { Clock } from "./clock"

export interface ConnectionEvents {
    open(): void
    data(bytes: Uint8Array): void
    /** The end, with or without a reason; nothing comes after it. */
    closed(error?: string): void
}

export interface Connection {
    write(bytes: Uint8Array): void
    /** Closes; no event follows. */
    end(): void
    /** The node is gone without a word, as without power: nobody at the other end is told, and no event follows. */
    abandon(): void
}

export interface Network {
    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): Connection
}

export interface CarriedConnection extends Connection {
    /** Breaks it: what is on the way is lost; no event follows. */
    reset(): void
}

/** A network that bytes really pass through, rather than one that does something to them. */
export interface Carrier extends Network {
    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): CarriedConnection
}

/** The real network. Certificates are checked, as on an ESP32. */
export class TcpNetwork implements Carrier {
    /** @param authorities certificates (PEM) that are trusted besides the public ones */
    constructor(private readonly authorities: string[] = []) {}

    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): CarriedConnection {
        let ended = false
        const socket: Socket = tls
            ? connectTls({
                  host,
                  port,
                  servername: isIP(host) === 0 ? host : "",
                  ca: [...rootCertificates, ...this.authorities],
              })
            : connectTcp({ host, port })
        const close = (error?: string) => {
            if (ended) return
            ended = true
            events.closed(error)
        }
        socket.setNoDelay(true)
        socket.once(tls ? "secureConnect" : "connect", () => ended || events.open())
        socket.on("data", bytes => ended || events.data(bytes))
        socket.on("error", error => close(error.message))
        socket.on("close", () => close())
        return {
            write: bytes => void (ended || socket.write(bytes)),
            end: () => {
                ended = true
                socket.destroy()
            },
            abandon: () => {
                ended = true
                // It stays open for the other end, but keeps no process alive.
                socket.unref()
            },
            reset: () => {
                ended = true
                socket.resetAndDestroy()
            },
        }
    }
}

/** Milliseconds one way: a home network. */
export const LATENCY_MS = 2

/** The far side of an in-process connection, as a server sees it. */
class ServerSide extends Duplex {
    /** `toNode` drops what comes after the node's end of the connection is gone. */
    constructor(
        private readonly clock: Clock,
        private readonly toNode: ConnectionEvents,
        private readonly touched: () => void
    ) {
        super()
    }

    override _read(): void {}

    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
        this.touched()
        // A server that closes right behind its last words is heard out.
        this.clock.after(LATENCY_MS, () => this.toNode.data(chunk))
        done()
    }

    override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
        this.touched()
        this.clock.after(LATENCY_MS, () => this.toNode.closed(error?.message))
        done(null)
    }
}

/** Servers in this process, on the virtual clock. */
export class MemoryNetwork implements Carrier {
    private readonly servers = new Map<string, (stream: Duplex) => void>()
    private activity = 0

    constructor(private readonly clock: Clock) {}

    listen(host: string, port: number, accept: (stream: Duplex) => void): void {
        this.servers.set(`${host}:${port}`, accept)
    }

    /** Nobody listens there any more: who connects is refused. */
    unlisten(host: string, port: number): void {
        this.servers.delete(`${host}:${port}`)
    }

    connect(
        host: string,
        port: number,
        _tls: boolean,
        events: ConnectionEvents
    ): CarriedConnection {
        let ended = false
        const guarded: ConnectionEvents = {
            open: () => ended || events.open(),
            data: bytes => ended || events.data(bytes),
            closed: error => {
                if (ended) return
                ended = true
                events.closed(error)
            },
        }
        const server = new ServerSide(this.clock, guarded, () => this.touch())
        server.on("error", () => {})
        this.clock.after(LATENCY_MS, () => {
            const accept = this.servers.get(`${host}:${port}`)
            if (accept === undefined) {
                guarded.closed("connection refused")
                return
            }
            this.touch()
            accept(server)
            guarded.open()
        })
        return {
            write: bytes => {
                this.clock.after(LATENCY_MS, () => {
                    this.touch()
                    if (!server.destroyed) server.push(Buffer.from(bytes))
                })
            },
            end: () => {
                ended = true
                this.clock.after(LATENCY_MS, () => {
                    this.touch()
                    server.push(null)
                    server.destroy()
                })
            },
            abandon: () => void (ended = true),
            reset: () => {
                ended = true
                this.touch()
                server.destroy()
            },
        }
    }

    /** Servers may have something to do now: somebody will have to `settle`. */
    touch(): void {
        this.activity++
    }

    /** Lets the servers finish what they have begun: Node's own turns take no virtual time. */
    async settle(): Promise<void> {
        let seen = -1
        while (seen !== this.activity) {
            seen = this.activity
            // One turn is too few for aedes, which answers through several; four were always enough.
            for (let turn = 0; turn < 4; ++turn) await new Promise(setImmediate)
        }
    }

    /** Something was sent or closed since the last call. */
    takeActivity(): boolean {
        const active = this.activity > 0
        this.activity = 0
        return active
    }
}
