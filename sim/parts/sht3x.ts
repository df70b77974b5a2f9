/**
 * A Sensirion SHT30, SHT31, SHT33 or SHT35 at register level. Facts as in src/drivers/sht3x.ts; longest times.
 *
 * Not simulated: commands with clock stretching (they are NACKed), the alert limits, and what the heater does to the readings.
 */
import { Environment, Part, PartClock } from "./part"
import { firstBytes, nearestTicks, sensirionFrame } from "./sensirion"

const NOTHING = 0
const SINGLE_SHOT_HIGH = 0x2400
const SINGLE_SHOT_MEDIUM = 0x240b
const SINGLE_SHOT_LOW = 0x2416
const FETCH_DATA = 0xe000
const BREAK = 0x3093
const SOFT_RESET = 0x30a2
const HEATER_ENABLE = 0x306d
const HEATER_DISABLE = 0x3066
const READ_STATUS = 0xf32d
const CLEAR_STATUS = 0x3041
const GET_SERIAL_NUMBER = 0x3682
const GET_SERIAL_NUMBER_STRETCHED = 0x3780

const HIGH_MS = 15.5
const RESET_MS = 1.5
const IDLE_MS = 1

const STATUS_AFTER_RESET = 0x8010 // alert pending, reset detected
const STATUS_HEATER = 0x2000
const STATUS_REJECTED = 0x0002
const STATUS_CLEARED_BITS = 0x8c10

/** How long a single shot takes; 0 for another command. */
function singleShotMs(command: number): number {
    if (command === SINGLE_SHOT_HIGH) return HIGH_MS
    if (command === SINGLE_SHOT_MEDIUM) return 6.5
    if (command === SINGLE_SHOT_LOW) return 4.5
    return 0
}

/** The interval of a periodic measurement of high repeatability; 0 for another command. */
function periodMs(command: number): number {
    if (command === 0x2032) return 2000
    if (command === 0x2130) return 1000
    if (command === 0x2236) return 500
    if (command === 0x2334) return 250
    if (command === 0x2737) return 100
    return 0
}

export class SimSht3x implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Two words, as the part would show them. */
    serialNumber = [0x2a7c, 0x91f0]
    private status = STATUS_AFTER_RESET
    /** The command that can still be answered. */
    private command = NOTHING
    private readyAt = 0
    /** 0 in single shot mode. */
    private period = 0
    private periodicSince = 0
    private measurementsFetched = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x44
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || bytes.length !== 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        if (command === BREAK) return this.interrupt(now)
        if (now < this.readyAt) return false
        if (this.period > 0 && command !== FETCH_DATA && command !== READ_STATUS) return false
        this.command = NOTHING
        if (this.accept(command, now)) return true
        this.status = this.status | STATUS_REJECTED
        return false
    }

    /** An answer can be read once. */
    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.readyAt || this.command === NOTHING) return undefined
        const words = this.answer()
        this.command = NOTHING
        if (words === undefined) return undefined
        return firstBytes(sensirionFrame(words, this.corruptWord), length)
    }

    /** Ends periodic measurement after the conversion under way; a conversion goes on to its end, and its result is lost. */
    private interrupt(now: number): boolean {
        this.command = NOTHING
        if (this.period > 0) this.readyAt = now + HIGH_MS
        else if (now >= this.readyAt) this.readyAt = now + IDLE_MS
        this.period = 0
        return true
    }

    private accept(command: number, now: number): boolean {
        const shotMs = singleShotMs(command)
        const period = periodMs(command)
        if (shotMs > 0) {
            this.command = command
            this.readyAt = now + shotMs
        } else if (period > 0) {
            this.period = period
            this.periodicSince = now
            this.measurementsFetched = 0
        } else if (command === SOFT_RESET) {
            this.status = STATUS_AFTER_RESET
            this.readyAt = now + RESET_MS
        } else if (command === GET_SERIAL_NUMBER || command === GET_SERIAL_NUMBER_STRETCHED) {
            this.command = GET_SERIAL_NUMBER
            this.readyAt = now + IDLE_MS
        } else if (command === HEATER_ENABLE) this.status = this.status | STATUS_HEATER
        else if (command === HEATER_DISABLE) this.status = this.status & ~STATUS_HEATER
        else if (command === CLEAR_STATUS) this.status = this.status & ~STATUS_CLEARED_BITS
        else if (command === READ_STATUS) this.command = command
        else if (command === FETCH_DATA && this.period > 0) this.command = command
        else return false
        if (command !== READ_STATUS) this.status = this.status & ~STATUS_REJECTED
        return true
    }

    private answer(): number[] | undefined {
        if (this.command === READ_STATUS) return [this.status]
        if (this.command === GET_SERIAL_NUMBER) return this.serialNumber
        if (this.command !== FETCH_DATA) return this.measured(this.readyAt)
        // The first result is there when the first conversion has ended, the next a period later.
        const elapsed = this.clock.millis() - this.periodicSince - HIGH_MS
        const count = Math.floor(elapsed / this.period) + 1
        if (count <= this.measurementsFetched) return undefined
        this.measurementsFetched = count
        return this.measured(this.periodicSince + HIGH_MS + (count - 1) * this.period)
    }

    /** What it measured is what was there when the conversion ended, not when it is read. */
    private measured(timeMs: number): number[] | undefined {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(timeMs)
        if (temperatureCelsius === undefined || relativeHumidityPercent === undefined)
            return undefined
        return [
            nearestTicks(((temperatureCelsius + 45) * 65535) / 175),
            nearestTicks((relativeHumidityPercent * 65535) / 100),
        ]
    }

    /** A part that was away comes back as from power-up. */
    private isPresent(now: number): boolean {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(now)
        if (temperatureCelsius !== undefined && relativeHumidityPercent !== undefined) return true
        this.status = STATUS_AFTER_RESET
        this.command = NOTHING
        this.readyAt = 0
        this.period = 0
        return false
    }
}
