/**
 * The board's one socket, over the runtime's builtins. @devicescript/net is not used: its `send` gives up where the runtime asks for
 * patience, a server that speaks first breaks its `connect`, and what it has received is unbounded.
 */
import * as ds from "@devicescript/core"

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

let current: Socket

export class Socket {
    /** Why it closed, for a person; undefined while it is open. */
    closedBecause: string
    private opened = false
    private unreadBytes = 0
    private readonly unread: Buffer[] = []
    private waiter: ds.Fiber

    /** Opens `host:port`; a socket that was open before is closed by the runtime. @throws Error in at most `timeoutMs` */
    static async open(
        host: string,
        port: number,
        tls: boolean,
        timeoutMs: number
    ): Promise<Socket> {
        const socket = new Socket()
        if (current !== undefined) current.close("another was opened")
        current = socket
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
        if (this.unread.length === 0 && this.closedBecause === undefined) await this.wait(timeoutMs)
        const chunk = this.unread.shift()
        if (chunk !== undefined) this.unreadBytes -= chunk.length
        return chunk
    }

    /** Ends a `receive` that waits. */
    wake(): void {
        if (this.waiter !== undefined && this.waiter.suspended) this.waiter.resume(null)
    }

    /** Hands bytes to the network; waits while its queue is full. @throws Error when it is closed, or full for 2 s */
    async send(bytes: Buffer): Promise<void> {
        for (let i = 0; i < BUSY_RETRIES; ++i) {
            if (this.closedBecause !== undefined) throw new Error(this.closedBecause)
            const code = runtime._socketWrite(bytes)
            if (code === 0) return
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
        this.wake()
    }

    /** Called by the runtime. */
    onEvent(event: string, argument?: Buffer | string): void {
        if (event === "open") {
            this.opened = true
        } else if (event === "data") {
            const chunk = argument as Buffer
            this.unreadBytes += chunk.length
            if (this.unreadBytes > UNREAD_BYTES_MAX) {
                this.close("the peer sends faster than we read")
                return
            }
            this.unread.push(chunk)
        } else {
            current = undefined
            this.closedBecause = event === "error" ? `${argument}` : "closed by the peer"
        }
        this.wake()
    }

    private async wait(timeoutMs: number): Promise<void> {
        this.waiter = ds.Fiber.self()
        await ds.suspend(timeoutMs)
        this.waiter = undefined
    }
}

runtime._socketOnEvent = function (event: string, argument?: Buffer | string): void {
    if (current !== undefined) current.onEvent(event, argument)
}
