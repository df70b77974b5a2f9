/** The SHT3x driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Sht3x, celsiusFromTicks, relativeHumidityFromTicks } from "../../src/drivers/sht3x"
import { Conditions, Part } from "../../sim/parts/part"
import { SimSht3x } from "../../sim/parts/sht3x"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a tick, and what the VM's printing of floats can hide.
const TICK_CELSIUS = 0.002
const TICK_PERCENT = 0.002

/** A part whose status register is stuck at one answer. */
class FixedStatus implements Part {
    readonly address = 0x44

    constructor(
        private readonly inner: Part,
        private readonly status: Buffer
    ) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        return length === 3 ? this.status : this.inner.read(length)
    }
}

let clock: FakeClock
let air: Conditions
let part: SimSht3x
let bus: FakeI2C
let sensor: Sht3x

function airOf(temperatureCelsius: number, relativeHumidityPercent: number): Conditions {
    return { temperatureCelsius, relativeHumidityPercent }
}

describe("sht3x", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 40)
        part = new SimSht3x(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Sht3x(bus, clock)
    })

    test("the scales are the datasheet's", () => {
        // -45 + 175 * S / (2^16 - 1) and 100 * S / (2^16 - 1).
        expect(celsiusFromTicks(0)).toBe(-45)
        expectNear(celsiusFromTicks(0x6666), 25, 1e-6)
        expectNear(celsiusFromTicks(0xffff), 130, 1e-6)
        expect(relativeHumidityFromTicks(0)).toBe(0)
        expectNear(relativeHumidityFromTicks(0x3333), 20, 1e-6)
        expectNear(relativeHumidityFromTicks(0xffff), 100, 1e-6)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("sht3x")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out break (16 ms), reset (2 ms), serial number and status (1 ms each), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 20, 0.01)
    })

    test("a sample waits out the conversion, 16 ms, and carries both values", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 16, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
    })

    test("no more is read than what is used", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        // Serial number and status; both values.
        expect(counted.bytesRead).toBe(6 + 3)
        await sensor.sample()
        expect(counted.bytesRead).toBe(6 + 3 + 6)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        air = airOf(-12.25, 95)
        const sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, -12.25, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 95, TICK_PERCENT)
    })

    test("a part that another program left measuring on its own can be started", async () => {
        for (const command of [hex`2032`, hex`2130`, hex`2236`, hex`2334`, hex`2737`]) {
            expect(part.write(command)).toBe(true)
            clock.now += 1234
            await expectFault("bus", async () => await sensor.sample())
            await sensor.start()
            await sensor.sample()
        }
    })

    test("a part in the middle of a measurement can be started", async () => {
        expect(part.write(hex`2400`)).toBe(true)
        clock.now = 1
        await sensor.start()
        await sensor.sample()
    })

    test("start switches a heater off that another program left on", async () => {
        expect(part.write(hex`306D`)).toBe(true)
        await sensor.start()
        expect(part.write(hex`F32D`)).toBe(true)
        expectBytes(part.read(2), "8010")
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

    test("a wrong bit in the status is a crc fault of start", async () => {
        bus.parts = [new FixedStatus(part, hex`8011E1`)]
        await expectFault("crc", async () => await sensor.start())
        bus.parts = [part]
        await sensor.start()
    })

    test("a status that no SHT3x has after a reset is an identity fault", async () => {
        // Reset not told; each bit that is 0 after a reset, alone.
        for (const status of [
            hex`8000A2`,
            hex`C01068`,
            hex`A0103D`,
            hex`90108F`,
            hex`801858`,
            hex`801425`,
            hex`801283`,
            hex`8011D0`,
        ]) {
            bus.parts = [new FixedStatus(part, status)]
            await expectFault("identity", async () => await sensor.start())
        }
    })

    test("bits of the status that alerts or nobody define are as they like", async () => {
        for (const status of [hex`0010C2`, hex`8FF0B9`]) {
            bus.parts = [new FixedStatus(part, status)]
            await sensor.start()
        }
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
        part = new SimSht3x(clock, timeMs => (timeMs < goneAtMs ? air : {}))
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
        for (const celsius of [-40.0038, 125.0038, -45, 130]) {
            air = airOf(celsius, 40)
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(20, 0)
        expect((await sensor.sample()).relativeHumidityPercent).toBe(0)
        air = airOf(20, 100)
        expectNear((await sensor.sample()).relativeHumidityPercent, 100, 1e-6)
    })

    test("it speaks to the address it was given, 0x44 by default", async () => {
        bus.parts = [new SimSht3x(clock, () => air, 0x44)]
        await sensor.start()
        bus.parts = [new SimSht3x(clock, () => air, 0x45)]
        await expectFault("bus", async () => await sensor.start())
        await new Sht3x(bus, clock, 0x45).start()
    })

    test("the simulated part holds what was there when its conversion ended", async () => {
        part = new SimSht3x(clock, timeMs => airOf(timeMs, 40))
        bus.parts = [part]
        clock.now = 20
        expectNear((await sensor.sample()).temperatureCelsius, 35.5, TICK_CELSIUS)
    })

    test("the simulated part does not answer while busy, twice, or to what it does not know", () => {
        expect(part.write(hex`2400`)).toBe(true)
        clock.now = 15
        expect(part.write(hex`F32D`)).toBe(false)
        expect(part.read(6) === undefined).toBe(true)
        clock.now = 16
        // 21.5 Cel and 40 %RH are 24903.3 and 26214 ticks; the checksum of 0x6666 is 0x93 (SGP40 datasheet, table 10).
        expectBytes(part.read(6).slice(3), "666693")
        expect(part.read(6) === undefined).toBe(true)
        expect(part.write(hex`FD`)).toBe(false)
        expect(part.write(hex`E000`)).toBe(false)
        expect(part.write(hex`F32D`)).toBe(true)
        expectBytes(part.read(2), "8012")
    })

    test("the simulated part's other repeatabilities are faster", () => {
        expect(part.write(hex`240B`)).toBe(true)
        clock.now = 6.5
        expect(part.read(6).length).toBe(6)
        expect(part.write(hex`2416`)).toBe(true)
        clock.now = 11
        expect(part.read(6).length).toBe(6)
    })

    test("the simulated part measures periodically until a break, and hands each result out once", () => {
        part = new SimSht3x(clock, timeMs => airOf(timeMs / 100, 40))
        expect(part.write(hex`2130`)).toBe(true)
        clock.now = 15
        expect(part.write(hex`E000`)).toBe(true)
        expect(part.read(6) === undefined).toBe(true)
        clock.now = 3500
        expect(part.write(hex`2400`)).toBe(false)
        expect(part.write(hex`E000`)).toBe(true)
        const frame = part.read(6)
        expectNear(celsiusFromTicks((frame[0] << 8) | frame[1]), 30.155, TICK_CELSIUS)
        expect(part.write(hex`E000`)).toBe(true)
        expect(part.read(6) === undefined).toBe(true)
        expect(part.write(hex`3093`)).toBe(true)
        clock.now = 3515
        expect(part.write(hex`2400`)).toBe(false)
        clock.now = 3516
        expect(part.write(hex`2400`)).toBe(true)
    })

    test("the simulated part's status is told at once, and its flags can be cleared", () => {
        // As upstream's SHT30 driver asks for it.
        expect(part.write(hex`F32D`)).toBe(true)
        expectBytes(part.read(3), "8010e1")
        expect(part.write(hex`3041`)).toBe(true)
        expect(part.write(hex`F32D`)).toBe(true)
        expectBytes(part.read(3), "000081")
        expect(part.write(hex`306D`)).toBe(true)
        expect(part.write(hex`F32D`)).toBe(true)
        expectBytes(part.read(2), "2000")
        expect(part.write(hex`3066`)).toBe(true)
        expect(part.write(hex`3780`)).toBe(true)
        clock.now = 1
        expectBytes(part.read(2), "2a7c")
    })
})
