/**
 * MEMSIC MMC5603NJ: magnetic field on three axes. A car overhead changes the earth's 25..65 uT by several.
 *
 * Datasheet "MMC5603NJ", Rev. B, released 17 January 2022: register map, page 6; measurement, SET and RESET, pages 12 and 13; timing,
 * page 15. Its front page rounds the step to 0.0625 mG; here it is what the specifications say, 16 384 counts to the gauss.
 *
 * The bridges have an offset as large as the earth's field, and it drifts. SET and RESET turn their polarity, but not the offset's,
 * so half the difference of a measurement after each is the field alone. The part has no checksum.
 */
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "mmc5603"
const XOUT0 = 0x00
const STATUS1 = 0x18
const INTERNAL_CONTROL_0 = 0x1b
const INTERNAL_CONTROL_1 = 0x1c
const PRODUCT_ID = 0x39

const PRODUCT = 0x10
const MEAS_M_DONE = 0x40
const TAKE_MEAS_M = 0x01
const DO_SET = 0x08
const DO_RESET = 0x10
const SW_RESET = 0x80

const SW_RESET_MS = 20
const SET_RESET_MS = 1
const MEASUREMENT_MS = 7 // 6.6 with BW 00, rounded up
const POLL_INTERVAL_MS = 1
// As long again, for the part's clock is not ours.
const POLLS_MAX = 1 + MEASUREMENT_MS

const NULL_FIELD_TICKS = 524288
const TICKS_PER_MICROTESLA = 163.84
const MICROTESLAS_MAX = 3000
// 2 G; the datasheet has 1 G at most.
const OFFSET_TICKS_MAX = 32768

/** Along the axes the datasheet draws on the package. */
export interface MagneticSample {
    magneticFluxDensityXMicroteslas: number
    magneticFluxDensityYMicroteslas: number
    magneticFluxDensityZMicroteslas: number
}

/** 20 bits each, one axis, taken after a SET and after a RESET. */
export function microteslasFromTicks(afterSet: number, afterReset: number): number {
    return (afterSet - afterReset) / 2 / TICKS_PER_MICROTESLA
}

export class Mmc5603 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private readonly kept: MagneticSample = {
        magneticFluxDensityXMicroteslas: NaN,
        magneticFluxDensityYMicroteslas: NaN,
        magneticFluxDensityZMicroteslas: NaN,
    }

    /** Address 0x30; the factory makes others up to 0x37. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x30
    ) {
        this.port = new RegisterPort(PART, bus, address)
    }

    /** Checks who it is and ends what an earlier program had it do, 20 ms. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const id = await this.port.read(PRODUCT_ID, 1)
        if (id[0] !== PRODUCT) throw new SensorError(PART, "identity", `product ID ${id[0]}`)
        await this.port.write(INTERNAL_CONTROL_1, SW_RESET)
        await this.clock.delay(SW_RESET_MS)
    }

    /**
     * Two measurements of opposite polarity, 16 ms, after which the part powers itself down.
     * @throws SensorError bus, timeout, range, stuck
     */
    async sample(): Promise<MagneticSample> {
        const afterSet = await this.measureAfter(DO_SET)
        const afterReset = await this.measureAfter(DO_RESET)
        const { kept } = this
        kept.magneticFluxDensityXMicroteslas = fieldOf(afterSet, afterReset, 0)
        kept.magneticFluxDensityYMicroteslas = fieldOf(afterSet, afterReset, 1)
        kept.magneticFluxDensityZMicroteslas = fieldOf(afterSet, afterReset, 2)
        return kept
    }

    private async measureAfter(pulse: number): Promise<Buffer> {
        await this.port.write(INTERNAL_CONTROL_0, pulse)
        await this.clock.delay(SET_RESET_MS)
        await this.port.write(INTERNAL_CONTROL_0, TAKE_MEAS_M)
        await this.clock.delay(MEASUREMENT_MS)
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const status = await this.port.read(STATUS1, 1)
            if ((status[0] & MEAS_M_DONE) !== 0) return await this.port.read(XOUT0, 9)
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }
}

/** The upper 16 bits of the three axes come first, then the lower four of each, left-aligned. */
function ticksOf(frame: Buffer, axis: number): number {
    return (frame[axis * 2] << 12) | (frame[axis * 2 + 1] << 4) | (frame[axis + 6] >> 4)
}

function fieldOf(setFrame: Buffer, resetFrame: Buffer, axis: number): number {
    const afterSet = ticksOf(setFrame, axis)
    const afterReset = ticksOf(resetFrame, axis)
    const offsetTicks = (afterSet + afterReset) / 2 - NULL_FIELD_TICKS
    if (Math.abs(offsetTicks) > OFFSET_TICKS_MAX)
        throw new SensorError(PART, "stuck", `offset of ${offsetTicks} ticks`)
    const microteslas = microteslasFromTicks(afterSet, afterReset)
    if (Math.abs(microteslas) > MICROTESLAS_MAX)
        throw new SensorError(PART, "range", `${microteslas} uT`)
    return microteslas
}
