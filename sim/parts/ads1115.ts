/**
 * A TI ADS1115 at register level: four 16-bit registers, one converter behind a multiplexer. Facts as in src/drivers/ads1115.ts.
 *
 * A channel the world says nothing of is grounded. With none at all the part is not there.
 */
import { Environment, Part, PartClock } from "./part"

const CONVERSION = 0
const CONFIG = 1

const OS = 0x8000
const MODE = 0x0100
const CONFIG_RESET = 0x8583
const LO_THRESH_RESET = 0x8000
const HI_THRESH_RESET = 0x7fff

const POWER_UP_MS = 0.025
const SAMPLES_PER_SECOND = [8, 16, 32, 64, 128, 250, 475, 860]
// By PGA[2:0]; the last three are the same.
const MICROVOLTS_PER_TICK = [187.5, 125, 62.5, 31.25, 15.625, 7.8125, 7.8125, 7.8125]

export class SimAds1115 implements Part {
    /** How much faster its oscillator runs than it should: -0.1..0.1 by the datasheet. */
    rateVariation = 0
    private pointer = CONVERSION
    private registers = [0, CONFIG_RESET, LO_THRESH_RESET, HI_THRESH_RESET]
    private isConverting = false
    /** The config that the running conversion started with: a change is for the next. */
    private running = CONFIG_RESET
    private endsAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x48
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return false
        this.convertUntil(now)
        if (bytes[0] > 3 || (bytes.length !== 1 && bytes.length !== 3)) return false
        this.pointer = bytes[0]
        if (bytes.length === 1) return true
        if (this.pointer === CONVERSION) return false
        const word = bytes[1] * 256 + bytes[2]
        this.registers[this.pointer] = word
        // OS starts a conversion from power-down, clearing MODE starts them all; neither does anything to one that runs.
        if (this.pointer === CONFIG && !this.isConverting)
            if ((word & OS) !== 0 || (word & MODE) === 0) this.begin(now + POWER_UP_MS)
        return true
    }

    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now)) return undefined
        this.convertUntil(now)
        const bytes = Buffer.alloc(length)
        let word = this.registers[this.pointer]
        if (this.pointer === CONFIG) word = (word & 0x7fff) + (this.isConverting ? 0 : OS)
        for (let at = 0; at < length; ++at)
            bytes[at] = at === 0 ? word >> 8 : at === 1 ? word & 0xff : 0xff
        return bytes
    }

    private begin(timeMs: number): void {
        this.isConverting = true
        this.running = this.registers[CONFIG]
        this.endsAt = timeMs + this.periodMs()
    }

    private periodMs(): number {
        const nominal = SAMPLES_PER_SECOND[(this.running >> 5) & 7]
        return 1000 / (nominal * (1 + this.rateVariation))
    }

    private convertUntil(now: number): void {
        if (!this.isConverting || now < this.endsAt) return
        this.registers[CONVERSION] = this.convert(this.endsAt)
        if ((this.registers[CONFIG] & MODE) !== 0) {
            this.isConverting = false
            return
        }
        this.begin(this.endsAt)
        // Of those that followed each other since, only the last is left in the register.
        const ended = Math.floor((now - this.endsAt) / this.periodMs()) + 1
        if (ended < 1) return
        this.endsAt = this.endsAt + ended * this.periodMs()
        this.registers[CONVERSION] = this.convert(this.endsAt - this.periodMs())
    }

    /** The register's word for what is at the inputs. */
    private convert(timeMs: number): number {
        const mux = (this.running >> 12) & 7
        const volts =
            mux >= 4
                ? this.input(timeMs, mux - 4)
                : mux === 0
                  ? this.input(timeMs, 0) - this.input(timeMs, 1)
                  : this.input(timeMs, mux - 1) - this.input(timeMs, 3)
        const ticks = Math.round((volts * 1000000) / MICROVOLTS_PER_TICK[(this.running >> 9) & 7])
        return Math.min(Math.max(ticks, -0x8000), 0x7fff) & 0xffff
    }

    private input(timeMs: number, channel: number): number {
        const world = this.environment(timeMs)
        const volts = [
            world.voltage0Volts,
            world.voltage1Volts,
            world.voltage2Volts,
            world.voltage3Volts,
        ]
        return volts[channel] ?? 0
    }

    /** A part that was away comes back as from power-up. */
    private isPresent(now: number): boolean {
        const world = this.environment(now)
        if (
            world.voltage0Volts !== undefined ||
            world.voltage1Volts !== undefined ||
            world.voltage2Volts !== undefined ||
            world.voltage3Volts !== undefined
        )
            return true
        this.pointer = CONVERSION
        this.registers = [0, CONFIG_RESET, LO_THRESH_RESET, HI_THRESH_RESET]
        this.isConverting = false
        return false
    }
}
