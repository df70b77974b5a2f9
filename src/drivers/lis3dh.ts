/**
 * ST LIS3DH: acceleration along three axes.
 *
 * [Brackets] name chapters and tables of the "LIS3DH" datasheet, DocID17530 Rev 2, December 2016. That OVRN_FIFO tells 32 unread samples
 * from 31 is how its 8.20 must be read, for FSS has five bits; ST's forum has a full FIFO showing 31.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "lis3dh"
const WHO_AM_I = 0x0f
const WHO_AM_I_LIS3DH = 0x33
const CTRL_REG1 = 0x20
const STATUS_REG = 0x27
const OUT_X_L = 0x28
const FIFO_CTRL_REG = 0x2e
const FIFO_SRC_REG = 0x2f
const AUTO_INCREMENT = 0x80 // of a sub-address [6.1.1]

const ALL_AXES = 0x07 // CTRL_REG1
const BDU_HR = 0x88 // CTRL_REG4: whole samples only, 12 bits
const FIFO_EN = 0x40 // CTRL_REG5
const BYPASS_MODE = 0x00 // FIFO_CTRL_REG; empties the FIFO
const STREAM_MODE = 0x80
const ZYXDA = 0x08 // STATUS_REG
const OVRN_FIFO = 0x40 // FIFO_SRC_REG
const FSS_MASK = 0x1f

const DATA_RATES_HERTZ = [1, 10, 25, 50, 100, 200, 400] // [Table 31] from ODR 0001 on
// [Table 10] has 7/ODR; one more, for the part's clock is not ours.
const TURN_ON_PERIODS = 8
// Two data periods and a poll.
const POLLS_PER_PERIOD = 4
const POLLS_MAX = 9

const FIFO_LEVELS = 32
const SAMPLE_BYTES = 6
/** One tick in the 16 bits of an axis, left-justified. */
const TICK = 16
const LOW_NIBBLE = 0x0f
const METRES_PER_SECOND_SQUARED_PER_G = 9.80665

/** All three are of one moment. At rest it is 9.8 upwards: the part can not tell gravity from being pushed. */
export interface AccelerationSample {
    accelerationXMetresPerSecondSquared: number
    accelerationYMetresPerSecondSquared: number
    accelerationZMetresPerSecondSquared: number
}

export interface Lis3dhOptions {
    /** 2, 4, 8 or 16; 2 if absent. */
    fullScaleG?: number
    /** 1, 10, 25, 50, 100, 200 or 400; 100 if absent. What is faster than a ninth of it is filtered out. */
    dataRateHertz?: number
    /** Keep up to 32 samples for `readFifo`, which costs two of the 12 bits; false if absent. */
    fifo?: boolean
}

/** [Table 4] -2048..2047 ticks of 12 bits: 1, 2, 4 or, at 16 g, 12 mg each. */
function milliGPerTick(fullScaleG: number): number {
    return fullScaleG === 16 ? 12 : fullScaleG / 2
}

export class Lis3dh implements Sensor {
    readonly part = PART
    readonly warmUpMs: number
    /** How often `readFifo` found the FIFO full: samples before its batch are lost, or would have been by the next. */
    overruns = 0
    private readonly port: RegisterPort
    private readonly fullScaleG: number
    /** Of the 16 bits of an axis, whose lowest four are none of the sample's: what one is worth, and where full scale ends. */
    private readonly milliG: number
    private readonly rawMax: number
    /** Kept for `sample`. */
    private readonly x: number[] = []
    private readonly y: number[] = []
    private readonly z: number[] = []
    readonly dataRateHertz: number
    private readonly fifo: boolean
    private readonly pollMs: number
    /** CTRL_REG1 to CTRL_REG5, in one write. */
    private readonly control: Buffer
    private readonly kept: AccelerationSample = {
        accelerationXMetresPerSecondSquared: NaN,
        accelerationYMetresPerSecondSquared: NaN,
        accelerationZMetresPerSecondSquared: NaN,
    }

    /** Address 0x18 with SA0 low, 0x19 with SA0 high or open. Options there are none of are a programmer's error. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x18,
        options: Lis3dhOptions = {}
    ) {
        const fullScaleG = options.fullScaleG ?? 2
        const dataRateHertz = options.dataRateHertz ?? 100
        const fullScale = [2, 4, 8, 16].findIndex(g => g === fullScaleG)
        const dataRate = DATA_RATES_HERTZ.findIndex(hertz => hertz === dataRateHertz)
        ds.assert(fullScale >= 0, `no full scale of ${fullScaleG} g`)
        ds.assert(dataRate >= 0, `no data rate of ${dataRateHertz} Hz`)
        this.port = new RegisterPort(PART, bus, address)
        this.fullScaleG = fullScaleG
        this.milliG = milliGPerTick(fullScaleG) / TICK
        this.rawMax = Math.floor((fullScaleG * 1000) / milliGPerTick(fullScaleG)) * TICK
        this.dataRateHertz = dataRateHertz
        this.fifo = options.fifo === true
        this.warmUpMs = Math.ceil(1000 / dataRateHertz)
        this.pollMs = Math.ceil(1000 / dataRateHertz / POLLS_PER_PERIOD)
        this.control = Buffer.from([
            AUTO_INCREMENT | CTRL_REG1,
            ((dataRate + 1) << 4) | ALL_AXES,
            0, // no high-pass filter
            0, // no interrupts
            BDU_HR | (fullScale << 4),
            this.fifo ? FIFO_EN : 0,
        ])
    }

    /** Sets the part up and waits until it has settled, 8 data periods: 80 ms at 100 Hz. @throws SensorError bus, identity */
    async start(): Promise<void> {
        const id = (await this.port.read(WHO_AM_I, 1))[0]
        if (id !== WHO_AM_I_LIS3DH) throw new SensorError(PART, "identity", `WHO_AM_I ${id}`)
        await this.port.write(FIFO_CTRL_REG, BYPASS_MODE)
        await this.port.transact(this.control, 0)
        await this.clock.delay(Math.ceil((TURN_ON_PERIODS * 1000) / this.dataRateHertz))
        if (this.fifo) await this.port.write(FIFO_CTRL_REG, STREAM_MODE)
    }

    /**
     * The newest acceleration, never one twice: at once when it is there, within two data periods otherwise. With a FIFO it takes the
     * older samples out as well. @throws SensorError bus, timeout (it is not measuring: start it), range, stuck
     */
    async sample(): Promise<AccelerationSample> {
        const { x, y, z } = this
        const count = countOf(await this.waitForData(), this.fifo)
        await this.readSamples(x, y, z, 0, count)
        const { kept } = this
        kept.accelerationXMetresPerSecondSquared = x[count - 1]
        kept.accelerationYMetresPerSecondSquared = y[count - 1]
        kept.accelerationZMetresPerSecondSquared = z[count - 1]
        return kept
    }

    /**
     * Takes the samples out of the FIFO, the oldest first and at most `most`, into `x`, `y` and `z` from place `from` on, in m/s2. Waits for
     * one if there is none, two data periods at most. Returns how many, 1..32. Of a batch that throws no sample counts.
     * @throws SensorError bus, timeout (it is not measuring: start it), range, stuck
     */
    async readFifo(
        x: number[],
        y: number[],
        z: number[],
        most = FIFO_LEVELS,
        from = 0
    ): Promise<number> {
        ds.assert(this.fifo, "made without a FIFO")
        const source = await this.waitForData()
        if ((source & OVRN_FIFO) !== 0) this.overruns++
        const waiting = countOf(source, true)
        const count = waiting < most ? waiting : most
        await this.readSamples(x, y, z, from, from + count)
        return count
    }

    /** STATUS_REG, or FIFO_SRC_REG, once it says that there is a sample. */
    private async waitForData(): Promise<number> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(this.pollMs)
            const status = (await this.port.read(this.fifo ? FIFO_SRC_REG : STATUS_REG, 1))[0]
            if (countOf(status, this.fifo) > 0) return status
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }

    /** The address goes back from OUT_Z_H to OUT_X_L, so one read takes them all [5.1.5]. Into places `from` to `end`. */
    private async readSamples(
        x: number[],
        y: number[],
        z: number[],
        from: number,
        end: number
    ): Promise<void> {
        const bytes = (end - from) * SAMPLE_BYTES
        const frame = await this.port.read(AUTO_INCREMENT | OUT_X_L, bytes)
        // One loop that calls nothing of ours: a machine node takes 150 values a second.
        const { milliG, rawMax } = this
        let seen = 0
        let room = 0
        let at = 0
        for (let place = from; place < end; ++place) {
            const rawX = frame.getAt(at, "i16")
            const rawY = frame.getAt(at + 2, "i16")
            const rawZ = frame.getAt(at + 4, "i16")
            at += SAMPLE_BYTES
            seen = seen | rawX | rawY | rawZ
            // Negative from the first that is beyond either end.
            room = room | (rawMax - rawX) | (rawMax + rawX) | (rawMax - rawY) | (rawMax + rawY)
            room = room | (rawMax - rawZ) | (rawMax + rawZ)
            x[place] = (rawX * milliG * METRES_PER_SECOND_SQUARED_PER_G) / 1000
            y[place] = (rawY * milliG * METRES_PER_SECOND_SQUARED_PER_G) / 1000
            z[place] = (rawZ * milliG * METRES_PER_SECOND_SQUARED_PER_G) / 1000
        }
        // At rest there is gravity, in free fall offset and noise.
        if (seen === 0) throw new SensorError(PART, "stuck", "zeros")
        if ((seen & LOW_NIBBLE) !== 0) throw new SensorError(PART, "stuck", "not left-justified")
        if (room < 0) throw new SensorError(PART, "range", `more than ${this.fullScaleG} g`)
    }
}

/** How many samples the status tells of: 32 do not fit into FSS. */
function countOf(status: number, fifo: boolean): number {
    if (!fifo) return (status & ZYXDA) !== 0 ? 1 : 0
    return (status & OVRN_FIFO) !== 0 ? FIFO_LEVELS : status & FSS_MASK
}
