/**
 * InvenSense MPU-6050: acceleration along three axes and angular rate about them.
 *
 * Registers: "MPU-6000 and MPU-6050 Register Map and Descriptions", RM-MPU-6000A-00, revision 4.2, 19 August 2013. Ranges and times:
 * "MPU-6000 and MPU-6050 Product Specification", PS-MPU-6000A-00, revision 3.4, same date. [Brackets] name their chapters.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort, int16 } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "mpu6050"
const SMPLRT_DIV = 0x19
const INT_ENABLE = 0x38
const INT_STATUS = 0x3a
const ACCEL_XOUT_H = 0x3b
const PWR_MGMT_1 = 0x6b
const WHO_AM_I = 0x75

const WHO_AM_I_MPU6050 = 0x68 // whatever the address
const DEVICE_RESET = 0x80 // PWR_MGMT_1
const CLKSEL_PLL_X = 0x01 // awake, on the X gyroscope's clock, as the map recommends
const DATA_RDY = 0x01 // INT_ENABLE and INT_STATUS

const RESET_MS = 100 // [register map 4.28] as for SPI; for I2C it says nothing
// The zero rate takes 30 ms, typically [specification 6.1], the PLL 10 at most [6.6], and the slowest low-pass filter delays by 19.
const SETTLING_MS = 100
// Two data periods and a poll.
const POLLS_PER_PERIOD = 4
const POLLS_MAX = 9

const FRAME_BYTES = 14 // acceleration, temperature, angular rate
const ANGULAR_RATE_AT = 8
const SATURATED_TICKS = 32767
const METRES_PER_SECOND_SQUARED_PER_G = 9.80665

/** All six are of one moment. The temperature is the chip's own, and not told. */
export interface MotionSample {
    accelerationXMetresPerSecondSquared: number
    accelerationYMetresPerSecondSquared: number
    accelerationZMetresPerSecondSquared: number
    angularRateXDegreesPerSecond: number
    angularRateYDegreesPerSecond: number
    angularRateZDegreesPerSecond: number
}

export interface Mpu6050Options {
    /** 2, 4, 8 or 16; 2 if absent. */
    fullScaleG?: number
    /** 250, 500, 1000 or 2000; 250 if absent. */
    fullScaleDegreesPerSecond?: number
    /** What is faster is filtered out: 184, 94, 44, 21, 10 or 5; 44 if absent. */
    bandwidthHertz?: number
    /** 4 to 1000, and a whole number of milliseconds; 100 if absent. */
    dataRateHertz?: number
}

/** [specification 6.2] -32768..32767 ticks are the full scale, either way. */
export function metresPerSecondSquaredFromTicks(ticks: number, fullScaleG: number): number {
    return ((ticks * fullScaleG) / 32768) * METRES_PER_SECOND_SQUARED_PER_G
}

/** [specification 6.1] 131, 65.5, 32.8 or 16.4 ticks to the degree per second. */
export function degreesPerSecondFromTicks(
    ticks: number,
    fullScaleDegreesPerSecond: number
): number {
    return (ticks * fullScaleDegreesPerSecond) / (fullScaleDegreesPerSecond <= 500 ? 32750 : 32800)
}

export class Mpu6050 implements Sensor {
    readonly part = PART
    readonly warmUpMs: number
    private readonly port: RegisterPort
    private readonly fullScaleG: number
    private readonly fullScaleDegreesPerSecond: number
    private readonly pollMs: number
    /** SMPLRT_DIV, CONFIG, GYRO_CONFIG and ACCEL_CONFIG, in one write. */
    private readonly configuration: Buffer

    /** Address 0x68 with AD0 low, 0x69 with AD0 high. Options there are none of are a programmer's error. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x68,
        options: Mpu6050Options = {}
    ) {
        const fullScaleG = options.fullScaleG ?? 2
        const fullScaleDegreesPerSecond = options.fullScaleDegreesPerSecond ?? 250
        const bandwidthHertz = options.bandwidthHertz ?? 44
        const periodMs = 1000 / (options.dataRateHertz ?? 100)
        const accelerationScale = [2, 4, 8, 16].findIndex(g => g === fullScaleG)
        const rateScale = [250, 500, 1000, 2000].findIndex(
            rate => rate === fullScaleDegreesPerSecond
        )
        const lowPass = [184, 94, 44, 21, 10, 5].findIndex(hertz => hertz === bandwidthHertz)
        ds.assert(accelerationScale >= 0, `no full scale of ${fullScaleG} g`)
        ds.assert(
            rateScale >= 0,
            `no full scale of ${fullScaleDegreesPerSecond} degrees per second`
        )
        ds.assert(lowPass >= 0, `no bandwidth of ${bandwidthHertz} Hz`)
        ds.assert(periodMs >= 1 && periodMs <= 256, `no data period of ${periodMs} ms`)
        ds.assert(periodMs === Math.floor(periodMs), `no data period of ${periodMs} ms`)
        this.port = new RegisterPort(PART, bus, address)
        this.fullScaleG = fullScaleG
        this.fullScaleDegreesPerSecond = fullScaleDegreesPerSecond
        this.warmUpMs = periodMs
        this.pollMs = Math.ceil(periodMs / POLLS_PER_PERIOD)
        // Low-pass filters are numbered from 1; 0 is none. They make it 1000 results a second, to be divided.
        this.configuration = Buffer.from([
            SMPLRT_DIV,
            periodMs - 1,
            lowPass + 1,
            rateScale << 3,
            accelerationScale << 3,
        ])
    }

    /** Resets the part, wakes it and lets it settle, 200 ms. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const id = (await this.port.read(WHO_AM_I, 1))[0]
        if (id !== WHO_AM_I_MPU6050) throw new SensorError(PART, "identity", `WHO_AM_I ${id}`)
        await this.port.write(PWR_MGMT_1, DEVICE_RESET)
        await this.clock.delay(RESET_MS)
        await this.port.write(PWR_MGMT_1, CLKSEL_PLL_X)
        await this.port.transact(this.configuration, 0)
        await this.port.write(INT_ENABLE, DATA_RDY)
        await this.clock.delay(SETTLING_MS)
    }

    /**
     * The newest measurement, never one twice: at once when it is there, within two data periods otherwise.
     * @throws SensorError bus, timeout (it is asleep: start it), range (an axis is saturated), stuck
     */
    async sample(): Promise<MotionSample> {
        await this.waitForData()
        const frame = await this.port.read(ACCEL_XOUT_H, FRAME_BYTES)
        checkAlive(frame)
        return {
            accelerationXMetresPerSecondSquared: this.accelerationAt(frame, 0),
            accelerationYMetresPerSecondSquared: this.accelerationAt(frame, 2),
            accelerationZMetresPerSecondSquared: this.accelerationAt(frame, 4),
            angularRateXDegreesPerSecond: this.angularRateAt(frame, ANGULAR_RATE_AT),
            angularRateYDegreesPerSecond: this.angularRateAt(frame, ANGULAR_RATE_AT + 2),
            angularRateZDegreesPerSecond: this.angularRateAt(frame, ANGULAR_RATE_AT + 4),
        }
    }

    /** Reading INT_STATUS clears it. */
    private async waitForData(): Promise<void> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(this.pollMs)
            const status = await this.port.read(INT_STATUS, 1)
            if ((status[0] & DATA_RDY) !== 0) return
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }

    private accelerationAt(frame: Buffer, at: number): number {
        return metresPerSecondSquaredFromTicks(ticksAt(frame, at), this.fullScaleG)
    }

    private angularRateAt(frame: Buffer, at: number): number {
        return degreesPerSecondFromTicks(ticksAt(frame, at), this.fullScaleDegreesPerSecond)
    }
}

/** Six equal bytes are no acceleration: noise alone is several ticks. A gyroscope at rest may well say 0. @throws SensorError stuck */
function checkAlive(frame: Buffer): void {
    for (let at = 1; at < 6; ++at) if (frame[at] !== frame[0]) return
    throw new SensorError(PART, "stuck", `acceleration all ${frame[0]}`)
}

/** @throws SensorError range */
function ticksAt(frame: Buffer, at: number): number {
    const ticks = int16(frame[at], frame[at + 1])
    if (Math.abs(ticks) >= SATURATED_TICKS)
        throw new SensorError(PART, "range", `byte ${at} saturated`)
    return ticks
}
