/**
 * Sensirion SPS30: mass concentration of particulate matter.
 *
 * [Brackets] name chapters of "Datasheet SPS30", version 1.0, March 2020.
 *
 * Its fan runs as long as it measures, 45 to 65 mA at 5 V, and cleans itself for 10 s once a week. A module that another program sent to
 * sleep has to be powered off and on: waking it is not done here.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, floatAt, wordAt } from "./sensirion"

const PART = "sps30"
// [6.3] commands; what has no execution time is "ready to read immediately after the address pointer is set" [6.1]
const START_MEASUREMENT = hex`00100300ac` // in IEEE 754 floats
const START_MEASUREMENT_MS = 20
const STOP_MEASUREMENT = hex`0104`
const STOP_MEASUREMENT_MS = 20
const READ_DATA_READY_FLAG = hex`0202`
const READ_MEASURED_VALUES = hex`0300`
const READ_PRODUCT_TYPE = hex`d002`
const READ_VERSION = hex`d100`
const READ_DEVICE_STATUS_REGISTER = hex`d206`
const CLEAR_DEVICE_STATUS_REGISTER = hex`d210`
const CLEAR_DEVICE_STATUS_REGISTER_MS = 5

const PRODUCT_TYPE = "3030f630384f3030f63030f6" // "00080000", with checksums
const VERSION_WITH_STATUS = 0x0202
const FAN_OR_LASER_FAILURE = 0x0030 // [4.4] bits 5 and 4; the fan's speed is but a warning

// [1.1] "Typical start-up time", for the cleanest air it is given for: 50 to 100 particles in a cubic centimetre
const START_UP_MS = 30000
const DATA_READY = 1
const POLL_INTERVAL_MS = 250
// Nothing new comes for the 10 s of a cleaning [4.2] and one interval of up to 1.04 s [1.1].
const POLLS_MAX = 1 + 11250 / POLL_INTERVAL_MS
const MICROGRAMS_PER_CUBIC_METRE_MAX = 1000 // [1.1]

/** All from one measurement; each is of the particles from 0.3 um to its name's size, so that each is a part of the next. */
export interface ParticulateSample {
    pm1MicrogramsPerCubicMetre: number
    pm25MicrogramsPerCubicMetre: number
    pm4MicrogramsPerCubicMetre: number
    pm10MicrogramsPerCubicMetre: number
}

function concentrationAt(frame: Buffer, index: number): number {
    const value = floatAt(PART, frame, index)
    if (value !== value) throw new SensorError(PART, "stuck", `value ${index} is no number`)
    if (value < 0 || value > MICROGRAMS_PER_CUBIC_METRE_MAX)
        throw new SensorError(PART, "range", `value ${index} is ${value} ug/m3`)
    return value
}

export class Sps30 implements Sensor {
    readonly part = PART
    readonly warmUpMs = START_UP_MS
    private readonly port: CommandPort
    /** Older modules can not tell of a fan that stands still. */
    private hasStatus = false
    private readonly kept: ParticulateSample = {
        pm1MicrogramsPerCubicMetre: NaN,
        pm25MicrogramsPerCubicMetre: NaN,
        pm4MicrogramsPerCubicMetre: NaN,
        pm10MicrogramsPerCubicMetre: NaN,
    }

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x69
    ) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /**
     * Has the part measure every second, after 45 ms. It is stopped first: it goes on measuring when only the microcontroller was
     * reset, and starts from idle only. @throws SensorError bus, identity, crc
     */
    async start(): Promise<void> {
        await this.port.exchange(STOP_MEASUREMENT, STOP_MEASUREMENT_MS, 0)
        const type = await this.port.exchange(READ_PRODUCT_TYPE, 0, 12)
        checkSerialNumber(PART, type)
        if (type.toString("hex") !== PRODUCT_TYPE)
            throw new SensorError(PART, "identity", `product type ${type.toString("hex")}`)
        const version = wordAt(PART, await this.port.exchange(READ_VERSION, 0, 3), 0)
        this.hasStatus = version >= VERSION_WITH_STATUS
        // A fan that was blocked is told until it is cleared.
        if (this.hasStatus)
            await this.port.exchange(
                CLEAR_DEVICE_STATUS_REGISTER,
                CLEAR_DEVICE_STATUS_REGISTER_MS,
                0
            )
        await this.port.exchange(START_MEASUREMENT, START_MEASUREMENT_MS, 0)
    }

    /**
     * The newest measurement not read before, never one twice: at once when it is there, after up to 11.3 s when it is not.
     * @throws SensorError bus, crc, timeout (it is not measuring: start it), range, stuck (fan or laser failed)
     */
    async sample(): Promise<ParticulateSample> {
        await this.waitForData()
        if (this.hasStatus) await this.checkStatus()
        const frame = await this.port.exchange(READ_MEASURED_VALUES, 0, 24)
        const { kept } = this
        kept.pm1MicrogramsPerCubicMetre = concentrationAt(frame, 0)
        kept.pm25MicrogramsPerCubicMetre = concentrationAt(frame, 1)
        kept.pm4MicrogramsPerCubicMetre = concentrationAt(frame, 2)
        kept.pm10MicrogramsPerCubicMetre = concentrationAt(frame, 3)
        return kept
    }

    private async waitForData(): Promise<void> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const flag = await this.port.exchange(READ_DATA_READY_FLAG, 0, 3)
            if (wordAt(PART, flag, 0) === DATA_READY) return
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }

    /** Without a draught or light it goes on telling numbers. */
    private async checkStatus(): Promise<void> {
        const status = await this.port.exchange(READ_DEVICE_STATUS_REGISTER, 0, 6)
        wordAt(PART, status, 0)
        const low = wordAt(PART, status, 1)
        if ((low & FAN_OR_LASER_FAILURE) !== 0)
            throw new SensorError(PART, "stuck", `fan or laser failed, status ${low}`)
    }
}
