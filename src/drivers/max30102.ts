/**
 * Maxim MAX30102: how much red and infrared light a finger gives back, for pulse and oxygen saturation.
 *
 * "MAX30102" datasheet, 19-7740, Rev 1, October 2018; [brackets] name its chapters. From SparkFun's driver for the MAX3010x: a reset takes
 * 100 ms at most, a flag must be enabled for its status to show it, and a MAX30105 has the same part ID. On some modules the two LEDs are
 * the other way round.
 *
 * FIFO_ROLLOVER_EN stays 0, for only then is it written down what happens when the FIFO is full.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort } from "./registers"
import { Clock, Sensor, SensorError } from "./sensor"

const PART = "max30102"
const INTERRUPT_STATUS_1 = 0x00
const INTERRUPT_ENABLE_1 = 0x02
const FIFO_DATA = 0x07
const FIFO_CONFIGURATION = 0x08
const MODE_CONFIGURATION = 0x09
const SPO2_CONFIGURATION = 0x0a
const LED1_PA = 0x0c // red; LED2_PA, infrared, follows
const PART_ID = 0xff

const PART_ID_MAX30102 = 0x15
const RESET = 0x40 // MODE_CONFIGURATION
const SPO2_MODE = 0x03
const ALC_OVF = 0x20 // INTERRUPT_STATUS_1 and INTERRUPT_ENABLE_1
const LED_PW_411_US = 0x03 // SPO2_CONFIGURATION; 18 bits
const CLEAR_FIFO = hex`04000000` // FIFO_WR_PTR, OVF_COUNTER and FIFO_RD_PTR

const RESET_POLL_MS = 10
const RESET_POLLS_MAX = 10
// Two sample periods and a poll.
const POLLS_PER_PERIOD = 4
const POLLS_MAX = 9

// INTERRUPT_STATUS_1 to FIFO_RD_PTR
const STATUS_BYTES = 7
const WR_PTR_AT = 4
const OVF_COUNTER_AT = 5
const RD_PTR_AT = 6

const FIFO_DEPTH = 32
const SAMPLE_BYTES = 6
const TICKS_MASK = 0x3ffff // the bits above are not used; all ones is saturation
const LED_STEPS_PER_MILLIAMPERE = 5
const LED_MILLIAMPERES_MAX = 51

/** Counts of the 18-bit ADC. Both were taken within 2 ms. */
export interface PulseSample {
    pulseRedTicks: number
    pulseInfraredTicks: number
}

export interface Max30102Options {
    /** Current through the red LED, 0..51 in steps of 0.2; 6.2 if absent. */
    redMilliamperes?: number
    /** Current through the infrared LED, 0..51 in steps of 0.2; 6.2 if absent. */
    infraredMilliamperes?: number
    /** What saturates the ADC, 2048, 4096, 8192 or 16384; 4096 if absent. */
    fullScaleNanoamperes?: number
    /** 50, 100, 200 or 400; 100 if absent. */
    conversionsPerSecond?: number
    /** How many conversions are averaged to a sample, 1, 2, 4, 8, 16 or 32; 4 if absent. */
    averaged?: number
}

/** [LED Pulse Amplitude] 0..51 mA in steps of 0.2 are 0..255. */
export function amplitudeFromMilliamperes(milliamperes: number): number {
    return Math.round(milliamperes * LED_STEPS_PER_MILLIAMPERE)
}

export class Max30102 implements Sensor {
    readonly part = PART
    readonly warmUpMs: number
    /** How often `readFifo` found that samples after its batch were lost, the FIFO having been full. */
    overruns = 0
    private readonly port: RegisterPort
    private readonly pollMs: number
    private readonly redAmplitude: number
    private readonly infraredAmplitude: number
    private readonly fifoConfiguration: number
    private readonly spo2Configuration: number

    /** It has one address. Options there are none of are a programmer's error. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x57,
        options: Max30102Options = {}
    ) {
        const redMilliamperes = options.redMilliamperes ?? 6.2
        const infraredMilliamperes = options.infraredMilliamperes ?? 6.2
        const conversionsPerSecond = options.conversionsPerSecond ?? 100
        const fullScaleNanoamperes = options.fullScaleNanoamperes ?? 4096
        const averaged = options.averaged ?? 4
        const range = [2048, 4096, 8192, 16384].findIndex(scale => scale === fullScaleNanoamperes)
        const rate = [50, 100, 200, 400].findIndex(hertz => hertz === conversionsPerSecond)
        const average = [1, 2, 4, 8, 16, 32].findIndex(count => count === averaged)
        assertCurrent(redMilliamperes)
        assertCurrent(infraredMilliamperes)
        ds.assert(range >= 0, `no full scale of ${fullScaleNanoamperes} nA`)
        ds.assert(rate >= 0, `no ${conversionsPerSecond} conversions per second`)
        ds.assert(average >= 0, `no average of ${averaged}`)
        const periodMs = (averaged * 1000) / conversionsPerSecond
        this.port = new RegisterPort(PART, bus, address)
        this.redAmplitude = amplitudeFromMilliamperes(redMilliamperes)
        this.infraredAmplitude = amplitudeFromMilliamperes(infraredMilliamperes)
        this.fifoConfiguration = average << 5
        this.spo2Configuration = (range << 5) | (rate << 2) | LED_PW_411_US
        this.warmUpMs = Math.ceil(periodMs)
        this.pollMs = Math.ceil(periodMs / POLLS_PER_PERIOD)
    }

    /** Resets the part and has it measure, 10 ms or, with a slow part, up to 100. @throws SensorError bus, identity, timeout */
    async start(): Promise<void> {
        const id = (await this.port.read(PART_ID, 1))[0]
        if (id !== PART_ID_MAX30102) throw new SensorError(PART, "identity", `PART_ID ${id}`)
        await this.port.write(MODE_CONFIGURATION, RESET)
        await this.waitForReset()
        await this.port.write(INTERRUPT_ENABLE_1, ALC_OVF)
        await this.port.write(FIFO_CONFIGURATION, this.fifoConfiguration)
        await this.port.write(SPO2_CONFIGURATION, this.spo2Configuration)
        await this.port.writePair(LED1_PA, this.redAmplitude, this.infraredAmplitude)
        await this.port.write(MODE_CONFIGURATION, SPO2_MODE)
    }

    /**
     * A sample taken now: drops what is in the FIFO and waits for the next, a sample period (40 ms by default) or a little more.
     * @throws SensorError bus, timeout (it is not measuring: start it), range (saturated, or the sun is too bright), stuck
     */
    async sample(): Promise<PulseSample> {
        await this.port.read(INTERRUPT_STATUS_1, 1) // what it tells is past
        await this.port.transact(CLEAR_FIFO, 0)
        const count = await this.waitForData()
        const frame = await this.readSamples(count)
        const at = (count - 1) * SAMPLE_BYTES
        return { pulseRedTicks: ticksAt(frame, at), pulseInfraredTicks: ticksAt(frame, at + 3) }
    }

    /**
     * Takes all samples out of the FIFO, the oldest first, into the first places of `red` and `infrared`, in ticks. Waits for one if there
     * is none, two sample periods at most. Returns how many, 1..32. Of a batch that throws no sample comes back.
     * @throws SensorError bus, timeout (it is not measuring: start it), range (saturated, or the sun is too bright), stuck
     */
    async readFifo(red: number[], infrared: number[]): Promise<number> {
        const count = await this.waitForData()
        if (count === FIFO_DEPTH) this.overruns++
        const frame = await this.readSamples(count)
        for (let index = 0; index < count; ++index) {
            red[index] = ticksAt(frame, index * SAMPLE_BYTES)
            infrared[index] = ticksAt(frame, index * SAMPLE_BYTES + 3)
        }
        return count
    }

    private async waitForReset(): Promise<void> {
        for (let poll = 0; poll < RESET_POLLS_MAX; ++poll) {
            await this.clock.delay(RESET_POLL_MS)
            if (((await this.port.read(MODE_CONFIGURATION, 1))[0] & RESET) === 0) return
        }
        throw new SensorError(PART, "timeout", `no reset in ${RESET_POLLS_MAX} polls`)
    }

    /**
     * How many samples there are, once there is one. 32 look like none, for the pointers are equal again: only the first sample lost after
     * them, which counts as an overflow, tells. Until then we wait.
     */
    private async waitForData(): Promise<number> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(this.pollMs)
            const status = await this.port.read(INTERRUPT_STATUS_1, STATUS_BYTES)
            if ((status[0] & ALC_OVF) !== 0)
                throw new SensorError(PART, "range", "ambient light beyond cancellation")
            if (status[OVF_COUNTER_AT] > 0) return FIFO_DEPTH
            const count = (status[WR_PTR_AT] - status[RD_PTR_AT]) & (FIFO_DEPTH - 1)
            if (count > 0) return count
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }

    private async readSamples(count: number): Promise<Buffer> {
        const frame = await this.port.read(FIFO_DATA, count * SAMPLE_BYTES)
        for (let at = 0; at < frame.length; ++at) if (frame[at] > 0) return frame
        // In the dark there are some 30 ticks.
        throw new SensorError(PART, "stuck", "zeros")
    }
}

function assertCurrent(milliamperes: number): void {
    ds.assert(
        milliamperes >= 0 && milliamperes <= LED_MILLIAMPERES_MAX,
        `LED current ${milliamperes} mA not in 0..51`
    )
}

/** @throws SensorError range */
function ticksAt(frame: Buffer, at: number): number {
    const ticks = ((frame[at] << 16) | (frame[at + 1] << 8) | frame[at + 2]) & TICKS_MASK
    if (ticks === TICKS_MASK) throw new SensorError(PART, "range", "saturated")
    return ticks
}
