/** The AHT20 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Aht20, celsiusFromTicks, relativeHumidityFromTicks } from "../../src/drivers/aht20"
import { SimAht20 } from "../../sim/parts/aht20"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a tick, and what the VM's printing of floats can hide.
const TICK_CELSIUS = 0.0002
const TICK_PERCENT = 0.0001

/** A part that takes every command, never is busy, and sends the same frame, and not a byte more. */
class Recorded implements Part {
    readonly address = 0x38

    constructor(private readonly frame: Buffer) {}

    write(bytes: Buffer): boolean {
        return bytes.length > 0
    }

    read(length: number): Buffer | undefined {
        return length <= this.frame.length ? this.frame.slice(0, length) : undefined
    }
}

let clock: FakeClock
let air: Conditions
let part: SimAht20
let bus: FakeI2C
let sensor: Aht20

function airOf(temperatureCelsius: number, relativeHumidityPercent: number): Conditions {
    return { temperatureCelsius, relativeHumidityPercent }
}

describe("aht20", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 40)
        part = new SimAht20(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Aht20(bus, clock)
    })

    test("the scales are the datasheet's", () => {
        expect(celsiusFromTicks(0)).toBe(-50)
        expect(celsiusFromTicks(0x80000)).toBe(50)
        expectNear(celsiusFromTicks(0xfffff), 150, 0.0002)
        expect(relativeHumidityFromTicks(0)).toBe(0)
        expect(relativeHumidityFromTicks(0x80000)).toBe(50)
        expectNear(relativeHumidityFromTicks(0xfffff), 100, 0.0001)
    })

    test("frames of real parts are read as their owners read them", async () => {
        // The README of github.com/bilbobg/aht20.
        bus.parts = [new Recorded(hex`1c3b5e8688b2d2`)]
        let sample = await sensor.sample()
        expectNear(sample.relativeHumidityPercent, 23.191071, 1e-6)
        expectNear(sample.temperatureCelsius, 31.674576, 1e-6)
        // The README of github.com/peff74/ESP_AHT20_BMP280: 57.69 %RH.
        bus.parts = [new Recorded(hex`1893ac952ac5b3`)]
        sample = await sensor.sample()
        expectNear(sample.relativeHumidityPercent, 57.69, 0.005)
        expectNear(sample.temperatureCelsius, 14.588, 0.001)
        // Checksums alone: the wiki of github.com/elixir-sensors/aht20, the documentation of the Rust crate aht20-driver.
        bus.parts = [new Recorded(hex`1c269a7642e776`)]
        await sensor.sample()
        bus.parts = [new Recorded(hex`1c65b425cd26c6`)]
        await sensor.sample()
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("aht20")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset (20 ms) and the initialisation (10 ms), no more", async () => {
        await sensor.start()
        expectNear(clock.now, 30, 0.01)
    })

    test("a part that is calibrated after the reset is not initialised", async () => {
        part.isCalibratedAtPowerUp = true
        await sensor.start()
        expectNear(clock.now, 20, 0.01)
        expect(bus.transactions).toBe(2)
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("a part that does not become calibrated is an identity fault, until it does", async () => {
        part.canCalibrate = false
        await expectFault("identity", async () => await sensor.start())
        part.canCalibrate = true
        await sensor.start()
        await sensor.sample()
    })

    test("a calibrated part that is busy after the reset is initialised, and found out if it stays so", async () => {
        bus.parts = [new Stranger(0x38, 0x88)]
        await expectFault("identity", async () => await sensor.start())
        expectNear(clock.now, 30, 0.01)
        expect(bus.transactions).toBe(4)
    })

    test("a sample waits out the measurement, 80 ms, and carries both values", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 80, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
    })

    test("commands are written apart from reads, and nothing is read for nothing", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        expect(counted.writes).toBe(2)
        expect(counted.bytesRead).toBe(2)
        await sensor.sample()
        expect(counted.writes).toBe(3)
        expect(counted.bytesRead).toBe(9)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        for (const next of [airOf(-12.25, 95), airOf(84.9, 0), airOf(0, 99.99)]) {
            air = next
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, next.temperatureCelsius, TICK_CELSIUS)
            expectNear(sample.relativeHumidityPercent, next.relativeHumidityPercent, TICK_PERCENT)
        }
    })

    test("a slow part is waited for, 80 ms more and no longer", async () => {
        await sensor.start()
        for (const measurementMs of [81, 90, 160]) {
            part.measurementMs = measurementMs
            const startedAt = clock.now
            await sensor.sample()
            expectNear(clock.now - startedAt, Math.ceil(measurementMs / 10) * 10, 0.01)
        }
        part.measurementMs = 161
        const startedAt = clock.now
        const before = bus.transactions
        await expectFault("timeout", async () => await sensor.sample())
        expectNear(clock.now - startedAt, 160, 0.01)
        expect(bus.transactions - before).toBe(10)
        part.measurementMs = 80
        await sensor.start()
        await sensor.sample()
    })

    test("one wrong bit in any byte of a measurement is a crc fault, and does not stick", async () => {
        await sensor.start()
        for (let at = 0; at < 7; ++at) {
            part.corruptByte = at
            await expectFault("crc", async () => await sensor.sample())
        }
        part.corruptByte = -1
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("a measurement without calibration is stuck, until the part is started", async () => {
        await sensor.start()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        await expectFault("stuck", async () => await sensor.sample())
        await sensor.start()
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
    })

    test("another part at the address does not pass: by its status, or else by the checksum", async () => {
        for (const byte of [0x00, 0xff]) {
            bus.parts = [new Stranger(0x38, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [new Stranger(0x38, 0x5a)]
        await sensor.start()
        await expectFault("crc", async () => await sensor.sample())
        bus.parts = [new Stranger(0x38, 0x00)]
        await expectFault("crc", async () => await sensor.sample())
        bus.parts = [new Stranger(0x38, 0xff)]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        await sensor.sample()
    })

    test("a part that goes away in the middle of a measurement is a bus fault", async () => {
        let goneAtMs = 1000
        part = new SimAht20(clock, timeMs => (timeMs < goneAtMs ? air : {}))
        bus.parts = [part]
        await sensor.start()
        goneAtMs = clock.now + 40
        await expectFault("bus", async () => await sensor.sample())
        goneAtMs = 10000
        await sensor.start()
        await sensor.sample()
    })

    test("-40 and 85 Cel are measured, what is beyond is a range fault, and does not stick", async () => {
        await sensor.start()
        for (const celsius of [-40, 85]) {
            air = airOf(celsius, 40)
            expectNear((await sensor.sample()).temperatureCelsius, celsius, TICK_CELSIUS)
        }
        // A tick is 0.00019 Cel.
        for (const celsius of [-40.0002, 85.0002, -50, 150]) {
            air = airOf(celsius, 40)
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(20, 40)
        await sensor.sample()
    })

    test("it speaks to the address it was given, 0x38 by default", async () => {
        bus.parts = [new SimAht20(clock, () => air, 0x38)]
        await sensor.start()
        bus.parts = [new SimAht20(clock, () => air, 0x39)]
        await expectFault("bus", async () => await sensor.start())
        await new Aht20(bus, clock, 0x39).start()
    })

    test("the simulated part sends the bytes a real one sent", () => {
        part.isCalibratedAtPowerUp = true
        part.reservedBits = 0x14
        air = airOf(31.674576, 23.191071)
        expect(part.write(hex`AC3300`)).toBe(true)
        clock.now = 80
        expectBytes(part.read(7), "1c3b5e8688b2d2")
        part.reservedBits = 0x10
        air = airOf(14.588356, 57.685184)
        expect(part.write(hex`AC3300`)).toBe(true)
        clock.now = 160
        expectBytes(part.read(7), "1893ac952ac5b3")
        expectBytes(part.read(1), "18")
    })

    test("the simulated part is busy for 80 ms, and holds what was there when they ended", () => {
        part = new SimAht20(clock, timeMs => airOf(timeMs / 10, 40))
        expect(part.write(hex`AC3300`)).toBe(true)
        clock.now = 79
        expectBytes(part.read(6), "900000000000")
        expect(part.write(hex`AC3300`)).toBe(false)
        expect(part.write(hex`71`)).toBe(true)
        clock.now = 500
        // 8 Cel and 40 %RH are 304087 and 419430 ticks.
        expectBytes(part.read(6), "10666664a3d7")
    })

    test("the simulated part takes what DeviceScript's own driver sends", () => {
        expect(part.write(hex`BA`)).toBe(true)
        clock.now = 19
        expect(part.read(1) === undefined).toBe(true)
        expect(part.write(hex`E10800`)).toBe(false)
        clock.now = 20
        expect(part.write(hex`E10800`)).toBe(true)
        clock.now = 29
        expectBytes(part.read(1), "90")
        clock.now = 30
        expectBytes(part.read(1), "18")
        expect(part.write(hex`AC3300`)).toBe(true)
        clock.now = 109
        expectBytes(part.read(1), "98")
        clock.now = 110
        expectBytes(part.read(1), "18")
        expect(part.read(6).length).toBe(6)
    })

    test("the simulated part takes no command it does not have", () => {
        expect(part.write(hex`BE`)).toBe(false)
        expect(part.write(hex`BE0000`)).toBe(false)
        expect(part.write(hex`BE0801`)).toBe(false)
        expect(part.write(hex`AC3200`)).toBe(false)
        expect(part.write(hex`AC3301`)).toBe(false)
        expect(part.write(hex`AD3300`)).toBe(false)
        expect(part.write(hex`AC33`)).toBe(false)
    })
})
