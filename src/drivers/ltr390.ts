/**
 * Lite-On LTR-390UV-01: illuminance and UV index.
 *
 * Datasheet DS86-2015-0004, V1.1, as public drivers that name its pages have it: the 2300 counts per UV index Linux's (page 8), the
 * formula of illuminance and the 10 ms to wake up ESPHome's, registers both's and Adafruit's. The datasheet itself was not seen.
 *
 * The part measures either light or ultraviolet, so a sample is two conversions. It has no checksum.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "ltr390"
const MAIN_CTRL = 0x00
const ALS_UVS_MEAS_RATE = 0x04
const ALS_UVS_GAIN = 0x05
const PART_ID = 0x06
const MAIN_STATUS = 0x07
const ALS_DATA_0 = 0x0d
const UVS_DATA_0 = 0x10

const PART_NUMBER = 0xb // the high half of PART_ID; the low one tells the revision
const STANDBY = 0x00
const ALS_ENABLE = 0x02
const UVS_ENABLE = 0x0a
const DATA_STATUS = 0x08
// 20 bits in 400 ms, and the next as soon as the one before has ended.
const RESOLUTION_20_BITS = 0x00
const INTEGRATION_MS = 400
const WAKE_UP_MS = 10
const POLL_INTERVAL_MS = 10
// A quarter above the integration time, for the part's clock is not ours.
const POLLS_MAX = 1 + 100 / POLL_INTERVAL_MS
const SATURATED_TICKS = 0xfffff

const TICKS_PER_UV_INDEX = 2300 // with gain 18 and 400 ms
// For light the least gain: 157 000 lx full scale, and a step of 0.15 lx still. For ultraviolet the one it is specified with.
const GAIN_1 = 0x00
const GAIN_18 = 0x04

/** One after the other, 0.4 s apart. */
export interface SunSample {
    illuminanceLuxes: number
    uvIndex: number
}

/** 0..0xfffff ticks of light taken with gain 1, 3, 6, 9 or 18, and no window over the part. */
export function luxesFromTicks(ticks: number, gain: number, integrationMs: number): number {
    return (0.6 * ticks) / ((gain * integrationMs) / 100)
}

/** 0..0xfffff ticks of ultraviolet, likewise. */
export function uvIndexFromTicks(ticks: number, gain: number, integrationMs: number): number {
    return ticks / ((TICKS_PER_UV_INDEX * gain * integrationMs) / (18 * 400))
}

export class Ltr390 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x53
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Checks who it is and stops what an earlier program had it measure. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const id = await this.port.read(PART_ID, 1)
        if (id[0] >> 4 !== PART_NUMBER) throw new SensorError(PART, "identity", `PART_ID ${id[0]}`)
        await this.port.write(MAIN_CTRL, STANDBY)
    }

    /** Both measurements, 820 ms, after which the part stands by. @throws SensorError bus, timeout, range, stuck */
    async sample(): Promise<SunSample> {
        const alsTicks = await this.measure(GAIN_1, ALS_ENABLE, ALS_DATA_0)
        const uvsTicks = await this.measure(GAIN_18, UVS_ENABLE, UVS_DATA_0)
        return {
            illuminanceLuxes: luxesFromTicks(alsTicks, 1, INTEGRATION_MS),
            uvIndex: uvIndexFromTicks(uvsTicks, 18, INTEGRATION_MS),
        }
    }

    private async measure(gain: number, enable: number, register: number): Promise<number> {
        // A part that lost its power for a moment has another resolution: a wrong scale that nothing would show.
        await this.port.write(ALS_UVS_MEAS_RATE, RESOLUTION_20_BITS)
        await this.port.write(ALS_UVS_GAIN, gain)
        await this.port.write(MAIN_CTRL, enable)
        await this.clock.delay(WAKE_UP_MS + INTEGRATION_MS)
        await this.waitForData()
        const data = await this.port.read(register, 3)
        await this.port.write(MAIN_CTRL, STANDBY)
        const ticks = (data[2] << 16) | (data[1] << 8) | data[0]
        if (ticks > SATURATED_TICKS) throw new SensorError(PART, "stuck", `${ticks} ticks`)
        if (ticks === SATURATED_TICKS) throw new SensorError(PART, "range", "saturated")
        return ticks
    }

    private async waitForData(): Promise<void> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const status = await this.port.read(MAIN_STATUS, 1)
            if ((status[0] & DATA_STATUS) !== 0) return
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }
}
