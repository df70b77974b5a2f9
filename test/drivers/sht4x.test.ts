/** The SHT4x driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Sht4x, celsiusFromTicks, relativeHumidityFromTicks } from "../../src/drivers/sht4x"
import { Conditions } from "../../sim/parts/part"
import { SimSht4x } from "../../sim/parts/sht4x"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Listener } from "./listener"
import { Stranger } from "./stranger"

// Half a tick, and what the VM's printing of floats can hide.
const TICK_CELSIUS = 0.002
const TICK_PERCENT = 0.002

let clock: FakeClock
let air: Conditions
let part: SimSht4x
let bus: FakeI2C
let sensor: Sht4x

describe("sht4x", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = { temperatureCelsius: 21.5, relativeHumidityPercent: 40 }
        part = new SimSht4x(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Sht4x(bus, clock)
    })

    test("the scales are the datasheet's, and humidity is cropped to what air can hold", () => {
        expectNear(celsiusFromTicks(0), -45, 1e-6)
        expectNear(celsiusFromTicks(0x8000), 42.50134, 1e-4)
        expectNear(celsiusFromTicks(0xffff), 130, 1e-6)
        expectNear(relativeHumidityFromTicks(0x8000), 56.50095, 1e-4)
        expect(relativeHumidityFromTicks(0)).toBe(0)
        expect(relativeHumidityFromTicks(0xffff)).toBe(100)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("sht4x")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset (1 ms) and the serial number (10 ms), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 11, 0.01)
    })

    test("a sample waits out the conversion, 10 ms, and carries both values", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 10, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        air = { temperatureCelsius: -12.25, relativeHumidityPercent: 95 }
        const sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, -12.25, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 95, TICK_PERCENT)
    })

    test("one wrong bit in either word is a crc fault, and does not stick", async () => {
        await sensor.start()
        for (const word of [0, 1]) {
            part.corruptWord = word
            await expectFault("crc", async () => await sensor.sample())
        }
        part.corruptWord = -1
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("one wrong bit in either word of the serial number is a crc fault of start", async () => {
        for (const word of [0, 1]) {
            part.corruptWord = word
            await expectFault("crc", async () => await sensor.start())
        }
        part.corruptWord = -1
        await sensor.start()
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x44, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        air = present
        await sensor.start()
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("a part that goes away in the middle of a measurement is a bus fault", async () => {
        let goneAtMs = 5
        part = new SimSht4x(clock, timeMs => (timeMs < goneAtMs ? air : {}))
        bus.parts = [part]
        await expectFault("bus", async () => await sensor.sample())
        goneAtMs = 1000
        await sensor.sample()
    })

    test("-40 and 125 Cel are measured, what is beyond is a range fault, and does not stick", async () => {
        for (const celsius of [-40, 125]) {
            air = { temperatureCelsius: celsius, relativeHumidityPercent: 40 }
            expectNear((await sensor.sample()).temperatureCelsius, celsius, TICK_CELSIUS)
        }
        for (const celsius of [-40.01, 125.01, -45, 130]) {
            air = { temperatureCelsius: celsius, relativeHumidityPercent: 40 }
            await expectFault("range", async () => await sensor.sample())
        }
        air = { temperatureCelsius: 20, relativeHumidityPercent: 40 }
        await sensor.sample()
    })

    test("the ends of the range are where they are to one tick", async () => {
        // 1872 and 63663 ticks are -40.001 and 125.001 Cel; a tick is 0.0027 Cel.
        for (const celsius of [-40.0011, 125.0011]) {
            air = { temperatureCelsius: celsius, relativeHumidityPercent: 40 }
            await sensor.sample()
        }
        for (const celsius of [-40.0038, 125.0038]) {
            air = { temperatureCelsius: celsius, relativeHumidityPercent: 40 }
            await expectFault("range", async () => await sensor.sample())
        }
    })

    test("it sends what it must, reads what there is, and no more", async () => {
        const wires = new Listener(part)
        bus.parts = [wires]
        await sensor.start()
        await sensor.sample()
        expect(wires.heard).toBe("w94 w89 r6 wfd r6")
    })

    test("it speaks to the address it was given, 0x44 by default", async () => {
        bus.parts = [new SimSht4x(clock, () => air, 0x44)]
        await sensor.start()
        bus.parts = [new SimSht4x(clock, () => air, 0x45)]
        await expectFault("bus", async () => await sensor.start())
        await new Sht4x(bus, clock, 0x45).start()
    })

    test("the simulated part holds what was there when its conversion ended", async () => {
        part = new SimSht4x(clock, timeMs => {
            return { temperatureCelsius: timeMs, relativeHumidityPercent: 40 }
        })
        bus.parts = [part]
        clock.now = 20
        expectNear((await sensor.sample()).temperatureCelsius, 28.3, TICK_CELSIUS)
    })

    test("the simulated part does not answer while busy, twice, or to what it does not know", () => {
        expect(part.write(hex`FD`)).toBe(true)
        clock.now = 8
        expect(part.write(hex`94`)).toBe(false)
        expect(part.read(6) === undefined).toBe(true)
        clock.now = 9
        // 21.5 Cel and 40 %RH are 24903.3 and 24117 ticks.
        expectBytes(part.read(2), "6147")
        expect(part.read(6) === undefined).toBe(true)
        expect(part.write(hex`39`)).toBe(false)
        expect(part.write(hex`FDFD`)).toBe(false)
    })

    test("the simulated part's other precisions are faster", () => {
        expect(part.write(hex`F6`)).toBe(true)
        clock.now = 5
        expect(part.read(6).length).toBe(6)
        expect(part.write(hex`E0`)).toBe(true)
        clock.now = 7
        expect(part.read(6).length).toBe(6)
    })
})
