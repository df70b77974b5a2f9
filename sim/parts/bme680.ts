/**
 * A Bosch BME680 at register level, for other people's drivers: we have none of our own.
 *
 * Registers, calibration layout, compensation and times are those of Bosch's own driver (BME68x_SensorAPI 4.4.8), start-up of the BME280's
 * datasheet; what DeviceScript's driver (@devicescript/drivers, bme680.ts) reads is the same. The calibration is a real part's, from the
 * tests of elixir-sensors/bmp280. What drivers compensate is undone here with the scales of the integer formulas: the count is
 * searched that they turn into what the environment has. Without the filter a count has 16 bits, and one more for each doubling of
 * the oversampling.
 *
 * Gas is simplified: no environment has its resistance, so it is the constant `gasResistanceOhms` whatever the air and the heater, stable at
 * once. A plate that was not heated, or not asked, shows no valid gas. Not simulated: the filter's inertia, heater profiles but the first,
 * parallel mode, SPI and its pages.
 */
import { PairWrittenPart, inverse, nearestCount } from "./bosch"
import { Environment, PartClock } from "./part"

const COEFF3 = 0x00
const FIELD0 = 0x1d
const FIELD0_END = 0x2e
const IDAC_HEAT0 = 0x50
const GAS_WAIT0 = 0x64
const CTRL_GAS_0 = 0x70
const CTRL_GAS_1 = 0x71
const CTRL_HUM = 0x72
const CTRL_MEAS = 0x74
const CONFIG = 0x75
const COEFF1 = 0x8a
const CHIP_ID = 0xd0
const SOFT_RESET = 0xe0
const COEFF2 = 0xe1

const RESET_WORD = 0xb6
const STARTUP_MS = 2
const NEVER = -1
const NEW_DATA = 0x80
const GAS_MEASURING = 0x40
const MEASURING = 0x20
const RUN_GAS = 0x10
const HEAT_OFF = 0x08
const GAS_VALID_HEAT_STABLE = 0x30
const SKIPPED_20_BITS = 0x80000
const SKIPPED_16_BITS = 0x8000

const SAMPLES_OF_OSRS = [0, 1, 2, 4, 8, 16, 16, 16]
const WAIT_FACTORS = [1, 4, 16, 64]

// Of the gas ADC's 16 ranges, in which it is not quite linear; the second in 125 kOhm.
const RANGE_CONST1 = [
    2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2126008810, 2147483647, 2130303777,
    2147483647, 2147483647, 2143188679, 2136746228, 2147483647, 2126008810, 2147483647, 2147483647,
]
const RANGE_CONST2 = [
    4096000000, 2048000000, 1024000000, 512000000, 255744255, 127110228, 64000000, 32258064,
    16016016, 8000000, 4000000, 2000000, 1000000, 500000, 250000, 125000,
]

function int8(byte: number): number {
    return byte < 0x80 ? byte : byte - 0x100
}

function unsigned(bytes: number[], at: number): number {
    return bytes[at] | (bytes[at + 1] << 8)
}

function signed(bytes: number[], at: number): number {
    const word = unsigned(bytes, at)
    return word < 0x8000 ? word : word - 0x10000
}

/** t_fine, in 1/5120 Cel. @param c1 from 0x8a on @param c2 from 0xe1 on */
function fineOf(ticks: number, c1: number[], c2: number[]): number {
    const off = ticks / 8 - unsigned(c2, 8) * 2
    return (
        (off * signed(c1, 0)) / 2048 +
        (((off / 2) * (off / 2)) / 4096) * ((int8(c1[2]) * 16) / 16384)
    )
}

function pascalsOf(ticks: number, fine: number, c1: number[]): number {
    const v = fine / 2 - 64000
    const square = (v / 4) * (v / 4)
    const bend = ((square / 2048) * int8(c1[15])) / 4 + v * signed(c1, 12) * 2
    const offset = bend / 4 + signed(c1, 10) * 65536
    const turn = ((square / 8192) * int8(c1[8]) * 32) / 8 + (signed(c1, 6) * v) / 2
    const slope = ((32768 + turn / 262144) * unsigned(c1, 4)) / 32768
    const p = ((1048576 - ticks - offset / 4096) * 6250) / slope
    const second = (signed(c1, 20) * ((p / 8) * (p / 8))) / 33554432
    const first = ((p / 4) * signed(c1, 18)) / 8192
    const third = ((p / 256) * (p / 256) * (p / 256) * c1[22]) / 131072
    return p + (second + first + third + int8(c1[14]) * 128) / 16
}

function percentOf(ticks: number, fine: number, c2: number[]): number {
    const h1 = (c2[2] << 4) | (c2[1] & 0x0f)
    const h2 = (c2[0] << 4) | (c2[1] >> 4)
    const t = (fine * 5) / 256 // hundredths of a Celsius
    const off = ticks - h1 * 16 - (t * int8(c2[3])) / 200
    const slope = (t * int8(c2[4])) / 100 + (t * t * int8(c2[5])) / 640000 + 16384
    const x = (off * h2 * slope) / 1024
    const bend = (c2[6] * 128 + (t * int8(c2[7])) / 100) / 16
    return (x + (bend * ((x / 16384) * (x / 16384))) / 2048) / 4194304
}

export class SimBme680 extends PairWrittenPart {
    chipId = 0x61
    gasResistanceOhms = 50000
    /** 0x8a to 0xa0. */
    coefficients1 = [
        178, 102, 3, 16, 67, 138, 91, 215, 88, 0, 228, 18, 138, 255, 26, 30, 0, 0, 3, 253, 217, 242,
        30,
    ]
    /** 0xe1 to 0xee. */
    coefficients2 = [63, 221, 44, 0, 45, 20, 120, 156, 83, 102, 175, 232, 226, 18]
    /** 0x00 to 0x04: res_heat_val, -, res_heat_range, -, range_sw_err. */
    coefficients3 = [50, 170, 22, 74, 19]
    private isUp = false
    private upAt = 0
    private now = 0
    /** 0x50 to 0x75: what a driver has set. */
    private settings: number[] = []
    private startedAt = NEVER
    private hasNewData = false
    private pressure = SKIPPED_20_BITS
    private temperature = SKIPPED_20_BITS
    private humidity = SKIPPED_16_BITS
    private gas = 0
    private gasStatus = 0

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
        if (!this.isUp) this.powerUp(this.now - STARTUP_MS)
        const endsAt = this.startedAt + this.airMs() + this.gasMs()
        if (this.startedAt !== NEVER && this.now >= endsAt) this.measure(endsAt)
        return this.now >= this.upAt + STARTUP_MS
    }

    protected get(register: number): number {
        if (register < COEFF3 + 5) return this.coefficients3[register - COEFF3]
        if (register >= FIELD0 && register < FIELD0_END) return this.field(register - FIELD0)
        if (register >= IDAC_HEAT0 && register <= CONFIG) return this.setting(register)
        if (register >= COEFF1 && register < COEFF1 + 23)
            return this.coefficients1[register - COEFF1]
        if (register >= COEFF2 && register < COEFF2 + 14)
            return this.coefficients2[register - COEFF2]
        // The variant, at 0xf0, is 0: the BME680's.
        return register === CHIP_ID ? this.chipId : 0
    }

    protected put(register: number, value: number): boolean {
        if (register === SOFT_RESET) {
            if (value === RESET_WORD) this.powerUp(this.now)
            return true
        }
        if (register < IDAC_HEAT0 || register > CONFIG) return false
        this.settings[register - IDAC_HEAT0] = value
        if (register !== CTRL_MEAS || (value & 0x03) !== 1) return true
        this.startedAt = this.now
        this.hasNewData = false
        return true
    }

    private setting(register: number): number {
        return this.settings[register - IDAC_HEAT0]
    }

    private samples(osrs: number): number {
        return SAMPLES_OF_OSRS[osrs & 0x07]
    }

    /** Waking up, and temperature, pressure, humidity. */
    private airMs(): number {
        const control = this.setting(CTRL_MEAS)
        const cycles =
            this.samples(control >> 5) +
            this.samples(control >> 2) +
            this.samples(this.setting(CTRL_HUM))
        return 1 + 4 * 0.477 + 1.963 * cycles
    }

    /** Heating, and the gas. */
    private gasMs(): number {
        if (!this.runsGas()) return 0
        const wait = this.setting(GAS_WAIT0)
        return (wait & 0x3f) * WAIT_FACTORS[wait >> 6] + 5 * 0.477
    }

    private runsGas(): boolean {
        return (this.setting(CTRL_GAS_1) & RUN_GAS) !== 0
    }

    private measure(timeMs: number): void {
        const { temperatureCelsius, pressurePascals, relativeHumidityPercent } =
            this.environment(timeMs)
        this.startedAt = NEVER
        const control = this.setting(CTRL_MEAS)
        this.settings[CTRL_MEAS - IDAC_HEAT0] = control & 0xfc
        if (
            temperatureCelsius === undefined ||
            pressurePascals === undefined ||
            relativeHumidityPercent === undefined
        )
            return
        const c1 = this.coefficients1
        const c2 = this.coefficients2
        const temperature = this.nearest(
            inverse(ticks => fineOf(ticks, c1, c2), temperatureCelsius * 5120, 0xfffff),
            control >> 5
        )
        const fine = fineOf(temperature, c1, c2)
        const pressure = inverse(ticks => pascalsOf(ticks, fine, c1), pressurePascals, 0xfffff)
        const humidity = inverse(
            ticks => percentOf(ticks, fine, c2),
            relativeHumidityPercent,
            0xffff
        )
        const osrsP = (control >> 2) & 0x07
        this.temperature = control >> 5 === 0 ? SKIPPED_20_BITS : temperature
        this.pressure = osrsP === 0 ? SKIPPED_20_BITS : this.nearest(pressure, osrsP)
        this.humidity =
            this.samples(this.setting(CTRL_HUM)) === 0 ? SKIPPED_16_BITS : Math.round(humidity)
        this.gasStatus = 0
        this.gas = 0
        if (this.runsGas() && (this.setting(CTRL_GAS_0) & HEAT_OFF) === 0) this.measureGas()
        this.hasNewData = true
    }

    /** The nearest count with the bits that this oversampling gives. */
    private nearest(ticks: number, osrs: number): number {
        const isFiltered = (this.setting(CONFIG) & 0x1c) !== 0
        const missingBits = isFiltered ? 0 : 4 - Math.min(Math.max(osrs - 1, 0), 4)
        return nearestCount(ticks, missingBits, 0x100000)
    }

    /** Into the first range that has it; each goes about a third beyond the next. */
    private measureGas(): void {
        const error = this.coefficients3[4] >> 4
        const signedError = error < 8 ? error : error - 16
        for (let range = 0; range < 16; ++range) {
            const var1 = ((1340 + 5 * signedError) * RANGE_CONST1[range]) / 65536
            const var2 = (RANGE_CONST2[range] * var1) / 512 / (this.gasResistanceOhms - 0.5)
            const ticks = Math.round((var2 + 16777216 - var1) / 32768)
            if (ticks < 0 || ticks > 0x3ff) continue
            this.gas = ticks
            this.gasStatus = GAS_VALID_HEAT_STABLE | range
            return
        }
    }

    /** The bytes from 0x1d on. */
    private field(at: number): number {
        if (at === 0) return (this.hasNewData ? NEW_DATA : 0) | this.activity()
        if (at === 2) return this.pressure >> 12
        if (at === 3) return (this.pressure >> 4) & 0xff
        if (at === 4) return (this.pressure & 0x0f) << 4
        if (at === 5) return this.temperature >> 12
        if (at === 6) return (this.temperature >> 4) & 0xff
        if (at === 7) return (this.temperature & 0x0f) << 4
        if (at === 8) return this.humidity >> 8
        if (at === 9) return this.humidity & 0xff
        if (at === 13) return this.gas >> 2
        if (at === 14) return ((this.gas & 0x03) << 6) | this.gasStatus
        return 0
    }

    private activity(): number {
        if (this.startedAt === NEVER) return 0
        return this.now < this.startedAt + this.airMs() ? MEASURING : MEASURING | GAS_MEASURING
    }

    private powerUp(timeMs: number): void {
        this.isUp = true
        this.upAt = timeMs
        this.settings = []
        for (let register = IDAC_HEAT0; register <= CONFIG; ++register) this.settings.push(0)
        this.startedAt = NEVER
        this.hasNewData = false
        this.pressure = SKIPPED_20_BITS
        this.temperature = SKIPPED_20_BITS
        this.humidity = SKIPPED_16_BITS
        this.gas = 0
        this.gasStatus = 0
    }
}
