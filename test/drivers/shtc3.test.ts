/** The SHTC3 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Shtc3, celsiusFromTicks, relativeHumidityFromTicks } from "../../src/drivers/shtc3"
import { Conditions } from "../../sim/parts/part"
import { SimShtc3 } from "../../sim/parts/shtc3"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a tick, and what the VM's printing of floats can hide.
const TICK_CELSIUS = 0.002
const TICK_PERCENT = 0.002

let clock: FakeClock
let air: Conditions
let part: SimShtc3
let bus: FakeI2C
let sensor: Shtc3

function airOf(temperatureCelsius: number, relativeHumidityPercent: number): Conditions {
    return { temperatureCelsius, relativeHumidityPercent }
}

/** Asleep it takes no question. */
function isAsleep(): boolean {
    return !part.write(hex`EFC8`)
}

describe("shtc3", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 40)
        part = new SimShtc3(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Shtc3(bus, clock)
    })

    test("the scales are the datasheet's", () => {
        // Its example, figure 7: 0x648b is 23.7 Cel, 0xa133 is 63 %RH.
        expectNear(celsiusFromTicks(0x648b), 23.7, 0.05)
        expectNear(relativeHumidityFromTicks(0xa133), 63, 0.05)
        // -45 + 175 * S / 2^16 and 100 * S / 2^16.
        expect(celsiusFromTicks(0)).toBe(-45)
        expect(celsiusFromTicks(0x8000)).toBe(42.5)
        expect(relativeHumidityFromTicks(0)).toBe(0)
        expect(relativeHumidityFromTicks(0x8000)).toBe(50)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("shtc3")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the wake-up, 1 ms, no more, and leaves the part asleep", async () => {
        await sensor.start()
        expectNear(clock.now, 1, 0.01)
        expect(isAsleep()).toBe(true)
    })

    test("a sample waits out wake-up and conversion, 14 ms, carries both values, and leaves the part asleep", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 14, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
        expect(isAsleep()).toBe(true)
    })

    test("no more is read than what is used", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        expect(counted.bytesRead).toBe(3)
        await sensor.sample()
        expect(counted.bytesRead).toBe(3 + 6)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        air = airOf(-12.25, 95)
        const sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, -12.25, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 95, TICK_PERCENT)
    })

    test("a part that another program left awake or asleep can be started", async () => {
        expect(isAsleep()).toBe(false)
        await sensor.start()
        expect(isAsleep()).toBe(true)
        await sensor.start()
        await sensor.sample()
    })

    test("one wrong bit in either word is a crc fault, leaves the part asleep, and does not stick", async () => {
        await sensor.start()
        for (const word of [0, 1]) {
            part.corruptWord = word
            await expectFault("crc", async () => await sensor.sample())
            expect(isAsleep()).toBe(true)
        }
        part.corruptWord = -1
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("the bits of the id that differ from part to part do not matter, the others do", async () => {
        for (const id of [0x0807, 0xffc7, 0x1847]) {
            part.id = id
            await sensor.start()
        }
        for (const id of [0x0007, 0x0806, 0x0805, 0x0803, 0x080f, 0x0817, 0x0827]) {
            part.id = id
            await expectFault("identity", async () => await sensor.start())
            expect(isAsleep()).toBe(true)
        }
        part.id = 0x0887
        await sensor.start()
        await sensor.sample()
    })

    test("a wrong bit in an id that is otherwise right is a crc fault", async () => {
        // Sent as 0x0807 with the checksum of 0x0806.
        part.id = 0x0806
        part.corruptWord = 0
        await expectFault("crc", async () => await sensor.start())
        part.id = 0x0887
        part.corruptWord = -1
        await sensor.start()
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x70, byte)]
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
        part = new SimShtc3(clock, timeMs => (timeMs < goneAtMs ? air : {}))
        bus.parts = [part]
        await expectFault("bus", async () => await sensor.sample())
        goneAtMs = 1000
        await sensor.sample()
    })

    test("-40 and 125 Cel are measured, what is beyond is a range fault, and does not stick", async () => {
        for (const celsius of [-40, 125]) {
            air = airOf(celsius, 40)
            expectNear((await sensor.sample()).temperatureCelsius, celsius, TICK_CELSIUS)
        }
        // One tick, 0.0027 Cel, further.
        for (const celsius of [-40.0039, 125.0039, -45, 130]) {
            air = airOf(celsius, 40)
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(20, 0)
        expect((await sensor.sample()).relativeHumidityPercent).toBe(0)
        air = airOf(20, 100)
        expectNear((await sensor.sample()).relativeHumidityPercent, 100, TICK_PERCENT)
    })

    test("it speaks to the address it was given, 0x70 by default", async () => {
        bus.parts = [new SimShtc3(clock, () => air, 0x70)]
        await sensor.start()
        bus.parts = [new SimShtc3(clock, () => air, 0x71)]
        await expectFault("bus", async () => await sensor.start())
        await new Shtc3(bus, clock, 0x71).start()
    })

    test("the simulated part sends the datasheet's bytes", () => {
        // Figure 7, humidity first: 0xa133 and 0x648b, which it rounds to 63 %RH and 23.7 Cel.
        air = airOf(23.73093, 62.96844)
        expect(part.write(hex`58E0`)).toBe(true)
        clock.now = 13
        expectBytes(part.read(6), "a1331c648bc7")
        expect(part.write(hex`7866`)).toBe(true)
        clock.now = 26
        expectBytes(part.read(6), "648bc7a1331c")
    })

    test("the simulated part holds what was there when its conversion ended", async () => {
        part = new SimShtc3(clock, timeMs => airOf(timeMs, 40))
        bus.parts = [part]
        clock.now = 20
        expectNear((await sensor.sample()).temperatureCelsius, 33.1, TICK_CELSIUS)
    })

    test("the simulated part does not answer while busy, twice, or to what it does not know", () => {
        expect(part.write(hex`7866`)).toBe(true)
        clock.now = 12
        expect(part.write(hex`B098`)).toBe(false)
        expect(part.read(6) === undefined).toBe(true)
        clock.now = 13
        expect(part.read(6).length).toBe(6)
        expect(part.read(6) === undefined).toBe(true)
        expect(part.write(hex`7CA2`)).toBe(false)
        expect(part.write(hex`EF`)).toBe(false)
    })

    test("the simulated part's low power mode is faster, and a reset takes as long as a wake-up", () => {
        expect(part.write(hex`609C`)).toBe(true)
        clock.now = 1
        expect(part.read(6).length).toBe(6)
        expect(part.write(hex`401A`)).toBe(true)
        clock.now = 2
        expect(part.read(6).length).toBe(6)
        expect(part.write(hex`805D`)).toBe(true)
        expect(part.write(hex`EFC8`)).toBe(false)
        clock.now = 3
        expect(part.write(hex`EFC8`)).toBe(true)
        expectBytes(part.read(3), "08875b")
    })
})
