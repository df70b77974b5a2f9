/** Lines to a modem through an SC16IS750: for boards on which scripts have no UART, which is all of them. */
import { LineError, Sc16is750 } from "../../drivers/sc16is750"
import { Clock, SensorError } from "../../drivers/sensor"
import { IdentityError } from "../identity"
import { AtTransport, LINE_CHARS_MAX } from "./at-transport"

const CARRIAGE_RETURN = 13
const LINE_FEED = 10
/** Lines that came while one was sent: its own echo, and what the modem tells by itself. */
const LINES_MAX = 16
/** A line of 600 characters takes 0.6 s at 9,600 baud. */
const WRITE_MS_MAX = 5000
/** So often in the time in which the receiver fills up. */
const LOOKS_PER_FIFO = 4
const FIFO_BITS = 640

export class Sc16is750Transport implements AtTransport {
    readonly clock: Clock
    private readonly lookMs: number
    private readonly lines: string[] = []
    /** The line that is not whole yet. */
    private readonly line = Buffer.alloc(LINE_CHARS_MAX)
    private lineLength = 0
    private isOverlong = false
    private isStarted = false

    constructor(private readonly uart: Sc16is750) {
        this.clock = uart.clock
        const fifoMs = (FIFO_BITS * 1000) / uart.baud
        this.lookMs = Math.max(1, Math.floor(fifoMs / LOOKS_PER_FIFO))
    }

    async writeLine(line: string): Promise<void> {
        // Nobody has listened since the last answer: what came then is no answer to this, and the receiver may have run over.
        await this.drop()
        const bytes = Buffer.from(line + "\r")
        const endMs = this.clock.millis() + WRITE_MS_MAX
        let sent = 0
        while (sent < bytes.length) {
            // The echo comes back meanwhile, and is longer than the receiver can hold.
            sent += await this.look(bytes, sent)
            if (sent === bytes.length) return
            if (this.clock.millis() > endMs)
                throw new IdentityError("noAnswer", "the bridge to the modem sends nothing")
            await this.clock.delay(this.lookMs)
        }
    }

    async readLine(timeoutMs: number): Promise<string> {
        const endMs = this.clock.millis() + timeoutMs
        while (this.lines.length === 0) {
            await this.look(hex``, 0)
            if (this.lines.length > 0) break
            if (this.clock.millis() >= endMs) return undefined
            await this.clock.delay(this.lookMs)
        }
        return this.lines.shift()
    }

    private async drop(): Promise<void> {
        this.forget()
        try {
            if (!this.isStarted) await this.uart.start()
            else await this.uart.drop()
            this.isStarted = true
        } catch (e) {
            throw this.failure(e as Error)
        }
    }

    /** Takes what has come, and sends what there is room for. @returns how much that was */
    private async look(bytes: Buffer, from: number): Promise<number> {
        let came: Buffer
        let sent = 0
        try {
            came = await this.uart.read()
            if (from < bytes.length) sent = await this.uart.write(bytes, from)
        } catch (e) {
            throw this.failure(e as Error)
        }
        this.feed(came)
        return sent
    }

    private failure(error: Error): Error {
        this.forget()
        if (error instanceof LineError) return new IdentityError("garbled", error.message)
        if (!(error instanceof SensorError)) return error
        // Perhaps it lost its power, and with that its rate.
        this.isStarted = false
        return new IdentityError("noAnswer", error.message)
    }

    /** Characters are ASCII; what is none makes a line that nothing knows. @throws IdentityError garbled */
    private feed(bytes: Buffer): void {
        for (let at = 0; at < bytes.length; ++at) {
            const char = bytes[at]
            if (char === CARRIAGE_RETURN || char === LINE_FEED) this.endLine()
            else if (this.lineLength === LINE_CHARS_MAX) this.isOverlong = true
            else {
                this.line[this.lineLength] = char
                this.lineLength++
            }
        }
    }

    private endLine(): void {
        const isOverlong = this.isOverlong
        const length = this.lineLength
        this.isOverlong = false
        this.lineLength = 0
        if (length === 0) return
        if (isOverlong || this.lines.length === LINES_MAX)
            throw new IdentityError(
                "garbled",
                `more than ${LINE_CHARS_MAX} characters in a line, or ${LINES_MAX} lines at once`
            )
        this.lines.push(this.line.slice(0, length).toString())
    }

    /** Half a line is worse than none. */
    private forget(): void {
        this.lineLength = 0
        this.isOverlong = false
        while (this.lines.length > 0) this.lines.shift()
    }
}
