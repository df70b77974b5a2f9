/** The BH1750 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import {
    Bh1750,
    ONE_TIME_H_RESOLUTION_MODE,
    ONE_TIME_H_RESOLUTION_MODE2,
    ONE_TIME_L_RESOLUTION_MODE,
    luxesFromTicks,
} from "../../src/drivers/bh1750"
import { SimBh1750 } from "../../sim/parts/bh1750"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Listener } from "./listener"

let clock: FakeClock
let light: Conditions
let part: SimBh1750
let bus: FakeI2C
let sensor: Bh1750

describe("bh1750", () => {
    beforeEach(() => {
        clock = new FakeClock()
        light = { illuminanceLuxes: 320 }
        part = new SimBh1750(clock, () => light)
        bus = new FakeI2C([part])
        sensor = new Bh1750(bus, clock)
    })

    test("the scale is the technical note's", () => {
        // Page 10: 0x8390 is 28067 lx. Page 1: 0.11 lx is the least there is.
        expectNear(luxesFromTicks(0x8390, 69, ONE_TIME_H_RESOLUTION_MODE), 28067, 0.5)
        expectNear(luxesFromTicks(0x8390, 69, ONE_TIME_L_RESOLUTION_MODE), 28067, 0.5)
        expectNear(luxesFromTicks(1, 254, ONE_TIME_H_RESOLUTION_MODE2), 0.113, 0.001)
        expect(luxesFromTicks(0, 69, ONE_TIME_H_RESOLUTION_MODE)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("bh1750")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("a sample waits out the longest measurement, 180 ms, no more", async () => {
        await sensor.start()
        expect(clock.now).toBe(0)
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.42)
        expectNear(clock.now, 180, 0.01)
    })

    test("each sample is a new measurement, never what the register held before", async () => {
        await sensor.start()
        await sensor.sample()
        for (const luxes of [54000, 5, 0]) {
            light = { illuminanceLuxes: luxes }
            expectNear((await sensor.sample()).illuminanceLuxes, luxes, 0.42)
        }
    })

    test("H-resolution mode 2 halves the step, and takes as long", async () => {
        sensor = new Bh1750(bus, clock, 0x23, { mode: ONE_TIME_H_RESOLUTION_MODE2 })
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.21)
        expectNear(clock.now, 180, 0.01)
    })

    test("L-resolution mode takes 24 ms", async () => {
        sensor = new Bh1750(bus, clock, 0x23, { mode: ONE_TIME_L_RESOLUTION_MODE })
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.42)
        expectNear(clock.now, 24, 0.01)
    })

    test("MTreg changes scale and time in proportion, from end to end of its range", async () => {
        sensor = new Bh1750(bus, clock, 0x23, { mtreg: 254 })
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.12)
        // 180 ms * 254 / 69
        expectNear(clock.now, 662.6, 1)
        const startedAt = clock.now
        sensor = new Bh1750(bus, clock, 0x23, { mtreg: 31 })
        light = { illuminanceLuxes: 100000 }
        expectNear((await sensor.sample()).illuminanceLuxes, 100000, 1)
        // 180 ms * 31 / 69
        expectNear(clock.now - startedAt, 80.9, 1)
    })

    test("a part that another program left at another MTreg is read right", async () => {
        part.write(hex`44`)
        part.write(hex`7E`)
        await sensor.start()
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.42)
    })

    test("a part that lost its power is a bus fault, and has its MTreg again when it is back", async () => {
        sensor = new Bh1750(bus, clock, 0x23, { mtreg: 200 })
        await sensor.start()
        await sensor.sample()
        const present = light
        light = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        light = present
        expectNear((await sensor.sample()).illuminanceLuxes, 320, 0.15)
    })

    test("saturation is a range fault, and does not stick", async () => {
        await sensor.start()
        // 65535 ticks are 54612.5 lx.
        light = { illuminanceLuxes: 54612.5 }
        await expectFault("range", async () => await sensor.sample())
        light = { illuminanceLuxes: 100000 }
        await expectFault("range", async () => await sensor.sample())
        light = { illuminanceLuxes: 54611.7 }
        expectNear((await sensor.sample()).illuminanceLuxes, 54611.7, 0.42)
    })

    test("darkness is 0 lx, not a fault", async () => {
        await sensor.start()
        light = { illuminanceLuxes: 0 }
        expect((await sensor.sample()).illuminanceLuxes).toBe(0)
    })

    test("start clears the register", async () => {
        await sensor.sample()
        expectBytes(part.read(2), "0180")
        await sensor.start()
        expectBytes(part.read(2), "0000")
    })

    test("each measurement is preceded by power and MTreg, an opcode a transaction, and read as one word", async () => {
        const wires = new Listener(part)
        bus.parts = [wires]
        await sensor.start()
        await sensor.sample()
        // MTreg 69 is 0b010_00101.
        expect(wires.heard).toBe("w01 w07 w01 w42 w65 w20 r2")
    })

    test("it speaks to the address it was given, 0x23 by default", async () => {
        bus.parts = [new SimBh1750(clock, () => light, 0x23)]
        await sensor.start()
        bus.parts = [new SimBh1750(clock, () => light, 0x5c)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Bh1750(bus, clock, 0x5c)
        await sensor.start()
        await sensor.sample()
    })

    test("options outside their range are refused", () => {
        for (const mtreg of [31, 254]) new Bh1750(bus, clock, 0x23, { mtreg })
        expect(() => new Bh1750(bus, clock, 0x23, { mtreg: 30 })).toThrow()
        expect(() => new Bh1750(bus, clock, 0x23, { mtreg: 255 })).toThrow()
        expect(() => new Bh1750(bus, clock, 0x23, { mtreg: 69.5 })).toThrow()
        expect(() => new Bh1750(bus, clock, 0x23, { mode: 0x10 })).toThrow()
    })

    test("the simulated part gives the old value until the measurement has ended, then powers down", () => {
        expect(part.write(hex`20`)).toBe(true)
        clock.now = 179
        expectBytes(part.read(2), "0000")
        expect(part.write(hex`07`)).toBe(true)
        clock.now = 180
        expectBytes(part.read(2), "0180")
        expect(part.write(hex`07`)).toBe(false)
    })

    test("the simulated part measures on and on in a continuous mode, until it is powered down", () => {
        part = new SimBh1750(clock, timeMs => {
            return { illuminanceLuxes: timeMs }
        })
        expect(part.write(hex`13`)).toBe(true)
        clock.now = 100
        // The fourth measurement ended at 96 ms: 115 ticks.
        expectBytes(part.read(2), "0073")
        expect(part.write(hex`00`)).toBe(true)
        clock.now = 1000
        expectBytes(part.read(2), "0073")
        expect(part.write(hex`11`)).toBe(true)
        clock.now = 1180
        // 1180 lx in half steps: 2832 ticks.
        expectBytes(part.read(2), "0b10")
    })

    test("the simulated part takes one opcode to a transaction, and only those it has", () => {
        expect(part.write(hex`0120`)).toBe(false)
        expect(part.write(hex`22`)).toBe(false)
    })
})
