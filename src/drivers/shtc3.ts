/**
 * Sensirion SHTC3: temperature and relative humidity, asleep between samples.
 *
 * [Brackets] name chapters of "Datasheet SHTC3", version 4, December 2022.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { wordAt } from "./sensirion"

const PART = "shtc3"
const SLEEP = hex`b098` // [5.2]
const WAKEUP = hex`3517` // [5.2]
const MEASURE_NORMAL_MODE = hex`7866` // [5.3] temperature first, no clock stretching
const READ_ID = hex`efc8` // [5.9]
const WAKEUP_MS = 1 // [3.1] 0.24
const MEASURE_MS = 13 // [3.1] 12.1

// [5.9] bits 11 and 5..0 are the product code; the others differ from part to part.
const ID_MASK = 0x083f
const ID_SHTC3 = 0x0807

// [1] The specified range, -40..125 Cel. In ticks, for the ends fall between two of them.
const COLDEST_TICKS = 1872
const HOTTEST_TICKS = 63664

/** Both values come from one measurement. */
export interface ClimateSample {
    temperatureCelsius: number
    relativeHumidityPercent: number
}

/** [5.11] ticks 0..65535 are -45..130 Cel. */
export function celsiusFromTicks(ticks: number): number {
    return -45 + (175 * ticks) / 65536
}

/** [5.11] ticks 0..65535 are 0..100 %RH. */
export function relativeHumidityFromTicks(ticks: number): number {
    return (100 * ticks) / 65536
}

export class Shtc3 implements Sensor {
    readonly part = PART
    readonly warmUpMs = 0
    private readonly port: CommandPort

    constructor(bus: I2C, clock: Clock, address = 0x70) {
        this.port = new CommandPort(PART, bus, clock, address)
    }

    /** Has the part show its product code, and sends it to sleep, 1 ms. @throws SensorError bus, identity, crc */
    async start(): Promise<void> {
        const frame = await this.ask(READ_ID, 0, 3)
        // Before the checksum, which of another part's answer is wrong too.
        if ((((frame[0] << 8) | frame[1]) & ID_MASK) !== ID_SHTC3)
            throw new SensorError(PART, "identity", `id ${frame.toString("hex")}`)
        wordAt(PART, frame, 0)
    }

    /** One measurement, 14 ms. @throws SensorError bus, crc, range */
    async sample(): Promise<ClimateSample> {
        const frame = await this.ask(MEASURE_NORMAL_MODE, MEASURE_MS, 6)
        const temperatureTicks = wordAt(PART, frame, 0)
        const humidityTicks = wordAt(PART, frame, 1)
        if (temperatureTicks < COLDEST_TICKS || temperatureTicks > HOTTEST_TICKS)
            throw new SensorError(PART, "range", `temperature ${temperatureTicks} ticks`)
        return {
            temperatureCelsius: celsiusFromTicks(temperatureTicks),
            relativeHumidityPercent: relativeHumidityFromTicks(humidityTicks),
        }
    }

    /** Wakes the part for one question. It sleeps again before the answer is judged, so that a bad one leaves it asleep too. */
    private async ask(command: Buffer, waitMs: number, length: number): Promise<Buffer> {
        await this.port.exchange(WAKEUP, WAKEUP_MS, 0)
        const frame = await this.port.exchange(command, waitMs, length)
        await this.port.exchange(SLEEP, 0, 0)
        return frame
    }
}
