/**
 * A Vishay VEML7700 at register level. Facts as in src/drivers/veml7700.ts.
 *
 * Words, low byte first. It never NACKs for being busy: a read gives the newest finished integration, which it also keeps while
 * shut down. The white channel, which sees infrared too, is given a quarter more than the other.
 */
import { Environment, Part, PartClock } from "./part"

const ALS_CONF_0 = 0x00
const POWER_SAVING = 0x03
const ALS = 0x04
const WHITE = 0x05
const ALS_INT = 0x06
const ID = 0x07
const ALS_SD = 0x0001
const POWER_ON_MS = 2.5

/** By the two bits of ALS_GAIN. */
const GAINS = [1, 2, 0.125, 0.25]

/** By the four bits of ALS_IT; -1 is reserved. */
const INTEGRATION_MS = [100, 200, 400, 800, -1, -1, -1, -1, 50, -1, -1, -1, 25, -1, -1, -1]

/** What the note's polynomial takes for so many lux, given by its four terms. */
function corrected(luxes: number): number {
    const square = luxes * luxes
    return (
        1.0023 * luxes +
        8.1488e-5 * square -
        9.3924e-9 * square * luxes +
        6.0135e-13 * square * square
    )
}

/** What the part reads in this light: true below 1000 lx, and above it too little. The polynomial has no simple inverse. */
function readingOf(illuminanceLuxes: number): number {
    if (illuminanceLuxes <= 1000) return Math.max(illuminanceLuxes, 0)
    let below = 1000
    let above = 150000
    for (let halving = 0; halving < 40; ++halving) {
        const middle = (below + above) / 2
        if (corrected(middle) > illuminanceLuxes) above = middle
        else below = middle
    }
    return below
}

export class SimVeml7700 implements Part {
    /** ALS_CONF_0, ALS_WH, ALS_WL, POWER_SAVING. */
    private words = [ALS_SD, 0, 0, 0]
    private pointer = 0
    private data = 0
    private startedAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x10
    ) {}

    /** A command code, alone or with one word. */
    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return false
        this.integrate(now)
        const register = bytes[0]
        if (register > ID) return false
        this.pointer = register
        if (bytes.length === 1) return true
        if (bytes.length !== 3 || register > POWER_SAVING) return false
        this.words[register] = bytes[1] | (bytes[2] << 8)
        if (register === ALS_CONF_0) this.startedAt = now + POWER_ON_MS
        return true
    }

    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return undefined
        this.integrate(now)
        const word = this.word()
        const bytes = Buffer.alloc(length)
        for (let at = 0; at < length; ++at)
            bytes[at] = at === 0 ? word & 0xff : at === 1 ? word >> 8 : 0xff
        return bytes
    }

    private word(): number {
        if (this.pointer <= POWER_SAVING) return this.words[this.pointer]
        if (this.pointer === ALS) return this.data
        if (this.pointer === WHITE) return Math.min(Math.round(this.data * 1.25), 0xffff)
        return this.pointer === ALS_INT ? 0 : 0xc481
    }

    /** Brings the data to what the last integration that has ended left there. */
    private integrate(now: number): void {
        const conf = this.words[ALS_CONF_0]
        const integrationMs = INTEGRATION_MS[(conf >> 6) & 0x0f]
        if ((conf & ALS_SD) !== 0 || integrationMs < 0) return
        const mode = this.words[POWER_SAVING]
        const pauseMs = (mode & 1) !== 0 ? 500 * Math.pow(2, (mode >> 1) & 3) : 0
        const refreshMs = integrationMs + pauseMs
        const ended = Math.floor((now - this.startedAt) / refreshMs)
        if (ended < 1) return
        const { illuminanceLuxes } = this.environment(this.startedAt + ended * refreshMs)
        if (illuminanceLuxes === undefined) return
        // 0.0672 lx is one step with gain 1 and 100 ms.
        const sensitivity = (GAINS[(conf >> 11) & 0x03] * integrationMs) / 100 / 0.0672
        this.data = Math.min(Math.round(readingOf(illuminanceLuxes) * sensitivity), 0xffff)
    }

    /** A part that was away comes back shut down, as from power-up. */
    private isPresent(now: number): boolean {
        if (this.environment(now).illuminanceLuxes !== undefined) return true
        this.words = [ALS_SD, 0, 0, 0]
        this.pointer = 0
        this.data = 0
        return false
    }
}
