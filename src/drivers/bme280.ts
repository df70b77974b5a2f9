/**
 * Bosch BME280: temperature, relative humidity and pressure.
 *
 * [Brackets] name chapters of the "BME280 Data sheet", BST-BME280-DS002-15, revision 1.6, September 2018. Times, and how writes pair
 * registers and values, are as in Bosch's own driver (BME280_SensorAPI 3.5.1). Compensation is the floating-point one [8.1], with
 * t_fine not cut to an integer; for humidity the datasheet's, not that of Bosch's driver, which has a factor more that no part shows
 * as long as its dig_H3 is 0.
 *
 * The part has no checksum: the wire is not proven, only that a value is one it can measure.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort, int16 } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "bme280"
// [5.3]
const CALIB00 = 0x88
const ID = 0xd0
const RESET = 0xe0
const CALIB26 = 0xe1
const STATUS = 0xf3
const CHIP_ID = 0x60
const RESET_WORD = 0xb6
const MEASURING = 0x08
const IM_UPDATE = 0x01
// Pairs of register and value: ctrl_hum osrs_h x1, ctrl_meas osrs_t x1, osrs_p x1, forced mode. ctrl_hum again each time, for a part
// that lost its power for a moment has forgotten it, and would skip the humidity.
const MEASURE = hex`f201f425`

const STARTUP_MS = 2 // [1]
const STARTUP_POLLS_MAX = 5
const MEASUREMENT_MS = 10 // [9.1] at most 1.25 + 2.3 + 2.3 + 0.575 + 2.3 + 0.575

const CALIB00_BYTES = 26
const CALIB26_BYTES = 7
// status, ctrl_meas, config, one reserved, and the data from press_msb to hum_lsb
const FRAME_BYTES = 12
const DATA_AT = 4

// [5.3] What is not measured reads as after power-up.
const SKIPPED_20_BITS = 0x80000
const SKIPPED_16_BITS = 0x8000

// [1] the operating range
const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 85
const PRESSURE_PASCALS_MIN = 30000
const PRESSURE_PASCALS_MAX = 110000

/** All three come from one measurement. */
export interface WeatherSample {
    temperatureCelsius: number
    relativeHumidityPercent: number
    pressurePascals: number
}

/** [8.1] t_fine, in 1/5120 Cel, which the other two need. @param ticks 20 bits @param digT dig_T1..T3 */
export function fineTemperatureFromTicks(ticks: number, digT: number[]): number {
    const [t1, t2, t3] = digT
    const off = ticks / 131072 - t1 / 8192
    return off * 8 * t2 + off * off * t3
}

export function celsiusFromFineTemperature(fine: number): number {
    return fine / 5120
}

/** [8.1] @param ticks 20 bits @param digP dig_P1..P9 */
export function pascalsFromTicks(ticks: number, fine: number, digP: number[]): number {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = digP
    const v = fine / 2 - 64000
    const offset = ((v * v * p6) / 32768 + v * p5 * 2) / 4 + p4 * 65536
    const slope = (1 + ((p3 * v * v) / 524288 + p2 * v) / 524288 / 32768) * p1
    const pascals = ((1048576 - ticks - offset / 4096) * 6250) / slope
    return pascals + ((p9 * pascals * pascals) / 2147483648 + (pascals * p8) / 32768 + p7) / 16
}

/** [8.1] cropped to what air can hold. @param ticks 16 bits @param digH dig_H1..H6 */
export function relativeHumidityFromTicks(ticks: number, fine: number, digH: number[]): number {
    const [h1, h2, h3, h4, h5, h6] = digH
    const v = fine - 76800
    const slope = (h2 / 65536) * (1 + (h6 / 67108864) * v * (1 + (h3 / 67108864) * v))
    const percent = (ticks - (h4 * 64 + (h5 / 16384) * v)) * slope
    return Math.constrain(percent * (1 - (h1 * percent) / 524288), 0, 100)
}

export class Bme280 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private digT: number[] = []
    private digP: number[] = []
    private digH: number[] = []

    /** Address 0x76 with SDO low, 0x77 with SDO high. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x76
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Resets the part and reads its calibration, 2 ms, at most 10. @throws SensorError bus, identity, timeout, stuck (no calibration) */
    async start(): Promise<void> {
        const id = (await this.port.read(ID, 1))[0]
        if (id !== CHIP_ID) throw new SensorError(PART, "identity", `chip id ${id}`)
        await this.port.write(RESET, RESET_WORD)
        await this.waitForNvm()
        await this.readCalibration()
    }

    /** One measurement, 10 ms. @throws SensorError bus, timeout, stuck (it lost its power), range */
    async sample(): Promise<WeatherSample> {
        await this.port.transact(MEASURE, 0)
        await this.clock.delay(MEASUREMENT_MS)
        const frame = await this.port.read(STATUS, FRAME_BYTES)
        if ((frame[0] & MEASURING) !== 0)
            throw new SensorError(PART, "timeout", "measuring for longer than it can")
        const pressureTicks = ticks20(frame, DATA_AT)
        const temperatureTicks = ticks20(frame, DATA_AT + 3)
        const humidityTicks = (frame[DATA_AT + 6] << 8) | frame[DATA_AT + 7]
        // One of them alone is a measurement too: 0x80000 is some 26 Cel.
        if (
            pressureTicks === SKIPPED_20_BITS &&
            temperatureTicks === SKIPPED_20_BITS &&
            humidityTicks === SKIPPED_16_BITS
        )
            throw new SensorError(PART, "stuck", "nothing was measured")
        const fine = fineTemperatureFromTicks(temperatureTicks, this.digT)
        const temperatureCelsius = celsiusFromFineTemperature(fine)
        const pressurePascals = pascalsFromTicks(pressureTicks, fine, this.digP)
        // Written so that NaN, of a part that was never started, does not pass.
        if (!(temperatureCelsius >= COLDEST_CELSIUS && temperatureCelsius <= HOTTEST_CELSIUS))
            throw new SensorError(PART, "range", `${temperatureCelsius} Cel`)
        if (!(pressurePascals >= PRESSURE_PASCALS_MIN && pressurePascals <= PRESSURE_PASCALS_MAX))
            throw new SensorError(PART, "range", `${pressurePascals} Pa`)
        return {
            temperatureCelsius,
            relativeHumidityPercent: relativeHumidityFromTicks(humidityTicks, fine, this.digH),
            pressurePascals,
        }
    }

    private async waitForNvm(): Promise<void> {
        for (let poll = 0; poll < STARTUP_POLLS_MAX; ++poll) {
            await this.clock.delay(STARTUP_MS)
            if (((await this.port.read(STATUS, 1))[0] & IM_UPDATE) === 0) return
        }
        throw new SensorError(PART, "timeout", "calibration not copied")
    }

    /** [4.2.2] */
    private async readCalibration(): Promise<void> {
        const low = await this.port.read(CALIB00, CALIB00_BYTES)
        const high = await this.port.read(CALIB26, CALIB26_BYTES)
        const words: number[] = []
        for (let at = 0; at < 24; at += 2) words.push(int16(low[at + 1], low[at]))
        // Two words are unsigned. No part has 0 or all ones there, and one divides by the second.
        for (const unsigned of [0, 3]) {
            if (words[unsigned] === 0 || words[unsigned] === -1)
                throw new SensorError(PART, "stuck", "no calibration")
            words[unsigned] = words[unsigned] & 0xffff
        }
        this.digT = words.slice(0, 3)
        this.digP = words.slice(3)
        this.digH = [
            low[25],
            int16(high[1], high[0]),
            high[2],
            // dig_H4 and dig_H5 have 12 bits each, and share a byte.
            int16(high[3], (high[4] & 0x0f) << 4) >> 4,
            int16(high[5], high[4]) >> 4,
            int16(high[6], 0) >> 8,
        ]
    }
}

/** [5.3] msb, lsb, and the high half of xlsb. */
function ticks20(frame: Buffer, at: number): number {
    return (frame[at] << 12) | (frame[at + 1] << 4) | (frame[at + 2] >> 4)
}
