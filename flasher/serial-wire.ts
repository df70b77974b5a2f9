/**
 * A serial port in the shape that esptool-js takes, which is a browser's (W3C Web Serial), over the `serialport` package; a test brings a
 * board of its own. Both lines are told at each change: the package raises one that is left out.
 */
import type { Duplex } from "node:stream"

/** What we use of serialport's `SerialPort`. */
export interface BoardPort extends Duplex {
    open(done: (error: Error | null) => void): void
    close(done: (error: Error | null) => void): void
    set(lines: { dtr: boolean; rts: boolean }, done: (error: Error | null) => void): void
    update(options: { baudRate: number }, done: (error: Error | null) => void): void
}

export interface UsbIds {
    usbVendorId?: number
    usbProductId?: number
}

export class SerialWire {
    readable: ReadableStream<Uint8Array> | null = null
    writable: WritableStream<Uint8Array> | null = null
    private port: BoardPort | undefined
    private dtr = false
    private rts = false

    /** @param attach makes a port that is not yet open */
    constructor(
        private readonly attach: (baudRate: number) => BoardPort,
        private readonly ids: UsbIds
    ) {}

    getInfo(): UsbIds {
        return this.ids
    }

    async open({ baudRate }: { baudRate: number }): Promise<void> {
        const port = this.attach(baudRate)
        await called(done => port.open(done))
        this.port = port
        let isRead = true
        this.readable = new ReadableStream<Uint8Array>({
            start: controller => {
                port.on("data", (bytes: Uint8Array) => {
                    if (isRead) controller.enqueue(bytes)
                })
                // The board was pulled out, or we closed it: whoever reads is told that this was all.
                const end = () => {
                    if (isRead) controller.close()
                    isRead = false
                }
                port.on("close", end)
                port.on("error", end)
            },
            cancel: () => void (isRead = false),
        })
        this.writable = new WritableStream<Uint8Array>({
            write: bytes => called(done => void port.write(bytes, error => done(error ?? null))),
        })
    }

    async setSignals(lines: {
        dataTerminalReady?: boolean
        requestToSend?: boolean
    }): Promise<void> {
        this.dtr = lines.dataTerminalReady ?? this.dtr
        this.rts = lines.requestToSend ?? this.rts
        await called(done => this.opened().set({ dtr: this.dtr, rts: this.rts }, done))
    }

    /** esptool-js asks for it where a port can change its rate without being closed. */
    async setBaudRate(baudRate: number): Promise<void> {
        await called(done => this.opened().update({ baudRate }, done))
    }

    /** Never fails: a board that was pulled out is closed. */
    async close(): Promise<void> {
        const { port } = this
        this.port = undefined
        this.readable = null
        this.writable = null
        if (port === undefined || port.destroyed) return
        await new Promise<void>(resolve => port.close(() => resolve()))
    }

    private opened(): BoardPort {
        if (this.port === undefined) throw new Error("the port is not open")
        return this.port
    }
}

async function called(call: (done: (error: Error | null) => void) => void): Promise<void> {
    await new Promise<void>((resolve, reject) =>
        call(error => (error === null || error === undefined ? resolve() : reject(error)))
    )
}
