/** The MAX17048 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Max17048, stateOfChargeFromTicks, voltsFromTicks } from "../../src/drivers/max17048"
import { SimMax17048 } from "../../sim/parts/max17048"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

const TICK_VOLTS = 0.000078125

let clock: FakeClock
let cell: Conditions
let part: SimMax17048
let bus: FakeI2C
let sensor: Max17048

function cellOf(cellVoltageVolts: number, stateOfChargePercent: number): Conditions {
    return { cellVoltageVolts, stateOfChargePercent }
}

describe("max17048", () => {
    beforeEach(() => {
        clock = new FakeClock()
        cell = cellOf(3.7, 42.5)
        part = new SimMax17048(clock, () => cell)
        bus = new FakeI2C([part])
        sensor = new Max17048(bus, clock)
    })

    test("the scales are the datasheet's: 78.125 uV and 1/256 %", () => {
        expectNear(voltsFromTicks(1), 0.000078125, 1e-9)
        expectNear(voltsFromTicks(0xffff), 5.119921875, 1e-6)
        expect(stateOfChargeFromTicks(0)).toBe(0)
        expectNear(stateOfChargeFromTicks(1), 0.00390625, 1e-9)
        expect(stateOfChargeFromTicks(0x4b80)).toBe(75.5)
    })

    test("what is beyond 100 % is 100 %", () => {
        expectNear(stateOfChargeFromTicks(0x63ff), 99.996, 1e-3)
        expect(stateOfChargeFromTicks(0x6400)).toBe(100)
        expect(stateOfChargeFromTicks(0x6401)).toBe(100)
        expect(stateOfChargeFromTicks(0x6800)).toBe(100)
    })

    test("it is called as reports call it, and can be sampled at once", async () => {
        expect(sensor.part).toBe("max17048")
        expect(sensor.warmUpMs).toBe(0)
        await sensor.start()
        const sample = await sensor.sample()
        expectNear(sample.cellVoltageVolts, 3.7, TICK_VOLTS)
        expectNear(sample.stateOfChargePercent, 42.5, 0.001)
        expect(clock.now).toBe(0)
        expect(bus.transactions).toBe(3)
    })

    test("each sample is as the cell is now", async () => {
        await sensor.start()
        for (const volts of [4.2, 3, 3.3]) {
            cell = cellOf(volts, volts * 20)
            const sample = await sensor.sample()
            expectNear(sample.cellVoltageVolts, volts, TICK_VOLTS)
            expectNear(sample.stateOfChargePercent, volts * 20, 0.002)
        }
    })

    test("the ends of the voltage range are measured, and beyond is a range fault", async () => {
        await sensor.start()
        for (const volts of [2.5, 5]) {
            cell = cellOf(volts, 50)
            expect((await sensor.sample()).cellVoltageVolts).toBe(volts)
        }
        for (const volts of [TICK_VOLTS, 2.5 - TICK_VOLTS, 5 + TICK_VOLTS, 5.12 - 2 * TICK_VOLTS]) {
            cell = cellOf(volts, 50)
            await expectFault("range", async () => await sensor.sample())
        }
        cell = cellOf(3.7, 50)
        await sensor.sample()
    })

    test("an empty cell is 0 %, not a fault", async () => {
        cell = cellOf(3, 0)
        expect((await sensor.sample()).stateOfChargePercent).toBe(0)
    })

    test("no voltage, or all ones of either, is a part that is stuck", async () => {
        await sensor.start()
        for (const stuck of [cellOf(0, 50), cellOf(6, 50), cellOf(3.7, 300)]) {
            cell = stuck
            await expectFault("stuck", async () => await sensor.sample())
        }
        cell = cellOf(3.7, 255.99)
        expect((await sensor.sample()).stateOfChargePercent).toBe(100)
    })

    test("any production version is taken, another part's is an identity fault", async () => {
        for (const version of [0x0010, 0x0011, 0x001f]) {
            part.version = version
            await sensor.start()
        }
        // A MAX17043, then one wrong bit each.
        part.version = 0x0003
        await expectFault("identity", async () => await sensor.start())
        for (let bit = 4; bit < 16; ++bit) {
            part.version = 0x0012 ^ (1 << bit)
            await expectFault("identity", async () => await sensor.start())
        }
        part.version = 0x0012
        await sensor.start()
    })

    test("a part that answers one byte over and over is an identity fault, and gives no sample", async () => {
        for (const byte of [0x00, 0x10, 0xff]) {
            bus.parts = [new Stranger(0x36, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [new Stranger(0x36, 0x00)]
        await expectFault("stuck", async () => await sensor.sample())
    })

    test("a part without its cell is a bus fault until it is back", async () => {
        await sensor.start()
        cell = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        cell = cellOf(4, 90)
        await sensor.start()
        expectNear((await sensor.sample()).cellVoltageVolts, 4, TICK_VOLTS)
    })

    test("it writes nothing: the part keeps what it has learnt", async () => {
        part.write(hex`1a00ab`)
        await sensor.start()
        await sensor.sample()
        part.write(hex`1a`)
        expectBytes(part.read(2), "00ab")
    })

    test("it speaks to the address it was given, 0x36 by default", async () => {
        bus.parts = [new SimMax17048(clock, () => cell, 0x36)]
        await sensor.start()
        bus.parts = [new SimMax17048(clock, () => cell, 0x37)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        await new Max17048(bus, clock, 0x37).start()
    })

    test("the simulated part has the register summary's words, and forgets on a reset command", () => {
        part.write(hex`02`)
        // 3.7 V are 47360 ticks, 42.5 % are 10880.
        expectBytes(part.read(4), "b9002a80")
        part.write(hex`08`)
        expectBytes(part.read(6), "00128030971c")
        expect(part.write(hex`0c5566`)).toBe(true)
        part.write(hex`0c`)
        expectBytes(part.read(2), "5566")
        expect(part.write(hex`064000`)).toBe(true)
        expect(part.write(hex`020000`)).toBe(false)
        expect(part.write(hex`080000`)).toBe(false)
        expect(part.write(hex`fe5400`)).toBe(true)
        part.write(hex`0c`)
        expectBytes(part.read(2), "971c")
    })
})
