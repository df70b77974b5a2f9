/** The BME280 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import {
    Bme280,
    celsiusFromFineTemperature,
    fineTemperatureFromTicks,
    pascalsFromTicks,
    relativeHumidityFromTicks,
} from "../../src/drivers/bme280"
import { SimBme280 } from "../../sim/parts/bme280"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a count of 16 bits (temperature, pressure) and of the humidity's 16, with the calibration of the simulated part.
const TICK_CELSIUS = 0.003
const TICK_PASCALS = 1.6
const TICK_PERCENT = 0.005

/** Answers like the part inside, but for what a read of status and data gives. */
class Overlaid implements Part {
    readonly address = 0x76
    frame: Buffer | undefined

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        return this.frame !== undefined && length === this.frame.length ? this.frame : bytes
    }
}

let clock: FakeClock
let air: Conditions
let part: SimBme280
let bus: FakeI2C
let sensor: Bme280

function airOf(
    temperatureCelsius: number,
    relativeHumidityPercent: number,
    pressurePascals: number
): Conditions {
    return { temperatureCelsius, relativeHumidityPercent, pressurePascals }
}

/** Calibrations that make 4 Cel of 16 384 counts, 0 Cel at 27 of those, and 1 Pa of 8 counts: exact in binary. */
function calibrateExactly(): void {
    part.temperatureCalibration = [27648, 20480, 0]
    part.pressureCalibration = [50000, 0, 0, 0, 0, 0, 0, 0, 0]
}

describe("bme280", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 40, 101325)
        part = new SimBme280(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Bme280(bus, clock)
    })

    test("compensation is that of the BMP280 data sheet's example", () => {
        // BST-BMP280-DS001, 3.12: the same formulas; 25.08 Cel and 100653.27 Pa, t_fine 128422.
        const fine = fineTemperatureFromTicks(519888, [27504, 26435, -1000])
        expectNear(fine, 128422.287, 0.001)
        expectNear(celsiusFromFineTemperature(fine), 25.08, 0.005)
        const digP = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000]
        expectNear(pascalsFromTicks(415148, fine, digP), 100653.27, 0.005)
    })

    test("compensation is that of a real part in the tests of the Rust driver bme280-rs", () => {
        // Its results are the integer formulas': t_fine 0x22391, 0x018b663f / 256 Pa, 0x8399 / 1024 %RH.
        const fine = fineTemperatureFromTicks(0x84510, [0x6fb1, 0x6a2e, 0x32])
        expectNear(fine, 140177, 4)
        const digP = [0x8fe2, -10486, 0x0bd0, 0x1f75, -59, -7, 0x26ac, -10230, 0x10bd]
        expectNear(pascalsFromTicks(0x4f570, 140177, digP), 25912895 / 256, 0.05)
        const digH = [0x4b, 0x177, 0, 0x120, 0x32, 0x1e]
        expectNear(relativeHumidityFromTicks(0x5eb4, 140177, digH), 33689 / 1024, 0.006)
    })

    test("compensation is that of the Python driver RPi.bme280 where all terms count", () => {
        // Its test_sample_with_params: nobody's part, but no parameter but dig_H1 is 0.
        const fine = fineTemperatureFromTicks(0x3040, [20, 21, 22])
        expectNear(celsiusFromFineTemperature(fine), 0.0030482932925224304, 1e-9)
        const digP = [10, 11, 12, 13, 14, 15, 16, 17, 18]
        expectNear(pascalsFromTicks(0x10, fine, digP), 880179051.8824806, 0.1)
        const digH = [0, 1, 4, 3, 5, 6]
        expectNear(relativeHumidityFromTicks(0x607, fine, digH), 0.02082886288568924, 1e-10)
    })

    test("humidity bends with dig_H1, turns with dig_H3 and dig_H6, and is cropped", () => {
        // By hand: v = 2^20, slope = 1/64 * (1 + 1 * (1 + 2)) = 1/16; 1600 counts are 100, less 128 * 100 * 100 / 2^19.
        const digH = [128, 1024, 128, 0, 0, 64]
        expect(relativeHumidityFromTicks(1600, 1125376, digH)).toBe(97.55859375)
        // 64 counts are 0 %RH, one is a quarter.
        const straight = [0, 16384, 0, 1, 0, 0]
        expect(relativeHumidityFromTicks(63, 76800, straight)).toBe(0)
        expect(relativeHumidityFromTicks(65, 76800, straight)).toBe(0.25)
        expect(relativeHumidityFromTicks(463, 76800, straight)).toBe(99.75)
        expect(relativeHumidityFromTicks(465, 76800, straight)).toBe(100)
    })

    test("pressure turns with dig_P2 and bends with dig_P3", () => {
        // By hand: v = 2^16; dig_P2 makes 1 + 1/16 of dig_P1, dig_P3 1 + 1/128.
        expect(pascalsFromTicks(1048576 - 85, 259072, [100000, 16384, 0, 0, 0, 0, 0, 0, 0])).toBe(5)
        expect(pascalsFromTicks(1048576 - 645, 259072, [800000, 0, 16384, 0, 0, 0, 0, 0, 0])).toBe(
            5
        )
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("bme280")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset, 2 ms, and a slow copy of the calibration up to 10", async () => {
        await sensor.start()
        expectNear(clock.now, 2, 0.01)
        for (const nvmCopyMs of [3, 10]) {
            part.nvmCopyMs = nvmCopyMs
            const startedAt = clock.now
            await sensor.start()
            expectNear(clock.now - startedAt, Math.ceil(nvmCopyMs / 2) * 2, 0.01)
        }
        expectNear((await sensor.sample()).temperatureCelsius, 21.5, TICK_CELSIUS)
        part.nvmCopyMs = 10.5
        const startedAt = clock.now
        await expectFault("timeout", async () => await sensor.start())
        expectNear(clock.now - startedAt, 10, 0.01)
        part.nvmCopyMs = 2
        await sensor.start()
        await sensor.sample()
    })

    test("a sample waits out the measurement, 10 ms, and carries all three values", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 10, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
        expectNear(sample.pressurePascals, 101325, TICK_PASCALS)
    })

    test("a measurement is one write, and nothing is read for nothing", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        // Identity, status and 33 bytes of calibration.
        expect(counted.bytesRead).toBe(35)
        const writes = counted.writes
        await sensor.sample()
        expect(counted.writes - writes).toBe(2)
        expect(counted.bytesRead).toBe(47)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        for (const next of [airOf(-12.25, 95, 87000), airOf(60, 3, 108000), airOf(0, 60, 52000)]) {
            air = next
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, next.temperatureCelsius, TICK_CELSIUS)
            expectNear(sample.relativeHumidityPercent, next.relativeHumidityPercent, TICK_PERCENT)
            expectNear(sample.pressurePascals, next.pressurePascals, TICK_PASCALS)
        }
    })

    test("the calibration is read with its signs, in all 12 or 16 bits", async () => {
        part.temperatureCalibration = [40000, 26435, -1000]
        part.pressureCalibration = [33000, 1000, -3024, 2855, 140, 7, -15500, 14600, -6000]
        for (const digH of [
            [200, 375, 200, -30, 1234, -30],
            [75, 300, 0, 291, -50, 30],
            [75, 400, 255, 0x111, 0x0ff, 1],
        ]) {
            part.humidityCalibration = digH
            await sensor.start()
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
            expectNear(sample.relativeHumidityPercent, 40, 2 * TICK_PERCENT)
            expectNear(sample.pressurePascals, 101325, 2 * TICK_PASCALS)
        }
    })

    test("another part at the address is an identity fault: a BMP280, a BME680, a stranger", async () => {
        for (const chipId of [0x58, 0x61, 0x5f]) {
            part.chipId = chipId
            await expectFault("identity", async () => await sensor.start())
        }
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x76, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        part.chipId = 0x60
        bus.parts = [part]
        await sensor.start()
        await sensor.sample()
    })

    test("a part without calibration is stuck: zeros or ones where no part has them", async () => {
        const [t1, t2, t3] = part.temperatureCalibration
        const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = part.pressureCalibration
        for (const blank of [0, 0xffff]) {
            part.temperatureCalibration = [blank, t2, t3]
            await expectFault("stuck", async () => await sensor.start())
            part.temperatureCalibration = [t1, t2, t3]
            part.pressureCalibration = [blank, p2, p3, p4, p5, p6, p7, p8, p9]
            await expectFault("stuck", async () => await sensor.start())
            part.pressureCalibration = [p1, p2, p3, p4, p5, p6, p7, p8, p9]
        }
        for (const legal of [1, 0xfffe]) {
            part.temperatureCalibration = [legal, 0, -1]
            part.pressureCalibration = [legal, 0, -1, p4, p5, p6, p7, p8, p9]
            await sensor.start()
        }
        part.temperatureCalibration = [t1, t2, t3]
        part.pressureCalibration = [p1, p2, p3, p4, p5, p6, p7, p8, p9]
        await sensor.start()
        await sensor.sample()
    })

    test("a measurement that outlasts the longest is a timeout, and does not stick", async () => {
        await sensor.start()
        // 9.3 ms are the longest.
        part.lateMs = 0.69
        await sensor.sample()
        part.lateMs = 0.71
        await expectFault("timeout", async () => await sensor.sample())
        part.lateMs = 0
        await sensor.start()
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, and measures all three when it is back", async () => {
        await sensor.start()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        const sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.relativeHumidityPercent, 40, TICK_PERCENT)
    })

    test("registers as after power-up are no measurement: stuck, and it does not stick", async () => {
        const overlaid = new Overlaid(part)
        bus.parts = [overlaid]
        await sensor.start()
        overlaid.frame = hex`000000008000008000008000`
        await expectFault("stuck", async () => await sensor.sample())
        overlaid.frame = undefined
        await sensor.start()
        await sensor.sample()
    })

    test("a count that is that of a skipped measurement is one all the same, if others are not", async () => {
        calibrateExactly()
        const overlaid = new Overlaid(part)
        bus.parts = [overlaid]
        await sensor.start()
        overlaid.frame = hex`000000008000008000005eb4`
        let sample = await sensor.sample()
        expect(sample.temperatureCelsius).toBe(20)
        expect(sample.pressurePascals).toBe(65536)
        // The calibration is being copied once more: that is no measuring.
        overlaid.frame = hex`010000008000108000008000`
        sample = await sensor.sample()
        expect(sample.pressurePascals).toBe(65535.875)
        overlaid.frame = hex`000000008000008000108000`
        sample = await sensor.sample()
        expectNear(sample.temperatureCelsius, 20.000244, 1e-6)
    })

    test("the ends of the ranges are measured, and what is a count beyond is a range fault", async () => {
        calibrateExactly()
        await sensor.start()
        for (const celsius of [-40, 85]) {
            air = airOf(celsius, 40, 101325)
            expect((await sensor.sample()).temperatureCelsius).toBe(celsius)
        }
        for (const pascals of [30000, 110000]) {
            air = airOf(20, 40, pascals)
            expect((await sensor.sample()).pressurePascals).toBe(pascals)
        }
        for (const beyond of [
            airOf(-40.004, 40, 101325),
            airOf(85.004, 40, 101325),
            airOf(20, 40, 29998),
            airOf(20, 40, 110002),
        ]) {
            air = beyond
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(20, 40, 101325)
        await sensor.sample()
    })

    test("a pressure is in range or not by the last of its 20 bits", async () => {
        calibrateExactly()
        const overlaid = new Overlaid(part)
        bus.parts = [overlaid]
        await sensor.start()
        for (const end of [hex`00000000c568008000005eb4`, hex`000000002928008000005eb4`]) {
            overlaid.frame = end
            await sensor.sample()
        }
        for (const beyond of [hex`00000000c568108000005eb4`, hex`000000002927f08000005eb4`]) {
            overlaid.frame = beyond
            await expectFault("range", async () => await sensor.sample())
        }
    })

    test("a part that was never started is a range fault, not NaN", async () => {
        await expectFault("range", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x76 by default", async () => {
        bus.parts = [new SimBme280(clock, () => air, 0x76)]
        await sensor.start()
        bus.parts = [new SimBme280(clock, () => air, 0x77)]
        await expectFault("bus", async () => await sensor.start())
        await new Bme280(bus, clock, 0x77).start()
    })

    test("the simulated part has the registers of the part in bme280-rs, and makes its counts", () => {
        expect(part.write(hex`88`)).toBe(true)
        expectBytes(part.read(26), "b16f2e6a3200e28f0ad7d00b751fc5fff9ffac260ad8bd10004b")
        expect(part.write(hex`E1`)).toBe(true)
        expectBytes(part.read(7), "7701001220031e")
        // 140178 / 5120 Cel, 33694 / 1024 %RH (before its rounding) and 25912895 / 256 Pa were 0x84510, 0x5eb4 and 0x4f570.
        air = airOf(27.37851, 32.904, 101222.25)
        expect(part.write(hex`F201F425`)).toBe(true)
        clock.now = 10
        expect(part.write(hex`F7`)).toBe(true)
        expectBytes(part.read(8), "4f57008451005eb4")
    })

    test("the simulated part measures what was there at the end, once, and goes to sleep", () => {
        part = new SimBme280(clock, timeMs => airOf(timeMs, 40, 101325))
        expect(part.write(hex`F201F425`)).toBe(true)
        expect(part.write(hex`F3`)).toBe(true)
        expectBytes(part.read(2), "0825")
        clock.now = 9.2
        expect(part.write(hex`F3`)).toBe(true)
        expectBytes(part.read(12), "082500008000008000008000")
        clock.now = 100
        expect(part.write(hex`F3`)).toBe(true)
        expectBytes(part.read(2), "0024")
        part.write(hex`FA`)
        const bytes = part.read(3)
        const ticks = (bytes[0] << 12) | (bytes[1] << 4) | (bytes[2] >> 4)
        expectNear(fineTemperatureFromTicks(ticks, part.temperatureCalibration) / 5120, 9.3, 0.003)
    })

    test("the simulated part skips what has no oversampling, and takes ctrl_hum with ctrl_meas", () => {
        expect(part.write(hex`F421`)).toBe(true)
        expect(part.write(hex`F201`)).toBe(true)
        clock.now = 3.6
        expect(part.write(hex`F7`)).toBe(true)
        const bytes = part.read(8)
        expectBytes(bytes.slice(0, 3), "800000")
        expectBytes(bytes.slice(6, 8), "8000")
        expect(bytes[3] === 0x80 && bytes[4] === 0x00).toBe(false)
    })

    test("the simulated part gives 20 bits with oversampling x16, and takes its time", () => {
        // 1.25 + 2.3 * 16 + 2.3 * 1 + 0.575
        expect(part.write(hex`F4A5`)).toBe(true)
        clock.now = 40.9
        part.write(hex`F3`)
        expectBytes(part.read(1), "08")
        clock.now = 41
        part.write(hex`F3`)
        expectBytes(part.read(1), "00")
        part.write(hex`F7`)
        const bytes = part.read(6)
        expect(bytes[2]).toBe(0)
        const ticks = (bytes[3] << 12) | (bytes[4] << 4) | (bytes[5] >> 4)
        expectNear(
            fineTemperatureFromTicks(ticks, part.temperatureCalibration) / 5120,
            21.5,
            0.0003
        )
    })

    test("the simulated part goes on and on in normal mode", () => {
        part = new SimBme280(clock, timeMs => airOf(timeMs / 100, 40, 101325))
        // 9.3 ms of measuring, 1000 ms of standby
        expect(part.write(hex`F201F5A0F427`)).toBe(true)
        clock.now = 2500
        part.write(hex`F3`)
        expectBytes(part.read(2), "0027")
        part.write(hex`FA`)
        const bytes = part.read(3)
        const ticks = (bytes[0] << 12) | (bytes[1] << 4) | (bytes[2] >> 4)
        // The third ended at 2027.9 ms.
        expectNear(
            fineTemperatureFromTicks(ticks, part.temperatureCalibration) / 5120,
            20.279,
            0.003
        )
        clock.now = 3030
        part.write(hex`F3`)
        expectBytes(part.read(1), "08")
    })

    test("the simulated part takes register and value in pairs, and only where one can write", () => {
        expect(part.write(hex`F20101`)).toBe(false)
        expect(part.write(hex`8801`)).toBe(false)
        expect(part.write(hex`F701`)).toBe(false)
        expect(part.write(hex`E0B5F505`)).toBe(true)
        part.write(hex`F5`)
        expectBytes(part.read(1), "05")
        expect(part.write(hex`E0B6`)).toBe(true)
        clock.now = 1
        expect(part.write(hex`F5`)).toBe(false)
        clock.now = 2
        expect(part.write(hex`F5`)).toBe(true)
        expectBytes(part.read(1), "00")
    })
})
