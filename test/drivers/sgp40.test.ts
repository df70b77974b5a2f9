/** The SGP40 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Sgp40, ticksFromCelsius, ticksFromRelativeHumidity } from "../../src/drivers/sgp40"
import { Conditions, Part } from "../../sim/parts/part"
import { SimSgp40 } from "../../sim/parts/sgp40"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

/** Keeps the last bytes written, counts those read, and flips the lowest bit of one byte of the answers of one length. */
class Listening implements Part {
    readonly address = 0x59
    written = hex``
    flippedByte = -1
    bytesRead = 0

    constructor(
        private readonly inner: Part,
        private readonly length: number
    ) {}

    write(bytes: Buffer): boolean {
        this.written = bytes.slice(0)
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
let part: SimSgp40
let bus: FakeI2C
let sensor: Sgp40

describe("sgp40", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = { vocTicks: 30712 }
        part = new SimSgp40(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Sgp40(bus, clock)
    })

    test("the words it is told are the datasheet's", () => {
        // Table 10: default, minimum, maximum.
        expect(ticksFromRelativeHumidity(50)).toBe(0x8000)
        expect(ticksFromRelativeHumidity(0)).toBe(0)
        expect(ticksFromRelativeHumidity(100)).toBe(0xffff)
        expect(ticksFromCelsius(25)).toBe(0x6666)
        expect(ticksFromCelsius(-45)).toBe(0)
        expect(ticksFromCelsius(130)).toBe(0xffff)
    })

    test("it is called as reports call it, and takes a minute until it can be relied on", () => {
        expect(sensor.part).toBe("sgp40")
        expect(sensor.warmUpMs).toBe(60000)
    })

    test("start waits out heater (1 ms), serial number (1 ms), self-test (320 ms) and first signal (30 ms)", async () => {
        await sensor.start()
        expectNear(clock.now, 352, 0.01)
    })

    test("a sample waits out the measurement, 30 ms, and carries the signal", async () => {
        await sensor.start()
        const startedAt = clock.now
        expect((await sensor.sample()).vocTicks).toBe(30712)
        expectNear(clock.now - startedAt, 30, 0.01)
    })

    test("no more is read than what is used", async () => {
        const counted = new Listening(part, 0)
        bus.parts = [counted]
        await sensor.start()
        // Serial number, self-test, first signal; signal.
        expect(counted.bytesRead).toBe(9 + 3 + 3)
        await sensor.sample()
        expect(counted.bytesRead).toBe(9 + 3 + 3 + 3)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        air = { vocTicks: 29842 }
        expect((await sensor.sample()).vocTicks).toBe(29842)
    })

    test("a part that another program left hot can be started, and its first signal is of no use again", async () => {
        await sensor.start()
        await sensor.sample()
        await sensor.start()
        expect((await sensor.sample()).vocTicks).toBe(30712)
    })

    test("without compensation the command is the datasheet's, byte for byte", async () => {
        const listening = new Listening(part, 3)
        bus.parts = [listening]
        await sensor.start()
        await sensor.sample()
        // Table 9.
        expectBytes(listening.written, "260f8000a2666693")
    })

    test("compensation tells the part humidity and temperature, with checksums it accepts", async () => {
        await sensor.start()
        sensor.compensate(-10, 90)
        await sensor.sample()
        // 90 %RH and -10 Cel: 58981.5 and 13107 ticks.
        expect(part.humidityTicks).toBe(58982)
        expect(part.temperatureTicks).toBe(13107)
        sensor.compensate(130, 100)
        await sensor.sample()
        expect(part.humidityTicks).toBe(0xffff)
        expect(part.temperatureTicks).toBe(0xffff)
        sensor.compensate(-45, 0)
        await sensor.sample()
        expect(part.humidityTicks).toBe(0)
        expect(part.temperatureTicks).toBe(0)
    })

    test("a value that is missing, or none that a word can hold, ends the compensation", async () => {
        await sensor.start()
        const pairs = [
            [NaN, 40],
            [20, NaN],
            [-45.5, 40],
            [130.5, 40],
            [20, -0.5],
            [20, 100.5],
        ]
        for (const pair of pairs) {
            sensor.compensate(20, 40)
            await sensor.sample()
            expect(part.temperatureTicks).toBe(24342)
            sensor.compensate(pair[0], pair[1])
            await sensor.sample()
            expect(part.humidityTicks).toBe(0x8000)
            expect(part.temperatureTicks).toBe(0x6666)
        }
    })

    test("a wrong bit in the signal is a crc fault, and does not stick", async () => {
        await sensor.start()
        part.corruptWord = 0
        await expectFault("crc", async () => await sensor.sample())
        part.corruptWord = -1
        expect((await sensor.sample()).vocTicks).toBe(30712)
    })

    test("one wrong bit in any byte of the serial number is a crc fault of start", async () => {
        const flipped = new Listening(part, 9)
        bus.parts = [flipped]
        for (let at = 0; at < 9; ++at) {
            flipped.flippedByte = at
            await expectFault("crc", async () => await sensor.start())
        }
        flipped.flippedByte = -1
        await sensor.start()
    })

    test("a wrong bit in the self-test's answer is a crc fault of start", async () => {
        const flipped = new Listening(part, 3)
        bus.parts = [flipped]
        for (let at = 0; at < 3; ++at) {
            flipped.flippedByte = at
            await expectFault("crc", async () => await sensor.start())
        }
        flipped.flippedByte = -1
        await sensor.start()
    })

    test("a failed self-test is stuck, whatever its low byte, and does not stick", async () => {
        for (const result of [0x4b00, 0x4bff]) {
            part.selfTestResult = result
            await expectFault("stuck", async () => await sensor.start())
        }
        part.selfTestResult = 0xd4ff
        await sensor.start()
        expect((await sensor.sample()).vocTicks).toBe(30712)
    })

    test("a self-test that neither passed nor failed is not this part's", async () => {
        for (const result of [0x0000, 0xd500, 0xd300, 0x4a00, 0x4c00, 0xffff]) {
            part.selfTestResult = result
            await expectFault("identity", async () => await sensor.start())
        }
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x59, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("a signal at either end of its scale is stuck, one next to it is not", async () => {
        await sensor.start()
        for (const ticks of [0, 65535]) {
            air = { vocTicks: ticks }
            await expectFault("stuck", async () => await sensor.sample())
        }
        for (const ticks of [1, 65534]) {
            air = { vocTicks: ticks }
            expect((await sensor.sample()).vocTicks).toBe(ticks)
        }
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        await sensor.start()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        await sensor.start()
        expect((await sensor.sample()).vocTicks).toBe(30712)
    })

    test("a part that goes away in the middle of a measurement is a bus fault", async () => {
        let goneAtMs = 360
        part = new SimSgp40(clock, timeMs => (timeMs < goneAtMs ? air : {}))
        bus.parts = [part]
        await sensor.start()
        await expectFault("bus", async () => await sensor.sample())
        goneAtMs = 10000
        await sensor.start()
        await sensor.sample()
    })

    test("it speaks to the address it was given, 0x59 by default", async () => {
        bus.parts = [new SimSgp40(clock, () => air, 0x59)]
        await sensor.start()
        bus.parts = [new SimSgp40(clock, () => air, 0x58)]
        await expectFault("bus", async () => await sensor.start())
        await new Sgp40(bus, clock, 0x58).start()
    })

    test("the simulated part gives a cold signal first, and again after its heater was off", () => {
        const measure = hex`260F8000A2666693`
        for (const readyAt of [30, 91]) {
            expect(part.write(measure)).toBe(true)
            clock.now = readyAt
            // 15356 ticks.
            expectBytes(part.read(2), "3bfc")
            expect(part.write(measure)).toBe(true)
            clock.now += 30
            expectBytes(part.read(2), "77f8")
            expect(part.write(hex`3615`)).toBe(true)
            clock.now += 1
        }
    })

    test("the simulated part tells its serial number when idle, and nothing while busy or twice", () => {
        expect(part.write(hex`3682`)).toBe(true)
        expect(part.read(9) === undefined).toBe(true)
        clock.now = 1
        expect(part.read(9).length).toBe(9)
        expect(part.read(9) === undefined).toBe(true)
        expect(part.write(hex`260F8000A2666693`)).toBe(true)
        clock.now = 30
        expect(part.write(hex`3682`)).toBe(false)
        clock.now = 31
        expect(part.write(hex`3682`)).toBe(false)
        expect(part.write(hex`280E`)).toBe(true)
        clock.now = 350
        expect(part.read(3) === undefined).toBe(true)
        clock.now = 351
        expectBytes(part.read(2), "d400")
    })

    test("the simulated part refuses a wrong checksum, and what it does not know", () => {
        expect(part.write(hex`260F8000A3666693`)).toBe(false)
        expect(part.write(hex`260F8000A2666692`)).toBe(false)
        expect(part.write(hex`260F`)).toBe(false)
        expect(part.write(hex`2619`)).toBe(false)
    })

    test("the simulated part holds what was there when its measurement ended", async () => {
        part = new SimSgp40(clock, timeMs => {
            return { vocTicks: 20000 + timeMs }
        })
        bus.parts = [part]
        await sensor.start()
        expect((await sensor.sample()).vocTicks).toBe(20382)
    })
})
