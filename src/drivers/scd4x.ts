/**
 * Sensirion SCD40 and SCD41: carbon dioxide, with temperature and relative humidity.
 *
 * [Brackets] name chapters of the "SCD4x" datasheet, version 1.3, September 2022. Waits are the execution times of its command
 * overview [3.4]. The range of temperature is as the npm package @chirimen/scd40 quotes it.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, wordAt } from "./sensirion"

const PART = "scd4x"
const START_PERIODIC_MEASUREMENT = hex`21b1` // [3.5]
const READ_MEASUREMENT = hex`ec05` // [3.5]
const STOP_PERIODIC_MEASUREMENT = hex`3f86` // [3.5]
const GET_DATA_READY_STATUS = hex`e4b8` // [3.8]
const GET_SERIAL_NUMBER = hex`3682` // [3.9]
const STOP_PERIODIC_MEASUREMENT_MS = 500
const READ_MS = 1

const DATA_READY_MASK = 0x07ff // "If the least significant 11 bits are 0: data not ready"; the others are not defined
const SIGNAL_UPDATE_INTERVAL_MS = 5000
const POLL_INTERVAL_MS = 250
// A tenth above the interval, for the part's clock is not ours.
const POLLS_MAX = 1 + 5500 / POLL_INTERVAL_MS

const CARBON_DIOXIDE_PPM_MAX = 40000 // the output range, page 1; specified accuracy ends at 2000 (SCD40) or 5000 ppm (SCD41)
// -10..60 Cel. Outside it the part gives numbers all the same, and promises nothing of any of the three.
const COLDEST_TICKS = 13107
const HOTTEST_TICKS = 39321

/**
 * All three come from one measurement. The temperature is the part's guess at the air's: it takes off 4 Cel for its own heat, so a
 * node with a thermometer of its own should believe that.
 */
export interface AirSample {
    carbonDioxidePpm: number
    temperatureCelsius: number
    relativeHumidityPercent: number
}

/** [3.5] ticks 0..65535 are -45..130 Cel. */
export function celsiusFromTicks(ticks: number): number {
    return -45 + (175 * ticks) / 65535
}

/** [3.5] ticks 0..65535 are 0..100 %RH. */
export function relativeHumidityFromTicks(ticks: number): number {
    return (100 * ticks) / 65535
}

export class Scd4x implements Sensor {
    readonly part = PART
    readonly warmUpMs = SIGNAL_UPDATE_INTERVAL_MS
    private readonly port: CommandPort
    private readonly kept: AirSample = {
        carbonDioxidePpm: NaN,
        temperatureCelsius: NaN,
        relativeHumidityPercent: NaN,
    }

    constructor(
        bus: I2C,
        private readonly clock: Clock,
        address = 0x62
    ) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /**
     * Has the part measure every 5 s, after 501 ms. It is stopped first: it goes on measuring when only the microcontroller was
     * reset, and then answers no other command; a stop when idle does no harm. @throws SensorError bus, identity, crc
     */
    async start(): Promise<void> {
        await this.port.exchange(STOP_PERIODIC_MEASUREMENT, STOP_PERIODIC_MEASUREMENT_MS, 0)
        checkSerialNumber(PART, await this.port.exchange(GET_SERIAL_NUMBER, READ_MS, 9))
        await this.port.exchange(START_PERIODIC_MEASUREMENT, 0, 0)
    }

    /**
     * The newest measurement not read before, never one twice: 2 ms when it is there, up to 5.6 s when it is not.
     * @throws SensorError bus, crc, timeout (it is not measuring: start it), range, stuck
     */
    async sample(): Promise<AirSample> {
        await this.waitForData()
        const frame = await this.port.exchange(READ_MEASUREMENT, READ_MS, 9)
        const carbonDioxidePpm = wordAt(PART, frame, 0)
        const temperatureTicks = wordAt(PART, frame, 1)
        const humidityTicks = wordAt(PART, frame, 2)
        // Air has 400 ppm. 0 is what the part says when it has measured temperature and humidity alone [3.10.2].
        if (carbonDioxidePpm === 0) throw new SensorError(PART, "stuck", "CO2 0 ppm")
        if (carbonDioxidePpm > CARBON_DIOXIDE_PPM_MAX)
            throw new SensorError(PART, "range", `CO2 ${carbonDioxidePpm} ppm`)
        if (temperatureTicks < COLDEST_TICKS || temperatureTicks > HOTTEST_TICKS)
            throw new SensorError(PART, "range", `temperature ${temperatureTicks} ticks`)
        const { kept } = this
        kept.carbonDioxidePpm = carbonDioxidePpm
        kept.temperatureCelsius = celsiusFromTicks(temperatureTicks)
        kept.relativeHumidityPercent = relativeHumidityFromTicks(humidityTicks)
        return kept
    }

    private async waitForData(): Promise<void> {
        for (let poll = 0; poll < POLLS_MAX; ++poll) {
            if (poll > 0) await this.clock.delay(POLL_INTERVAL_MS)
            const frame = await this.port.exchange(GET_DATA_READY_STATUS, READ_MS, 3)
            if ((wordAt(PART, frame, 0) & DATA_READY_MASK) !== 0) return
        }
        throw new SensorError(PART, "timeout", `no data in ${POLLS_MAX} polls`)
    }
}
