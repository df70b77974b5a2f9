/**
 * Bosch BMP390 and BMP388: pressure, and the temperature it is compensated with.
 *
 * Datasheets not seen but in quotation. Registers, scales of the calibration, compensation in floating point and ranges: Bosch's own
 * driver (BMP3_SensorAPI 2.0.6). The longest measurement is what PX4's driver quotes of the BMP388 datasheet, table 21; the BMP390's
 * is shorter. The checksum of the calibration is Bosch's self-test's, and PX4 starts no part of either kind without it.
 *
 * The data have no checksum: the wire is not proven, only that a value is new, and one the part can measure.
 */
import { I2C } from "@devicescript/i2c"
import { crc8 } from "./crc8"
import { RegisterPort, int16 } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "bmp390"
const CHIP_ID = 0x00
const ERR_REG = 0x02
const PWR_CTRL = 0x1b
const NVM_CHECKSUM = 0x30
const CMD = 0x7e

const BMP388 = 0x50
const BMP390 = 0x60
const SOFT_RESET = 0xb6
const PRESS_EN_TEMP_EN_FORCED = 0x13
const FATAL_CONF_ERR = 0x05 // the middle bit tells of a refused command
const DRDY_PRESS_TEMP = 0x60

const STARTUP_MS = 2
// At most 13.3 with the oversampling as after power-up, x4 and x1: 0.66 Pa, and nothing a loss of power could undo.
const MEASUREMENT_MS = 14

const NVM_BYTES = 21
// err_reg, status, then three bytes each of pressure and temperature
const FRAME_BYTES = 8

const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 85
const PRESSURE_PASCALS_MIN = 30000
const PRESSURE_PASCALS_MAX = 125000

export interface PressureSample {
    temperatureCelsius: number
    pressurePascals: number
}

/** CRC-8 with polynomial 0x1d, initial value and final xor 0xff, of `length` bytes from `start`. */
export function nvmChecksum(bytes: Buffer, start: number, length: number): number {
    return crc8(bytes, start, length, 0x1d, 0xff) ^ 0xff
}

/** PAR_T1..PAR_T3 in floating point. @param nvm NVM_PAR_T1 is at `at` */
export function parTFromNvm(nvm: Buffer, at: number): number[] {
    return [
        word(nvm, at) * 256,
        word(nvm, at + 2) / 1073741824,
        int8(nvm[at + 4]) / 281474976710656,
    ]
}

/** PAR_P1..PAR_P11 in floating point. @param nvm NVM_PAR_P1 is at `at` */
export function parPFromNvm(nvm: Buffer, at: number): number[] {
    return [
        (int16(nvm[at + 1], nvm[at]) - 16384) / 1048576,
        (int16(nvm[at + 3], nvm[at + 2]) - 16384) / 536870912,
        int8(nvm[at + 4]) / 4294967296,
        int8(nvm[at + 5]) / 137438953472,
        word(nvm, at + 6) * 8,
        word(nvm, at + 8) / 64,
        int8(nvm[at + 10]) / 256,
        int8(nvm[at + 11]) / 32768,
        int16(nvm[at + 13], nvm[at + 12]) / 281474976710656,
        int8(nvm[at + 14]) / 281474976710656,
        int8(nvm[at + 15]) / 36893488147419103232,
    ]
}

/** @param ticks 24 bits @param parT PAR_T1..PAR_T3 */
export function celsiusFromTicks(ticks: number, parT: number[]): number {
    const [t1, t2, t3] = parT
    const off = ticks - t1
    return off * t2 + off * off * t3
}

/** @param ticks 24 bits @param t Celsius @param parP PAR_P1..PAR_P11 */
export function pascalsFromTicks(ticks: number, t: number, parP: number[]): number {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11] = parP
    const offset = p5 + t * (p6 + t * (p7 + t * p8))
    const slope = p1 + t * (p2 + t * (p3 + t * p4))
    return offset + ticks * (slope + ticks * (p9 + p10 * t + ticks * p11))
}

export class Bmp390 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private parT: number[] = []
    private parP: number[] = []

    /** Address 0x77 with SDO high, 0x76 with SDO low. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x77
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Resets the part and reads its calibration, 2 ms. @throws SensorError bus, identity, crc */
    async start(): Promise<void> {
        const id = (await this.port.read(CHIP_ID, 1))[0]
        if (id !== BMP390 && id !== BMP388) throw new SensorError(PART, "identity", `chip id ${id}`)
        await this.port.write(CMD, SOFT_RESET)
        await this.clock.delay(STARTUP_MS)
        const nvm = await this.port.read(NVM_CHECKSUM, 1 + NVM_BYTES)
        if (nvm[0] !== nvmChecksum(nvm, 1, NVM_BYTES))
            throw new SensorError(PART, "crc", "calibration")
        this.parT = parTFromNvm(nvm, 1)
        this.parP = parPFromNvm(nvm, 6)
    }

    /** One measurement, 14 ms. @throws SensorError bus, timeout, stuck (the part says it has failed), range */
    async sample(): Promise<PressureSample> {
        await this.port.write(PWR_CTRL, PRESS_EN_TEMP_EN_FORCED)
        await this.clock.delay(MEASUREMENT_MS)
        const frame = await this.port.read(ERR_REG, FRAME_BYTES)
        if ((frame[0] & FATAL_CONF_ERR) !== 0)
            throw new SensorError(PART, "stuck", `err_reg ${frame[0]}`)
        if ((frame[1] & DRDY_PRESS_TEMP) !== DRDY_PRESS_TEMP)
            throw new SensorError(PART, "timeout", `status ${frame[1]}`)
        const temperatureCelsius = celsiusFromTicks(ticks24(frame, 5), this.parT)
        const pressurePascals = pascalsFromTicks(ticks24(frame, 2), temperatureCelsius, this.parP)
        // Written so that NaN, of a part that was never started, does not pass.
        if (!(temperatureCelsius >= COLDEST_CELSIUS && temperatureCelsius <= HOTTEST_CELSIUS))
            throw new SensorError(PART, "range", `${temperatureCelsius} Cel`)
        if (!(pressurePascals >= PRESSURE_PASCALS_MIN && pressurePascals <= PRESSURE_PASCALS_MAX))
            throw new SensorError(PART, "range", `${pressurePascals} Pa`)
        return { temperatureCelsius, pressurePascals }
    }
}

/** Least significant byte first, as all of this part. */
function ticks24(frame: Buffer, at: number): number {
    return frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16)
}

function word(bytes: Buffer, at: number): number {
    return bytes[at] | (bytes[at + 1] << 8)
}

function int8(byte: number): number {
    return byte >= 0x80 ? byte - 0x100 : byte
}
