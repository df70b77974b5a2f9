/** The SCD4x driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Scd4x, celsiusFromTicks, relativeHumidityFromTicks } from "../../src/drivers/scd4x"
import { Conditions, Part } from "../../sim/parts/part"
import { SimScd4x } from "../../sim/parts/scd4x"
import { sensirionFrame } from "../../sim/parts/sensirion"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Listener } from "./listener"
import { Stranger } from "./stranger"

const TICK = 0.002

/** Flips the lowest bit of one byte of a measurement, and of no other answer. */
class FlippedMeasurement implements Part {
    readonly address = 0x62
    flippedByte = -1

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        if (bytes !== undefined && length === 9 && this.flippedByte >= 0)
            bytes[this.flippedByte] = bytes[this.flippedByte] ^ 1
        return bytes
    }
}

/** Says of its data-ready status what it is told to say. */
class StatusTold implements Part {
    readonly address = 0x62
    status = 0

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        return length === 3 ? sensirionFrame([this.status], -1) : bytes
    }
}

let clock: FakeClock
let air: Conditions
let part: SimScd4x
let bus: FakeI2C
let sensor: Scd4x

function airOf(
    carbonDioxidePpm: number,
    temperatureCelsius: number,
    relativeHumidityPercent: number
): Conditions {
    return { carbonDioxidePpm, temperatureCelsius, relativeHumidityPercent }
}

describe("scd4x", () => {
    beforeEach(() => {
        clock = new FakeClock()
        // The datasheet's example of a measurement, table 11.
        air = airOf(500, 25, 37)
        part = new SimScd4x(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Scd4x(bus, clock)
    })

    test("the scales are the datasheet's", () => {
        expectNear(celsiusFromTicks(0), -45, 1e-6)
        expectNear(celsiusFromTicks(0x6667), 25.0027, 1e-4)
        expectNear(celsiusFromTicks(0xffff), 130, 1e-6)
        expect(relativeHumidityFromTicks(0)).toBe(0)
        expectNear(relativeHumidityFromTicks(0x5eb9), 37.0016, 1e-4)
        expectNear(relativeHumidityFromTicks(0xffff), 100, 1e-6)
    })

    test("it is called as reports call it, and warms up for one interval", () => {
        expect(sensor.part).toBe("scd4x")
        expect(sensor.warmUpMs).toBe(5000)
    })

    test("start waits out the stop (500 ms) and the serial number (1 ms), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 501, 0.01)
    })

    test("a sample after the warm-up carries all three values, and takes 2 ms", async () => {
        await sensor.start()
        clock.now += sensor.warmUpMs
        const readyAt = clock.now
        const sample = await sensor.sample()
        expect(sample.carbonDioxidePpm).toBe(500)
        expectNear(sample.temperatureCelsius, 25, TICK)
        expectNear(sample.relativeHumidityPercent, 37, TICK)
        expectNear(clock.now - readyAt, 2, 0.01)
    })

    test("a sample that comes too early waits for the measurement, and little longer", async () => {
        await sensor.start()
        const startedAt = clock.now
        await sensor.sample()
        // 5000 ms, at most one poll (250 ms) late, and two reads.
        expectNear(clock.now - startedAt, 5126, 127)
    })

    test("no measurement is given out twice", async () => {
        await sensor.start()
        clock.now += 5000
        expect((await sensor.sample()).carbonDioxidePpm).toBe(500)
        air = airOf(1200, 25, 37)
        const readAt = clock.now
        expect((await sensor.sample()).carbonDioxidePpm).toBe(1200)
        expectNear(clock.now - readAt, 5126, 127)
    })

    test("after a long pause the newest measurement is read, not the oldest", async () => {
        part = new SimScd4x(clock, timeMs => airOf(400 + timeMs / 100, 25, 37))
        bus.parts = [part]
        await sensor.start()
        clock.now += 62000
        // Started at 501 ms: the twelfth measurement was at 60 501 ms.
        expect((await sensor.sample()).carbonDioxidePpm).toBe(1005)
    })

    test("any of the low 11 bits of the status says ready, and none above them", async () => {
        const told = new StatusTold(part)
        bus.parts = [told]
        await sensor.start()
        for (let bit = 0; bit < 11; ++bit) {
            clock.now += 5000
            const readyAt = clock.now
            told.status = 1 << bit
            await sensor.sample()
            expect(clock.now - readyAt).toBe(2)
        }
        told.status = 0xf800
        clock.now += 5000
        await expectFault("timeout", async () => await sensor.sample())
    })

    test("it sends what it must, reads what there is, and no more", async () => {
        const wires = new Listener(part)
        bus.parts = [wires]
        await sensor.start()
        clock.now += 5000
        await sensor.sample()
        expect(wires.heard).toBe("w3f86 w3682 r9 w21b1 we4b8 r3 wec05 r9")
    })

    test("a part still measuring from before a reset can be started", async () => {
        await sensor.start()
        clock.now += 7000
        await new Scd4x(bus, clock).start()
        expect((await sensor.sample()).carbonDioxidePpm).toBe(500)
    })

    test("a part that was never started is a timeout within 6 s, and can then be started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        // 23 polls of 1 ms, 250 ms apart: a tenth above the part's interval.
        expect(clock.now).toBe(5523)
        await sensor.start()
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, then a timeout, until it is started", async () => {
        await sensor.start()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        await expectFault("timeout", async () => await sensor.sample())
        await sensor.start()
        expect((await sensor.sample()).carbonDioxidePpm).toBe(500)
    })

    test("one wrong bit in any byte of a measurement is a crc fault, and does not stick", async () => {
        const flipped = new FlippedMeasurement(part)
        bus.parts = [flipped]
        await sensor.start()
        for (let at = 0; at < 9; ++at) {
            flipped.flippedByte = at
            clock.now += 5000
            await expectFault("crc", async () => await sensor.sample())
        }
        flipped.flippedByte = -1
        clock.now += 5000
        expect((await sensor.sample()).carbonDioxidePpm).toBe(500)
    })

    test("a wrong bit in the data-ready word is a crc fault", async () => {
        await sensor.start()
        clock.now += 5000
        part.corruptWord = 0
        await expectFault("crc", async () => await sensor.sample())
        part.corruptWord = -1
        await sensor.sample()
    })

    test("one wrong bit in any word of the serial number is a crc fault of start", async () => {
        for (const word of [0, 1, 2]) {
            part.corruptWord = word
            await expectFault("crc", async () => await sensor.start())
        }
        part.corruptWord = -1
        await sensor.start()
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x62, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("0 ppm is a part that has not measured: stuck, and does not stick", async () => {
        await sensor.start()
        air = airOf(0, 25, 37)
        await expectFault("stuck", async () => await sensor.sample())
        air = airOf(1, 25, 37)
        expect((await sensor.sample()).carbonDioxidePpm).toBe(1)
    })

    test("the ends of the output and operating ranges are measured", async () => {
        await sensor.start()
        air = airOf(40000, -10, 0)
        let sample = await sensor.sample()
        expect(sample.carbonDioxidePpm).toBe(40000)
        expectNear(sample.temperatureCelsius, -10, TICK)
        expectNear(sample.relativeHumidityPercent, 0, TICK)
        air = airOf(500, 60, 100)
        sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, 60, TICK)
        expectNear(sample.relativeHumidityPercent, 100, TICK)
    })

    test("what is beyond is a range fault", async () => {
        await sensor.start()
        for (const beyond of [
            airOf(40001, 25, 37),
            airOf(500, -10.01, 37),
            airOf(500, 60.01, 37),
            // One tick, 0.0027 Cel.
            airOf(500, -10.0027, 37),
            airOf(500, 60.0027, 37),
        ]) {
            air = beyond
            await expectFault("range", async () => await sensor.sample())
        }
    })

    test("it speaks to the address it was given, 0x62 by default", async () => {
        bus.parts = [new SimScd4x(clock, () => air, 0x62)]
        await sensor.start()
        bus.parts = [new SimScd4x(clock, () => air, 0x61)]
        await expectFault("bus", async () => await sensor.start())
        await new Scd4x(bus, clock, 0x61).start()
    })

    test("the simulated part sends the datasheet's bytes", () => {
        expect(part.write(hex`3682`)).toBe(true)
        clock.now = 1
        expectBytes(part.read(9), "f896319f07c23bbe89")
        // Its example, 25 Cel and 37 %RH, is rounded: to the nearest tick those are 0x6666 and 0x5eb8.
        air = airOf(500, 25.003, 37.002)
        expect(part.write(hex`21B1`)).toBe(true)
        clock.now = 5001
        expect(part.write(hex`EC05`)).toBe(true)
        clock.now = 5002
        expectBytes(part.read(9), "01f4336667a25eb93c")
    })

    test("the simulated part takes three commands while it measures, and none while it stops", () => {
        expect(part.write(hex`21B1`)).toBe(true)
        expect(part.write(hex`21B1`)).toBe(false)
        expect(part.write(hex`3682`)).toBe(false)
        expect(part.write(hex`3646`)).toBe(false)
        expect(part.write(hex`E4B8`)).toBe(true)
        expect(part.read(3) === undefined).toBe(true)
        clock.now = 1
        expectBytes(part.read(2), "f800")
        expect(part.write(hex`EC05`)).toBe(true)
        clock.now = 2
        expect(part.read(9) === undefined).toBe(true)
        expect(part.write(hex`3F86`)).toBe(true)
        clock.now = 501
        expect(part.write(hex`E4B8`)).toBe(false)
        clock.now = 502
        expect(part.write(hex`3646`)).toBe(true)
        clock.now = 522
        expect(part.write(hex`3682`)).toBe(true)
    })
})
