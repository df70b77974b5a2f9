/**
 * A DS3231 at register level: a calendar that counts days one by one, and a thermometer. Facts as in src/drivers/ds3231.ts.
 *
 * Its supply is the world's having a temperature. With a battery the calendar runs on without it, unless EOSC forbids.
 */
import { Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const CONTROL = 0x0e
const STATUS = 0x0f
const AGING_OFFSET = 0x10
const TEMP_MSB = 0x11
const TEMP_LSB = 0x12

const EOSC = 0x80
const CONV = 0x20
const OSF = 0x80
const EN32KHZ = 0x08
const BSY = 0x04
const ALARM_FLAGS = 0x03
const CONTROL_AFTER_POWER_UP = 0x1c

const SECONDS_A_DAY = 86400
const CONVERSION_EVERY_MS = 64000
const USER_BSY_MS = 2
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export class SimDs3231 extends RegisterPart {
    hasBattery = false
    /** At most 200. */
    conversionMs = 200
    private control = CONTROL_AFTER_POWER_UP
    private status = OSF | EN32KHZ
    /** Alarms and aging offset; they are kept and do nothing. */
    private readonly kept = Buffer.alloc(STATUS + 2)

    /** The second of the day that began at `secondAt`, the day of the week, and the date. */
    private secondOfDay = 0
    private secondAt = 0
    private is12Hour = false
    private day = 1
    private date = 1
    private month = 1
    private century = 0
    private year = 0

    private poweredAt = 0
    private isPowered = true
    private quarters = 0
    private convertedAt = -1
    private userEndsAt = -1

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x68
    ) {
        super(address)
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        if (this.environment(now).temperatureCelsius === undefined) {
            if (this.isPowered) this.losePower(now)
            return false
        }
        if (!this.isPowered) this.gainPower(now)
        this.tick(now)
        this.convertUntil(now)
        return true
    }

    protected override next(register: number): number {
        return register >= TEMP_LSB ? 0 : register + 1
    }

    protected get(register: number): number {
        if (register === 0) return bcd(this.secondOfDay % 60)
        if (register === 1) return bcd(Math.floor(this.secondOfDay / 60) % 60)
        if (register === 2) return this.hours()
        if (register === 3) return this.day
        if (register === 4) return bcd(this.date)
        if (register === 5) return bcd(this.month) + 128 * this.century
        if (register === 6) return bcd(this.year)
        if (register === CONTROL) return this.control
        if (register === STATUS) return this.status + (this.isBusy() ? BSY : 0)
        if (register === TEMP_MSB) return (this.quarters >> 2) & 0xff
        if (register === TEMP_LSB) return (this.quarters & 3) << 6
        return this.kept[register]
    }

    protected put(register: number, value: number): boolean {
        const now = this.clock.millis()
        if (register === 0) {
            this.secondOfDay = this.secondOfDay - (this.secondOfDay % 60) + number(value)
            // Writing the seconds begins a new one.
            this.secondAt = now
        } else if (register === 1) {
            const hour = Math.floor(this.secondOfDay / 3600)
            this.secondOfDay = hour * 3600 + number(value) * 60 + (this.secondOfDay % 60)
        } else if (register === 2) {
            this.is12Hour = (value & 0x40) !== 0
            const hour = this.is12Hour
                ? (number(value & 0x1f) % 12) + (value & 0x20 ? 12 : 0)
                : number(value)
            this.secondOfDay = hour * 3600 + (this.secondOfDay % 3600)
        } else if (register === 3) this.day = value
        else if (register === 4) this.date = number(value)
        else if (register === 5) {
            this.month = number(value & 0x7f)
            this.century = value >> 7
        } else if (register === 6) this.year = number(value)
        else if (register === CONTROL) this.putControl(value, now)
        // The flags can be cleared and not set.
        else if (register === STATUS)
            this.status = (this.status & value & (OSF | ALARM_FLAGS)) | (value & EN32KHZ)
        else if (register <= AGING_OFFSET) this.kept[register] = value
        else return false
        return true
    }

    private putControl(value: number, now: number): void {
        const isConverting = (this.control & CONV) !== 0
        this.control = value & ~CONV
        if (isConverting) this.control = this.control | CONV
        else if ((value & CONV) !== 0 && !this.isBusy()) {
            this.control = this.control | CONV
            this.userEndsAt = now + this.conversionMs
        }
    }

    private hours(): number {
        const hour = Math.floor(this.secondOfDay / 3600)
        if (!this.is12Hour) return bcd(hour)
        return 0x40 + (hour >= 12 ? 0x20 : 0) + bcd(hour % 12 === 0 ? 12 : hour % 12)
    }

    private isBusy(): boolean {
        const now = this.clock.millis()
        const isUser =
            now < this.userEndsAt && now >= this.userEndsAt - this.conversionMs + USER_BSY_MS
        return isUser || (now - this.poweredAt) % CONVERSION_EVERY_MS < this.conversionMs
    }

    /** Takes the last of the conversions that have ended: every 64 s since power-up, and one on demand. */
    private convertUntil(now: number): void {
        const cycles = Math.floor((now - this.poweredAt - this.conversionMs) / CONVERSION_EVERY_MS)
        if (cycles >= 0)
            this.convert(this.poweredAt + cycles * CONVERSION_EVERY_MS + this.conversionMs)
        if (this.userEndsAt < 0 || now < this.userEndsAt) return
        this.convert(this.userEndsAt)
        this.userEndsAt = -1
        this.control = this.control & ~CONV
    }

    private convert(timeMs: number): void {
        if (timeMs <= this.convertedAt) return
        this.convertedAt = timeMs
        const { temperatureCelsius } = this.environment(timeMs)
        this.quarters = Math.round((temperatureCelsius ?? 0) * 4)
    }

    /** Brings the calendar to what it is now. */
    private tick(now: number): void {
        const seconds = Math.floor((now - this.secondAt) / 1000)
        this.secondAt += seconds * 1000
        this.secondOfDay += seconds
        while (this.secondOfDay >= SECONDS_A_DAY) {
            this.secondOfDay -= SECONDS_A_DAY
            this.nextDay()
        }
    }

    private nextDay(): void {
        this.day = (this.day % 7) + 1
        this.date++
        const isLeap = this.year % 4 === 0
        if (this.date <= DAYS_OF_MONTH[this.month - 1] + (isLeap && this.month === 2 ? 1 : 0))
            return
        this.date = 1
        this.month = (this.month % 12) + 1
        if (this.month > 1) return
        this.year = (this.year + 1) % 100
        if (this.year === 0) this.century = 1 - this.century
    }

    private losePower(now: number): void {
        this.isPowered = false
        if (this.hasBattery) this.tick(now)
        if (this.hasBattery && (this.control & EOSC) === 0) return
        this.status = this.status | OSF
    }

    private gainPower(now: number): void {
        this.isPowered = true
        this.poweredAt = now
        this.quarters = 0
        this.convertedAt = -1
        this.userEndsAt = -1
        this.control = this.control & ~CONV
        if (this.hasBattery && (this.control & EOSC) !== 0) this.secondAt = now
        if (this.hasBattery) return
        this.control = CONTROL_AFTER_POWER_UP
        this.status = OSF | EN32KHZ
        this.secondOfDay = 0
        this.secondAt = now
        this.is12Hour = false
        this.day = 1
        this.date = 1
        this.month = 1
        this.century = 0
        this.year = 0
    }
}

/** Two decimal digits in a byte; and back. */
function bcd(value: number): number {
    return value + 6 * Math.floor(value / 10)
}

function number(digits: number): number {
    return digits - 6 * Math.floor(digits / 16)
}
