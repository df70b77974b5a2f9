/**
 * Analog Devices (Maxim) DS3231: a clock that goes on when the node has no power, and the temperature of its crystal.
 *
 * Registers: "DS3231 Extremely Accurate I2C-Integrated RTC/TCXO/Crystal" datasheet, pages 11 and 13 to 15, as found on the web, so that its
 * revision is not known; cross-checked with Adafruit's RTClib 2.1.3 and Linux' rtc-ds3232. That a temperature conversion takes 200 ms at
 * most is from EnviroDIY's ModularSensors.
 *
 * The part has no identity. What it has is bits that are always 0, and those of other parts at its address mostly are not.
 *
 * Of the century bit the datasheet says that it toggles from 99 to 00, and not what it means. Here and in RTClib 0 is 2000..2099; Linux
 * has a driver for which that is 1. A clock with the bit set is refused, and setting it clears the bit.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort, int16 } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "ds3231"
const SECONDS = 0x00 // then minutes, hours, day, date, month/century and year
const CONTROL = 0x0e // then status, aging offset and temperature, two bytes
const STATUS = 0x0f
const EOSC = 0x80 // of control: stop when on battery
const CONV = 0x20
const OSF = 0x80 // of status: the oscillator has stopped since this was last cleared
const BSY = 0x04
const IS_12_HOUR = 0x40 // of hours
const IS_PM = 0x20
/** The bits of registers 00h..12h that are always 0. */
const ZEROS = hex`808080f8c06000 00000000 000000 00700000 3f`
const CONVERSION_MS = 200
// The operating range of the industrial grade.
const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 85

/** 2000-01-01T00:00:00Z and 2100-01-01T00:00:00Z in seconds since 1970. */
export const EPOCH_SECONDS_MIN = 946684800
export const EPOCH_SECONDS_END = 4102444800
const SECONDS_A_DAY = 86400
const DAYS_TO_2000_03_01 = 11017
const DAYS_IN_4_YEARS = 1461
const THURSDAY = 4 // 1970-01-01, when Sunday is 0

export interface CrystalSample {
    temperatureCelsius: number
}

/** A day of the Gregorian calendar: year 2000..2099, month 1..12, date 1..31. */
export interface CalendarDay {
    year: number
    month: number
    date: number
}

/**
 * Days since 1970-01-01, for 2000..2099. Counted from March, so that the leap day is a year's last, and months of 31, 30, 31, 30 and 31
 * days follow each other: 153 in five.
 */
export function daysFromCalendar(year: number, month: number, date: number): number {
    const marches = month > 2 ? year - 2000 : year - 2001
    const monthsFromMarch = (month + 9) % 12
    const daysFromMarch = Math.idiv(153 * monthsFromMarch + 2, 5) + date - 1
    return DAYS_TO_2000_03_01 + 365 * marches + Math.floor(marches / 4) + daysFromMarch
}

/** The day that is this many days after 1970-01-01, for 2000..2099. */
export function calendarFromDays(days: number): CalendarDay {
    const from1996 = days - DAYS_TO_2000_03_01 + DAYS_IN_4_YEARS
    const inCycle = from1996 % DAYS_IN_4_YEARS
    // The leap day is the fourth year's 366th.
    const yearInCycle = Math.min(Math.idiv(inCycle, 365), 3)
    const daysFromMarch = inCycle - 365 * yearInCycle
    const monthsFromMarch = Math.idiv(5 * daysFromMarch + 2, 153)
    const month = ((monthsFromMarch + 2) % 12) + 1
    const marches = 1996 + 4 * Math.idiv(from1996, DAYS_IN_4_YEARS) + yearInCycle
    return {
        year: month > 2 ? marches : marches + 1,
        month,
        date: daysFromMarch - Math.idiv(153 * monthsFromMarch + 2, 5) + 1,
    }
}

/** Registers 00h..06h, in 24 or in 12 h mode, as seconds since 1970. @throws SensorError range: digits that are none, a day there is not */
export function epochSecondsFromRegisters(frame: Buffer): number {
    const year = 2000 + inRange("year", frame[6], 0, 99)
    const month = inRange("month", frame[5], 1, 12) // with the century bit it is beyond
    const date = inRange("date", frame[4], 1, 31)
    const days = daysFromCalendar(year, month, date)
    if (calendarFromDays(days).date !== date)
        throw new SensorError(PART, "range", `${year}-${month} has no day ${date}`)
    const hour = hourFromRegister(frame[2])
    const minute = inRange("minutes", frame[1], 0, 59)
    const second = inRange("seconds", frame[0], 0, 59)
    return days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second
}

/** Registers 00h..06h for seconds since 1970, in 24 h mode, after a byte for the register's number. Sunday is day 1. */
export function registersFromEpochSeconds(epochSeconds: number): Buffer {
    const days = Math.floor(epochSeconds / SECONDS_A_DAY)
    const second = epochSeconds - days * SECONDS_A_DAY
    const { year, month, date } = calendarFromDays(days)
    return Buffer.from([
        SECONDS,
        digitsFrom(second % 60),
        digitsFrom(Math.idiv(second, 60) % 60),
        digitsFrom(Math.idiv(second, 3600)),
        ((days + THURSDAY) % 7) + 1,
        digitsFrom(date),
        digitsFrom(month),
        digitsFrom(year - 2000),
    ])
}

/** Signed, four ticks to a degree. */
export function celsiusFromTicks(ticks: number): number {
    return ticks / 4
}

export class Ds3231 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x68
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Has the clock run on battery too; the time stays what it is. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const registers = await this.port.read(SECONDS, ZEROS.length)
        let ones = 0
        for (let at = 0; at < ZEROS.length; ++at) {
            if ((registers[at] & ZEROS[at]) !== 0)
                throw new SensorError(PART, "identity", `register ${at} is ${registers[at]}`)
            ones = ones | registers[at]
        }
        // A bus stuck low: no month is 0.
        if (ones === 0) throw new SensorError(PART, "identity", "nothing but zeros")
        if ((registers[CONTROL] & EOSC) !== 0)
            await this.port.write(CONTROL, registers[CONTROL] & ~EOSC)
    }

    /**
     * Seconds since 1970-01-01T00:00:00Z, in 2000..2099, whole: up to one behind.
     * @throws SensorError bus, range, stuck (the clock has stopped since it was set: set it)
     */
    async epochSeconds(): Promise<number> {
        const registers = await this.port.read(SECONDS, STATUS + 1)
        if ((registers[STATUS] & OSF) !== 0)
            throw new SensorError(PART, "stuck", "the clock stopped and needs setting")
        return epochSecondsFromRegisters(registers)
    }

    /**
     * Sets the clock; the second begins now. What is no whole second of 2000..2099 is a programmer's error.
     * @throws SensorError bus: it may have been set or not
     */
    async setEpochSeconds(epochSeconds: number): Promise<void> {
        ds.assert(
            epochSeconds >= EPOCH_SECONDS_MIN &&
                epochSeconds < EPOCH_SECONDS_END &&
                epochSeconds === Math.floor(epochSeconds),
            `${epochSeconds} s is no second of 2000..2099`
        )
        await this.port.transact(registersFromEpochSeconds(epochSeconds), 0)
        // Last, so that a clock half set still says that it stopped.
        const status = (await this.port.read(STATUS, 1))[0]
        await this.port.write(STATUS, status & ~OSF)
    }

    /** One measurement, 200 ms: what the part has is up to 64 s old. @throws SensorError bus, timeout, stuck, range */
    async sample(): Promise<CrystalSample> {
        const before = await this.port.read(CONTROL, 2)
        // One of its own is running: that will do, and another can not be asked for.
        const isBusy = (before[1] & BSY) !== 0
        if (!isBusy) await this.port.write(CONTROL, before[0] | CONV)
        await this.clock.delay(CONVERSION_MS)
        const after = await this.port.read(CONTROL, 5)
        if ((isBusy ? after[1] & BSY : after[0] & CONV) !== 0)
            throw new SensorError(PART, "timeout", "still converting")
        if ((after[4] & 0x3f) !== 0)
            throw new SensorError(PART, "stuck", `temperature 0x${after.toString("hex")}`)
        const ticks = int16(after[3], after[4]) >> 6
        // 0 Cel while it measures: what it says from power-up on until it has.
        if (ticks === 0 && (after[1] & BSY) !== 0)
            throw new SensorError(PART, "stuck", "lost its power")
        const temperatureCelsius = celsiusFromTicks(ticks)
        if (temperatureCelsius < COLDEST_CELSIUS || temperatureCelsius > HOTTEST_CELSIUS)
            throw new SensorError(PART, "range", `temperature ${temperatureCelsius} Cel`)
        return { temperatureCelsius }
    }
}

function hourFromRegister(value: number): number {
    if ((value & IS_12_HOUR) === 0) return inRange("hours", value, 0, 23)
    const hour = inRange("hours", value & ~IS_12_HOUR & ~IS_PM, 1, 12) % 12
    return (value & IS_PM) !== 0 ? hour + 12 : hour
}

/** Two decimal digits in a byte. */
function inRange(what: string, digits: number, min: number, max: number): number {
    const ones = digits & 0x0f
    const value = 10 * (digits >> 4) + ones
    if (ones > 9 || value < min || value > max)
        throw new SensorError(PART, "range", `${what} 0x${Buffer.from([digits]).toString("hex")}`)
    return value
}

function digitsFrom(value: number): number {
    return (Math.idiv(value, 10) << 4) | (value % 10)
}
