/**
 * The board's one socket, over the runtime's builtins. @devicescript/net is not used: its `send` gives up where the runtime asks for
 * patience, a server that speaks first breaks its `connect`, and what it has received is unbounded.
 */
import * as ds from "@devicescript/core"
import { EnergyMeter } from "../power/energy-meter"

type SocketBuiltins = typeof ds & {
    _socketOpen(host: string, port: number): number
    _socketClose(): number
    _socketWrite(bytes: Buffer): number
    _socketOnEvent(event: string, argument?: Buffer | string): void
}
const runtime = ds as SocketBuiltins

/** The runtime's send queue is full (ESP32: 50 entries). */
const BUSY = -1
const BUSY_WAIT_MS = 10
const BUSY_RETRIES = 200
/** More than this unread, and the peer is flooding us: the heap is 64 kB. */
const UNREAD_BYTES_MAX = 8192
/** What the runtime still had to say of the socket before must not be taken for the next one's. */
const SETTLE_MS = 20
/** One to ask for a connection, and one to say that the answer came. */
const ATTEMPT_PACKETS = 2

let current: Socket
/** Told of all that goes through sockets. */
let meter: EnergyMeter

/** From now on, and of whatever is opened. */
export function meterSockets(energy: EnergyMeter): void {
    meter = energy
}

export class Socket {
    /** Why it closed, for a person; undefined while it is open. */
    closedBecause: string
    private opened = false
    private woken = false
    private unreadBytes = 0
    private readonly unread: Buffer[] = []
    private waiter: ds.Fiber

    /** Opens `host:port`; a socket that was open before is closed. @throws Error in at most `timeoutMs` */
    static async open(
        host: string,
        port: number,
        tls: boolean,
        timeoutMs: number
    ): Promise<Socket> {
        if (current !== undefined) current.close("another was opened")
        await ds.sleep(SETTLE_MS)
        const socket = new Socket()
        current = socket
        if (meter !== undefined) meter.onAir(ds.millis(), ATTEMPT_PACKETS, 0)
        const code = runtime._socketOpen(host, tls ? -port : port)
        if (code !== 0) socket.closedBecause = `error ${code}`
        const deadline = ds.millis() + timeoutMs
        while (!socket.opened && socket.closedBecause === undefined) {
            const left = deadline - ds.millis()
            if (left <= 0) socket.close("no answer")
            else await socket.wait(left)
        }
        if (socket.closedBecause !== undefined) throw new Error(socket.closedBecause)
        return socket
    }

    /** Bytes as they came; undefined when none came in `timeoutMs`, on `wake`, or when it is closed (see `closedBecause`). */
    async receive(timeoutMs: number): Promise<Buffer | undefined> {
        const idle = this.unread.length === 0 && this.closedBecause === undefined
        if (idle && !this.woken) await this.wait(timeoutMs)
        this.woken = false
        const chunk = this.unread.shift()
        if (chunk !== undefined) this.unreadBytes -= chunk.length
        return chunk
    }

    /** Ends a `receive` that waits, or the next one if none does. */
    wake(): void {
        this.woken = true
        this.resume()
    }

    /** Hands bytes to the network; waits while its queue is full. @throws Error when it is closed, or full for 2 s */
    async send(bytes: Buffer): Promise<void> {
        for (let i = 0; i < BUSY_RETRIES; ++i) {
            if (this.closedBecause !== undefined) throw new Error(this.closedBecause)
            const code = runtime._socketWrite(bytes)
            if (code === 0) {
                if (meter !== undefined) meter.onAir(ds.millis(), 1, bytes.length)
                return
            }
            if (code !== BUSY) {
                this.close(`send error ${code}`)
                throw new Error(this.closedBecause)
            }
            await ds.sleep(BUSY_WAIT_MS)
        }
        this.close("send queue full")
        throw new Error(this.closedBecause)
    }

    close(why: string): void {
        if (this.closedBecause !== undefined) return
        this.closedBecause = why
        if (current === this) {
            current = undefined
            runtime._socketClose()
        }
        this.resume()
    }

    /** Called by the runtime. */
    onEvent(event: string, argument?: Buffer | string): void {
        if (event === "open") {
            // An attempt we had given up may still come through (ESP32): whose connection this is, nobody can tell.
            if (this.opened) this.close("opened twice")
            this.opened = true
        } else if (event === "data") {
            this.keep(argument as Buffer)
        } else {
            current = undefined
            this.closedBecause =
                event === "error" ? withoutNul(argument as string) : "closed by the peer"
        }
        this.resume()
    }

    private keep(chunk: Buffer): void {
        if (chunk === undefined || chunk === null) {
            this.close("no memory for what came")
            return
        }
        if (meter !== undefined) meter.onAir(ds.millis(), 1, 0)
        this.unreadBytes += chunk.length
        if (this.unreadBytes > UNREAD_BYTES_MAX) this.close("the peer sends faster than we read")
        else this.unread.push(chunk)
    }

    private resume(): void {
        if (this.waiter !== undefined && this.waiter.suspended) this.waiter.resume(null)
    }

    private async wait(timeoutMs: number): Promise<void> {
        this.waiter = ds.Fiber.self()
        await ds.suspend(timeoutMs)
        this.waiter = undefined
    }
}

/** The simulator's runtime passes the C string's end along, and a log line would end there. */
function withoutNul(text: string): string {
    if (text === undefined || text === null) return "error"
    return text.endsWith("\0") ? text.slice(0, -1) : text
}

runtime._socketOnEvent = function (event: string, argument?: Buffer | string): void {
    if (current !== undefined) current.onEvent(event, argument)
}
