/** The VEML7700 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Veml7700, luxesFromTicks } from "../../src/drivers/veml7700"
import { Conditions, Part } from "../../sim/parts/part"
import { SimVeml7700 } from "../../sim/parts/veml7700"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Watched } from "./watched"
import { Stranger } from "./stranger"

/** Loses its power for a moment after the first write. */
class Rebooted implements Part {
    readonly address = 0x10

    constructor(
        private inner: Part,
        private readonly afterwards: Part
    ) {}

    write(bytes: Buffer): boolean {
        const answer = this.inner.write(bytes)
        this.inner = this.afterwards
        return answer
    }

    read(length: number): Buffer | undefined {
        return this.inner.read(length)
    }
}

/** Flips the lowest bit of one byte. */
function flipped(byte: number): (bytes: Buffer) => void {
    return bytes => {
        bytes[byte] = bytes[byte] ^ 1
    }
}

let clock: FakeClock
let light: Conditions
let part: SimVeml7700
let bus: FakeI2C
let sensor: Veml7700

function lit(illuminanceLuxes: number): void {
    light = { illuminanceLuxes }
}

/** Puts a part there whose light changes in time. */
function litInTime(luxesAt: (timeMs: number) => number): void {
    part = new SimVeml7700(clock, timeMs => {
        return { illuminanceLuxes: luxesAt(timeMs) }
    })
    bus.parts = [part]
}

async function expectSample(luxes: number, tolerance: number, durationMs: number): Promise<void> {
    const startedAt = clock.now
    expectNear((await sensor.sample()).illuminanceLuxes, luxes, tolerance)
    expectNear(clock.now - startedAt, durationMs, 0.01)
}

describe("veml7700", () => {
    beforeEach(() => {
        clock = new FakeClock()
        lit(320)
        part = new SimVeml7700(clock, () => light)
        bus = new FakeI2C([part])
        sensor = new Veml7700(bus, clock)
    })

    test("the resolutions are those of the application note's table", () => {
        expectNear(luxesFromTicks(1, 0.125, 25), 2.1504, 1e-9)
        expectNear(luxesFromTicks(1, 0.25, 25), 1.0752, 1e-9)
        expectNear(luxesFromTicks(1, 0.125, 100), 0.5376, 1e-9)
        expectNear(luxesFromTicks(1, 1, 100), 0.0672, 1e-9)
        expectNear(luxesFromTicks(1, 2, 100), 0.0336, 1e-9)
        expectNear(luxesFromTicks(1, 2, 800), 0.0042, 1e-9)
        expect(luxesFromTicks(0, 2, 800)).toBe(0)
    })

    test("above 1000 lx the correction is the note's, whose example makes 1658 lx of 1500", () => {
        // 1860 and 1861 ticks are 999.94 and 1000.47 lx uncorrected, 2790 are 1499.9.
        expectNear(luxesFromTicks(1860, 0.125, 100), 999.936, 1e-6)
        expectNear(luxesFromTicks(1861, 0.125, 100), 1075.54, 0.01)
        expectNear(luxesFromTicks(2790, 0.125, 100), 1658, 0.2)
        // 21 504 lx, by hand: 128 591.3 - 93 396.9 + 37 681.6 + 21 553.5, with the digits the coefficients have.
        expectNear(luxesFromTicks(10000, 0.125, 25), 94427.2, 0.1)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("veml7700")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("indoors one measurement does, 203 ms with gain 1/8 and 100 ms", async () => {
        await sensor.start()
        expect(clock.now).toBe(0)
        await expectSample(320, 0.27, 203)
        lit(1500)
        await expectSample(1500, 0.32, 203)
    })

    test("10 000 ticks are good enough, one more is taken again with 25 ms, 256 ms in all", async () => {
        // Uncorrected 5376.0 and 5376.5 lx.
        lit(6786.45)
        await expectSample(6786.45, 0.1, 203)
        lit(6787.22)
        await expectSample(6786.45, 0.1, 256)
        lit(100000)
        await expectSample(100000, 24, 256)
    })

    test("101 ticks are good enough, one less is taken again with gain 2, 406 ms in all", async () => {
        lit(54.3)
        await expectSample(54.2976, 0.001, 203)
        lit(53.76)
        await expectSample(53.76, 0.001, 406)
    })

    test("7 ticks are taken again with 100 ms, 6 with 800 ms, 1806 ms in all", async () => {
        lit(3.77)
        await expectSample(3.7632, 0.001, 406)
        lit(3.23)
        await expectSample(3.2298, 0.001, 1806)
    })

    test("starlight is told in steps of 0.0042 lx, and darkness is 0 lx, not a fault", async () => {
        lit(0.01)
        await expectSample(0.0084, 1e-6, 1806)
        lit(0)
        await expectSample(0, 0, 1806)
    })

    test("over the bus go the identity and power saving, and for each setting its configuration and words", async () => {
        const watched = new Watched(part)
        bus.parts = [watched]
        await sensor.start()
        expect(watched.said).toBe("07 r2 030000 ")
        for (const luxes of [0, 20, 320, 20000]) {
            watched.said = ""
            lit(luxes)
            await sensor.sample()
            const finer = luxes === 0 ? "00c008 " : luxes === 20 ? "000008 " : "000013 "
            const usual = "000010 00 r2 04 r2 000100 "
            expect(watched.said).toBe(luxes === 320 ? usual : usual + finer + "00 r2 04 r2 000100 ")
        }
    })

    test("each sample is a new measurement", async () => {
        await sensor.start()
        await sensor.sample()
        for (const luxes of [60, 900]) {
            lit(luxes)
            expectNear((await sensor.sample()).illuminanceLuxes, luxes, 0.27)
        }
    })

    test("light that comes on for the finer measurement is measured anew", async () => {
        litInTime(timeMs => (timeMs < 203 ? 10 : 336.04))
        await expectSample(336, 0.27, 609)
        clock.now = 0
        // 10 000 ticks with gain 2 and 100 ms
        litInTime(timeMs => (timeMs < 203 ? 10 : 336))
        await expectSample(336, 0.001, 406)
    })

    test("light that comes on twice is a range fault, and does not stick", async () => {
        litInTime(timeMs => (timeMs < 203 || (timeMs > 406 && timeMs < 609) ? 10 : 400))
        await expectFault("range", async () => await sensor.sample())
        expectNear(clock.now, 812, 0.01)
        await sensor.start()
        await expectSample(400, 0.27, 203)
    })

    test("140 000 lx are measured, what is beyond is a range fault, and does not stick", async () => {
        // 11 146 and 11 147 ticks are 139 973 and 140 020 lx.
        lit(139980)
        await expectSample(139973, 1, 256)
        for (const luxes of [140010, 1e6, 1e9]) {
            lit(luxes)
            await expectFault("range", async () => await sensor.sample())
        }
        lit(320)
        await sensor.start()
        await expectSample(320, 0.27, 203)
    })

    test("between samples the part is shut down", async () => {
        await sensor.start()
        await sensor.sample()
        expect(part.write(hex`00`)).toBe(true)
        expectBytes(part.read(2), "0100")
    })

    test("power saving that another program left on is ended by start", async () => {
        expect(part.write(hex`030700`)).toBe(true)
        await sensor.start()
        expect(part.write(hex`03`)).toBe(true)
        expectBytes(part.read(2), "0000")
        await expectSample(320, 0.27, 203)
    })

    test("another part at the address is an identity fault, and its zeros are not darkness", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x10, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("stuck", async () => await sensor.sample())
        }
        bus.parts = [new Watched(part, 0x07, flipped(0))]
        await expectFault("identity", async () => await sensor.start())
        // The other byte of the ID tells the address.
        bus.parts = [new Watched(part, 0x07, flipped(1))]
        await sensor.start()
    })

    test("a part that loses its configuration while it measures is stuck, until it is started", async () => {
        bus.parts = [new Rebooted(part, new SimVeml7700(clock, () => light))]
        await expectFault("stuck", async () => await sensor.sample())
        await sensor.start()
        await expectSample(320, 0.27, 203)
    })

    test("one wrong bit in either byte of the configuration is enough", async () => {
        for (const byte of [0, 1]) {
            bus.parts = [new Watched(part, 0x00, flipped(byte))]
            await expectFault("stuck", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.sample()
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = light
        light = {}
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        light = present
        await sensor.start()
        await expectSample(320, 0.27, 203)
    })

    test("it speaks to the address it was given, 0x10 by default", async () => {
        bus.parts = [new SimVeml7700(clock, () => light, 0x10)]
        await sensor.start()
        bus.parts = [new SimVeml7700(clock, () => light, 0x48)]
        await expectFault("bus", async () => await sensor.start())
        await new Veml7700(bus, clock, 0x48).start()
    })

    test("the simulated part takes 2.5 ms to wake, then an integration for each value", () => {
        part = new SimVeml7700(clock, timeMs => {
            return { illuminanceLuxes: timeMs }
        })
        // Gain 1, 100 ms.
        expect(part.write(hex`000000`)).toBe(true)
        expect(part.write(hex`04`)).toBe(true)
        clock.now = 102
        expectBytes(part.read(2), "0000")
        clock.now = 102.5
        // 102.5 and 202.5 lx of 0.0672
        expectBytes(part.read(2), "f505")
        clock.now = 300
        expectBytes(part.read(2), "c50b")
        expect(part.write(hex`05`)).toBe(true)
        expectBytes(part.read(2), "b60e")
        // Shut down it keeps what it has.
        expect(part.write(hex`000100`)).toBe(true)
        clock.now = 1000
        expect(part.write(hex`04`)).toBe(true)
        expectBytes(part.read(3), "c50bff")
    })

    test("the simulated part has every gain and integration time, and power saving", () => {
        // 320 lx in steps of 2.1504, 1.0752, 0.1344, 0.2688, 0.0672, 0.0168, 0.0084 and again 0.0084 lx.
        const settings = hex`0013001b00020018000040088008c000`
        const expected = hex`95002a014d09a6049a12684acf94cf94`
        for (let at = 0; at < 16; at += 2) {
            expect(part.write(Buffer.from([0x00, settings[at], settings[at + 1]]))).toBe(true)
            clock.now += 803
            expect(part.write(hex`04`)).toBe(true)
            const word = part.read(2)
            expect(word[0]).toBe(expected[at])
            expect(word[1]).toBe(expected[at + 1])
        }
        // 20 000 lx saturate it; with power saving mode 2 it takes 1000 ms more.
        expect(part.write(hex`000100`)).toBe(true)
        lit(20000)
        expect(part.write(hex`030300`)).toBe(true)
        expect(part.write(hex`00c008`)).toBe(true)
        expect(part.write(hex`04`)).toBe(true)
        clock.now += 1802
        expectBytes(part.read(2), "cf94")
        clock.now += 0.5
        expectBytes(part.read(2), "ffff")
    })

    test("the simulated part refuses what it does not have", () => {
        expect(part.write(hex`08`)).toBe(false)
        expect(part.write(hex`040000`)).toBe(false)
        expect(part.write(hex`0000`)).toBe(false)
        expect(part.write(hex`06`)).toBe(true)
        expectBytes(part.read(2), "0000")
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(2), "81c4")
    })
})
