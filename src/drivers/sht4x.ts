/**
 * Sensirion SHT40, SHT41, SHT43, SHT45: temperature and relative humidity.
 *
 * Ranges: "SHT4x" datasheet, version 6, February 2023, page 1. Commands, conversions and waits: Sensirion's own driver
 * (github.com/Sensirion/embedded-i2c-sht4x, model version 2.0.3), which waits 10 ms for the datasheet's 8.3 ms.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, wordAt } from "./sensirion"

const PART = "sht4x"
const MEASURE_HIGH_PRECISION = hex`fd`
const MEASURE_HIGH_PRECISION_MS = 10
const SERIAL_NUMBER = hex`89`
const SERIAL_NUMBER_MS = 10
const SOFT_RESET = hex`94`
const SOFT_RESET_MS = 1

// The operating range, -40..125 Cel. In ticks, for -40 Cel falls between two of them and its nearest is a hair below.
const COLDEST_TICKS = 1872
const HOTTEST_TICKS = 63663

/** Both values come from one measurement. */
export interface ClimateSample {
    temperatureCelsius: number
    relativeHumidityPercent: number
}

/** Ticks 0..65535 are -45..130 Cel. */
export function celsiusFromTicks(ticks: number): number {
    return -45 + (175 * ticks) / 65535
}

/** Ticks 0..65535 are -6..119 %RH, cropped to what air can hold, as the datasheet asks: the ends are not faults. */
export function relativeHumidityFromTicks(ticks: number): number {
    return Math.constrain(-6 + (125 * ticks) / 65535, 0, 100)
}

export class Sht4x implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: CommandPort
    private readonly kept: ClimateSample = { temperatureCelsius: NaN, relativeHumidityPercent: NaN }

    constructor(bus: I2C, clock: Clock, address = 0x44) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /** Resets the part and has it show its serial number, 20 ms. @throws SensorError bus, identity, crc */
    async start(): Promise<void> {
        await this.port.exchange(SOFT_RESET, SOFT_RESET_MS, 0)
        checkSerialNumber(PART, await this.port.exchange(SERIAL_NUMBER, SERIAL_NUMBER_MS, 6))
    }

    /** One measurement, 10 ms. @throws SensorError bus, crc, range */
    async sample(): Promise<ClimateSample> {
        const frame = await this.port.exchange(MEASURE_HIGH_PRECISION, MEASURE_HIGH_PRECISION_MS, 6)
        const temperatureTicks = wordAt(PART, frame, 0)
        const humidityTicks = wordAt(PART, frame, 1)
        if (temperatureTicks < COLDEST_TICKS || temperatureTicks > HOTTEST_TICKS)
            throw new SensorError(PART, "range", `temperature ${temperatureTicks} ticks`)
        const { kept } = this
        kept.temperatureCelsius = celsiusFromTicks(temperatureTicks)
        kept.relativeHumidityPercent = relativeHumidityFromTicks(humidityTicks)
        return kept
    }
}
