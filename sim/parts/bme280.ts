/**
 * A Bosch BME280 at register level. Facts as in src/drivers/bme280.ts; longest times.
 *
 * What the driver compensates in floating point is undone here with the datasheet's integer formulas [4.2.3], whose scales are other
 * ones: it searches the count they turn into what the environment has. The calibration is a real part's, as the Rust driver bme280-rs
 * has it in its tests. Without the filter a count has 16 bits, and one more for each doubling of the oversampling. Not simulated: the
 * filter's inertia (it only gives all 20 bits), SPI.
 */
import { PairWrittenPart, inverse, nearestCount } from "./bosch"
import { Environment, PartClock } from "./part"

const CALIB00 = 0x88
const CALIB25 = 0xa1
const ID = 0xd0
const RESET = 0xe0
const CALIB26 = 0xe1
const CALIB32 = 0xe7
const CTRL_HUM = 0xf2
const STATUS = 0xf3
const CTRL_MEAS = 0xf4
const CONFIG = 0xf5
const PRESS_MSB = 0xf7
const HUM_LSB = 0xfe

const RESET_WORD = 0xb6
const STARTUP_MS = 2
const NORMAL_MODE = 3
const SKIPPED_20_BITS = 0x80000
const SKIPPED_16_BITS = 0x8000
const NEVER = -1

const SAMPLES_OF_OSRS = [0, 1, 2, 4, 8, 16, 16, 16]
const STANDBY_MS = [0.5, 62.5, 125, 250, 500, 1000, 10, 20]

/** [4.2.3] t_fine, with its integer shifts as divisions, as below. */
function fineOf(ticks: number, digT: number[]): number {
    const [t1, t2, t3] = digT
    const off = ticks / 16 - t1
    return (off * 2 * t2) / 2048 + (((off * off) / 4096) * t3) / 16384
}

function pascalsOf(ticks: number, fine: number, digP: number[]): number {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = digP
    const v = fine - 128000
    const offset = v * v * p6 + v * p5 * 131072 + p4 * 34359738368
    const slope = ((140737488355328 + (v * v * p3) / 256 + v * p2 * 4096) * p1) / 8589934592
    const q = (((1048576 - ticks) * 2147483648 - offset) * 3125) / slope
    const square = (p9 * (q / 8192) * (q / 8192)) / 33554432
    return ((q + square + (p8 * q) / 524288) / 256 + p7 * 16) / 256
}

function percentOf(ticks: number, fine: number, digH: number[]): number {
    const [h1, h2, h3, h4, h5, h6] = digH
    const v = fine - 76800
    const off = (ticks * 16384 - h4 * 1048576 - h5 * v) / 32768
    const bend = (((v * h6) / 1024) * ((v * h3) / 2048 + 32768)) / 1024
    const x = (off * (bend + 2097152) * h2) / 16384
    return (x - ((((x / 32768) * (x / 32768)) / 128) * h1) / 16) / 4194304
}

export class SimBme280 extends PairWrittenPart {
    chipId = 0x60
    /** dig_T1..T3. */
    temperatureCalibration = [28593, 27182, 50]
    /** dig_P1..P9. */
    pressureCalibration = [36834, -10486, 3024, 8053, -59, -7, 9900, -10230, 4285]
    /** dig_H1..H6. */
    humidityCalibration = [75, 375, 0, 288, 50, 30]
    /** How long after power-up or reset the calibration is there. */
    nvmCopyMs = STARTUP_MS
    /** How much longer than the longest a measurement takes. */
    lateMs = 0
    private isUp = false
    private upAt = 0
    private now = 0
    private ctrlHum = 0
    private ctrlMeas = 0
    private config = 0
    /** osrs_h as it was when ctrl_meas was written: it takes effect then. */
    private osrsH = 0
    private endsAt = NEVER
    private pressure = SKIPPED_20_BITS
    private temperature = SKIPPED_20_BITS
    private humidity = SKIPPED_16_BITS

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x76
    ) {
        super(address)
    }

    protected isReady(): boolean {
        this.now = this.clock.millis()
        const conditions = this.environment(this.now)
        if (
            conditions.temperatureCelsius === undefined ||
            conditions.relativeHumidityPercent === undefined ||
            conditions.pressurePascals === undefined
        ) {
            this.isUp = false
            return false
        }
        if (!this.isUp) this.powerUp(this.now - this.nvmCopyMs)
        if (this.endsAt !== NEVER && this.now >= this.endsAt) this.finish()
        return this.now >= this.upAt + STARTUP_MS
    }

    protected get(register: number): number {
        if (register >= CALIB00 && register <= CALIB25) return this.calibration(register)
        if (register >= CALIB26 && register <= CALIB32) return this.calibration(register)
        if (register >= PRESS_MSB && register <= HUM_LSB) return this.data(register - PRESS_MSB)
        if (register === ID) return this.chipId
        if (register === CTRL_HUM) return this.ctrlHum
        if (register === STATUS) return (this.isMeasuring() ? 8 : 0) | (this.isCopying() ? 1 : 0)
        if (register === CTRL_MEAS) return this.ctrlMeas
        if (register === CONFIG) return this.config
        return 0
    }

    protected put(register: number, value: number): boolean {
        if (register === RESET) {
            if (value === RESET_WORD) this.powerUp(this.now)
            return true
        }
        if (register === CTRL_HUM) {
            this.ctrlHum = value & 0x07
            return true
        }
        if (register === CONFIG) {
            this.config = value & 0xfd
            return true
        }
        if (register !== CTRL_MEAS) return false
        this.ctrlMeas = value
        this.osrsH = this.ctrlHum
        // A mode set during a measurement waits for its end [3.3.1].
        const from = this.isMeasuring() ? this.endsAt : this.now
        this.endsAt = (value & 0x03) === 0 ? NEVER : from + this.measurementMs()
        return true
    }

    private isMeasuring(): boolean {
        return this.endsAt !== NEVER && this.now >= this.endsAt - this.measurementMs()
    }

    private isCopying(): boolean {
        return this.now < this.upAt + this.nvmCopyMs
    }

    /** [9.1] the longest. */
    private measurementMs(): number {
        const t = SAMPLES_OF_OSRS[this.ctrlMeas >> 5]
        const p = SAMPLES_OF_OSRS[(this.ctrlMeas >> 2) & 0x07]
        const h = SAMPLES_OF_OSRS[this.osrsH]
        const offsets = (p === 0 ? 0 : 0.575) + (h === 0 ? 0 : 0.575)
        return 1.25 + 2.3 * (t + p + h) + offsets + this.lateMs
    }

    private finish(): void {
        if ((this.ctrlMeas & 0x03) !== NORMAL_MODE) {
            this.measure(this.endsAt)
            this.ctrlMeas = this.ctrlMeas & 0xfc
            this.endsAt = NEVER
            return
        }
        const periodMs = this.measurementMs() + STANDBY_MS[this.config >> 5]
        const newest = this.endsAt + Math.floor((this.now - this.endsAt) / periodMs) * periodMs
        this.measure(newest)
        this.endsAt = newest + periodMs
    }

    private measure(timeMs: number): void {
        const { temperatureCelsius, pressurePascals, relativeHumidityPercent } =
            this.environment(timeMs)
        if (
            temperatureCelsius === undefined ||
            pressurePascals === undefined ||
            relativeHumidityPercent === undefined
        )
            return
        const osrsT = this.ctrlMeas >> 5
        const osrsP = (this.ctrlMeas >> 2) & 0x07
        const digT = this.temperatureCalibration
        const digP = this.pressureCalibration
        const digH = this.humidityCalibration
        const temperature = this.nearest(
            inverse(ticks => fineOf(ticks, digT), temperatureCelsius * 5120, 0xfffff),
            osrsT
        )
        const fine = fineOf(temperature, digT)
        const pressure = inverse(ticks => pascalsOf(ticks, fine, digP), pressurePascals, 0xfffff)
        const humidity = inverse(
            ticks => percentOf(ticks, fine, digH),
            relativeHumidityPercent,
            0xffff
        )
        this.temperature = osrsT === 0 ? SKIPPED_20_BITS : temperature
        this.pressure = osrsP === 0 ? SKIPPED_20_BITS : this.nearest(pressure, osrsP)
        this.humidity = this.osrsH === 0 ? SKIPPED_16_BITS : Math.round(humidity)
    }

    /** The nearest count with the bits that this oversampling gives. */
    private nearest(ticks: number, osrs: number): number {
        const isFiltered = (this.config & 0x1c) !== 0
        const missingBits = isFiltered ? 0 : 4 - Math.min(Math.max(osrs - 1, 0), 4)
        return nearestCount(ticks, missingBits, 0x100000)
    }

    /** The bytes from 0xf7 on. */
    private data(at: number): number {
        if (at === 0) return this.pressure >> 12
        if (at === 1) return (this.pressure >> 4) & 0xff
        if (at === 2) return (this.pressure & 0x0f) << 4
        if (at === 3) return this.temperature >> 12
        if (at === 4) return (this.temperature >> 4) & 0xff
        if (at === 5) return (this.temperature & 0x0f) << 4
        return at === 6 ? this.humidity >> 8 : this.humidity & 0xff
    }

    private calibration(register: number): number {
        if (this.isCopying()) return 0
        const h = this.humidityCalibration
        if (register === CALIB25) return h[0]
        if (register >= CALIB26) {
            const at = register - CALIB26
            if (at < 2) return (h[1] >> (8 * at)) & 0xff
            if (at === 2) return h[2]
            if (at === 3) return (h[3] >> 4) & 0xff
            if (at === 4) return (h[3] & 0x0f) | ((h[4] & 0x0f) << 4)
            return at === 5 ? (h[4] >> 4) & 0xff : h[5] & 0xff
        }
        const index = (register - CALIB00) >> 1
        if (index >= 12) return 0
        const word =
            index < 3 ? this.temperatureCalibration[index] : this.pressureCalibration[index - 3]
        return (register & 1) === 0 ? word & 0xff : (word >> 8) & 0xff
    }

    /** All registers as after power-up; the calibration comes later. */
    private powerUp(timeMs: number): void {
        this.isUp = true
        this.upAt = timeMs
        this.ctrlHum = 0
        this.ctrlMeas = 0
        this.config = 0
        this.osrsH = 0
        this.endsAt = NEVER
        this.pressure = SKIPPED_20_BITS
        this.temperature = SKIPPED_20_BITS
        this.humidity = SKIPPED_16_BITS
    }
}
