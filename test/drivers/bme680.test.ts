/**
 * The simulated BME680, which is there for other people's drivers: spoken to as DeviceScript's own does, and read with the
 * floating-point compensation of Bosch's driver (BME68x_SensorAPI 4.4.8), written anew here.
 */
import { beforeEach, describe, expect, test } from "../suite"
import { SimBme680 } from "../../sim/parts/bme680"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectNear } from "../expect"
import { FakeClock } from "../fakes"

interface Reading {
    celsius: number
    pascals: number
    percent: number
    ohms: number
}

function i8(byte: number): number {
    return byte > 127 ? byte - 256 : byte
}

function u16(bytes: Buffer, at: number): number {
    return bytes[at + 1] * 256 + bytes[at]
}

function i16(bytes: Buffer, at: number): number {
    const word = u16(bytes, at)
    return word > 32767 ? word - 65536 : word
}

function celsiusOf(adc: number, c1: Buffer, c2: Buffer): number {
    const x = adc / 131072 - u16(c2, 8) / 8192
    return (8 * x * i16(c1, 0) + 16 * x * x * i8(c1[2])) / 5120
}

function pascalsOf(adc: number, celsius: number, c1: Buffer): number {
    const v = celsius * 2560 - 64000
    const offset = ((v * v * i8(c1[15])) / 131072 + 2 * v * i16(c1, 12)) / 4 + i16(c1, 10) * 65536
    const slope = (1 + ((i8(c1[8]) * v * v) / 16384 + i16(c1, 6) * v) / 524288 / 32768) * u16(c1, 4)
    const p = ((1048576 - adc - offset / 4096) * 6250) / slope
    const cubed = (p / 256) * (p / 256) * (p / 256)
    const more =
        (i16(c1, 20) * p * p) / 2147483648 +
        (p * i16(c1, 18)) / 32768 +
        (cubed * c1[22]) / 131072 +
        128 * i8(c1[14])
    return p + more / 16
}

function percentOf(adc: number, celsius: number, c2: Buffer): number {
    const h1 = c2[2] * 16 + (c2[1] & 15)
    const h2 = c2[0] * 16 + (c2[1] >> 4)
    const off = adc - (h1 * 16 + (i8(c2[3]) / 2) * celsius)
    const warm = 1 + (i8(c2[4]) / 16384) * celsius + (i8(c2[5]) / 1048576) * celsius * celsius
    const x = off * (h2 / 262144) * warm
    return x + (c2[6] / 16384 + (i8(c2[7]) / 2097152) * celsius) * x * x
}

function ohmsOf(adc: number, range: number, rangeError: number): number {
    const k1 = [0, 0, 0, 0, 0, -1, 0, -0.8, 0, 0, -0.2, -0.5, 0, -1, 0, 0]
    const k2 = [0, 0, 0, 0, 0.1, 0.7, 0, -0.8, -0.1, 0, 0, 0, 0, 0, 0, 0]
    const gain = (1340 + 5 * rangeError) * (1 + k1[range] / 100)
    const step = (1 + k2[range] / 100) * 0.000000125 * (1 << range)
    return 1 / (step * ((adc - 512) / gain + 1))
}

let clock: FakeClock
let air: Conditions
let part: SimBme680

function airOf(
    temperatureCelsius: number,
    relativeHumidityPercent: number,
    pressurePascals: number
): Conditions {
    return { temperatureCelsius, relativeHumidityPercent, pressurePascals }
}

function read(register: number, length: number): Buffer {
    expect(part.write(Buffer.from([register]))).toBe(true)
    return part.read(length)
}

/** As DeviceScript's driver sets it: filter, temperature x8, pressure x4, humidity x2, gas, 148 ms of heating at most. */
function force(): void {
    for (const command of [hex`5A73`, hex`6465`, hex`7508`, hex`748C`, hex`7202`, hex`7110`])
        expect(part.write(command)).toBe(true)
    expectBytes(read(0x74, 1), "8c")
    expect(part.write(hex`748D`)).toBe(true)
}

function decode(field: Buffer): Reading {
    const c1 = read(0x8a, 23)
    const c2 = read(0xe1, 14)
    const celsius = celsiusOf((field[5] << 12) | (field[6] << 4) | (field[7] >> 4), c1, c2)
    return {
        celsius,
        pascals: pascalsOf((field[2] << 12) | (field[3] << 4) | (field[4] >> 4), celsius, c1),
        percent: percentOf((field[8] << 8) | field[9], celsius, c2),
        ohms: ohmsOf((field[13] << 2) | (field[14] >> 6), field[14] & 15, read(0x04, 1)[0] >> 4),
    }
}

describe("bme680", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 40, 101325)
        part = new SimBme680(clock, () => air)
    })

    test("the compensation of this test is that of a real part in the tests of elixir-sensors", () => {
        // Pressure 393705, temperature 480732, humidity 16820, gas 666 in range 11.
        const c1 = read(0x8a, 23)
        const c2 = read(0xe1, 14)
        expectBytes(c1, "b2660310438a5bd75800e4128aff1a1e000003fdd9f21e")
        expectBytes(c2, "3fdd2c002d14789c5366afe8e212")
        const celsius = celsiusOf(480732, c1, c2)
        expectNear(celsius, 19.3113, 1e-4)
        expectNear(pascalsOf(393705, celsius, c1), 100977.52, 0.01)
        expectNear(percentOf(16820, celsius, c2), 25.2, 0.1)
        // Its 3503.6322 ohms come from the integer formula's constants.
        expectNear(ohmsOf(666, 11, 1), 3503.6322, 1)
    })

    test("it has the identity of a BME680, and its calibration from 0x89, 0xe1 and 0x00 on", () => {
        expectBytes(read(0xd0, 1), "61")
        expectBytes(read(0xf0, 1), "00")
        expectBytes(read(0x89, 4), "00b26603")
        expectBytes(read(0xa0, 2), "1e00")
        expectBytes(read(0xee, 2), "1200")
        expectBytes(read(0x00, 6), "32aa164a1300")
    })

    test("a forced measurement carries all four", async () => {
        for (const next of [
            airOf(21.5, 40, 101325),
            airOf(-12.25, 90, 87000),
            airOf(60, 5, 52000),
        ]) {
            air = next
            force()
            await clock.delay(200)
            const field = read(0x1d, 17)
            expect(field[0]).toBe(0x80)
            expect(field[14] & 0x30).toBe(0x30)
            const reading = decode(field)
            expectNear(reading.celsius, next.temperatureCelsius, 0.0005)
            expectNear(reading.percent, next.relativeHumidityPercent, 0.01)
            expectNear(reading.pascals, next.pressurePascals, 0.5)
            expectNear(reading.ohms, 50000, 100)
        }
    })

    test("every resistance in reach has a range", async () => {
        for (const ohms of [300, 1000, 12345, 100000, 1000000, 5000000]) {
            part.gasResistanceOhms = ohms
            force()
            await clock.delay(200)
            expectNear(decode(read(0x1d, 17)).ohms / ohms, 1, 0.003)
        }
    })

    test("data are new once the gas is measured, and say before what is going on", () => {
        part = new SimBme680(clock, timeMs => airOf(timeMs / 10, 40, 101325))
        force()
        // 1 + 4 * 0.477 + 14 * 1.963 = 30.39 ms; 148 + 5 * 0.477 = 150.385 ms more for the gas
        clock.now = 30
        expectBytes(read(0x1d, 1), "20")
        clock.now = 31
        expectBytes(read(0x1d, 1), "60")
        clock.now = 180.7
        expectBytes(read(0x1d, 9), "600080000080000080")
        clock.now = 180.8
        expectBytes(read(0x1d, 1), "80")
        // And it has gone to sleep.
        expectBytes(read(0x74, 1), "8c")
        clock.now = 300
        expectNear(decode(read(0x1d, 17)).celsius, 18.0775, 0.001)
        expect(part.write(hex`748D`)).toBe(true)
        expectBytes(read(0x1d, 1), "20")
    })

    test("without gas it takes less long, and no gas is valid; nor is it without heat", () => {
        part.write(hex`72017425`)
        clock.now = 8.7
        expectBytes(read(0x1d, 1), "20")
        clock.now = 8.8
        const field = read(0x1d, 17)
        expect(field[0]).toBe(0x80)
        expectBytes(field.slice(13, 15), "0000")
        expect(field[4]).toBe(0)
        expect(field[7]).toBe(0)
        expectNear(decode(field).celsius, 21.5, 0.003)
        part.write(hex`700871107425`)
        clock.now = 200
        expectBytes(read(0x2a, 2), "0000")
    })

    test("what has no oversampling is skipped", () => {
        part.write(hex`7401`)
        clock.now = 10
        expectBytes(read(0x1d, 10), "80008000008000008000")
    })

    test("a reset, or a loss of power, leaves nothing of what was set", () => {
        force()
        expect(part.write(hex`E0B6`)).toBe(true)
        clock.now = 1.9
        expect(part.write(hex`D0`)).toBe(false)
        clock.now = 2
        expectBytes(read(0x74, 2), "0000")
        force()
        const present = air
        air = {}
        expect(part.write(hex`1D`)).toBe(false)
        expect(part.read(1) === undefined).toBe(true)
        air = present
        clock.now = 500
        expectBytes(read(0x1d, 3), "000080")
        expectBytes(read(0x71, 1), "00")
    })

    test("it takes register and value in pairs, and only where one can write", () => {
        expect(part.write(hex`740100`)).toBe(false)
        expect(part.write(hex`1D00`)).toBe(false)
        expect(part.write(hex`8A00`)).toBe(false)
        expect(part.write(hex`E000`)).toBe(true)
        expect(part.write(hex`4F00`)).toBe(false)
        expect(part.write(hex`7600`)).toBe(false)
    })

    test("it answers at the address it was given, 0x76 by default", () => {
        expect(part.address).toBe(0x76)
        expect(new SimBme680(clock, () => air, 0x77).address).toBe(0x77)
    })
})
