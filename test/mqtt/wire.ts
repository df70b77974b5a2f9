/** The runtime's one socket, played by a test: what the program did with it, and events as the runtime would send them. VM only. */
import * as ds from "@devicescript/core"

type SocketBuiltins = typeof ds & {
    _socketOpen(host: string, port: number): number
    _socketClose(): number
    _socketWrite(bytes: Buffer): number
    _socketOnEvent(event: string, argument?: Buffer | string): void
}
const runtime = ds as SocketBuiltins

class Wire {
    /** "host:port", negative for TLS, of every attempt. */
    opened: string[] = []
    /** When, in the VM's milliseconds. */
    openedMs: number[] = []
    /** In hex, one entry a write. */
    written: string[] = []
    closes = 0
    /** Writes that are refused before one is taken: the queue is full. */
    busy = 0
    /** What a write returns when it is not busy. */
    writeCode = 0
    openCode = 0
    /** Called at once on every attempt to open. */
    onOpen: () => void
    onWrite: (hex: string) => void

    reset(): void {
        this.opened = []
        this.openedMs = []
        this.written = []
        this.closes = 0
        this.busy = 0
        this.writeCode = 0
        this.openCode = 0
        this.onOpen = undefined
        this.onWrite = undefined
    }

    says(bytes: Buffer): void {
        runtime._socketOnEvent("data", bytes)
    }

    event(event: string, argument?: string): void {
        runtime._socketOnEvent(event, argument)
    }
}

export const wire = new Wire()

runtime._socketOpen = function (host: string, port: number): number {
    wire.opened.push(`${host}:${port}`)
    wire.openedMs.push(ds.millis())
    if (wire.onOpen !== undefined) wire.onOpen()
    return wire.openCode
}
runtime._socketClose = function (): number {
    wire.closes++
    return 0
}
runtime._socketWrite = function (bytes: Buffer): number {
    if (wire.busy > 0) {
        wire.busy--
        return -1
    }
    wire.written.push(bytes.toString("hex"))
    if (wire.onWrite !== undefined) wire.onWrite(bytes.toString("hex"))
    return wire.writeCode
}
