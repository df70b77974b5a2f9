/** The SCD30 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Scd30 } from "../../src/drivers/scd30"
import { floatFromWords } from "../../src/drivers/sensirion"
import { Conditions, Part } from "../../sim/parts/part"
import { SimScd30 } from "../../sim/parts/scd30"
import { floatWords } from "../../sim/parts/sensirion"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Answering } from "./answering"
import { Stranger } from "./stranger"

/** Flips the lowest bit of one byte of the answers of one length, and counts what is read. */
class Flipped implements Part {
    readonly address = 0x61
    flippedByte = -1
    bytesRead = 0

    constructor(
        private readonly inner: Part,
        private readonly length: number
    ) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        this.bytesRead += length
        if (bytes !== undefined && length === this.length && this.flippedByte >= 0)
            bytes[this.flippedByte] = bytes[this.flippedByte] ^ 1
        return bytes
    }
}

let clock: FakeClock
let air: Conditions
let part: SimScd30
let bus: FakeI2C
let sensor: Scd30

function airOf(
    carbonDioxidePpm: number,
    temperatureCelsius: number,
    relativeHumidityPercent: number
): Conditions {
    return { carbonDioxidePpm, temperatureCelsius, relativeHumidityPercent }
}

async function startWarm(): Promise<void> {
    await sensor.start()
    clock.now += sensor.warmUpMs
}

describe("scd30", () => {
    beforeEach(() => {
        clock = new FakeClock()
        // The interface description's example of a measurement, chapter 1.4.5, to the last digit.
        air = airOf(439.0951538, 27.2382793, 48.8067436)
        part = new SimScd30(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Scd30(bus, clock)
    })

    test("floats are the interface description's, and those of IEEE 754", () => {
        expectNear(floatFromWords(0x43db, 0x8c2e), 439.0951538, 1e-6)
        expectNear(floatFromWords(0x41d9, 0xe7ff), 27.2382793, 1e-6)
        expectNear(floatFromWords(0x4243, 0x3a1b), 48.8067436, 1e-6)
        expect(floatFromWords(0x43c8, 0x0000)).toBe(400)
        expect(floatFromWords(0, 0)).toBe(0)
        expect(floatFromWords(0xc1b4, 0)).toBe(-22.5)
        expect(floatFromWords(0x7fc0, 0) >= 0).toBe(false)
        expect(floatFromWords(0x7fc0, 0) < 0).toBe(false)
    })

    test("it is called as reports call it, and warms up for two intervals", () => {
        expect(sensor.part).toBe("scd30")
        expect(sensor.warmUpMs).toBe(4000)
    })

    test("start waits out version, interval (4 ms each) and command (20 ms), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 28, 0.01)
        expect(part.pressureMillibars).toBe(0)
    })

    test("a sample after the warm-up carries all three values, and takes 8 ms", async () => {
        await startWarm()
        const readyAt = clock.now
        const sample = await sensor.sample()
        expectNear(sample.carbonDioxidePpm, 439.0951538, 1e-4)
        expectNear(sample.temperatureCelsius, 27.2382793, 1e-5)
        expectNear(sample.relativeHumidityPercent, 48.8067436, 1e-5)
        expectNear(clock.now - readyAt, 8, 0.01)
    })

    test("no more is read than what is used", async () => {
        const counted = new Flipped(part, 0)
        bus.parts = [counted]
        await startWarm()
        // Version and interval; status and three values.
        expect(counted.bytesRead).toBe(3 + 3)
        await sensor.sample()
        expect(counted.bytesRead).toBe(3 + 3 + 3 + 18)
    })

    test("the first measurement after a start, which has no CO2, is passed over", async () => {
        await sensor.start()
        const startedAt = clock.now
        expectNear((await sensor.sample()).carbonDioxidePpm, 439.095, 0.001)
        // Two intervals from 20 ms before, at most one poll (254 ms) late, and a read.
        expectNear(clock.now - startedAt, 4120, 140)
    })

    test("no measurement is given out twice, and the wait for the next is polled every 250 ms", async () => {
        await startWarm()
        await sensor.sample()
        air = airOf(1200, 25, 37)
        const readAt = clock.now
        expect((await sensor.sample()).carbonDioxidePpm).toBe(1200)
        // The third measurement is 2000 ms after the second, which was read 28 ms late: the ninth poll, at 2036 ms.
        expectNear(clock.now - readAt, 2040, 0.01)
    })

    test("after a long pause the newest measurement is read, not the oldest", async () => {
        part = new SimScd30(clock, timeMs => airOf(400 + timeMs / 100, 25, 37))
        bus.parts = [part]
        await sensor.start()
        clock.now += 60000
        // Started at 8 ms: the thirtieth measurement was at 60 008 ms.
        expectNear((await sensor.sample()).carbonDioxidePpm, 1000.08, 0.001)
    })

    test("a part that measures already goes on, and is not made to start from 0 ppm", async () => {
        await startWarm()
        await sensor.sample()
        clock.now += 2000
        await sensor.start()
        const startedAt = clock.now
        expectNear((await sensor.sample()).carbonDioxidePpm, 439.095, 0.001)
        expectNear(clock.now - startedAt, 8, 0.01)
    })

    test("a part that another program left at another interval is set to 2 s, at once", async () => {
        for (const interval of [3, 1800]) {
            part = new SimScd30(clock, () => air)
            part.intervalSeconds = interval
            bus.parts = [part]
            const before = clock.now
            expect(part.write(hex`0010000081`)).toBe(true)
            clock.now += 1000
            await startWarm()
            expectNear(clock.now - before, 1000 + 68 + 4000, 0.01)
            expect(part.intervalSeconds).toBe(2)
            await sensor.sample()
        }
    })

    test("an interval that is right already is not written: the part keeps it in flash", async () => {
        await sensor.start()
        // Version and interval are a write and a read each, the start is one write.
        expect(bus.transactions).toBe(5)
    })

    test("a pressure that another program told it is taken back", async () => {
        expect(part.write(hex`001002BC9A`)).toBe(true)
        expect(part.pressureMillibars).toBe(700)
        clock.now = 20
        await sensor.start()
        expect(part.pressureMillibars).toBe(0)
    })

    test("a part that was never started is a timeout after 10 polls, and can then be started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        // 10 reads of 4 ms and 9 waits of 250 ms.
        expectNear(clock.now, 2290, 0.01)
        await startWarm()
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault until it has booted, and then measures by itself", async () => {
        await startWarm()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        await expectFault("bus", async () => await sensor.start())
        clock.now += 2000
        expectNear((await sensor.sample()).carbonDioxidePpm, 439.095, 0.001)
        await sensor.start()
        await sensor.sample()
    })

    test("one wrong bit in any byte of a measurement is a crc fault, and does not stick", async () => {
        const flipped = new Flipped(part, 18)
        bus.parts = [flipped]
        await startWarm()
        for (let at = 0; at < 18; ++at) {
            flipped.flippedByte = at
            clock.now += 2000
            await expectFault("crc", async () => await sensor.sample())
        }
        flipped.flippedByte = -1
        clock.now += 2000
        await sensor.sample()
    })

    test("a wrong bit in the data-ready word is a crc fault", async () => {
        await startWarm()
        part.corruptWord = 0
        await expectFault("crc", async () => await sensor.sample())
        part.corruptWord = -1
        await sensor.sample()
    })

    test("a wrong bit in the interval is a crc fault of start", async () => {
        bus.parts = [new Answering(part, 0x4600, hex`0003E3`)]
        await expectFault("crc", async () => await sensor.start())
        bus.parts = [part]
        await sensor.start()
    })

    test("another part at the address, or a version with a wrong checksum, is an identity fault", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x61, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        bus.parts = [new Answering(part, 0xd100, hex`0343F3`)]
        await expectFault("identity", async () => await sensor.start())
        bus.parts = [part]
        await sensor.start()
    })

    test("0 ppm twice is a part that does not measure: stuck, and does not stick", async () => {
        await startWarm()
        air = airOf(0, 25, 37)
        const before = clock.now
        await expectFault("stuck", async () => await sensor.sample())
        expectNear(clock.now - before, 2048, 0.01)
        air = airOf(0.5, 25, 37)
        expect((await sensor.sample()).carbonDioxidePpm).toBe(0.5)
    })

    test("what is no number is stuck, in any of the three", async () => {
        await startWarm()
        for (const none of [airOf(NaN, 25, 37), airOf(500, NaN, 37), airOf(500, 25, NaN)]) {
            air = none
            clock.now += 2000
            await expectFault("stuck", async () => await sensor.sample())
        }
    })

    test("the ends of the measurement ranges are measured", async () => {
        await startWarm()
        air = airOf(40000, -40, 0)
        let sample = await sensor.sample()
        expect(sample.carbonDioxidePpm).toBe(40000)
        expect(sample.temperatureCelsius).toBe(-40)
        expect(sample.relativeHumidityPercent).toBe(0)
        air = airOf(0.25, 70, 100)
        sample = await sensor.sample()
        expect(sample.carbonDioxidePpm).toBe(0.25)
        expect(sample.temperatureCelsius).toBe(70)
        expect(sample.relativeHumidityPercent).toBe(100)
    })

    test("what is beyond is a range fault", async () => {
        await startWarm()
        for (const beyond of [
            airOf(40000.5, 25, 37),
            airOf(-0.5, 25, 37),
            airOf(500, -40.5, 37),
            airOf(500, 70.5, 37),
            airOf(500, 25, -0.5),
            airOf(500, 25, 100.5),
        ]) {
            air = beyond
            clock.now += 2000
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(500, 25, 37)
        await sensor.sample()
    })

    test("a data-ready word that is neither 0 nor 1 is no data", async () => {
        await startWarm()
        bus.parts = [new Answering(part, 0x0202, hex`0002E3`)]
        await expectFault("timeout", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x61 by default", async () => {
        bus.parts = [new SimScd30(clock, () => air, 0x61)]
        await sensor.start()
        bus.parts = [new SimScd30(clock, () => air, 0x62)]
        await expectFault("bus", async () => await sensor.start())
        await new Scd30(bus, clock, 0x62).start()
    })

    test("the simulated part sends the interface description's bytes", async () => {
        expect(part.write(hex`D100`)).toBe(true)
        clock.now += 4
        expectBytes(part.read(3), "0342f3")
        expect(part.write(hex`4600`)).toBe(true)
        clock.now += 4
        expectBytes(part.read(3), "0002e3")
        await startWarm()
        expect(part.write(hex`0202`)).toBe(true)
        clock.now += 4
        expectBytes(part.read(3), "0001b0")
        expect(part.write(hex`0300`)).toBe(true)
        clock.now += 4
        expectBytes(part.read(18), "43dbcb8c2e8f41d970e7fff54243bf3a1b74")
        expect(part.write(hex`0202`)).toBe(true)
        clock.now += 4
        expectBytes(part.read(3), "000081")
    })

    test("the simulated part takes the interface description's settings, and tells them", () => {
        const settings = [hex`51 02 03 E8 D4`, hex`52 04 01 C2 50`, hex`54 03 01 F4 33`]
        for (const setting of settings) {
            expect(part.write(setting)).toBe(true)
            clock.now += 20
            expect(part.write(setting.slice(0, 2))).toBe(true)
            clock.now += 4
            expectBytes(part.read(3), setting.slice(2).toString("hex"))
        }
        expect(part.write(hex`53 06 00 00 81`)).toBe(true)
    })

    test("the simulated part wants more than 3 ms before a read, and refuses what is wrong", () => {
        expect(part.write(hex`D100`)).toBe(true)
        clock.now = 3
        expect(part.read(3) === undefined).toBe(true)
        clock.now = 3.5
        expect(part.read(3).length).toBe(3)
        expect(part.write(hex`FFFF`)).toBe(false)
        expect(part.write(hex`46000002E2`)).toBe(false)
        expect(part.write(hex`46000001B0`)).toBe(false)
        expect(part.write(hex`460000`)).toBe(false)
    })

    test("a reset takes the simulated part 2 s, and it measures on", async () => {
        await sensor.start()
        expect(part.write(hex`D304`)).toBe(true)
        clock.now += 1999
        await expectFault("bus", async () => await sensor.start())
        clock.now += 1
        await sensor.sample()
    })

    test("numbers go out as single precision", () => {
        for (const value of [0.1, -22.5, 1 / 3, 40000, 0.000001, 65504.99]) {
            const words = floatWords(value)
            expectNear(floatFromWords(words[0], words[1]), value, Math.abs(value) * 6e-8)
        }
        expect(floatWords(0)[0]).toBe(0)
        expect(floatWords(1.99999999)[0]).toBe(0x4000)
        expect(floatWords(1e39)[0]).toBe(0x7f80)
        expect(floatWords(-1e-39)[0]).toBe(0x8000)
    })
})
