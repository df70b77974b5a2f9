/** The MAX30102 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Max30102, Max30102Options, amplitudeFromMilliamperes } from "../../src/drivers/max30102"
import { SimMax30102 } from "../../sim/parts/max30102"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

/** Answers the first reads of status and pointers with zeros itself, and sends samples of its own when told to. */
class Interposed implements Part {
    readonly address = 0x57
    hidden = 0
    /** Interrupt flags that are set besides. */
    flags = 0
    frame: Buffer | undefined

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        if (length === 7 && this.hidden > 0) {
            this.hidden--
            return hex`00000000000000`
        }
        const bytes = this.inner.read(length)
        if (length === 7) bytes[0] = bytes[0] | this.flags
        return length === 6 && this.frame !== undefined ? this.frame : bytes
    }
}

let clock: FakeClock
let finger: Conditions
let part: SimMax30102
let bus: FakeI2C
let sensor: Max30102
let red: number[]
let infrared: number[]

function fingerOf(pulseRedTicks: number, pulseInfraredTicks: number): Conditions {
    return { pulseRedTicks, pulseInfraredTicks }
}

function made(options: Max30102Options): Max30102 {
    return new Max30102(bus, clock, 0x57, options)
}

async function expectSample(redTicks: number, infraredTicks: number): Promise<void> {
    const sample = await sensor.sample()
    expect(sample.pulseRedTicks).toBe(redTicks)
    expect(sample.pulseInfraredTicks).toBe(infraredTicks)
}

/** In red how many sample periods of 40 ms ago the part was started, at 10 ms; in infrared 1000 more. */
function counting(): void {
    part = new SimMax30102(clock, timeMs => {
        const count = Math.round((timeMs - 10) / 40)
        return fingerOf(count, 1000 + count)
    })
    bus.parts = [part]
}

describe("max30102", () => {
    beforeEach(() => {
        clock = new FakeClock()
        finger = fingerOf(0x12345, 0x2abcd)
        part = new SimMax30102(clock, () => finger)
        bus = new FakeI2C([part])
        sensor = new Max30102(bus, clock)
        red = []
        infrared = []
    })

    test("the LED currents are the datasheet's", () => {
        // Table 8
        expect(amplitudeFromMilliamperes(0)).toBe(0x00)
        expect(amplitudeFromMilliamperes(0.2)).toBe(0x01)
        expect(amplitudeFromMilliamperes(0.4)).toBe(0x02)
        expect(amplitudeFromMilliamperes(3.0)).toBe(0x0f)
        expect(amplitudeFromMilliamperes(6.2)).toBe(0x1f)
        expect(amplitudeFromMilliamperes(12.6)).toBe(0x3f)
        expect(amplitudeFromMilliamperes(25.4)).toBe(0x7f)
        expect(amplitudeFromMilliamperes(51.0)).toBe(0xff)
    })

    test("it is called as reports call it, and warms up for one sample period", () => {
        expect(sensor.part).toBe("max30102")
        expect(sensor.warmUpMs).toBe(40)
        expect(made({ averaged: 32, conversionsPerSecond: 50 }).warmUpMs).toBe(640)
        expect(made({ averaged: 1, conversionsPerSecond: 400 }).warmUpMs).toBe(3)
    })

    test("a part that was never started is a timeout after two sample periods, until it is started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now).toBe(80)
        await expectFault("timeout", async () => await sensor.readFifo(red, infrared))
        expect(clock.now).toBe(160)
        await sensor.start()
        await expectSample(0x12345, 0x2abcd)
    })

    test("start takes 10 ms, and a sample the sample period after it", async () => {
        await sensor.start()
        expect(clock.now).toBe(10)
        await expectSample(0x12345, 0x2abcd)
        expect(clock.now).toBe(50)
    })

    test("start resets the part, and sets it up as asked", async () => {
        for (const command of [hex`02c0`, hex`0803`, hex`0a1f`, hex`0c8080`]) part.write(command)
        await sensor.start()
        part.write(hex`02`)
        expectBytes(part.read(2), "2000")
        part.write(hex`08`)
        // 4 averaged, no rollover; SpO2 mode; 4096 nA, 100 per second, 411 us; 6.2 mA each
        expectBytes(part.read(6), "400327001f1f")
        await made({
            redMilliamperes: 0.2,
            infraredMilliamperes: 51,
            fullScaleNanoamperes: 16384,
            conversionsPerSecond: 400,
            averaged: 1,
        }).start()
        part.write(hex`08`)
        expectBytes(part.read(6), "00036f0001ff")
        await made({
            redMilliamperes: 51,
            infraredMilliamperes: 0,
            fullScaleNanoamperes: 2048,
            conversionsPerSecond: 50,
            averaged: 32,
        }).start()
        part.write(hex`08`)
        expectBytes(part.read(6), "a0030300ff00")
    })

    test("every range and average has its number", async () => {
        let number = 0
        for (const fullScaleNanoamperes of [2048, 4096, 8192, 16384]) {
            await made({ fullScaleNanoamperes, conversionsPerSecond: 200 }).start()
            part.write(hex`0a`)
            expect(part.read(1)[0]).toBe((number << 5) | 0x0b)
            number++
        }
        number = 0
        for (const averaged of [1, 2, 4, 8, 16, 32]) {
            await made({ averaged }).start()
            part.write(hex`08`)
            expect(part.read(1)[0]).toBe(number << 5)
            number++
        }
    })

    test("start waits for a slow reset, 100 ms and not a read longer", async () => {
        part.resetMs = 100
        await sensor.start()
        expect(clock.now).toBe(100)
        part.resetMs = 101
        await expectFault("timeout", async () => await sensor.start())
        expect(clock.now).toBe(200)
        clock.now += 1
        part.resetMs = 11
        await sensor.start()
        expect(clock.now).toBe(221)
    })

    test("each sample is taken after it was asked for, however full the FIFO", async () => {
        counting()
        await sensor.start()
        clock.now = 200
        await expectSample(5, 1005)
        expect(clock.now).toBe(210)
        clock.now = 5000
        await expectSample(125, 1125)
        expect(clock.now).toBe(5010)
        expect(sensor.overruns).toBe(0)
    })

    test("each rate has its own pace", async () => {
        for (const conversionsPerSecond of [50, 100, 200, 400]) {
            for (const averaged of [1, 32]) {
                sensor = made({ conversionsPerSecond, averaged })
                await sensor.start()
                const startedAt = clock.now
                await sensor.sample()
                const periodMs = (averaged * 1000) / conversionsPerSecond
                // A quarter of it, rounded up, as often as it takes.
                const pollMs = Math.ceil(periodMs / 4)
                expect(clock.now - startedAt).toBe(Math.ceil(periodMs / pollMs) * pollMs)
            }
        }
    })

    test("the FIFO gives all samples since the last time, the oldest first", async () => {
        counting()
        await sensor.start()
        clock.now = 459
        expect(await sensor.readFifo(red, infrared)).toBe(11)
        expect(red.length).toBe(11)
        for (let index = 0; index < 11; ++index) {
            expect(red[index]).toBe(1 + index)
            expect(infrared[index]).toBe(1001 + index)
        }
        expect(clock.now).toBe(459)
        // There is none: the next comes at 490 ms. The arrays are kept.
        expect(await sensor.readFifo(red, infrared)).toBe(1)
        expect(clock.now).toBe(499)
        expect(red[0]).toBe(12)
        expect(red[1]).toBe(2)
        expect(sensor.overruns).toBe(0)
    })

    test("the pointers go round", async () => {
        counting()
        await sensor.start()
        clock.now = 1010
        expect(await sensor.readFifo(red, infrared)).toBe(25)
        await clock.delay(800)
        expect(await sensor.readFifo(red, infrared)).toBe(20)
        for (let index = 0; index < 20; ++index) {
            expect(red[index]).toBe(26 + index)
            expect(infrared[index]).toBe(1026 + index)
        }
    })

    test("31 samples are read at once, 32 when the first was lost after them: an overrun", async () => {
        counting()
        await sensor.start()
        clock.now = 1289
        expect(await sensor.readFifo(red, infrared)).toBe(31)
        expect(sensor.overruns).toBe(0)
        await clock.delay(1280)
        expect(clock.now).toBe(2569)
        // The 32nd since came at 2530 ms, and one more is lost at 2570 ms.
        expect(await sensor.readFifo(red, infrared)).toBe(32)
        expect(clock.now).toBe(2579)
        expect(sensor.overruns).toBe(1)
        expect(red[0]).toBe(32)
        expect(red[31]).toBe(63)
        expect(infrared[31]).toBe(1063)
        await clock.delay(60000)
        expect(await sensor.readFifo(red, infrared)).toBe(32)
        expect(sensor.overruns).toBe(2)
        expect(red[0]).toBe(65)
        expect(await sensor.readFifo(red, infrared)).toBe(1)
        expect(sensor.overruns).toBe(2)
    })

    test("a poll goes on for two sample periods, and not a read longer", async () => {
        const late = new Interposed(part)
        bus.parts = [late]
        await sensor.start()
        late.hidden = 8
        await sensor.sample()
        expect(clock.now).toBe(90)
        late.hidden = 9
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now).toBe(170)
        await sensor.sample()
    })

    test("all 18 bits are read, and all ones are saturation, a range fault that does not stick", async () => {
        await sensor.start()
        finger = fingerOf(0x3fffe, 1)
        await expectSample(0x3fffe, 1)
        finger = fingerOf(0, 0x3fffe)
        await expectSample(0, 0x3fffe)
        for (const saturated of [
            fingerOf(0x3ffff, 1),
            fingerOf(1, 0x3ffff),
            fingerOf(0x50000, 1),
        ]) {
            finger = saturated
            clock.now += 100
            await expectFault("range", async () => await sensor.readFifo(red, infrared))
            await expectFault("range", async () => await sensor.sample())
        }
        finger = fingerOf(0x10001, 0x20002)
        await expectSample(0x10001, 0x20002)
    })

    test("the six bits above the eighteen do not count", async () => {
        const wire = new Interposed(part)
        bus.parts = [wire]
        await sensor.start()
        wire.frame = hex`fc0102fd0304`
        await expectSample(0x00102, 0x10304)
    })

    test("nothing but zeros is a part that is stuck, one tick is not", async () => {
        await sensor.start()
        finger = fingerOf(0, 0)
        await expectFault("stuck", async () => await sensor.sample())
        clock.now += 80
        await expectFault("stuck", async () => await sensor.readFifo(red, infrared))
        finger = fingerOf(0, 1)
        await expectSample(0, 1)
        finger = fingerOf(0x10000, 0)
        await expectSample(0x10000, 0)
    })

    test("too bright a sun is a range fault, of the batch it fell on alone", async () => {
        await sensor.start()
        finger = { pulseRedTicks: 100, pulseInfraredTicks: 200, illuminanceLuxes: 100001 }
        await expectFault("range", async () => await sensor.sample())
        clock.now += 80
        await expectFault("range", async () => await sensor.readFifo(red, infrared))
        clock.now += 80
        part.write(hex`ff`)
        finger = { pulseRedTicks: 100, pulseInfraredTicks: 200, illuminanceLuxes: 100000 }
        // What was flagged before it was asked for is past.
        await expectSample(100, 200)
        clock.now += 80
        expect(await sensor.readFifo(red, infrared)).toBe(2)
    })

    test("of the other flags none matters", async () => {
        const wire = new Interposed(part)
        bus.parts = [wire]
        await sensor.start()
        wire.flags = 0xdf
        await expectSample(0x12345, 0x2abcd)
        wire.flags = 0x20
        await expectFault("range", async () => await sensor.sample())
    })

    test("a part that lost its power is a bus fault, then a timeout, until it is started", async () => {
        await sensor.start()
        const present = finger
        finger = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.readFifo(red, infrared))
        await expectFault("bus", async () => await sensor.start())
        finger = present
        await expectFault("timeout", async () => await sensor.sample())
        await sensor.start()
        await expectSample(0x12345, 0x2abcd)
    })

    test("another part at the address is an identity fault", async () => {
        // 0x11 is a MAX30100.
        for (const byte of [0x00, 0x11, 0x14, 0x16, 0xff]) {
            bus.parts = [new Stranger(0x57, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [part]
        await sensor.start()
        bus.parts = [new Stranger(0x57, 0x00)]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [new Stranger(0x57, 0xff)]
        await expectFault("range", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x57 by default", async () => {
        bus.parts = [new SimMax30102(clock, () => finger, 0x57)]
        await sensor.start()
        bus.parts = [new SimMax30102(clock, () => finger, 0x56)]
        await expectFault("bus", async () => await sensor.start())
        sensor = new Max30102(bus, clock, 0x56)
        await sensor.start()
        await sensor.sample()
    })

    test("options there are none of are refused", () => {
        ;[-0.1, 51.1].forEach(milliamperes => {
            expect(() => made({ redMilliamperes: milliamperes })).toThrow()
            expect(() => made({ infraredMilliamperes: milliamperes })).toThrow()
        })
        ;[0, 1024, 32768].forEach(fullScaleNanoamperes => {
            expect(() => made({ fullScaleNanoamperes })).toThrow()
        })
        ;[0, 99, 800].forEach(conversionsPerSecond => {
            expect(() => made({ conversionsPerSecond })).toThrow()
        })
        ;[0, 3, 64].forEach(averaged => {
            expect(() => made({ averaged })).toThrow()
        })
    })

    test("the simulated part shows the FIFO at one address, and moves on with a sample's first byte", () => {
        part.write(hex`0c0101`)
        part.write(hex`0a03`)
        part.write(hex`0903`)
        clock.now = 40
        part.write(hex`04`)
        expectBytes(part.read(3), "020000")
        part.write(hex`07`)
        expectBytes(part.read(1), "01")
        part.write(hex`06`)
        expectBytes(part.read(1), "01")
        part.write(hex`07`)
        expectBytes(part.read(11), "234502abcd01234502abcd")
        part.write(hex`04`)
        expectBytes(part.read(3), "020002")
        // To read the last one again.
        part.write(hex`0601`)
        part.write(hex`07`)
        expectBytes(part.read(6), "01234502abcd")
    })

    test("the simulated part counts 31 lost samples at most, and none once one was read", () => {
        part.write(hex`0a03`)
        part.write(hex`0903`)
        clock.now = 640
        part.write(hex`04`)
        expectBytes(part.read(3), "000000")
        clock.now = 680
        part.write(hex`04`)
        expectBytes(part.read(3), "000200")
        clock.now = 6400
        part.write(hex`04`)
        expectBytes(part.read(3), "001f00")
        part.write(hex`07`)
        // No current through the LEDs: the dark count.
        expectBytes(part.read(6), "00001e00001e")
        part.write(hex`04`)
        expectBytes(part.read(3), "000001")
    })

    test("the simulated part's flags show what was enabled, and clear when read", () => {
        part.write(hex`00`)
        expectBytes(part.read(1), "01")
        part.write(hex`02c0`)
        part.write(hex`080f`)
        part.write(hex`0a03`)
        part.write(hex`0903`)
        clock.now = 20
        part.write(hex`00`)
        expectBytes(part.read(1), "40")
        part.write(hex`00`)
        expectBytes(part.read(1), "00")
        clock.now = 340
        part.write(hex`00`)
        expectBytes(part.read(1), "c0")
    })

    test("the simulated part holds a sample rate that its pulses are too long for", () => {
        for (const rates of [hex`1f0f`, hex`1e12`, hex`1d15`, hex`1c18`, hex`0f0f`]) {
            part.write(Buffer.from([0x0a, rates[0]]))
            part.write(hex`0a`)
            expect(part.read(1)[0]).toBe(rates[1])
        }
    })

    test("the simulated part has 15 bits with the shortest pulse, and red alone in heart-rate mode", () => {
        finger = fingerOf(0x2abcf, 0x12345)
        part.write(hex`0c01`)
        part.write(hex`0a00`)
        part.write(hex`0902`)
        clock.now = 40
        part.write(hex`07`)
        expectBytes(part.read(6), "02abc802abc8")
    })

    test("the simulated part takes no byte for what it only shows, has not, or while it resets", () => {
        for (const command of [hex`0000`, hex`0700`, hex`0b00`, hex`0907`, hex`0e00`, hex`ff00`])
            expect(part.write(command)).toBe(false)
        expect(part.write(hex`0940`)).toBe(true)
        part.write(hex`09`)
        expectBytes(part.read(1), "40")
        expect(part.write(hex`0903`)).toBe(false)
        clock.now = 1
        part.write(hex`09`)
        expectBytes(part.read(1), "00")
        part.write(hex`fe`)
        expectBytes(part.read(3), "031515")
    })
})
