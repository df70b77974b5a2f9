/** The SPS30 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Sps30 } from "../../src/drivers/sps30"
import { Conditions, Part } from "../../sim/parts/part"
import { SimSps30 } from "../../sim/parts/sps30"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Answering } from "./answering"
import { Stranger } from "./stranger"

/** Flips the lowest bit of one byte of the answers to one command, and counts what is read. */
class Flipped implements Part {
    readonly address = 0x69
    flippedByte = -1
    bytesRead = 0
    private command = 0

    constructor(
        private readonly inner: Part,
        private readonly flippedCommand: number
    ) {}

    write(bytes: Buffer): boolean {
        this.command = (bytes[0] << 8) | bytes[1]
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        this.bytesRead += length
        if (bytes !== undefined && this.command === this.flippedCommand && this.flippedByte >= 0)
            bytes[this.flippedByte] = bytes[this.flippedByte] ^ 1
        return bytes
    }
}

let clock: FakeClock
let air: Conditions
let part: SimSps30
let bus: FakeI2C
let sensor: Sps30

function airOf(pm1: number, pm25: number, pm4: number, pm10: number): Conditions {
    return {
        pm1MicrogramsPerCubicMetre: pm1,
        pm25MicrogramsPerCubicMetre: pm25,
        pm4MicrogramsPerCubicMetre: pm4,
        pm10MicrogramsPerCubicMetre: pm10,
    }
}

async function startWarm(): Promise<void> {
    await sensor.start()
    clock.now += sensor.warmUpMs
}

describe("sps30", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(4.5, 5.25, 5.5, 5.625)
        part = new SimSps30(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Sps30(bus, clock)
    })

    test("it is called as reports call it, and warms up for 30 s", () => {
        expect(sensor.part).toBe("sps30")
        expect(sensor.warmUpMs).toBe(30000)
    })

    test("start waits out stop (20 ms), clearing the status (5 ms) and start (20 ms), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 45, 0.01)
    })

    test("a sample after the warm-up carries all four values, at once", async () => {
        await startWarm()
        const readyAt = clock.now
        const sample = await sensor.sample()
        expect(sample.pm1MicrogramsPerCubicMetre).toBe(4.5)
        expect(sample.pm25MicrogramsPerCubicMetre).toBe(5.25)
        expect(sample.pm4MicrogramsPerCubicMetre).toBe(5.5)
        expect(sample.pm10MicrogramsPerCubicMetre).toBe(5.625)
        expectNear(clock.now - readyAt, 0, 0.01)
    })

    test("no more is read than what is used", async () => {
        const counted = new Flipped(part, 0)
        bus.parts = [counted]
        await startWarm()
        // Product type and version; flag, status and four values.
        expect(counted.bytesRead).toBe(12 + 3)
        await sensor.sample()
        expect(counted.bytesRead).toBe(12 + 3 + 3 + 6 + 24)
    })

    test("no measurement is given out twice, and the wait for the next is polled every 250 ms", async () => {
        await startWarm()
        await sensor.sample()
        air = airOf(7, 8, 9, 10)
        const readAt = clock.now
        expect((await sensor.sample()).pm1MicrogramsPerCubicMetre).toBe(7)
        // Measurements are 20 ms ahead of whole seconds from here: the fourth poll.
        expectNear(clock.now - readAt, 1000, 0.01)
    })

    test("the newest measurement is read, not the oldest", async () => {
        part = new SimSps30(clock, timeMs => airOf(timeMs / 1000, 100, 100, 100))
        bus.parts = [part]
        await sensor.start()
        clock.now += 60000
        // Started at 25 ms.
        expectNear((await sensor.sample()).pm1MicrogramsPerCubicMetre, 60.025, 0.001)
    })

    test("a part still measuring from before a reset can be started", async () => {
        await sensor.start()
        clock.now += 7000
        await new Sps30(bus, clock).start()
        await sensor.sample()
    })

    test("a part that was never started is a timeout after 46 polls, and can then be started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        expectNear(clock.now, 11250, 0.01)
        expect(bus.transactions).toBe(2 * 46)
        await startWarm()
        await sensor.sample()
    })

    test("a fan that cleans itself is waited for", async () => {
        await startWarm()
        await sensor.sample()
        expect(part.write(hex`5607`)).toBe(true)
        clock.now += 5
        const askedAt = clock.now
        await sensor.sample()
        // The last measurement was 20 ms before the cleaning; the next is 11 s after it, and found by the poll after that.
        expectNear(clock.now - askedAt, 11000, 0.01)
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, then a timeout, until it is started", async () => {
        await startWarm()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        await expectFault("timeout", async () => await sensor.sample())
        await startWarm()
        await sensor.sample()
    })

    test("one wrong bit in any byte of a measurement is a crc fault, and does not stick", async () => {
        const flipped = new Flipped(part, 0x0300)
        bus.parts = [flipped]
        await startWarm()
        for (let at = 0; at < 24; ++at) {
            flipped.flippedByte = at
            clock.now += 1000
            await expectFault("crc", async () => await sensor.sample())
        }
        flipped.flippedByte = -1
        clock.now += 1000
        await sensor.sample()
    })

    test("a wrong bit in the data-ready flag or the status is a crc fault", async () => {
        await startWarm()
        for (const command of [0x0202, 0xd206]) {
            const flipped = new Flipped(part, command)
            bus.parts = [flipped]
            const bytes = command === 0x0202 ? 3 : 6
            for (let at = 0; at < bytes; ++at) {
                flipped.flippedByte = at
                clock.now += 1000
                await expectFault("crc", async () => await sensor.sample())
            }
        }
        bus.parts = [part]
        clock.now += 1000
        await sensor.sample()
    })

    test("a wrong bit in the product type or the version is a crc fault of start", async () => {
        const type = new Flipped(part, 0xd002)
        bus.parts = [type]
        for (let at = 0; at < 12; ++at) {
            type.flippedByte = at
            await expectFault("crc", async () => await sensor.start())
        }
        const version = new Flipped(part, 0xd100)
        version.flippedByte = 1
        bus.parts = [version]
        await expectFault("crc", async () => await sensor.start())
        bus.parts = [part]
        await sensor.start()
    })

    test("another product, and another part at the address, is an identity fault", async () => {
        for (const type of ["00080001", "00090000", "SEN55"]) {
            part.productType = type
            await expectFault("identity", async () => await sensor.start())
        }
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x69, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        part.productType = "00080000"
        bus.parts = [part]
        await sensor.start()
    })

    test("a blocked fan is stuck, also when it turns again, until it is started anew", async () => {
        await startWarm()
        part.isFanBlocked = true
        await expectFault("stuck", async () => await sensor.sample())
        part.isFanBlocked = false
        clock.now += 1000
        await expectFault("stuck", async () => await sensor.sample())
        await startWarm()
        await sensor.sample()
    })

    test("a laser that failed is stuck, and does not stick", async () => {
        await startWarm()
        part.isLaserBroken = true
        await expectFault("stuck", async () => await sensor.sample())
        part.isLaserBroken = false
        clock.now += 1000
        await sensor.sample()
    })

    test("a slow fan is a warning, and reserved bits of the status say nothing", async () => {
        await startWarm()
        part.isFanSlow = true
        await sensor.sample()
        // All bits but the two: 0xffff and 0xffcf.
        bus.parts = [new Answering(part, 0xd206, hex`FFFFAC FFCF69`)]
        clock.now += 1000
        await sensor.sample()
    })

    test("modules before firmware 2.2 are not asked for a status they do not have", async () => {
        for (const version of [0x0100, 0x0201]) {
            part.firmwareVersion = version
            const before = clock.now
            await sensor.start()
            expectNear(clock.now - before, 40, 0.01)
            clock.now += 3000
            await sensor.sample()
            clock.now += 3000
            await new Sps30(bus, clock).sample()
        }
        part.firmwareVersion = 0x0202
        await startWarm()
        part.isFanBlocked = true
        await expectFault("stuck", async () => await sensor.sample())
    })

    test("the ends of the range, 0 and 1000 ug/m3, are measured", async () => {
        await startWarm()
        air = airOf(0, 0, 0, 0)
        expect((await sensor.sample()).pm1MicrogramsPerCubicMetre).toBe(0)
        air = airOf(1000, 1000, 1000, 1000)
        expect((await sensor.sample()).pm10MicrogramsPerCubicMetre).toBe(1000)
    })

    test("what is beyond is a range fault, in any of the four, and does not stick", async () => {
        await startWarm()
        for (const beyond of [
            airOf(-0.5, 5, 5, 5),
            airOf(5, -0.5, 5, 5),
            airOf(5, 5, 1000.5, 5),
            airOf(5, 5, 5, 1000.5),
        ]) {
            air = beyond
            clock.now += 1000
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(5, 5, 5, 5)
        await sensor.sample()
    })

    test("what is no number is stuck", async () => {
        await startWarm()
        air = airOf(5, 5, 5, NaN)
        await expectFault("stuck", async () => await sensor.sample())
        air = airOf(5, 5, 5, 5)
        await sensor.sample()
    })

    test("a flag that is neither 0 nor 1 is no data", async () => {
        await startWarm()
        bus.parts = [new Answering(part, 0x0202, hex`0002E3`)]
        await expectFault("timeout", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x69 by default", async () => {
        bus.parts = [new SimSps30(clock, () => air, 0x69)]
        await sensor.start()
        bus.parts = [new SimSps30(clock, () => air, 0x68)]
        await expectFault("bus", async () => await sensor.start())
        await new Sps30(bus, clock, 0x68).start()
    })

    test("the simulated part tells who it is", () => {
        expect(part.write(hex`D002`)).toBe(true)
        // "00080000"; checksums by the other implementation, see test/drivers/sensirion.test.ts.
        expectBytes(part.read(12), "3030f630384f3030f63030f6")
        expect(part.write(hex`D100`)).toBe(true)
        expectBytes(part.read(2), "0203")
        expect(part.write(hex`D033`)).toBe(true)
        const serial = part.read(48)
        expectBytes(serial.slice(0, 2), "4137")
        expectBytes(serial.slice(45), "000081")
        expect(part.write(hex`D206`)).toBe(true)
        expectBytes(part.read(6), "000081000081")
    })

    test("the simulated part's values are floats or integers as asked, and can be read again and again", async () => {
        expect(part.write(hex`0300`)).toBe(true)
        expect(part.read(60) === undefined).toBe(true)
        await startWarm()
        expect(part.write(hex`0202`)).toBe(true)
        expectBytes(part.read(3), "0001b0")
        expectBytes(part.read(3), "0001b0")
        expect(part.write(hex`0300`)).toBe(true)
        // 4.5 is 0x40900000.
        expectBytes(part.read(60).slice(0, 5), "4090310000")
        expectBytes(part.read(5), "4090310000")
        expect(part.write(hex`0202`)).toBe(true)
        expectBytes(part.read(3), "000081")
        expect(part.write(hex`0104`)).toBe(true)
        clock.now += 20
        expect(part.write(hex`00100500F6`)).toBe(true)
        clock.now += 1000
        expect(part.write(hex`0300`)).toBe(true)
        expectBytes(part.read(30).slice(0, 5), "0005740005")
    })

    test("the simulated part starts from idle only, and refuses what is wrong", async () => {
        expect(part.write(hex`00100300AD`)).toBe(false)
        expect(part.write(hex`001003`)).toBe(false)
        expect(part.write(hex`0010040002`)).toBe(false)
        expect(part.write(hex`5607`)).toBe(false)
        expect(part.write(hex`ABCD`)).toBe(false)
        await sensor.start()
        expect(part.write(hex`00100300AC`)).toBe(false)
        expect(part.write(hex`1001`)).toBe(false)
        expect(part.write(hex`0104`)).toBe(true)
        clock.now += 19
        expect(part.write(hex`0202`)).toBe(false)
        clock.now += 1
        expect(part.write(hex`D304`)).toBe(true)
        clock.now += 99
        expect(part.write(hex`0202`)).toBe(false)
        clock.now += 1
        expect(part.write(hex`0202`)).toBe(true)
    })

    test("the simulated part sleeps until it is woken twice within 100 ms", () => {
        expect(part.write(hex`1001`)).toBe(true)
        expect(part.write(hex`0202`)).toBe(false)
        expect(part.write(hex`1103`)).toBe(false)
        clock.now = 101
        expect(part.write(hex`1103`)).toBe(false)
        clock.now = 201
        expect(part.write(hex`1103`)).toBe(true)
        clock.now = 206
        expect(part.write(hex`0202`)).toBe(true)
    })

    test("the simulated part cleans its fan once in the interval it is told", async () => {
        expect(part.write(hex`8004`)).toBe(true)
        // A week, 604800 s, is 0x00093a80.
        expectBytes(part.read(6).slice(0, 2), "0009")
        expect(part.write(hex`8004 000081 003C39`)).toBe(true)
        clock.now += 20
        await sensor.start()
        clock.now += 59990
        await sensor.sample()
        const cleanedAt = clock.now
        await sensor.sample()
        expectNear(clock.now - cleanedAt, 10125, 250)
    })
})
