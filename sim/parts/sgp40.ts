/**
 * A Sensirion SGP40 at register level. Facts as in src/drivers/sgp40.ts; longest times.
 *
 * The raw signal is what the environment says it is: humidity and temperature, which the real part takes out of it, are kept to be
 * looked at and change nothing. The first measurement after idle is made while the hotplate is still cold: it is half the signal, so
 * that a driver which gives it out is found.
 */
import { Environment, Part, PartClock } from "./part"
import { firstBytes, nearestTicks, sensirionFrame } from "./sensirion"

const NOTHING = 0
const MEASURE_RAW_SIGNAL = 0x260f
const EXECUTE_SELF_TEST = 0x280e
const TURN_HEATER_OFF = 0x3615
const GET_SERIAL_NUMBER = 0x3682

const MEASURE_RAW_SIGNAL_MS = 30
const EXECUTE_SELF_TEST_MS = 320
const IDLE_MS = 1

export class SimSgp40 implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Three words, as the part would show them. */
    serialNumber = [0x0000, 0x0712, 0x9b3d]
    /** 0xd4 in the high byte is passed, 0x4b failed; the low byte says nothing. */
    selfTestResult = 0xd400
    /** What the last measurement was told. */
    humidityTicks = 0
    temperatureTicks = 0
    private isHot = false
    private isFirst = false
    private command = NOTHING
    private readyAt = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x59
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.readyAt || bytes.length < 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        this.command = NOTHING
        if (command === MEASURE_RAW_SIGNAL) return this.measure(bytes, now)
        if (bytes.length !== 2) return false
        if (command === TURN_HEATER_OFF) {
            this.isHot = false
            this.readyAt = now + IDLE_MS
            return true
        }
        if (command === EXECUTE_SELF_TEST) {
            this.command = command
            this.readyAt = now + EXECUTE_SELF_TEST_MS
            return true
        }
        // It tells its serial number in idle mode only.
        if (command !== GET_SERIAL_NUMBER || this.isHot) return false
        this.command = command
        this.readyAt = now + IDLE_MS
        return true
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

    /** Two words come with the command, humidity first. */
    private measure(bytes: Buffer, now: number): boolean {
        if (bytes.length !== 8) return false
        const humidityTicks = (bytes[2] << 8) | bytes[3]
        const temperatureTicks = (bytes[5] << 8) | bytes[6]
        const right = sensirionFrame([humidityTicks, temperatureTicks], -1)
        if (bytes[4] !== right[2] || bytes[7] !== right[5]) return false
        this.humidityTicks = humidityTicks
        this.temperatureTicks = temperatureTicks
        this.isFirst = !this.isHot
        this.isHot = true
        this.command = MEASURE_RAW_SIGNAL
        this.readyAt = now + MEASURE_RAW_SIGNAL_MS
        return true
    }

    private answer(): number[] | undefined {
        if (this.command === GET_SERIAL_NUMBER) return this.serialNumber
        if (this.command === EXECUTE_SELF_TEST) return [this.selfTestResult]
        // What was there when the measurement ended, not when it is read.
        const { vocTicks } = this.environment(this.readyAt)
        if (vocTicks === undefined) return undefined
        return [nearestTicks(this.isFirst ? vocTicks / 2 : vocTicks)]
    }

    /** A part that was away comes back idle, as from power-up. */
    private isPresent(now: number): boolean {
        if (this.environment(now).vocTicks !== undefined) return true
        this.isHot = false
        this.command = NOTHING
        this.readyAt = 0
        return false
    }
}
