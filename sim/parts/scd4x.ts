/**
 * A Sensirion SCD40 or SCD41 at register level, in periodic measurement. Facts as in src/drivers/scd4x.ts.
 *
 * While it measures it takes three commands and NACKs the others; for 500 ms after a stop it NACKs everything. It keeps the
 * newest measurement only, and hands it out once.
 */
import { Conditions, Environment, Part, PartClock } from "./part"
import { firstBytes, nearestTicks, sensirionFrame } from "./sensirion"

const START_PERIODIC_MEASUREMENT = 0x21b1
const READ_MEASUREMENT = 0xec05
const STOP_PERIODIC_MEASUREMENT = 0x3f86
const GET_DATA_READY_STATUS = 0xe4b8
const GET_SERIAL_NUMBER = 0x3682
const REINIT = 0x3646

const SIGNAL_UPDATE_INTERVAL_MS = 5000
const READ_MS = 1
const REINIT_MS = 20
const STOP_MS = 500

// Of this word the low 11 bits count and the datasheet says nothing of the others: they are set here, for drivers that look.
const DATA_NOT_READY = 0xf800
const DATA_READY = 0x8400

const IDLE = -1

function isComplete(conditions: Conditions): boolean {
    return (
        conditions.carbonDioxidePpm !== undefined &&
        conditions.temperatureCelsius !== undefined &&
        conditions.relativeHumidityPercent !== undefined
    )
}

export class SimScd4x implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    /** Three words; these are the datasheet's example. */
    serialNumber = [0xf896, 0x9f07, 0x3bbe]
    /** When the periodic measurement began. */
    private startedAt = IDLE
    /** How many measurements there had been when one was last read. */
    private measurementsRead = 0
    private busyUntil = 0
    private answer: Buffer | undefined

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x62
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.busyUntil || bytes.length !== 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        this.answer = undefined
        if (command === GET_DATA_READY_STATUS) {
            this.prepare(now, [this.isDataReady(now) ? DATA_READY : DATA_NOT_READY])
            return true
        }
        if (command === READ_MEASUREMENT) {
            this.prepareMeasurement(now)
            return true
        }
        if (command === STOP_PERIODIC_MEASUREMENT) {
            this.startedAt = IDLE
            this.busyUntil = now + STOP_MS
            return true
        }
        if (this.startedAt !== IDLE) return false
        if (command === START_PERIODIC_MEASUREMENT) {
            this.startedAt = now
            this.measurementsRead = 0
            return true
        }
        if (command === GET_SERIAL_NUMBER) {
            this.prepare(now, this.serialNumber)
            return true
        }
        if (command === REINIT) {
            this.busyUntil = now + REINIT_MS
            return true
        }
        return false
    }

    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.busyUntil || this.answer === undefined)
            return undefined
        const bytes = firstBytes(this.answer, length)
        this.answer = undefined
        return bytes
    }

    private prepare(now: number, words: number[]): void {
        this.answer = sensirionFrame(words, this.corruptWord)
        this.busyUntil = now + READ_MS
    }

    /** With nothing new to tell there is no answer, and reading it is a NACK. */
    private prepareMeasurement(now: number): void {
        this.busyUntil = now + READ_MS
        if (!this.isDataReady(now)) return
        const count = this.measurements(now)
        this.measurementsRead = count
        const { carbonDioxidePpm, temperatureCelsius, relativeHumidityPercent } = this.environment(
            this.startedAt + count * SIGNAL_UPDATE_INTERVAL_MS
        )
        if (
            carbonDioxidePpm === undefined ||
            temperatureCelsius === undefined ||
            relativeHumidityPercent === undefined
        )
            return
        this.prepare(now, [
            nearestTicks(carbonDioxidePpm),
            nearestTicks(((temperatureCelsius + 45) * 65535) / 175),
            nearestTicks((relativeHumidityPercent * 65535) / 100),
        ])
    }

    private isDataReady(now: number): boolean {
        return this.measurements(now) > this.measurementsRead
    }

    private measurements(now: number): number {
        if (this.startedAt === IDLE) return this.measurementsRead
        return Math.floor((now - this.startedAt) / SIGNAL_UPDATE_INTERVAL_MS)
    }

    /** A part that was away comes back idle, as from power-up. */
    private isPresent(now: number): boolean {
        if (isComplete(this.environment(now))) return true
        this.startedAt = IDLE
        this.busyUntil = 0
        this.answer = undefined
        return false
    }
}
