/** The LTR-390UV-01 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Ltr390, luxesFromTicks, uvIndexFromTicks } from "../../src/drivers/ltr390"
import { SimLtr390 } from "../../sim/parts/ltr390"
import { Conditions } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Watched } from "./watched"
import { Stranger } from "./stranger"

/** A step of each, and what the VM's printing of floats can hide. */
const STEP_LUXES = 0.15
const STEP_UV_INDEX = 1 / 2300

let clock: FakeClock
let sun: Conditions
let part: SimLtr390
let bus: FakeI2C
let sensor: Ltr390

function sunOf(illuminanceLuxes: number, uvIndex: number): Conditions {
    return { illuminanceLuxes, uvIndex }
}

/** Data ready at this time and no sooner. */
function readyAt(timeMs: number): void {
    bus.parts = [
        new Watched(part, 0x07, bytes => {
            // Another flag of the status says nothing.
            bytes[0] = clock.now < timeMs ? 0x21 : 0x08
        }),
    ]
}

describe("ltr390", () => {
    beforeEach(() => {
        clock = new FakeClock()
        sun = sunOf(48000, 6.5)
        part = new SimLtr390(clock, () => sun)
        bus = new FakeI2C([part])
        sensor = new Ltr390(bus, clock)
    })

    test("illuminance is scaled by gain and integration time", () => {
        // A log of real readings at gain 3 and 100 ms, in ESPEasy's issue 3976.
        expectNear(luxesFromTicks(417, 3, 100), 83.4, 1e-9)
        expectNear(luxesFromTicks(0x3ffff, 3, 100), 52428.6, 1e-6)
        expectNear(luxesFromTicks(1, 1, 400), 0.15, 1e-9)
        expectNear(luxesFromTicks(720, 18, 400), 6, 1e-9)
        expect(luxesFromTicks(0, 1, 400)).toBe(0)
    })

    test("2300 ticks are one UV index at gain 18 and 400 ms, 95.83 at gain 3 and 100 ms", () => {
        expectNear(uvIndexFromTicks(2300, 18, 400), 1, 1e-9)
        expectNear(uvIndexFromTicks(9583, 3, 100), 100, 0.01)
        expect(uvIndexFromTicks(0, 18, 400)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("ltr390")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("a sample carries both values and takes two conversions and wake-ups, 820 ms", async () => {
        await sensor.start()
        expect(clock.now).toBe(0)
        const sample = await sensor.sample()
        expectNear(clock.now, 820, 0.01)
        expectNear(sample.illuminanceLuxes, 48000, STEP_LUXES)
        expectNear(sample.uvIndex, 6.5, STEP_UV_INDEX)
    })

    test("each sample is a new measurement of both", async () => {
        await sensor.start()
        await sensor.sample()
        for (const uvIndex of [0, 0.01, 11]) {
            sun = sunOf(uvIndex * 10000, uvIndex)
            const sample = await sensor.sample()
            expectNear(sample.illuminanceLuxes, uvIndex * 10000, STEP_LUXES)
            expectNear(sample.uvIndex, uvIndex, STEP_UV_INDEX)
        }
    })

    test("a sample holds what was there when each conversion ended", async () => {
        part = new SimLtr390(clock, timeMs => sunOf(timeMs, timeMs / 100))
        bus.parts = [part]
        const sample = await sensor.sample()
        expectNear(sample.illuminanceLuxes, 410, STEP_LUXES)
        expectNear(sample.uvIndex, 8.2, STEP_UV_INDEX)
    })

    test("darkness is 0 lx and UV index 0, not a fault", async () => {
        sun = sunOf(0, 0)
        const sample = await sensor.sample()
        expect(sample.illuminanceLuxes).toBe(0)
        expect(sample.uvIndex).toBe(0)
    })

    test("between samples the part stands by", async () => {
        await sensor.start()
        await sensor.sample()
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(1), "00")
    })

    test("a part that another program left measuring is stopped by start", async () => {
        expect(part.write(hex`000a`)).toBe(true)
        await sensor.start()
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(1), "00")
        expectNear((await sensor.sample()).illuminanceLuxes, 48000, STEP_LUXES)
    })

    test("a part that lost its power between samples is read right", async () => {
        await sensor.start()
        await sensor.sample()
        bus.parts = [new SimLtr390(clock, () => sun)]
        const sample = await sensor.sample()
        expectNear(sample.illuminanceLuxes, 48000, STEP_LUXES)
        expectNear(sample.uvIndex, 6.5, STEP_UV_INDEX)
    })

    test("over the bus go the identity and standby, and for a sample each mode with its gain", async () => {
        const watched = new Watched(part)
        bus.parts = [watched]
        await sensor.start()
        expect(watched.said).toBe("06 r1 0000 ")
        watched.said = ""
        await sensor.sample()
        expect(watched.said).toBe(
            "0400 0500 0002 07 r1 0d r3 0000 0400 0504 000a 07 r1 10 r3 0000 "
        )
    })

    test("a conversion may take 100 ms more, looked for every 10 ms", async () => {
        readyAt(415)
        await sensor.sample()
        expectNear(clock.now, 420 + 410, 0.01)
        clock.now = 0
        readyAt(510)
        await sensor.sample()
        expectNear(clock.now, 510 + 410, 0.01)
    })

    test("one that takes longer is a timeout, and the next may succeed", async () => {
        readyAt(511)
        await expectFault("timeout", async () => await sensor.sample())
        expectNear(clock.now, 510, 0.01)
        await sensor.start()
        await sensor.sample()
    })

    test("full scale is a range fault of either value, one step less is measured", async () => {
        // 157 286.25 lx are 0xfffff ticks; a UV index of 455.9 are as many.
        sun = sunOf(157286.1, 455.9017)
        const sample = await sensor.sample()
        expectNear(sample.illuminanceLuxes, 157286.1, STEP_LUXES)
        expectNear(sample.uvIndex, 455.9017, STEP_UV_INDEX)
        for (const beyond of [sunOf(157286.25, 6), sunOf(48000, 455.903), sunOf(1e6, 6)]) {
            sun = beyond
            await expectFault("range", async () => await sensor.sample())
        }
        sun = sunOf(48000, 6.5)
        await sensor.start()
        await sensor.sample()
    })

    test("data of more than 20 bits is no measurement: stuck", async () => {
        sun = sunOf(0, 0)
        bus.parts = [
            new Watched(part, 0x0d, bytes => {
                bytes[2] = 0x10
            }),
        ]
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        await sensor.sample()
    })

    test("another part at the address is an identity fault, and what it answers is no sample", async () => {
        const faults = ["timeout", "stuck", "stuck"]
        const bytes = [0x00, 0x5a, 0xff]
        for (let at = 0; at < 3; ++at) {
            bus.parts = [new Stranger(0x53, bytes[at])]
            await expectFault("identity", async () => await sensor.start())
            await expectFault(faults[at], async () => await sensor.sample())
        }
    })

    test("any revision will do, another part number will not", async () => {
        let id = 0xbf
        bus.parts = [
            new Watched(part, 0x06, bytes => {
                bytes[0] = id
            }),
        ]
        await sensor.start()
        for (const other of [0xa2, 0xc2, 0x0b]) {
            id = other
            await expectFault("identity", async () => await sensor.start())
        }
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = sun
        for (const absent of [{ uvIndex: 1 }, { illuminanceLuxes: 1 }]) {
            sun = absent
            await expectFault("bus", async () => await sensor.start())
            await expectFault("bus", async () => await sensor.sample())
        }
        sun = present
        await sensor.start()
        expectNear((await sensor.sample()).uvIndex, 6.5, STEP_UV_INDEX)
    })

    test("it speaks to the address it was given, 0x53 by default", async () => {
        bus.parts = [new SimLtr390(clock, () => sun, 0x53)]
        await sensor.start()
        bus.parts = [new SimLtr390(clock, () => sun, 0x52)]
        await expectFault("bus", async () => await sensor.start())
        await new Ltr390(bus, clock, 0x52).start()
    })

    test("the simulated part serves upstream's driver: 18 bits, gain 3, one mode after the other", () => {
        expect(part.write(hex`06`)).toBe(true)
        expectBytes(part.read(1), "b2")
        expect(part.write(hex`0422`)).toBe(true)
        expect(part.write(hex`0501`)).toBe(true)
        expect(part.write(hex`0002`)).toBe(true)
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "20")
        clock.now = 109
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "00")
        clock.now = 110
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "08")
        expect(part.write(hex`0d`)).toBe(true)
        // 48 000 lx at 0.2 lx
        expectBytes(part.read(3), "80a903")
        expect(part.write(hex`000a`)).toBe(true)
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "00")
        clock.now = 220
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "08")
        expect(part.write(hex`10`)).toBe(true)
        // A UV index of 6.5 times 95.83, and the light as it was.
        expectBytes(part.read(3), "6f0200")
        expect(part.write(hex`0d`)).toBe(true)
        expectBytes(part.read(3), "80a903")
        expect(part.write(hex`0000`)).toBe(true)
    })

    test("the simulated part goes on measuring at its rate, and tells of each value once", () => {
        part = new SimLtr390(clock, timeMs => sunOf(timeMs, 0))
        // Gain 1, 25 ms, every 50 ms: 2.4 lx a step.
        expect(part.write(hex`0500`)).toBe(true)
        expect(part.write(hex`0441`)).toBe(true)
        expect(part.write(hex`0002`)).toBe(true)
        clock.now = 84
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "28")
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "00")
        expect(part.write(hex`0d`)).toBe(true)
        // 35 lx
        expectBytes(part.read(1), "0f")
        clock.now = 85
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(1), "08")
        expect(part.write(hex`0d`)).toBe(true)
        expectBytes(part.read(1), "23")
    })

    test("the simulated part resets, saturates at its resolution, and refuses what it does not have", () => {
        sun = sunOf(1e6, 0)
        expect(part.write(hex`2112`)).toBe(true)
        expect(part.write(hex`1914`)).toBe(true)
        expect(part.write(hex`0450`)).toBe(true)
        expect(part.write(hex`0002`)).toBe(true)
        clock.now = 100
        expect(part.write(hex`0d`)).toBe(true)
        expectBytes(part.read(3), "ff1f00")
        expect(part.write(hex`0010`)).toBe(true)
        expect(part.write(hex`04`)).toBe(true)
        expectBytes(part.read(4), "2201b220")
        expect(part.write(hex`19`)).toBe(true)
        expectBytes(part.read(2), "1000")
        expect(part.write(hex`21`)).toBe(true)
        expectBytes(part.read(6), "ffff0f000000")
        expect(part.write(hex`0600`)).toBe(false)
        expect(part.write(hex`2700`)).toBe(false)
    })
})
