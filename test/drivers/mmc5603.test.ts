/** The MMC5603NJ driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Mmc5603, microteslasFromTicks } from "../../src/drivers/mmc5603"
import { SimMmc5603 } from "../../sim/parts/mmc5603"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Watched } from "./watched"
import { Stranger } from "./stranger"

/** Half a step of each of two measurements. */
const STEP_MICROTESLAS = 0.0062

let clock: FakeClock
let world: Conditions
let part: SimMmc5603
let bus: FakeI2C
let sensor: Mmc5603

function fieldOf(x: number, y: number, z: number): Conditions {
    return {
        magneticFluxDensityXMicroteslas: x,
        magneticFluxDensityYMicroteslas: y,
        magneticFluxDensityZMicroteslas: z,
    }
}

async function expectSample(
    x: number,
    y: number,
    z: number,
    tolerance = STEP_MICROTESLAS
): Promise<void> {
    const sample = await sensor.sample()
    expectNear(sample.magneticFluxDensityXMicroteslas, x, tolerance)
    expectNear(sample.magneticFluxDensityYMicroteslas, y, tolerance)
    expectNear(sample.magneticFluxDensityZMicroteslas, z, tolerance)
}

/** The power of the part goes, and comes back. */
function reboot(): void {
    const present = world
    world = {}
    part.read(1)
    world = present
}

/** Data ready at this time and no sooner. */
function readyAt(timeMs: number): void {
    bus.parts = [
        new Watched(part, 0x18, bytes => {
            // The lowest bit, for the factory's use, says nothing.
            if (clock.now < timeMs) bytes[0] = 0x11
        }),
    ]
}

describe("mmc5603", () => {
    beforeEach(() => {
        clock = new FakeClock()
        // The earth's field in the middle of Europe.
        world = fieldOf(20.1, -3.3, 44.8)
        part = new SimMmc5603(clock, () => world)
        bus = new FakeI2C([part])
        sensor = new Mmc5603(bus, clock)
    })

    test("16 384 ticks are a gauss, and half the difference is the field", () => {
        expectNear(microteslasFromTicks(524288 + 16384, 524288 - 16384), 100, 1e-9)
        // With an offset of a quarter of a gauss.
        expectNear(microteslasFromTicks(528384 - 8192, 528384 + 8192), -50, 1e-9)
        expectNear(microteslasFromTicks(1, 0), 0.003052, 1e-6)
        expect(microteslasFromTicks(524288, 524288)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("mmc5603")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset, 20 ms, no more", async () => {
        await sensor.start()
        expectNear(clock.now, 20, 0.01)
    })

    test("a sample carries the three axes without their offsets, and takes 16 ms", async () => {
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
        expectNear(clock.now, 36, 0.01)
    })

    test("each sample is a new measurement, whatever the offset has drifted to", async () => {
        await sensor.start()
        await sensor.sample()
        world = fieldOf(-25, 0, 3)
        part.offsetMicroteslas = [-99, 99, 0.5]
        await expectSample(-25, 0, 3)
    })

    test("over the bus go the identity, a reset, and for a sample SET, measure, RESET, measure", async () => {
        const watched = new Watched(part)
        bus.parts = [watched]
        await sensor.start()
        expect(watched.said).toBe("39 r1 1c80 ")
        watched.said = ""
        await sensor.sample()
        expect(watched.said).toBe("1b08 1b01 18 r1 00 r9 1b10 1b01 18 r1 00 r9 ")
    })

    test("a part that another program left measuring by itself can be started", async () => {
        expect(part.write(hex`1a4b`)).toBe(true)
        expect(part.write(hex`1b80`)).toBe(true)
        expect(part.write(hex`1d10`)).toBe(true)
        clock.now = 1000
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
    })

    test("a part that lost its power between samples is read right", async () => {
        await sensor.start()
        await sensor.sample()
        const present = world
        world = {}
        await expectFault("bus", async () => await sensor.sample())
        world = present
        await expectSample(20.1, -3.3, 44.8)
    })

    test("a part that loses its power while it measures is a timeout, and does not stick", async () => {
        bus.parts = [
            new Watched(part, 0x18, bytes => {
                reboot()
                bytes[0] = 0x10
            }),
        ]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
    })

    test("zeros in place of a measurement are no field: stuck, and do not stick", async () => {
        bus.parts = [new Watched(part, 0x18, reboot)]
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
    })

    test("a measurement may take as long again, looked for every ms", async () => {
        readyAt(10.5)
        await sensor.sample()
        expectNear(clock.now, 11 + 8, 0.01)
        clock.now = 0
        readyAt(15)
        await sensor.sample()
        expectNear(clock.now, 15 + 8, 0.01)
    })

    test("one that takes longer is a timeout, and the next may succeed", async () => {
        readyAt(15.1)
        await expectFault("timeout", async () => await sensor.sample())
        expectNear(clock.now, 15, 0.01)
        bus.parts = [part]
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
    })

    test("30 G are measured on each axis, what is beyond is a range fault, and does not stick", async () => {
        part.offsetMicroteslas = [0, 0, 0]
        for (const gauss of [30, -30]) {
            world = fieldOf(gauss * 100, 0, 0)
            await expectSample(gauss * 100, 0, 0)
            for (const beyond of [
                fieldOf(gauss * 100.0003, 0, 0),
                fieldOf(0, gauss * 100.0003, 0),
                fieldOf(0, 0, gauss * 100.0003),
                fieldOf(0, 0, gauss * 1000),
            ]) {
                world = beyond
                await expectFault("range", async () => await sensor.sample())
            }
        }
        world = fieldOf(1, 2, 3)
        await sensor.start()
        await expectSample(1, 2, 3)
    })

    test("an offset of 2 G passes, one no bridge has is stuck", async () => {
        part.offsetMicroteslas = [200, -200, 200]
        world = fieldOf(0, 0, 0)
        await expectSample(0, 0, 0)
        // 32 769 ticks are 200.0061 uT.
        for (const offset of [
            [200.0061, 0, 0],
            [0, -200.0061, 0],
            [0, 0, 200.0061],
        ]) {
            part.offsetMicroteslas = offset
            await expectFault("stuck", async () => await sensor.sample())
        }
        part.offsetMicroteslas = [0, 0, 0]
        await sensor.start()
        await expectSample(0, 0, 0)
    })

    test("another part at the address is an identity fault, and its answers are no field", async () => {
        const faults = ["timeout", "stuck", "stuck"]
        const bytes = [0x00, 0x5a, 0xff]
        for (let at = 0; at < 3; ++at) {
            bus.parts = [new Stranger(0x30, bytes[at])]
            await expectFault("identity", async () => await sensor.start())
            await expectFault(faults[at], async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = world
        for (const axis of Object.keys(present)) {
            world = {}
            for (const other of Object.keys(present)) if (other !== axis) (world as any)[other] = 1
            await expectFault("bus", async () => await sensor.start())
            await expectFault("bus", async () => await sensor.sample())
        }
        world = present
        await sensor.start()
        await expectSample(20.1, -3.3, 44.8)
    })

    test("it speaks to the address it was given, 0x30 by default", async () => {
        bus.parts = [new SimMmc5603(clock, () => world, 0x30)]
        await sensor.start()
        bus.parts = [new SimMmc5603(clock, () => world, 0x31)]
        await expectFault("bus", async () => await sensor.start())
        await new Mmc5603(bus, clock, 0x31).start()
    })

    test("the simulated part measures in 6.6 ms, and forgets that it has when it is read", () => {
        part = new SimMmc5603(clock, timeMs => fieldOf(timeMs, -100, 0))
        part.offsetMicroteslas = [0, 0, 100]
        expect(part.write(hex`1b01`)).toBe(true)
        clock.now = 6.5
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
        clock.now = 6.6
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "50")
        expect(part.write(hex`00`)).toBe(true)
        // 524 288 + 6.6 * 163.84, and a gauss less and more
        expectBytes(part.read(9), "80437c008400900000")
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
    })

    test("the simulated part needs 1 ms after a pulse, and turns its polarity", () => {
        part.offsetMicroteslas = [0, 0, 0]
        world = fieldOf(100, 0, 0)
        expect(part.write(hex`1c03`)).toBe(true)
        expect(part.write(hex`1b10`)).toBe(true)
        clock.now = 0.9
        expect(part.write(hex`1b01`)).toBe(true)
        clock.now = 5
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
        expect(part.write(hex`1b01`)).toBe(true)
        clock.now = 6.2
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(2), "7c00")
        expect(part.write(hex`1b08`)).toBe(true)
        clock.now = 8
        expect(part.write(hex`1b01`)).toBe(true)
        clock.now = 9.2
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(2), "8400")
    })

    test("the simulated part takes its offset off by itself if told to, in twice the time", () => {
        world = { ...fieldOf(100, 100, 100), temperatureCelsius: 25 }
        expect(part.write(hex`1b21`)).toBe(true)
        clock.now = 13.1
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
        clock.now = 13.2
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(9), "840084008400000000")
        expect(part.write(hex`1b02`)).toBe(true)
        clock.now = 20
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "90")
        expect(part.write(hex`09`)).toBe(true)
        // 100 Cel above -75 in steps of 0.8
        expectBytes(part.read(1), "7d")
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
    })

    test("the simulated part measures by itself if told to, until it is reset", () => {
        part.offsetMicroteslas = [0, 0, 0]
        part = new SimMmc5603(clock, timeMs => fieldOf(timeMs - 100, 0, 0))
        part.offsetMicroteslas = [0, 0, 0]
        expect(part.write(hex`1a0a`)).toBe(true)
        expect(part.write(hex`1b80`)).toBe(true)
        expect(part.write(hex`1d10`)).toBe(true)
        clock.now = 250
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "50")
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(2), "8400")
        clock.now = 299
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
        expect(part.write(hex`1c80`)).toBe(true)
        expect(part.write(hex`1b01`)).toBe(true)
        clock.now = 318
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "00")
        clock.now = 319
        expect(part.write(hex`18`)).toBe(true)
        expectBytes(part.read(1), "10")
        expect(part.write(hex`3900`)).toBe(false)
        expect(part.write(hex`1e00`)).toBe(true)
    })
})
