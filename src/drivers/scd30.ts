/**
 * Sensirion SCD30: carbon dioxide, with temperature and relative humidity.
 *
 * [Brackets] name chapters of the "Interface Description Sensirion SCD30 Sensor Module", version 1.0, May 2020; ranges are of the
 * datasheet of that version and date. The wait after a setting is that of Sensirion's own driver
 * (github.com/Sensirion/embedded-scd). That the first CO2 value after a start is 0 ppm, and that an interval under way goes on to its
 * end, is known from real parts (github.com/adafruit/Adafruit_CircuitPython_SCD30, issues 6 and 35).
 *
 * The part stretches the clock, by up to 150 ms once a day, and wants 50 kHz or less: a bus that can not wait that long gives it up
 * as a bus fault.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, floatAt, wordAt } from "./sensirion"

const PART = "scd30"
const TRIGGER_CONTINUOUS_MEASUREMENT = hex`0010000081` // [1.4.1] no pressure compensation: the part assumes 1013.25 mbar
const STOP_CONTINUOUS_MEASUREMENT = hex`0104` // [1.4.2]
const GET_MEASUREMENT_INTERVAL = hex`4600` // [1.4.3]
const SET_MEASUREMENT_INTERVAL = hex`46000002e3` // [1.4.3] to 2 s
const GET_DATA_READY_STATUS = hex`0202` // [1.4.4]
const READ_MEASUREMENT = hex`0300` // [1.4.5]
const READ_FIRMWARE_VERSION = hex`d100` // [1.4.9]
const READ_MS = 4 // "a delay of > 3ms following the write sequence"
const WRITE_MS = 20

const INTERVAL_SECONDS = 2
const DATA_READY = 1
const POLL_INTERVAL_MS = 250
// An eighth above the interval, for the part's clock is not ours.
const POLLS_MAX = 1 + 2250 / POLL_INTERVAL_MS

const CARBON_DIOXIDE_PPM_MAX = 40000 // the measurement range; specified accuracy is from 400 to 10000 ppm
const COLDEST_CELSIUS = -40
const HOTTEST_CELSIUS = 70

/** All three come from one measurement. Temperature and humidity are those at the part, which heats itself. */
export interface AirSample {
    carbonDioxidePpm: number
    temperatureCelsius: number
    relativeHumidityPercent: number
}

function check(name: string, value: number, least: number, most: number): void {
    if (value !== value) throw new SensorError(PART, "stuck", `${name} is no number`)
    if (value < least || value > most) throw new SensorError(PART, "range", `${name} ${value}`)
}

export class Scd30 implements Sensor {
    readonly part = PART
    /** The first measurement after a start has no CO2. */
    readonly warmUpMs = 2 * INTERVAL_SECONDS * 1000
    private readonly port: CommandPort

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x61
    ) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /**
     * Has the part measure every 2 s, after 28 ms, or 68 ms when it had another interval. The interval is kept without power, so it
     * is written when it is another alone, and the part is stopped for that, or an old one of up to half an hour would go on to its
     * end. A firmware version has no fixed value: identity is that its checksum is right. @throws SensorError bus, identity, crc
     */
    async start(): Promise<void> {
        checkSerialNumber(PART, await this.port.exchange(READ_FIRMWARE_VERSION, READ_MS, 3))
        const interval = await this.port.exchange(GET_MEASUREMENT_INTERVAL, READ_MS, 3)
        if (wordAt(PART, interval, 0) !== INTERVAL_SECONDS) {
            await this.port.exchange(STOP_CONTINUOUS_MEASUREMENT, WRITE_MS, 0)
            await this.port.exchange(SET_MEASUREMENT_INTERVAL, WRITE_MS, 0)
        }
        await this.port.exchange(TRIGGER_CONTINUOUS_MEASUREMENT, WRITE_MS, 0)
    }

    /**
     * The newest measurement not read before, never one twice: 8 ms when it is there, up to 4.6 s when it is the first or none is.
     * @throws SensorError bus, crc, timeout (it is not measuring: start it), range, stuck
     */
    async sample(): Promise<AirSample> {
        let frame = await this.nextMeasurement()
        if (floatAt(PART, frame, 0) === 0) frame = await this.nextMeasurement()
        const carbonDioxidePpm = floatAt(PART, frame, 0)
        const temperatureCelsius = floatAt(PART, frame, 1)
        const relativeHumidityPercent = floatAt(PART, frame, 2)
        if (carbonDioxidePpm === 0) throw new SensorError(PART, "stuck", "CO2 0 ppm twice")
        check("CO2", carbonDioxidePpm, 0, CARBON_DIOXIDE_PPM_MAX)
        check("temperature", temperatureCelsius, COLDEST_CELSIUS, HOTTEST_CELSIUS)
        check("humidity", relativeHumidityPercent, 0, 100)
        return { carbonDioxidePpm, temperatureCelsius, relativeHumidityPercent }
    }

    private async nextMeasurement(): Promise<Buffer> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const status = await this.port.exchange(GET_DATA_READY_STATUS, READ_MS, 3)
            if (wordAt(PART, status, 0) === DATA_READY)
                return await this.port.exchange(READ_MEASUREMENT, READ_MS, 18)
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }
}
