/** The BMP390 and BMP388 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import {
    Bmp390,
    celsiusFromTicks,
    nvmChecksum,
    parPFromNvm,
    parTFromNvm,
    pascalsFromTicks,
} from "../../src/drivers/bmp390"
import { SimBmp390 } from "../../sim/parts/bmp390"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a count of 16 bits (temperature) and of 18 (pressure), with the calibration of the simulated part.
const TICK_CELSIUS = 0.003
const TICK_PASCALS = 0.6

/** Takes everything, and gives one frame with the status put in. */
class Answers implements Part {
    readonly address = 0x77

    constructor(private readonly status: number) {}

    write(bytes: Buffer): boolean {
        return bytes.length > 0
    }

    read(length: number): Buffer | undefined {
        const bytes = Buffer.alloc(length)
        bytes[1] = this.status
        return bytes
    }
}

let clock: FakeClock
let air: Conditions
let part: SimBmp390
let bus: FakeI2C
let sensor: Bmp390

function airOf(temperatureCelsius: number, pressurePascals: number): Conditions {
    return { temperatureCelsius, pressurePascals }
}

/** 1 Cel of 65 536 counts, 0 Cel at 50 of those; 160 000 Pa less 1 Pa for each 64 counts: exact in binary. */
function calibrateExactly(): void {
    part.nvm = [0, 0x32, 0, 0x40, 0, 0, 0, 0, 0x40, 0, 0, 0x20, 0x4e, 0, 0, 0, 0, 0, 0, 0, 0]
}

describe("bmp390", () => {
    beforeEach(() => {
        clock = new FakeClock()
        air = airOf(21.5, 101325)
        part = new SimBmp390(clock, () => air)
        bus = new FakeI2C([part])
        sensor = new Bmp390(bus, clock)
    })

    test("compensation is that of a real part in the tests of elixir-sensors/bmp3xx", () => {
        const nvm = hex`236b5849f65cffcef42300ea636e79f3f6aa4312c4`
        const parT = parTFromNvm(nvm, 0)
        expect(parT[0]).toBe(27427 * 256)
        // Its pressure 979f6d and temperature 73d885, least significant byte first: 100876.00634692199 Pa, 30.499314453874284 Cel.
        const celsius = celsiusFromTicks(0x85d873, parT)
        expectNear(celsius, 30.499314453874284, 1e-6)
        const pascals = pascalsFromTicks(0x6d9f97, celsius, parPFromNvm(nvm, 5))
        expectNear(pascals, 100876.00634692199, 1e-4)
    })

    test("each coefficient has its sign and its scale, as in Bosch's driver", () => {
        const parT = parTFromNvm(hex`00ffff0080`, 0)
        expect(parT[0]).toBe(0xff00 * 256)
        expect(parT[1] * 1073741824).toBe(0xff)
        expect(parT[2] * 281474976710656).toBe(-128)
        const parP = parPFromNvm(hex`0080ff7f807f00ff00fe807f0080817f`, 0)
        expect(parP[0] * 1048576).toBe(-49152)
        expect(parP[1] * 536870912).toBe(16383)
        expect(parP[2] * 4294967296).toBe(-128)
        expect(parP[3] * 137438953472).toBe(127)
        expect(parP[4] / 8).toBe(0xff00)
        expect(parP[5] * 64).toBe(0xfe00)
        expect(parP[6] * 256).toBe(-128)
        expect(parP[7] * 32768).toBe(127)
        expect(parP[8] * 281474976710656).toBe(-32768)
        expect(parP[9] * 281474976710656).toBe(-127)
        expect(parP[10] * 36893488147419103232).toBe(127)
        // By hand, each term a power of ten: t = 10, ticks = 100.
        const ones = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        expect(pascalsFromTicks(100, 10, ones)).toBe(1111 + 111100 + 110000 + 1000000)
        expect(celsiusFromTicks(11, [1, 3, 1])).toBe(130)
    })

    test("the checksum is CRC-8/SAE-J1850's", () => {
        // Its check value, of "123456789", in the catalogue of parametrised CRC algorithms.
        expect(nvmChecksum(hex`00313233343536373839`, 1, 9)).toBe(0x4b)
        expect(nvmChecksum(hex`313233343536373839ff`, 0, 9)).toBe(0x4b)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("bmp390")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset, 2 ms, no more", async () => {
        await sensor.start()
        expectNear(clock.now, 2, 0.01)
    })

    test("a sample waits out the measurement, 14 ms, and carries both values", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expectNear(clock.now - startedAt, 14, 0.01)
        expectNear(sample.temperatureCelsius, 21.5, TICK_CELSIUS)
        expectNear(sample.pressurePascals, 101325, TICK_PASCALS)
    })

    test("nothing is read for nothing", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        // Identity, and 22 bytes of calibration.
        expect(counted.bytesRead).toBe(23)
        await sensor.sample()
        expect(counted.bytesRead).toBe(31)
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        for (const next of [airOf(-12.25, 87000), airOf(60, 108000), airOf(0, 52000)]) {
            air = next
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, next.temperatureCelsius, TICK_CELSIUS)
            expectNear(sample.pressurePascals, next.pressurePascals, TICK_PASCALS)
        }
    })

    test("start undoes what another program has set", async () => {
        // Oversampling x32 would take 140 ms.
        part.write(hex`1C2D`)
        await sensor.start()
        await sensor.sample()
    })

    test("a BMP388 will do, another part is an identity fault", async () => {
        part.chipId = 0x50
        await sensor.start()
        expectNear((await sensor.sample()).pressurePascals, 101325, TICK_PASCALS)
        for (const chipId of [0x58, 0x51, 0x61]) {
            part.chipId = chipId
            await expectFault("identity", async () => await sensor.start())
        }
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x77, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        // A part that says 0x50 or 0x60 to everything does not pass for one.
        for (const byte of [0x50, 0x60]) {
            bus.parts = [new Stranger(0x77, byte)]
            await expectFault("crc", async () => await sensor.start())
        }
        part.chipId = 0x60
        bus.parts = [part]
        await sensor.start()
        await sensor.sample()
    })

    test("one wrong bit in any byte of the calibration is a crc fault, and does not stick", async () => {
        for (let at = 0; at < 22; ++at) {
            part.corruptNvmByte = at
            await expectFault("crc", async () => await sensor.start())
        }
        part.corruptNvmByte = -1
        await sensor.start()
        await sensor.sample()
    })

    test("a measurement that outlasts the longest is a timeout, and does not stick", async () => {
        await sensor.start()
        part.lateMs = 0.71
        await sensor.sample()
        part.lateMs = 0.72
        await expectFault("timeout", async () => await sensor.sample())
        part.lateMs = 0
        await sensor.start()
        await sensor.sample()
    })

    test("a part that measures but one of the two is a timeout", async () => {
        await sensor.start()
        for (const status of [0x10, 0x30, 0x50]) {
            bus.parts = [new Answers(status)]
            await expectFault("timeout", async () => await sensor.sample())
        }
    })

    test("a part that says it has failed is stuck, a refused command is none of ours", async () => {
        await sensor.start()
        for (const errors of [0x01, 0x04, 0x05]) {
            part.errors = errors
            await expectFault("stuck", async () => await sensor.sample())
        }
        part.errors = 0x02
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, and can be sampled when it is back", async () => {
        await sensor.start()
        const present = air
        air = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        air = present
        expectNear((await sensor.sample()).pressurePascals, 101325, TICK_PASCALS)
        await sensor.start()
        await sensor.sample()
    })

    test("the ends of the ranges are measured, and what is a count beyond is a range fault", async () => {
        calibrateExactly()
        await sensor.start()
        for (const celsius of [-40, 85]) {
            air = airOf(celsius, 101325)
            expect((await sensor.sample()).temperatureCelsius).toBe(celsius)
        }
        for (const pascals of [30000, 125000]) {
            air = airOf(20, pascals)
            expect((await sensor.sample()).pressurePascals).toBe(pascals)
        }
        for (const beyond of [
            airOf(-40.004, 101325),
            airOf(85.004, 101325),
            airOf(20, 29999),
            airOf(20, 125001),
        ]) {
            air = beyond
            await expectFault("range", async () => await sensor.sample())
        }
        air = airOf(20, 101325)
        await sensor.sample()
    })

    test("a part that was never started is a range fault, not NaN", async () => {
        await expectFault("range", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x77 by default", async () => {
        bus.parts = [new SimBmp390(clock, () => air, 0x77)]
        await sensor.start()
        bus.parts = [new SimBmp390(clock, () => air, 0x76)]
        await expectFault("bus", async () => await sensor.start())
        await new Bmp390(bus, clock, 0x76).start()
    })

    test("the simulated part has the calibration of the real one, and makes its counts", () => {
        expect(part.write(hex`31`)).toBe(true)
        expectBytes(part.read(21), "236b5849f65cffcef42300ea636e79f3f6aa4312c4")
        // x32 and x32: all but the three lowest bits of the counts 0x6d9f97 and 0x85d873.
        air = airOf(30.499314453874284, 100876.00634692199)
        expect(part.write(hex`1C2D1B13`)).toBe(true)
        clock.now = 200
        expect(part.write(hex`04`)).toBe(true)
        expectBytes(part.read(6), "989f6d70d885")
    })

    test("the simulated part measures what was there at the end, once, and shows it as new once", () => {
        part = new SimBmp390(clock, timeMs => airOf(timeMs, 101325))
        part.write(hex`1B13`)
        clock.now = 13.2
        part.write(hex`02`)
        expectBytes(part.read(8), "0010000080000080")
        clock.now = 100
        part.write(hex`02`)
        const frame = part.read(8)
        expect(frame[1]).toBe(0x70)
        const ticks = frame[5] | (frame[6] << 8) | (frame[7] << 16)
        const nvm = hex`236b5849f65cffcef42300ea636e79f3f6aa4312c4`
        expectNear(celsiusFromTicks(ticks, parTFromNvm(nvm, 0)), 13.28, 0.01)
        part.write(hex`03`)
        expectBytes(part.read(1), "10")
        part.write(hex`1B`)
        expectBytes(part.read(1), "03")
    })

    test("the simulated part goes on and on in normal mode, if its data rate leaves it the time", () => {
        part = new SimBmp390(clock, timeMs => airOf(timeMs / 10, 101325))
        // 200 Hz are too fast for oversampling x4.
        part.write(hex`1B33`)
        part.write(hex`1B`)
        expectBytes(part.read(1), "03")
        part.write(hex`02`)
        expectBytes(part.read(1), "04")
        part.write(hex`02`)
        expectBytes(part.read(1), "00")
        // 25 Hz
        part.write(hex`1D031B33`)
        clock.now = 300
        part.write(hex`07`)
        const bytes = part.read(3)
        const ticks = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16)
        const nvm = hex`236b5849f65cffcef42300ea636e79f3f6aa4312c4`
        // The eighth ended at 293.3 ms.
        expectNear(celsiusFromTicks(ticks, parTFromNvm(nvm, 0)), 29.33, 0.01)
        clock.now = 340
        part.write(hex`03`)
        expectBytes(part.read(1), "70")
    })

    test("the simulated part takes register and value in pairs, and only where one can write", () => {
        expect(part.write(hex`1B1300`)).toBe(false)
        expect(part.write(hex`0001`)).toBe(false)
        expect(part.write(hex`3101`)).toBe(false)
        expect(part.write(hex`1F0E`)).toBe(true)
        part.write(hex`10`)
        expectBytes(part.read(1), "01")
        part.write(hex`10`)
        expectBytes(part.read(1), "00")
        expect(part.write(hex`7EB6`)).toBe(true)
        clock.now = 1.9
        expect(part.write(hex`1F`)).toBe(false)
        clock.now = 2
        expect(part.write(hex`1F`)).toBe(true)
        expectBytes(part.read(1), "00")
    })
})
