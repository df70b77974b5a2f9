/**
 * ROHM BH1750FVI: illuminance.
 *
 * [Brackets] name chapters of ROHM's "BH1750FVI Technical Note", 2009.04 Rev.B.
 *
 * The part has no checksum, no identity and no status, and it answers a read at any time with whatever its data register holds.
 * So this driver can not tell another part at its address, a flipped bit, or a dead photodiode (0 lx is legal darkness). What it
 * can do: rule out saturation, wait the longest time the note allows, and set the sensitivity anew for each measurement.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "bh1750"
// [Instruction Set Architecture]
const POWER_ON = hex`01`
const RESET = hex`07` // clears the data register; not accepted when powered down
export const ONE_TIME_H_RESOLUTION_MODE = 0x20 // 1 lx
export const ONE_TIME_H_RESOLUTION_MODE2 = 0x21 // 0.5 lx, half the range
export const ONE_TIME_L_RESOLUTION_MODE = 0x23 // 4 lx, for when 24 ms matter more
const CHANGE_MEASUREMENT_TIME_HIGH = 0x40 // with bits 7..5 of MTreg
const CHANGE_MEASUREMENT_TIME_LOW = 0x60 // with bits 4..0

// [Electrical Characteristics] maximum at the default MTreg; in proportion to it otherwise
const H_RESOLUTION_MS_MAX = 180
const L_RESOLUTION_MS_MAX = 24
const TICKS_PER_LUX = 1.2 // typical; parts differ from 0.96 to 1.44
const SATURATED_TICKS = 0xffff

// [Adjust measurement result for influence of optical window]
const MTREG_MIN = 31
const MTREG_DEFAULT = 69
const MTREG_MAX = 254

export interface LightSample {
    illuminanceLuxes: number
}

export interface Bh1750Options {
    /** One of the three one-time modes; ONE_TIME_H_RESOLUTION_MODE if absent. */
    mode?: number
    /** Sensitivity, 31..254, 69 if absent: 54 612 lx full scale at 69, 121 557 lx at 31 (full sun has 100 000). */
    mtreg?: number
}

/** [Measurement result] 0..65535 ticks taken with this MTreg; a tick of MODE2 is half a tick. */
export function luxesFromTicks(ticks: number, mtreg: number, mode: number): number {
    const luxes = ((ticks / TICKS_PER_LUX) * MTREG_DEFAULT) / mtreg
    return mode === ONE_TIME_H_RESOLUTION_MODE2 ? luxes / 2 : luxes
}

export class Bh1750 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly mode: number
    private readonly mtreg: number
    private readonly measurementMs: number
    private readonly measurementTimeHigh: Buffer
    private readonly measurementTimeLow: Buffer
    private readonly measure: Buffer
    private readonly kept: LightSample = { illuminanceLuxes: NaN }

    /** Address 0x23 with ADDR low, 0x5c with ADDR high. Options outside their range are a programmer's error. */
    constructor(
        private readonly bus: I2C,
        private readonly clock: Clock,
        private readonly address = 0x23,
        options: Bh1750Options = {}
    ) {
        const mode = options.mode ?? ONE_TIME_H_RESOLUTION_MODE
        const mtreg = options.mtreg ?? MTREG_DEFAULT
        ds.assert(
            mode === ONE_TIME_H_RESOLUTION_MODE ||
                mode === ONE_TIME_H_RESOLUTION_MODE2 ||
                mode === ONE_TIME_L_RESOLUTION_MODE,
            `mode ${mode} is not a one-time mode`
        )
        ds.assert(mtreg >= MTREG_MIN && mtreg <= MTREG_MAX, `MTreg ${mtreg} not in 31..254`)
        ds.assert(mtreg === Math.floor(mtreg), `MTreg ${mtreg} is no integer`)
        const longestMs =
            mode === ONE_TIME_L_RESOLUTION_MODE ? L_RESOLUTION_MS_MAX : H_RESOLUTION_MS_MAX
        this.mode = mode
        this.mtreg = mtreg
        this.measurementMs = Math.ceil((longestMs * mtreg) / MTREG_DEFAULT)
        this.measurementTimeHigh = Buffer.from([CHANGE_MEASUREMENT_TIME_HIGH | (mtreg >> 5)])
        this.measurementTimeLow = Buffer.from([CHANGE_MEASUREMENT_TIME_LOW | (mtreg & 0x1f)])
        this.measure = Buffer.from([mode])
    }

    /** Clears what an earlier program left in the data register. @throws SensorError bus */
    async start(): Promise<void> {
        try {
            await this.bus.writeBuf(this.address, POWER_ON)
            await this.bus.writeBuf(this.address, RESET)
        } catch (e) {
            throw new SensorError(PART, "bus", (e as Error).message)
        }
    }

    /** One measurement, 180 ms by default, after which the part powers itself down. @throws SensorError bus, range */
    async sample(): Promise<LightSample> {
        const frame = await this.measureOnce()
        const ticks = (frame[0] << 8) | frame[1]
        if (ticks === SATURATED_TICKS) throw new SensorError(PART, "range", "saturated")
        const { kept } = this
        kept.illuminanceLuxes = luxesFromTicks(ticks, this.mtreg, this.mode)
        return kept
    }

    private async measureOnce(): Promise<Buffer> {
        try {
            // MTreg can not be read back, and a part that lost its power for a moment has the default again: a wrong scale that
            // nothing would show. Whether it takes MTreg when powered down the note does not say, hence POWER_ON. Each opcode
            // needs its own stop condition [Write Format].
            await this.bus.writeBuf(this.address, POWER_ON)
            await this.bus.writeBuf(this.address, this.measurementTimeHigh)
            await this.bus.writeBuf(this.address, this.measurementTimeLow)
            await this.bus.writeBuf(this.address, this.measure)
            await this.clock.delay(this.measurementMs)
            return await this.bus.readBuf(this.address, 2)
        } catch (e) {
            throw new SensorError(PART, "bus", (e as Error).message)
        }
    }
}
