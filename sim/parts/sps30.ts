/**
 * A Sensirion SPS30 at register level. Facts as in src/drivers/sps30.ts.
 *
 * It measures once a second, tells the newest measurement as often as it is asked, and raises its data-ready flag for each new one. A
 * week after the start, or when told to, its fan cleans itself for 10 s, in which nothing new comes. Of its firmware before 2.2, and of
 * what a fan or a laser that fails does to the readings, nothing is simulated but the status register; asleep it answers to wake-up
 * alone. The five number concentrations and the particle size are 0.
 */
import { Conditions, Environment, Part, PartClock } from "./part"
import { firstBytes, floatWords, nearestTicks, sensirionFrame } from "./sensirion"

const NOTHING = 0
const START_MEASUREMENT = 0x0010
const STOP_MEASUREMENT = 0x0104
const DATA_READY = 0x0202
const MEASURED_VALUES = 0x0300
const SLEEP = 0x1001
const WAKE_UP = 0x1103
const START_FAN_CLEANING = 0x5607
const CLEANING_INTERVAL = 0x8004
const PRODUCT_TYPE = 0xd002
const SERIAL_NUMBER = 0xd033
const VERSION = 0xd100
const STATUS = 0xd206
const CLEAR_STATUS = 0xd210
const RESET = 0xd304

const FORMAT_FLOAT = 0x0300
const FORMAT_INTEGER = 0x0500
const INTERVAL_MS = 1000
const CLEANING_MS = 10000
const MODE_MS = 20
const COMMAND_MS = 5
const RESET_MS = 100
const IDLE = -1

const FAN = 0x0010
const LASER = 0x0020
const SPEED = 0x0020

/** Two characters to a word, filled up with zeros. */
function textWords(text: string, words: number): number[] {
    const all: number[] = []
    for (let at = 0; at < words * 2; at += 2) {
        const high = at < text.length ? text.charCodeAt(at) : 0
        const low = at + 1 < text.length ? text.charCodeAt(at + 1) : 0
        all.push((high << 8) | low)
    }
    return all
}

function isComplete(conditions: Conditions): boolean {
    return (
        conditions.pm1MicrogramsPerCubicMetre !== undefined &&
        conditions.pm25MicrogramsPerCubicMetre !== undefined &&
        conditions.pm4MicrogramsPerCubicMetre !== undefined &&
        conditions.pm10MicrogramsPerCubicMetre !== undefined
    )
}

export class SimSps30 implements Part {
    /** The word of every answer that goes out with a bit flipped; -1 for none. */
    corruptWord = -1
    productType = "00080000"
    serialNumber = "A75BB56096E525B4"
    /** Major in the high byte, minor in the low. */
    firmwareVersion = 0x0203
    /** What is wrong with it, to be seen in its status once it has measured for 2 s. */
    isFanBlocked = false
    isLaserBroken = false
    isFanSlow = false
    cleaningIntervalSeconds = 604800
    private format = FORMAT_FLOAT
    /** When the measurements that are counted began. */
    private startedAt = IDLE
    private measurementsRead = 0
    /** When a cleaning was asked for. */
    private cleaningAt = IDLE
    private hasFanFailed = false
    private isAsleep = false
    private wakingAt = IDLE
    private pointer = NOTHING
    private busyUntil = 0

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        readonly address = 0x69
    ) {}

    write(bytes: Buffer): boolean {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.busyUntil || bytes.length < 2) return false
        const command = (bytes[0] << 8) | bytes[1]
        if (this.isAsleep) return this.wake(command, now)
        this.checkFan(now)
        this.pointer = NOTHING
        if (bytes.length === 2) return this.accept(command, now)
        const words = (bytes.length - 2) / 3
        const first = (bytes[2] << 8) | bytes[3]
        const second = (bytes[5] << 8) | bytes[6]
        const right = sensirionFrame(words === 2 ? [first, second] : [first], -1)
        for (let at = 0; at < right.length; ++at) if (bytes[2 + at] !== right[at]) return false
        if (command === START_MEASUREMENT && words === 1) return this.start(first, now)
        if (command !== CLEANING_INTERVAL || words !== 2) return false
        this.cleaningIntervalSeconds = first * 0x10000 + second
        this.busyUntil = now + MODE_MS
        return true
    }

    /** What the pointer points at; it stays there. */
    read(length: number): Buffer | undefined {
        const now = this.clock.millis()
        if (!this.isPresent(now) || now < this.busyUntil || this.isAsleep) return undefined
        this.checkFan(now)
        const words = this.answer(now)
        if (words === undefined) return undefined
        return firstBytes(sensirionFrame(words, this.corruptWord), length)
    }

    private start(format: number, now: number): boolean {
        const isKnown = format === FORMAT_FLOAT || format === FORMAT_INTEGER
        if (!isKnown || this.startedAt !== IDLE) return false
        this.format = format
        this.startedAt = now
        this.measurementsRead = 0
        this.cleaningAt = IDLE
        this.busyUntil = now + MODE_MS
        return true
    }

    private accept(command: number, now: number): boolean {
        if (command === RESET) {
            this.reset()
            this.busyUntil = now + RESET_MS
        } else if (command === STOP_MEASUREMENT) {
            this.startedAt = IDLE
            this.busyUntil = now + MODE_MS
        } else if (command === SLEEP) {
            if (this.startedAt !== IDLE) return false
            this.isAsleep = true
        } else if (command === START_FAN_CLEANING) {
            if (this.startedAt === IDLE) return false
            this.cleaningAt = now
            this.busyUntil = now + COMMAND_MS
        } else if (command === CLEAR_STATUS) {
            this.hasFanFailed = false
            this.busyUntil = now + COMMAND_MS
        } else if (
            command === DATA_READY ||
            command === MEASURED_VALUES ||
            command === CLEANING_INTERVAL ||
            command === PRODUCT_TYPE ||
            command === SERIAL_NUMBER ||
            command === VERSION ||
            (command === STATUS && this.firmwareVersion >= 0x0202)
        )
            this.pointer = command
        else return false
        return true
    }

    /** The first wake-up only opens the interface, for 100 ms. */
    private wake(command: number, now: number): boolean {
        if (command !== WAKE_UP) return false
        const isOpen = this.wakingAt !== IDLE && now - this.wakingAt <= 100
        this.wakingAt = isOpen ? IDLE : now
        this.isAsleep = !isOpen
        if (isOpen) this.busyUntil = now + COMMAND_MS
        return isOpen
    }

    private answer(now: number): number[] | undefined {
        if (this.pointer === DATA_READY)
            return [this.measurements(now) > this.measurementsRead ? 1 : 0]
        if (this.pointer === MEASURED_VALUES) return this.measured(now)
        if (this.pointer === PRODUCT_TYPE) return textWords(this.productType, 4)
        if (this.pointer === SERIAL_NUMBER) return textWords(this.serialNumber, 16)
        if (this.pointer === VERSION) return [this.firmwareVersion]
        if (this.pointer === CLEANING_INTERVAL)
            return [
                Math.floor(this.cleaningIntervalSeconds / 0x10000),
                this.cleaningIntervalSeconds % 0x10000,
            ]
        if (this.pointer !== STATUS) return undefined
        const isChecked = this.startedAt !== IDLE && now - this.startedAt >= 2000
        const fan = this.hasFanFailed ? FAN : 0
        const laser = isChecked && this.isLaserBroken ? LASER : 0
        return [isChecked && this.isFanSlow ? SPEED : 0, fan | laser]
    }

    /** Without a measurement there is no answer, and reading it is a NACK. */
    private measured(now: number): number[] | undefined {
        const count = this.measurements(now)
        if (count === 0) return undefined
        this.measurementsRead = count
        const conditions = this.environment(this.startedAt + count * INTERVAL_MS)
        const values = [
            conditions.pm1MicrogramsPerCubicMetre,
            conditions.pm25MicrogramsPerCubicMetre,
            conditions.pm4MicrogramsPerCubicMetre,
            conditions.pm10MicrogramsPerCubicMetre,
            0,
            0,
            0,
            0,
            0,
            0,
        ]
        const words: number[] = []
        for (const value of values) {
            if (value === undefined) return undefined
            if (this.format === FORMAT_INTEGER) words.push(nearestTicks(value))
            else for (const word of floatWords(value)) words.push(word)
        }
        return words
    }

    /** How many there have been; one that falls into a cleaning is not made. */
    private measurements(now: number): number {
        if (this.startedAt === IDLE) return 0
        const count = Math.floor((now - this.startedAt) / INTERVAL_MS)
        const made = count * INTERVAL_MS
        const everyMs = this.cleaningIntervalSeconds * 1000
        const cleanings = everyMs > 0 ? Math.floor(made / everyMs) : 0
        const asked = this.cleaningAt === IDLE ? IDLE : this.cleaningAt - this.startedAt
        for (const from of [cleanings > 0 ? cleanings * everyMs : IDLE, asked])
            if (from !== IDLE && made > from && made < from + CLEANING_MS)
                return Math.floor(from / INTERVAL_MS)
        return count
    }

    /** A fan found blocked is told until the status is cleared. */
    private checkFan(now: number): void {
        if (this.startedAt === IDLE || now - this.startedAt < 2000) return
        if (this.isFanBlocked) this.hasFanFailed = true
    }

    private reset(): void {
        this.startedAt = IDLE
        this.hasFanFailed = false
        this.isAsleep = false
        this.wakingAt = IDLE
        this.pointer = NOTHING
        this.busyUntil = 0
    }

    /** A part that was away comes back idle, as from power-up. */
    private isPresent(now: number): boolean {
        if (isComplete(this.environment(now))) return true
        this.reset()
        return false
    }
}
