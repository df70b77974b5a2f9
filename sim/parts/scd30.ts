/**
 * A Sensirion SCD30 at register level. Facts as in src/drivers/scd30.ts.
 *
 * What it is told stays told without power: the interval, and that it measures. The first measurement after a start has 0 ppm of CO2,
 * as seen on real parts. It keeps the newest measurement only, and hands it out once. Clock stretching is not simulated, and
 * pressure, altitude, temperature offset and calibration are kept but change no reading.
 */
import { Conditions, Environment, Part, PartClock } from "./part"
import { firstBytes, floatWords, sensirionFrame } from "./sensirion"

const NOTHING = 0
const START_CONTINUOUS = 0x0010
const STOP_CONTINUOUS = 0x0104
const GET_DATA_READY = 0x0202
const READ_MEASUREMENT = 0x0300
const MEASUREMENT_INTERVAL = 0x4600
const ALTITUDE = 0x5102
const FORCED_RECALIBRATION = 0x5204
const SELF_CALIBRATION = 0x5306
const TEMPERATURE_OFFSET = 0x5403
const FIRMWARE_VERSION = 0xd100
const SOFT_RESET = 0xd304

const READ_DELAY_MS = 3
const WRITE_MS = 20
const BOOT_MS = 2000
const IDLE = -1

/** A setting is read by its command alone and written by its command and a word. */
function isSetting(command: number): boolean {
    return (
        command === MEASUREMENT_INTERVAL ||
        command === ALTITUDE ||
        command === FORCED_RECALIBRATION ||
        command === SELF_CALIBRATION ||
        command === TEMPERATURE_OFFSET
    )
}

function isComplete(conditions: Conditions): boolean {
    return (
        conditions.carbonDioxidePpm !== undefined &&
        conditions.temperatureCelsius !== undefined &&
        conditions.relativeHumidityPercent !== undefined
    )
}

export class SimScd30 implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Major in the high byte, minor in the low; these are the interface description's example. */
    firmwareVersion = 0x0342
    intervalSeconds = 2
    /** The ambient pressure it was last told, in millibar; 0 for none. */
    pressureMillibars = 0
    private isMeasuring = false
    private altitude = 0
    private recalibration = 400
    private selfCalibration = 0
    private temperatureOffset = 0
    /** When the measurements that are counted began. */
    private startedAt = IDLE
    private measurementsRead = 0
    private isFirstZero = true
    private command = NOTHING
    private askedAt = 0
    private busyUntil = 0
    private isAway = false

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x61
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || bytes.length < 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        this.command = NOTHING
        if (bytes.length === 2) return this.accept(command, now)
        const argument = (bytes[2] << 8) | bytes[3]
        const isRight = bytes.length === 5 && sensirionFrame([argument], -1)[2] === bytes[4]
        return isRight && this.set(command, argument, now)
    }

    /** The answer to the last command, which stays until another comes; the data-ready flag is as it is now. */
    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now <= this.askedAt + READ_DELAY_MS) return undefined
        const words = this.answer(now)
        if (words === undefined) return undefined
        return firstBytes(sensirionFrame(words, this.corruptWord), length)
    }

    private accept(command: number, now: number): boolean {
        if (command === SOFT_RESET) {
            this.boot(now)
            return true
        }
        if (command === STOP_CONTINUOUS) {
            this.isMeasuring = false
            this.startedAt = IDLE
            this.busyUntil = now + WRITE_MS
            return true
        }
        if (
            command !== GET_DATA_READY &&
            command !== READ_MEASUREMENT &&
            command !== FIRMWARE_VERSION &&
            !isSetting(command)
        )
            return false
        this.command = command
        this.askedAt = now
        return true
    }

    private set(command: number, argument: number, now: number): boolean {
        if (command === START_CONTINUOUS) {
            if (argument !== 0 && (argument < 700 || argument > 1400)) return false
            this.pressureMillibars = argument
            // A start while it measures changes the pressure alone.
            if (!this.isMeasuring) this.begin(now)
            this.isMeasuring = true
        } else if (command === MEASUREMENT_INTERVAL) {
            if (argument < 2 || argument > 1800) return false
            if (this.isMeasuring) this.finishInterval(now)
            this.intervalSeconds = argument
        } else if (command === ALTITUDE) this.altitude = argument
        else if (command === FORCED_RECALIBRATION) this.recalibration = argument
        else if (command === SELF_CALIBRATION) this.selfCalibration = argument
        else if (command === TEMPERATURE_OFFSET) this.temperatureOffset = argument
        else return false
        this.busyUntil = now + WRITE_MS
        return true
    }

    private answer(now: number): number[] | undefined {
        if (this.command === GET_DATA_READY)
            return [this.measurements(now) > this.measurementsRead ? 1 : 0]
        if (this.command === READ_MEASUREMENT) return this.measured(now)
        if (this.command === FIRMWARE_VERSION) return [this.firmwareVersion]
        if (this.command === MEASUREMENT_INTERVAL) return [this.intervalSeconds]
        if (this.command === ALTITUDE) return [this.altitude]
        if (this.command === FORCED_RECALIBRATION) return [this.recalibration]
        if (this.command === SELF_CALIBRATION) return [this.selfCalibration]
        if (this.command === TEMPERATURE_OFFSET) return [this.temperatureOffset]
        return undefined
    }

    /** With nothing new to tell there is no answer, and reading it is a NACK. */
    private measured(now: number): number[] | undefined {
        const count = this.measurements(now)
        if (count <= this.measurementsRead) return undefined
        this.measurementsRead = count
        const { carbonDioxidePpm, temperatureCelsius, relativeHumidityPercent } = this.environment(
            this.startedAt + count * this.intervalSeconds * 1000
        )
        if (
            carbonDioxidePpm === undefined ||
            temperatureCelsius === undefined ||
            relativeHumidityPercent === undefined
        )
            return undefined
        const words = floatWords(count === 1 && this.isFirstZero ? 0 : carbonDioxidePpm)
        for (const word of floatWords(temperatureCelsius)) words.push(word)
        for (const word of floatWords(relativeHumidityPercent)) words.push(word)
        return words
    }

    private measurements(now: number): number {
        if (this.startedAt === IDLE || now < this.startedAt) return this.measurementsRead
        return Math.floor((now - this.startedAt) / (this.intervalSeconds * 1000))
    }

    private begin(now: number): void {
        this.startedAt = now
        this.measurementsRead = 0
        this.isFirstZero = true
    }

    /** An interval under way goes on to its end before another one counts, as seen on real parts. */
    private finishInterval(now: number): void {
        const intervalMs = this.intervalSeconds * 1000
        const begun = Math.ceil((now - this.startedAt) / intervalMs)
        this.startedAt += begun * intervalMs
        this.measurementsRead = 0
        this.isFirstZero = false
    }

    private boot(now: number): void {
        this.command = NOTHING
        this.busyUntil = now + BOOT_MS
        this.startedAt = IDLE
        this.measurementsRead = 0
        if (this.isMeasuring) this.begin(this.busyUntil)
    }

    /** A part that was away boots when it is back, and measures again if it did. */
    private isPresent(now: number): boolean {
        if (!isComplete(this.environment(now))) {
            this.isAway = true
            return false
        }
        if (this.isAway) this.boot(now)
        this.isAway = false
        return now >= this.busyUntil
    }
}
