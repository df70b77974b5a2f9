/**
 * An InvenSense MPU-6050 at register level: power management, sensor registers and data-ready status; no FIFO, no auxiliary bus. Facts
 * as in src/drivers/mpu6050.ts.
 *
 * For 100 ms after a reset it answers nobody. The gyroscope's zero is off for 30 ms after it was woken. Sleeping it shows the last
 * result, after a reset zeros. A register it only shows, or that it has not, takes no byte.
 */
import { Conditions, Environment, PartClock } from "./part"
import { RegisterPart } from "./register-part"

const SMPLRT_DIV = 0x19
const CONFIG = 0x1a
const GYRO_CONFIG = 0x1b
const ACCEL_CONFIG = 0x1c
const INT_ENABLE = 0x38
const INT_STATUS = 0x3a
const ACCEL_XOUT_H = 0x3b
const PWR_MGMT_1 = 0x6b
const PWR_MGMT_2 = 0x6c
const WHO_AM_I = 0x75

const RESET_MS = 100
const ZERO_RATE_SETTLING_MS = 30
const UNSETTLED_DEGREES_PER_SECOND = 20
const METRES_PER_SECOND_SQUARED_PER_G = 9.80665
/** By AFS_SEL and FS_SEL. */
const TICKS_PER_G = [16384, 8192, 4096, 2048]
const TICKS_PER_DEGREE_PER_SECOND = [131, 65.5, 32.8, 16.4]

export class SimMpu6050 extends RegisterPart {
    whoAmI = 0x68
    private registers: number[] = []
    private readyAt = 0
    private wokenAt = 0
    /** When the sample rate was last set. */
    private startedAt = 0
    private converted = 0
    private isDataReady = false

    constructor(
        private readonly clock: PartClock,
        private readonly environment: Environment,
        address = 0x68
    ) {
        super(address)
        this.reset()
    }

    private reset(): void {
        this.registers = []
        for (let register = 0; register <= WHO_AM_I; ++register) this.registers.push(0)
        this.registers[PWR_MGMT_1] = 0x40
        this.isDataReady = false
    }

    protected isReady(): boolean {
        const now = this.clock.millis()
        if (outputOf(this.environment(now), 0, 0, 0).length === 0) {
            this.reset()
            this.readyAt = 0
            return false
        }
        if (now < this.readyAt) return false
        this.convert(now)
        return true
    }

    protected get(register: number): number {
        if (register === WHO_AM_I) return this.whoAmI
        if (register === INT_STATUS) {
            const status = this.isDataReady ? 1 : 0
            this.isDataReady = false
            return status
        }
        return register < this.registers.length ? this.registers[register] : 0
    }

    protected put(register: number, value: number): boolean {
        const now = this.clock.millis()
        if (register === PWR_MGMT_1) {
            if ((value & 0x80) !== 0) {
                this.reset()
                this.readyAt = now + RESET_MS
                return true
            }
            if (this.isAsleep()) {
                this.restart(now)
                this.wokenAt = now
            }
        }
        const isSetting =
            (register >= 0x0d && register <= 0x10) ||
            (register >= SMPLRT_DIV && register <= ACCEL_CONFIG) ||
            (register >= 0x23 && register <= 0x34) ||
            register === 0x37 ||
            register === INT_ENABLE ||
            (register >= 0x63 && register <= 0x68) ||
            (register >= 0x6a && register <= PWR_MGMT_2)
        if (!isSetting) return false
        this.registers[register] = value
        if (register === SMPLRT_DIV || register === CONFIG) this.restart(now)
        return true
    }

    private isAsleep(): boolean {
        return (this.registers[PWR_MGMT_1] & 0x40) !== 0
    }

    private restart(now: number): void {
        this.startedAt = now
        this.converted = 0
    }

    private periodMs(): number {
        const lowPass = this.registers[CONFIG] & 7
        const isFast = lowPass === 0 || lowPass === 7
        return (1 + this.registers[SMPLRT_DIV]) / (isFast ? 8 : 1)
    }

    /** The sensor registers hold the newest result only. */
    private convert(now: number): void {
        if (this.isAsleep()) return
        const ended = Math.floor((now - this.startedAt) / this.periodMs())
        if (ended === this.converted) return
        this.converted = ended
        const timeMs = this.startedAt + ended * this.periodMs()
        const output = outputOf(
            this.environment(timeMs),
            (this.registers[ACCEL_CONFIG] >> 3) & 3,
            (this.registers[GYRO_CONFIG] >> 3) & 3,
            timeMs - this.wokenAt < ZERO_RATE_SETTLING_MS ? UNSETTLED_DEGREES_PER_SECOND : 0
        )
        const standby = this.registers[PWR_MGMT_2] & 0x3f
        for (let at = 0; at < output.length; ++at) {
            const axis = at < 3 ? at : at - 1
            const isOff = at !== 3 && (standby & (0x20 >> axis)) !== 0
            const register = ACCEL_XOUT_H + at * 2
            this.registers[register] = isOff ? 0 : (output[at] >> 8) & 0xff
            this.registers[register + 1] = isOff ? 0 : output[at] & 0xff
        }
        if ((this.registers[INT_ENABLE] & 1) !== 0 && output.length > 0) this.isDataReady = true
    }
}

/** Acceleration, temperature, angular rate, as in the registers; empty where a measurand is missing. */
function outputOf(
    conditions: Conditions,
    accelerationScale: number,
    rateScale: number,
    zeroRate: number
): number[] {
    const ax = conditions.accelerationXMetresPerSecondSquared
    const ay = conditions.accelerationYMetresPerSecondSquared
    const az = conditions.accelerationZMetresPerSecondSquared
    const gx = conditions.angularRateXDegreesPerSecond
    const gy = conditions.angularRateYDegreesPerSecond
    const gz = conditions.angularRateZDegreesPerSecond
    if (ax === undefined || ay === undefined || az === undefined) return []
    if (gx === undefined || gy === undefined || gz === undefined) return []
    const perMetre = TICKS_PER_G[accelerationScale] / METRES_PER_SECOND_SQUARED_PER_G
    const perDegree = TICKS_PER_DEGREE_PER_SECOND[rateScale]
    const celsius = conditions.temperatureCelsius ?? 25
    return [
        held(ax * perMetre),
        held(ay * perMetre),
        held(az * perMetre),
        held((celsius - 36.53) * 340),
        held((gx + zeroRate) * perDegree),
        held((gy + zeroRate) * perDegree),
        held((gz + zeroRate) * perDegree),
    ]
}

function held(ticks: number): number {
    return Math.min(Math.max(Math.round(ticks), -32768), 32767)
}
