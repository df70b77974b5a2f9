/** A modem without its wire: lines reach it at once, and what it says is there as lines. VM only. */
import { Modem } from "../../sim/parts/modem"
import { AtTransport } from "../../src/trust/iot-safe/at-transport"
import { FakeClock } from "../fakes"

export class ModemLines implements AtTransport {
    /** What each line takes to come. */
    lineMs = 1
    /** So late is all that it says to the next line; once. */
    lateMs = 0
    private lines: string[] = []
    private readyMs = 0

    constructor(
        readonly modem: Modem,
        readonly clock = new FakeClock()
    ) {}

    async writeLine(line: string): Promise<void> {
        const isEchoed = this.modem.isEchoing && !this.modem.isSilent
        const said = this.modem.answer(line)
        // What is still on its way comes all the same.
        if (this.readyMs <= this.clock.now) this.lines = []
        if (isEchoed) this.lines.push(line)
        for (const one of said.split("\r\n")) if (one !== "") this.lines.push(one)
        this.readyMs = this.clock.now + this.lateMs
        this.lateMs = 0
    }

    async readLine(timeoutMs: number): Promise<string> {
        const waitMs = Math.max(this.readyMs - this.clock.now, 0) + this.lineMs
        if (this.lines.length === 0 || waitMs > timeoutMs) {
            await this.clock.delay(timeoutMs)
            return undefined
        }
        await this.clock.delay(waitMs)
        return this.lines.shift()
    }
}
