/**
 * Sensirion SHT30, SHT31, SHT33, SHT35: temperature and relative humidity.
 *
 * [Brackets] name chapters of "Datasheet SHT3x-DIS", version 4, March 2017; the serial number is "SHT3x Electronic Identification
 * Code", version 3, January 2023. Parts of today work from 2.15 V on and are then slower than version 4 says: the longest times are
 * those that Sensirion's own driver waits (github.com/Sensirion/embedded-i2c-sht3x).
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, wordAt } from "./sensirion"

const PART = "sht3x"
const MEASURE_HIGH_REPEATABILITY = hex`2400` // [4.3] single shot, no clock stretching
const BREAK = hex`3093` // [4.8]
const SOFT_RESET = hex`30a2` // [4.9]
const READ_STATUS = hex`f32d` // [4.11]
const GET_SERIAL_NUMBER = hex`3682` // no clock stretching
const MEASURE_MS = 16 // 15.5
const SOFT_RESET_MS = 2 // 1.5
const COMMAND_MS = 1

// [4.11] What is certain after a reset: the reset is told, the reserved bits 14, 12, 3 and 2 are 0, and so are the heater, the
// command status and the checksum status. Alerts depend on limits that may have been set, and bits 9..5 are not defined.
const STATUS_MASK = 0x701f
const STATUS_AFTER_RESET = 0x0010

// The specified range, -40..125 Cel. In ticks, for -40 Cel falls between two of them and its nearest is a hair below.
const COLDEST_TICKS = 1872
const HOTTEST_TICKS = 63663

/** Both values come from one measurement. */
export interface ClimateSample {
    temperatureCelsius: number
    relativeHumidityPercent: number
}

/** [4.13] ticks 0..65535 are -45..130 Cel. */
export function celsiusFromTicks(ticks: number): number {
    return -45 + (175 * ticks) / 65535
}

/** [4.13] ticks 0..65535 are 0..100 %RH. */
export function relativeHumidityFromTicks(ticks: number): number {
    return (100 * ticks) / 65535
}

export class Sht3x implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: CommandPort

    /** Address 0x44 with ADDR low, 0x45 with ADDR high. */
    constructor(bus: I2C, clock: Clock, address = 0x44) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /**
     * Resets the part and has it show its serial number and its status, 20 ms. A break comes first: when only the microcontroller was
     * reset the part may be measuring on its own, and then takes no reset. @throws SensorError bus, identity, crc
     */
    async start(): Promise<void> {
        await this.port.exchange(BREAK, MEASURE_MS, 0)
        await this.port.exchange(SOFT_RESET, SOFT_RESET_MS, 0)
        checkSerialNumber(PART, await this.port.exchange(GET_SERIAL_NUMBER, COMMAND_MS, 6))
        const status = wordAt(PART, await this.port.exchange(READ_STATUS, COMMAND_MS, 3), 0)
        if ((status & STATUS_MASK) !== STATUS_AFTER_RESET)
            throw new SensorError(PART, "identity", `status ${status} after a reset`)
    }

    /** One measurement, 16 ms. @throws SensorError bus, crc, range */
    async sample(): Promise<ClimateSample> {
        const frame = await this.port.exchange(MEASURE_HIGH_REPEATABILITY, MEASURE_MS, 6)
        const temperatureTicks = wordAt(PART, frame, 0)
        const humidityTicks = wordAt(PART, frame, 1)
        if (temperatureTicks < COLDEST_TICKS || temperatureTicks > HOTTEST_TICKS)
            throw new SensorError(PART, "range", `temperature ${temperatureTicks} ticks`)
        return {
            temperatureCelsius: celsiusFromTicks(temperatureTicks),
            relativeHumidityPercent: relativeHumidityFromTicks(humidityTicks),
        }
    }
}
