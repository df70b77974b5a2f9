/** A Sensirion SHT4x at register level. Facts as in src/drivers/sht4x.ts; longest times, and a read too early is a NACK. */
import { Environment, Part, PartClock } from "./part"
import { firstBytes, nearestTicks, sensirionFrame } from "./sensirion"

const NOTHING = 0
const SERIAL_NUMBER = 0x89
const SOFT_RESET = 0x94
const MEASURE_HIGH_PRECISION = 0xfd
const MEASURE_MEDIUM_PRECISION = 0xf6
const MEASURE_LOW_PRECISION = 0xe0

/** How long a command keeps the part busy; undefined for one it does not know. */
function durationMs(command: number): number | undefined {
    if (command === MEASURE_HIGH_PRECISION) return 8.3
    if (command === MEASURE_MEDIUM_PRECISION) return 5
    if (command === MEASURE_LOW_PRECISION) return 2
    if (command === SERIAL_NUMBER) return 10
    if (command === SOFT_RESET) return 1
    return undefined
}

/** Its heater is not simulated: those commands are NACKed. */
export class SimSht4x implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Two words, as the part would show them. */
    serialNumber = [0x0f4a, 0x92e1]
    private command = NOTHING
    private readyAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x44
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        const duration = durationMs(bytes[0])
        if (!this.isPresent(now) || now < this.readyAt) return false
        if (bytes.length !== 1 || duration === undefined) return false
        this.command = bytes[0] === SOFT_RESET ? NOTHING : bytes[0]
        this.readyAt = now + duration
        return true
    }

    /** An answer can be read once. */
    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.readyAt || this.command === NOTHING) return undefined
        const words = this.command === SERIAL_NUMBER ? this.serialNumber : this.measured()
        this.command = NOTHING
        if (words === undefined) return undefined
        return firstBytes(sensirionFrame(words, this.corruptWord), length)
    }

    /** What it measured is what was there when the conversion ended, not when it is read. */
    private measured(): number[] | undefined {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(this.readyAt)
        if (temperatureCelsius === undefined || relativeHumidityPercent === undefined)
            return undefined
        return [
            nearestTicks(((temperatureCelsius + 45) * 65535) / 175),
            nearestTicks(((relativeHumidityPercent + 6) * 65535) / 125),
        ]
    }

    /** A part that was away comes back without its unread answer. */
    private isPresent(now: number): boolean {
        const { temperatureCelsius, relativeHumidityPercent } = this.environment(now)
        if (temperatureCelsius !== undefined && relativeHumidityPercent !== undefined) return true
        this.command = NOTHING
        this.readyAt = 0
        return false
    }
}
