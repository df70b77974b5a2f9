/**
 * ASAIR AHT20: temperature and relative humidity.
 *
 * [Brackets] name chapters of the "AHT20" datasheet, version 1.1, April 2020, as quoted by the Rust driver aht20-driver 1.2; commands,
 * layout and scales are the same in Adafruit's driver (Adafruit_AHTX0), which has the range too, the time of a measurement in Linux'
 * (aht10). The checksum is Sensirion's, over the first six bytes: four frames that owners of the part have published bear it out (see
 * the tests).
 *
 * The part has no identity. That it says it is calibrated is all `start` can ask of it; another part is found out by the checksum.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"
import { checksum } from "./sensirion"

const PART = "aht20"
// [5.3]
const INITIALIZE = hex`be0800`
const TRIGGER_MEASUREMENT = hex`ac3300`
const SOFT_RESET = hex`ba`
const NOTHING = hex``
const BUSY = 0x80
const CALIBRATED = 0x08

const SOFT_RESET_MS = 20 // [5.5] at most
const INITIALIZE_MS = 10 // [5.4]
const MEASUREMENT_MS = 80 // [5.4]
const POLL_INTERVAL_MS = 10
// [5.4] has us go on waiting while the part is busy, and does not say for how long: as long again as the measurement should take.
const POLLS_MAX = 1 + MEASUREMENT_MS / POLL_INTERVAL_MS

const FRAME_BYTES = 7
// The operating range, -40..85 Cel, in ticks: its ends fall between two of them.
const COLDEST_TICKS = 52429
const HOTTEST_TICKS = 707789

/** Both values come from one measurement. */
export interface ClimateSample {
    temperatureCelsius: number
    relativeHumidityPercent: number
}

/** [6.2] ticks 0..0xfffff are -50..150 Cel. */
export function celsiusFromTicks(ticks: number): number {
    return (200 * ticks) / 0x100000 - 50
}

/** [6.1] ticks 0..0xfffff are 0..100 %RH. */
export function relativeHumidityFromTicks(ticks: number): number {
    return (100 * ticks) / 0x100000
}

export class Aht20 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x38
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Resets the part, and initialises it if it asks for that: 20 or 30 ms. @throws SensorError bus, identity (never calibrated) */
    async start(): Promise<void> {
        await this.port.transact(SOFT_RESET, 0)
        await this.clock.delay(SOFT_RESET_MS)
        if (await this.isCalibrated()) return
        await this.port.transact(INITIALIZE, 0)
        await this.clock.delay(INITIALIZE_MS)
        if (!(await this.isCalibrated()))
            throw new SensorError(PART, "identity", "not calibrated after it was initialised")
    }

    /** One measurement, 80 ms, at most 160. @throws SensorError bus, crc, timeout, range, stuck (it lost its calibration: start it) */
    async sample(): Promise<ClimateSample> {
        await this.port.transact(TRIGGER_MEASUREMENT, 0)
        await this.clock.delay(MEASUREMENT_MS)
        const frame = await this.measured()
        if (frame[6] !== checksum(frame, 0, 6)) throw new SensorError(PART, "crc", "measurement")
        if ((frame[0] & CALIBRATED) === 0) throw new SensorError(PART, "stuck", "not calibrated")
        const humidityTicks = (frame[1] << 12) | (frame[2] << 4) | (frame[3] >> 4)
        const temperatureTicks = ((frame[3] & 0x0f) << 16) | (frame[4] << 8) | frame[5]
        if (temperatureTicks < COLDEST_TICKS || temperatureTicks > HOTTEST_TICKS)
            throw new SensorError(PART, "range", `temperature ${temperatureTicks} ticks`)
        return {
            temperatureCelsius: celsiusFromTicks(temperatureTicks),
            relativeHumidityPercent: relativeHumidityFromTicks(humidityTicks),
        }
    }

    /** A read without a command gives the status first. */
    private async isCalibrated(): Promise<boolean> {
        const status = (await this.port.transact(NOTHING, 1))[0]
        return (status & (BUSY | CALIBRATED)) === CALIBRATED
    }

    private async measured(): Promise<Buffer> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const frame = await this.port.transact(NOTHING, FRAME_BYTES)
            if ((frame[0] & BUSY) === 0) return frame
        }
        throw new SensorError(PART, "timeout", `busy in ${POLLS_MAX} polls`)
    }
}
