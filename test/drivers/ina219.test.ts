/** The INA219 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import {
    Ina219,
    Ina219Options,
    amperesFromTicks,
    busVoltsFromTicks,
} from "../../src/drivers/ina219"
import { SimIna219 } from "../../sim/parts/ina219"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Watched } from "./watched"
import { Stranger } from "./stranger"

/** Half a step of each, at 0.1 ohm. */
const STEP_VOLTS = 0.00201
const STEP_AMPERES = 0.000051

let clock: FakeClock
let supply: Conditions
let part: SimIna219
let bus: FakeI2C
let sensor: Ina219

function supplyOf(busVoltageVolts: number, currentAmperes: number): Conditions {
    return { busVoltageVolts, currentAmperes }
}

async function expectSample(volts: number, amperes: number): Promise<void> {
    const sample = await sensor.sample()
    expectNear(sample.busVoltageVolts, volts, STEP_VOLTS)
    expectNear(sample.currentAmperes, amperes, STEP_AMPERES)
    expectNear(sample.powerWatts, sample.busVoltageVolts * sample.currentAmperes, 1e-9)
}

function expectRefused(options: Ina219Options): void {
    expect(() => new Ina219(bus, clock, 0x40, options)).toThrow()
}

/** Flips the lowest bit of one byte. */
function flipped(byte: number): (bytes: Buffer) => void {
    return bytes => {
        bytes[byte] = bytes[byte] ^ 1
    }
}

/** The word a register of the part holds, in hex. */
function expectWord(register: number, expectedHex: string): void {
    expect(part.write(Buffer.from([register]))).toBe(true)
    expectBytes(part.read(2), expectedHex)
}

describe("ina219", () => {
    beforeEach(() => {
        clock = new FakeClock()
        supply = supplyOf(3.7, 0.12)
        part = new SimIna219(clock, () => supply)
        bus = new FakeI2C([part])
        sensor = new Ina219(bus, clock)
    })

    test("the scales are those of the datasheet's example: 20 mV at 2 mohm are 10 A, 2995 ticks 11.98 V", () => {
        expectNear(amperesFromTicks(2000, 0.002), 10, 1e-9)
        expectNear(amperesFromTicks(-32000, 0.1), -3.2, 1e-9)
        expectNear(busVoltsFromTicks(2995), 11.98, 1e-9)
        expectNear(busVoltsFromTicks(8000), 32, 1e-9)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("ina219")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("a sample waits out both conversions, 2 ms, and carries all three values", async () => {
        await sensor.start()
        expect(clock.now).toBe(0)
        const sample = await sensor.sample()
        expectNear(clock.now, 2, 1e-9)
        expectNear(sample.busVoltageVolts, 3.7, STEP_VOLTS)
        expectNear(sample.currentAmperes, 0.12, STEP_AMPERES)
        expectNear(sample.powerWatts, 0.444, 1e-6)
    })

    test("the datasheet's example circuit draws 119.8 W", async () => {
        part.shuntOhms = 0.002
        supply = supplyOf(11.98, 10)
        sensor = new Ina219(bus, clock, 0x40, { shuntOhms: 0.002, shuntRangeMillivolts: 40 })
        await sensor.start()
        const sample = await sensor.sample()
        expectNear(sample.currentAmperes, 10, 1e-9)
        expectNear(sample.powerWatts, 119.8, 1e-6)
    })

    test("each sample is a new measurement, and current flows both ways", async () => {
        await sensor.start()
        await sensor.sample()
        supply = supplyOf(4.2, -0.5)
        await expectSample(4.2, -0.5)
        supply = supplyOf(0, 0)
        await expectSample(0, 0)
    })

    test("over the bus go a reset, the configuration of its range, and the two voltages", async () => {
        const watched = new Watched(part)
        bus.parts = [watched]
        await sensor.start()
        expect(watched.said).toBe("008000 00 r2 ")
        const ranges = [40, 80, 160, 320]
        const configurations = ["00219b", "00299b", "00319b", "00399b"]
        for (let at = 0; at < 4; ++at) {
            sensor = new Ina219(bus, clock, 0x40, { shuntRangeMillivolts: ranges[at] })
            watched.said = ""
            await sensor.sample()
            expect(watched.said).toBe(`${configurations[at]} 02 r2 01 r2 `)
        }
    })

    test("full scale of each range is a range fault either way, one step less is measured", async () => {
        for (const millivolts of [40, 80, 160, 320]) {
            sensor = new Ina219(bus, clock, 0x40, { shuntRangeMillivolts: millivolts })
            for (const sign of [1, -1]) {
                supply = supplyOf(5, (sign * (millivolts - 0.01)) / 100)
                await expectSample(5, (sign * (millivolts - 0.01)) / 100)
                for (const beyond of [millivolts, millivolts * 2]) {
                    supply = supplyOf(5, (sign * beyond) / 100)
                    await expectFault("range", async () => await sensor.sample())
                }
            }
        }
        supply = supplyOf(5, 0.01)
        await sensor.start()
        await expectSample(5, 0.01)
    })

    test("26 V are measured, what is beyond is a range fault, and does not stick", async () => {
        supply = supplyOf(26, 1)
        await expectSample(26, 1)
        for (const volts of [26.004, 40]) {
            supply = supplyOf(volts, 1)
            await expectFault("range", async () => await sensor.sample())
        }
        supply = supplyOf(12, 1)
        await sensor.start()
        await expectSample(12, 1)
    })

    test("the overflow flag is a range fault", async () => {
        bus.parts = [
            new Watched(part, 0x02, bytes => {
                bytes[1] = bytes[1] | 0x01
            }),
        ]
        await expectFault("range", async () => await sensor.sample())
    })

    test("no conversion is a timeout, and the next may succeed", async () => {
        bus.parts = [
            new Watched(part, 0x02, bytes => {
                // All the other bits set.
                bytes[1] = 0xfd
            }),
        ]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        await expectSample(3.7, 0.12)
    })

    test("a part that another program calibrated is reset by start", async () => {
        expect(part.write(hex`057fff`)).toBe(true)
        expect(part.write(hex`000000`)).toBe(true)
        await sensor.start()
        expectWord(0x05, "0000")
        expectWord(0x00, "399f")
    })

    test("another part at the address is an identity fault, and its zeros and ones are no sample", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x40, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [new Stranger(0x40, 0x00)]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [new Stranger(0x40, 0xff)]
        await expectFault("range", async () => await sensor.sample())
        for (const byte of [0, 1]) {
            bus.parts = [new Watched(part, 0x00, flipped(byte))]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = supply
        for (const absent of [{ busVoltageVolts: 1 }, { currentAmperes: 1 }]) {
            supply = absent
            await expectFault("bus", async () => await sensor.start())
            await expectFault("bus", async () => await sensor.sample())
        }
        supply = present
        await sensor.start()
        await expectSample(3.7, 0.12)
    })

    test("it speaks to the address it was given, 0x40 by default", async () => {
        bus.parts = [new SimIna219(clock, () => supply, 0x40)]
        await sensor.start()
        bus.parts = [new SimIna219(clock, () => supply, 0x45)]
        await expectFault("bus", async () => await sensor.start())
        await new Ina219(bus, clock, 0x45).start()
    })

    test("options the part does not have are refused", () => {
        expectRefused({ shuntOhms: 0 })
        expectRefused({ shuntOhms: -0.1 })
        expectRefused({ shuntRangeMillivolts: 0 })
        expectRefused({ shuntRangeMillivolts: 41 })
        expectRefused({ shuntRangeMillivolts: 640 })
    })

    test("the simulated part works the datasheet's example out", () => {
        part.shuntOhms = 0.002
        supply = supplyOf(11.98, 10)
        expect(part.write(hex`055000`)).toBe(true)
        expect(part.write(hex`00019f`)).toBe(true)
        clock.now = 2
        expectWord(0x00, "019f")
        expectWord(0x01, "07d0")
        // The example leaves the flag of a conversion out: 5D98.
        expectWord(0x02, "5d9a")
        expectWord(0x04, "2710")
        expectWord(0x03, "1766")
        expectWord(0x02, "5d98")
        expectWord(0x05, "5000")
    })

    test("the simulated part takes as long as its resolutions and averages say", () => {
        part = new SimIna219(clock, timeMs => supplyOf(timeMs / 10, timeMs / 1000))
        // Triggered, shunt 12 bits, bus 4 samples: 0.532 and 2.13 ms, and a tenth.
        expect(part.write(hex`003d1b`)).toBe(true)
        clock.now = 2.93
        expectWord(0x02, "0000")
        clock.now = 2.94
        // 0.2932 V are 73 steps, 2.932 mA 29.
        expectWord(0x02, "024a")
        expectWord(0x01, "001d")
        clock.now = 100
        expectWord(0x02, "024a")
        // Continuous, 9 bits each: 0.185 ms, for the 540th time at 199.93 ms.
        expect(part.write(hex`003807`)).toBe(true)
        expectWord(0x02, "0248")
        clock.now = 200
        expectWord(0x02, "9c32")
        expectWord(0x01, "07cf")
    })

    test("the simulated part saturates, overflows, and converts only what its mode says", () => {
        supply = supplyOf(20, -4)
        // 16 V, 40 mV.
        expect(part.write(hex`00019b`)).toBe(true)
        clock.now = 2
        expectWord(0x01, "f060")
        expectWord(0x02, "7d02")
        expect(part.write(hex`05fffe`)).toBe(true)
        // The shunt alone, to 320 mV.
        supply = supplyOf(10, -4)
        expect(part.write(hex`001999`)).toBe(true)
        clock.now = 4
        expectWord(0x01, "8300")
        expectWord(0x02, "7d03")
        // Powered down.
        supply = supplyOf(1, 1)
        expect(part.write(hex`001998`)).toBe(true)
        clock.now = 6
        expectWord(0x01, "8300")
        expect(part.write(hex`06`)).toBe(false)
        expect(part.write(hex`010000`)).toBe(false)
        expect(part.write(hex`0000`)).toBe(false)
    })
})
