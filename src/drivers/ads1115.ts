/**
 * Texas Instruments ADS1115: four voltages against ground, 16 bits, one after the other.
 *
 * Registers, modes, data format and data rates: datasheet SBAS444D, January 2018, and E, December 2024, of the ADS1113, ADS1114 and
 * ADS1115 ([brackets] name its chapters). That data rates vary by 10 %: electrical characteristics of the ADS1115L, SBASAV5, December 2023;
 * a TI engineer says the same of the ADS1115 (e2e.ti.com, thread 477911). Cross-checked with Adafruit's driver ADS1X15 2.5.0.
 *
 * The part has no identity and no checksum. What it does have is a config register that reads back as it was written, which other
 * parts at its address (TMP102, LM75, PCF8591) do not; an ADS1015 does, and passes for one with 12 bits.
 */
import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { RegisterPort, int16 } from "./registers"
import { Clock, Fault, Sensor, SensorError } from "./sensor"

const PART = "ads1115"
// [Register Map]
const CONVERSION = 0x00
const CONFIG = 0x01
// The Config register, most significant byte: OS, MUX[2:0], PGA[2:0], MODE
const OS = 0x80 // written: start a conversion; read: none is running
const MUX_SINGLE_ENDED = 0x40 // plus the channel, AIN0..AIN3 against GND
const MUX_SHIFT = 4
const PGA_SHIFT = 1
const MODE_SINGLE_SHOT = 0x01
// Least significant byte: DR[2:0], and COMP_QUE that switches the comparator off
const DR_SHIFT = 5
const COMP_QUE_DISABLE = 0x03

const FULL_SCALES_VOLTS = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256] // by PGA[2:0]
const DATA_RATES = [8, 16, 32, 64, 128, 250, 475, 860] // by DR[2:0], samples per second
const SLOWEST = 0.9 // [Electrical Characteristics] "data rate variation -10..10 %"
/** At 8 samples per second, for an earlier program may have left the part at that. */
const LONGEST_CONVERSION_MS = 139
const POLL_INTERVAL_MS = 1

const CHANNELS = 4
const TICKS_FULL_SCALE = 32768
const SATURATED_TICKS = 32767
const SATURATED_TICKS_NEGATIVE = -32768

/** Of the channels asked for; the others are not there. */
export interface VoltageSample {
    voltage0Volts?: number
    voltage1Volts?: number
    voltage2Volts?: number
    voltage3Volts?: number
}

export interface Ads1115Options {
    /** Which of 0..3 a sample reads; all four if absent. */
    channels?: number[]
    /**
     * 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256 V; 4.096 if absent. It scales what is read and not what the inputs bear, which is the
     * supply's voltage.
     */
    fullScaleVolts?: number
    /** 8, 16, 32, 64, 128, 250, 475 or 860; 128 if absent. The slower the quieter. */
    samplesPerSecond?: number
}

/** [Data Format] -32768..32767 ticks are -1..1 of full scale, less one tick at the top. */
export function voltsFromTicks(ticks: number, fullScaleVolts: number): number {
    return (ticks * fullScaleVolts) / TICKS_FULL_SCALE
}

/** A channel is 0, 1, 2 or 3; anything else is a programmer's error. */
export function assertChannel(channel: number): void {
    ds.assert(
        channel >= 0 && channel < CHANNELS && channel === Math.floor(channel),
        `channel ${channel} not in 0..3`
    )
}

export class Ads1115 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: RegisterPort
    private readonly channels: number[]
    private readonly fullScaleVolts: number
    /** The config of channel 0, conversion not started. */
    private readonly configMsb: number
    private readonly configLsb: number
    private readonly conversionMs: number
    private readonly pollsMax: number

    /** Address 0x48 with ADDR at ground, 0x49 at the supply, 0x4a at SDA, 0x4b at SCL. Other options are a programmer's error. */
    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x48,
        options: Ads1115Options = {}
    ) {
        const channels = options.channels ?? [0, 1, 2, 3]
        const fullScaleVolts = options.fullScaleVolts ?? 4.096
        const samplesPerSecond = options.samplesPerSecond ?? 128
        const pga = FULL_SCALES_VOLTS.indexOf(fullScaleVolts)
        const dr = DATA_RATES.indexOf(samplesPerSecond)
        ds.assert(channels.length > 0, "no channels")
        for (const channel of channels) assertChannel(channel)
        ds.assert(pga >= 0, `full scale ${fullScaleVolts} V is none of the part's`)
        ds.assert(dr >= 0, `${samplesPerSecond} samples per second is none of the part's rates`)
        this.port = new RegisterPort(PART, bus, address)
        this.channels = channels
        this.fullScaleVolts = fullScaleVolts
        this.configMsb = MUX_SINGLE_ENDED | (pga << PGA_SHIFT) | MODE_SINGLE_SHOT
        this.configLsb = (dr << DR_SHIFT) | COMP_QUE_DISABLE
        // [Output Data Rate and Conversion Time] 1 / DR, rounded up with room for the 25 us of [Single-Shot Mode].
        this.conversionMs = Math.floor(1000 / samplesPerSecond) + 1
        const longestMs = Math.floor(1000 / (SLOWEST * samplesPerSecond)) + 1
        this.pollsMax = longestMs - this.conversionMs + 1
    }

    /**
     * Stops what an earlier program left running, 0..139 ms, and sees that the config reads back as it was written.
     * @throws SensorError bus, identity, timeout
     */
    async start(): Promise<void> {
        await this.port.writePair(CONFIG, this.configMsb, this.configLsb)
        await this.waitUntilIdle(0, LONGEST_CONVERSION_MS + 1, "identity")
    }

    /** One conversion of each channel in turn, 9 ms each at 128 samples per second. @throws SensorError bus, timeout, stuck, range */
    async sample(): Promise<VoltageSample> {
        const sample: VoltageSample = {}
        for (const channel of this.channels) {
            const volts = await this.volts(channel)
            if (channel === 0) sample.voltage0Volts = volts
            else if (channel === 1) sample.voltage1Volts = volts
            else if (channel === 2) sample.voltage2Volts = volts
            else sample.voltage3Volts = volts
        }
        return sample
    }

    /**
     * One conversion of one channel, 0..3, whether a sample reads it or not. A few ticks below 0 V are the part's offset.
     * @throws SensorError bus, timeout, stuck (it forgot its config: start it), range (beyond full scale)
     */
    async volts(channel: number): Promise<number> {
        await this.port.writePair(
            CONFIG,
            OS | (channel << MUX_SHIFT) | this.configMsb,
            this.configLsb
        )
        await this.clock.delay(this.conversionMs)
        await this.waitUntilIdle(channel, this.pollsMax, "stuck")
        const frame = await this.port.read(CONVERSION, 2)
        const ticks = int16(frame[0], frame[1])
        if (ticks === SATURATED_TICKS || ticks === SATURATED_TICKS_NEGATIVE)
            throw new SensorError(PART, "range", `channel ${channel} saturated`)
        return voltsFromTicks(ticks, this.fullScaleVolts)
    }

    /** Polls the config, which but for OS must be what was written for the channel; if not, that is the fault given. */
    private async waitUntilIdle(channel: number, pollsMax: number, changed: Fault): Promise<void> {
        const msb = OS | (channel << MUX_SHIFT) | this.configMsb
        for (let poll = 0; poll < pollsMax; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const config = await this.port.read(CONFIG, 2)
            if ((config[0] | OS) !== msb || config[1] !== this.configLsb)
                throw new SensorError(PART, changed, `config 0x${config.toString("hex")}`)
            if (config[0] === msb) return
        }
        throw new SensorError(PART, "timeout", `converting after ${pollsMax} polls`)
    }
}
