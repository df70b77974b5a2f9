/**
 * A Sensirion SHTC3 at register level. Facts as in src/drivers/shtc3.ts; longest times.
 *
 * Asleep it answers to the wake-up command alone. Commands with clock stretching are not simulated: they are NACKed.
 */
import { Environment, Part, PartClock } from "./part"
import { firstBytes, nearestTicks, sensirionFrame } from "./sensirion"

const SLEEP = 0xb098
const WAKEUP = 0x3517
const SOFT_RESET = 0x805d
const READ_ID = 0xefc8
const NORMAL_TEMPERATURE_FIRST = 0x7866
const NORMAL_HUMIDITY_FIRST = 0x58e0
const LOW_POWER_TEMPERATURE_FIRST = 0x609c
const LOW_POWER_HUMIDITY_FIRST = 0x401a

const NOTHING = 0
const IDLE_MS = 0.24

/** How long a measurement takes; 0 for another command. */
function measurementMs(command: number): number {
    if (command === NORMAL_TEMPERATURE_FIRST || command === NORMAL_HUMIDITY_FIRST) return 12.1
    if (command === LOW_POWER_TEMPERATURE_FIRST || command === LOW_POWER_HUMIDITY_FIRST) return 0.8
    return 0
}

export class SimShtc3 implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Its ID register; the bits that are the same in every SHTC3 are 0x0807. */
    id = 0x0887
    private isAsleep = false
    /** The command that can still be answered. */
    private command = NOTHING
    private readyAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x70
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.readyAt || bytes.length !== 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        if (this.isAsleep && command !== WAKEUP) return false
        this.command = NOTHING
        if (command === WAKEUP || command === SOFT_RESET) {
            this.isAsleep = false
            this.readyAt = now + IDLE_MS
            return true
        }
        if (command === SLEEP) {
            this.isAsleep = true
            return true
        }
        const duration = measurementMs(command)
        if (duration === 0 && command !== READ_ID) return false
        this.command = command
        this.readyAt = now + duration
        return true
    }

    /** An answer can be read once. */
    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.readyAt || this.command === NOTHING) return undefined
        const words = this.command === READ_ID ? [this.id] : this.measured()
        this.command = NOTHING
        if (words === undefined) return undefined
        return firstBytes(sensirionFrame(words, this.corruptWord), length)
    }

    /** What it measured is what was there when the conversion ended, not when it is read. */
    private measured(): number[] | undefined {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(this.readyAt)
        if (temperatureCelsius === undefined || relativeHumidityPercent === undefined)
            return undefined
        const temperature = nearestTicks(((temperatureCelsius + 45) * 65536) / 175)
        const humidity = nearestTicks((relativeHumidityPercent * 65536) / 100)
        return this.command === NORMAL_HUMIDITY_FIRST || this.command === LOW_POWER_HUMIDITY_FIRST
            ? [humidity, temperature]
            : [temperature, humidity]
    }

    /** A part that was away comes back awake, as from power-up. */
    private isPresent(now: number): boolean {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(now)
        if (temperatureCelsius !== undefined && relativeHumidityPercent !== undefined) return true
        this.isAsleep = false
        this.command = NOTHING
        this.readyAt = 0
        return false
    }
}
