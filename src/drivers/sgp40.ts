/**
 * Sensirion SGP40: a raw signal of volatile organic compounds.
 *
 * [Brackets] name chapters of "Datasheet SGP40", version 1.2, February 2022.
 *
 * What it gives is SRAW_VOC in ticks, which goes with the logarithm of the resistance of a heated metal oxide: twice the ethanol is
 * 870 ticks less [1]. Ticks tell a change, not an amount, and differ from part to part. Sensirion's VOC index is not made here: of its
 * algorithm there is a program, but no description to write another one from. The part has no status: when it lost its power between
 * two samples the next signal is that of a cold hotplate, and nothing shows it.
 */
import { I2C } from "@devicescript/i2c"
import { CommandPort } from "./commands"
import { Clock, Sensor, SensorError } from "./sensor"
import { checkSerialNumber, checksum, wordAt } from "./sensirion"

const PART = "sgp40"
// [4.7] commands and their longest durations
const MEASURE_RAW_SIGNAL = 0x260f
const MEASURE_RAW_SIGNAL_MS = 30
const EXECUTE_SELF_TEST = hex`280e`
const EXECUTE_SELF_TEST_MS = 320
const TURN_HEATER_OFF = hex`3615`
const TURN_HEATER_OFF_MS = 1
const GET_SERIAL_NUMBER = hex`3682`
const GET_SERIAL_NUMBER_MS = 1

// The high byte of the self-test's answer; the low one is to be ignored.
const ALL_TESTS_PASSED = 0xd4
const TESTS_FAILED = 0x4b

// [1] "Time until reliably detecting VOC events"
const SWITCH_ON_MS = 60000

// With these the part compensates nothing.
const DEFAULT_CELSIUS = 25
const DEFAULT_PERCENT = 50

const TICKS_MAX = 0xffff

/** The raw signal, 1..65534 ticks: the ends are where the scale stops. */
export interface VocSample {
    vocTicks: number
}

/** [4.7] -45..130 Cel are 0..65535 ticks. */
export function ticksFromCelsius(celsius: number): number {
    return Math.round(((celsius + 45) * 65535) / 175)
}

/** [4.7] 0..100 %RH are 0..65535 ticks. */
export function ticksFromRelativeHumidity(percent: number): number {
    return Math.round((percent * 65535) / 100)
}

export class Sgp40 implements Sensor {
    readonly part = PART
    readonly warmUpMs = SWITCH_ON_MS
    private readonly port: CommandPort
    /** The command with its two words, humidity first. */
    private readonly measure = Buffer.alloc(8)

    constructor(bus: I2C, clock: Clock, address = 0x59) {
        this.port = new CommandPort(PART, bus, clock, address)
        this.measure[0] = MEASURE_RAW_SIGNAL >> 8
        this.measure[1] = MEASURE_RAW_SIGNAL & 0xff
        this.compensate(DEFAULT_CELSIUS, DEFAULT_PERCENT)
    }

    /**
     * What the air is like, for the measurements from now on: the part takes its influence out of the signal. A value that is missing
     * (NaN), beyond -45..130 Cel or beyond 0..100 %RH ends the compensation.
     */
    compensate(temperatureCelsius: number, relativeHumidityPercent: number): void {
        const isTemperature = temperatureCelsius >= -45 && temperatureCelsius <= 130
        const isHumidity = relativeHumidityPercent >= 0 && relativeHumidityPercent <= 100
        const isKnown = isTemperature && isHumidity
        this.putWord(
            2,
            ticksFromRelativeHumidity(isKnown ? relativeHumidityPercent : DEFAULT_PERCENT)
        )
        this.putWord(5, ticksFromCelsius(isKnown ? temperatureCelsius : DEFAULT_CELSIUS))
    }

    /**
     * Has the part show its serial number, test itself and heat up, 352 ms. The first signal of a cold hotplate is thrown away, as the
     * datasheet asks [3.1]. @throws SensorError bus, identity, crc, stuck (its own test failed)
     */
    async start(): Promise<void> {
        await this.port.exchange(TURN_HEATER_OFF, TURN_HEATER_OFF_MS, 0)
        checkSerialNumber(
            PART,
            await this.port.exchange(GET_SERIAL_NUMBER, GET_SERIAL_NUMBER_MS, 9)
        )
        const test = wordAt(
            PART,
            await this.port.exchange(EXECUTE_SELF_TEST, EXECUTE_SELF_TEST_MS, 3),
            0
        )
        if (test >> 8 === TESTS_FAILED) throw new SensorError(PART, "stuck", "self-test failed")
        if (test >> 8 !== ALL_TESTS_PASSED)
            throw new SensorError(PART, "identity", `self-test says ${test}`)
        wordAt(PART, await this.port.exchange(this.measure, MEASURE_RAW_SIGNAL_MS, 3), 0)
    }

    /**
     * One measurement, 30 ms. The hotplate stays hot, 2.6 mA at 3.3 V: the datasheet has it measure every 0.5 to 10 s.
     * @throws SensorError bus, crc, stuck
     */
    async sample(): Promise<VocSample> {
        const frame = await this.port.exchange(this.measure, MEASURE_RAW_SIGNAL_MS, 3)
        const vocTicks = wordAt(PART, frame, 0)
        // The logarithm of a resistance is at neither end of its scale in any gas: the hotplate or its metal oxide is broken.
        if (vocTicks === 0 || vocTicks === TICKS_MAX)
            throw new SensorError(PART, "stuck", `${vocTicks} ticks`)
        return { vocTicks }
    }

    private putWord(at: number, word: number): void {
        this.measure[at] = word >> 8
        this.measure[at + 1] = word & 0xff
        this.measure[at + 2] = checksum(this.measure, at, 2)
    }
}
