/** The LIS3DH driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Lis3dh } from "../../src/drivers/lis3dh"
import { SimLis3dh } from "../../sim/parts/lis3dh"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

const G = 9.80665
const MILLI_G = G / 1000

/** Answers each of the first `hidden` reads of one byte with 0: no sample yet, whichever status is asked for. */
class Hesitant implements Part {
    readonly address = 0x18
    hidden = 0

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        if (length === 1 && this.hidden > 0) {
            this.hidden--
            bytes[0] = 0
        }
        return bytes
    }
}

/** Says there is a sample, and sends these six bytes as such. */
class Mute implements Part {
    readonly address = 0x18
    frame: Buffer = hex`000000000000`

    write(): boolean {
        return true
    }

    read(length: number): Buffer | undefined {
        const bytes = Buffer.alloc(length)
        bytes.fillAt(0, length, 0x09)
        for (let at = 0; at < 6 && length > 1; ++at) bytes[at] = this.frame[at]
        return bytes
    }
}

let clock: FakeClock
let world: Conditions
let part: SimLis3dh
let bus: FakeI2C
let sensor: Lis3dh
let x: number[]
let y: number[]
let z: number[]

function pushed(xAxis: number, yAxis: number, zAxis: number): Conditions {
    return {
        accelerationXMetresPerSecondSquared: xAxis,
        accelerationYMetresPerSecondSquared: yAxis,
        accelerationZMetresPerSecondSquared: zAxis,
    }
}

/** x is 4 mg, the step of the FIFO at 2 g, for each 10 ms since boot; y is as much downwards. */
function ramp(timeMs: number): Conditions {
    const milliG = Math.round(timeMs / 10) * 4
    return pushed(milliG * MILLI_G, -milliG * MILLI_G, G)
}

function withFifo(dataRateHertz: number): Lis3dh {
    return new Lis3dh(bus, clock, 0x18, { fifo: true, dataRateHertz })
}

async function expectSample(xMilliG: number, yMilliG: number, zMilliG: number): Promise<void> {
    const sample = await sensor.sample()
    expectNear(sample.accelerationXMetresPerSecondSquared, xMilliG * MILLI_G, 1e-5)
    expectNear(sample.accelerationYMetresPerSecondSquared, yMilliG * MILLI_G, 1e-5)
    expectNear(sample.accelerationZMetresPerSecondSquared, zMilliG * MILLI_G, 1e-5)
}

describe("lis3dh", () => {
    beforeEach(() => {
        clock = new FakeClock()
        world = pushed(0.35 * G, -0.35 * G, G)
        part = new SimLis3dh(clock, () => world)
        bus = new FakeI2C([part])
        sensor = new Lis3dh(bus, clock)
        x = []
        y = []
        z = []
    })

    test("it is called as reports call it, and warms up for one data period", () => {
        expect(sensor.part).toBe("lis3dh")
        expect(sensor.warmUpMs).toBe(10)
        expect(new Lis3dh(bus, clock, 0x18, { dataRateHertz: 1 }).warmUpMs).toBe(1000)
        expect(new Lis3dh(bus, clock, 0x18, { dataRateHertz: 400 }).warmUpMs).toBe(3)
    })

    test("a part that was never started is a timeout after 24 ms, and can then be started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now).toBe(24)
        await sensor.start()
        await expectSample(350, -350, 1000)
    })

    test("start waits until the part has settled, 8 data periods, no more", async () => {
        await sensor.start()
        expect(clock.now).toBe(80)
        await expectSample(350, -350, 1000)
        expect(clock.now).toBe(80)
        await new Lis3dh(bus, clock, 0x18, { dataRateHertz: 25 }).start()
        expect(clock.now).toBe(400)
    })

    test("start sets every control register, whatever another program left in it", async () => {
        part.write(hex`9e901f07ff3e4042ff55`)
        part.write(hex`2edf`)
        await sensor.start()
        part.write(hex`a0`)
        expectBytes(part.read(5), "5700008800")
        part.write(hex`2e`)
        expectBytes(part.read(1), "00")
        await new Lis3dh(bus, clock, 0x18, {
            fullScaleG: 16,
            dataRateHertz: 400,
            fifo: true,
        }).start()
        part.write(hex`a0`)
        expectBytes(part.read(5), "770000b840")
        part.write(hex`2e`)
        expectBytes(part.read(1), "80")
    })

    test("no sample is given out twice: the next takes at most a data period and a poll", async () => {
        await sensor.start()
        await expectSample(350, -350, 1000)
        world = pushed(0.001 * G, 0, -G)
        await expectSample(1, 0, -1000)
        // 10 ms in polls of 3 ms
        expect(clock.now).toBe(92)
    })

    test("after a long pause the newest sample is given, not the oldest", async () => {
        part = new SimLis3dh(clock, ramp)
        bus.parts = [part]
        await sensor.start()
        clock.now = 1239
        await expectSample(123 * 4, -123 * 4, 1000)
    })

    test("each full scale, 1, 2, 4 and 12 mg to the tick, is measured to its ends, and beyond is a range fault on any axis", async () => {
        for (const fullScaleG of [2, 4, 8, 16]) {
            sensor = new Lis3dh(bus, clock, 0x18, { fullScaleG })
            // At 16 g a tick is 12 mg, and 1333 of them are the last within.
            const step = fullScaleG === 16 ? 12 : fullScaleG / 2
            const end = Math.floor((fullScaleG * 1000) / step) * step
            world = pushed(end * MILLI_G, -end * MILLI_G, step * MILLI_G)
            await sensor.start()
            await expectSample(end, -end, step)
            const beyond = (end + step) * MILLI_G
            for (const broken of [
                pushed(beyond, 0, 0),
                pushed(0, beyond, 0),
                pushed(0, 0, beyond),
                pushed(-beyond, 0, 0),
                pushed(0, 0, 1000),
                pushed(0, -1000, 0),
            ]) {
                world = broken
                await expectFault("range", async () => await sensor.sample())
            }
            world = pushed(0, 0, G)
            clock.now += 10
            expectNear((await sensor.sample()).accelerationZMetresPerSecondSquared, G, 0.05)
        }
    })

    test("each data rate has its own pace", async () => {
        for (const dataRateHertz of [1, 10, 25, 50, 100, 200, 400]) {
            part = new SimLis3dh(clock, () => world)
            bus.parts = [part]
            sensor = new Lis3dh(bus, clock, 0x18, { dataRateHertz })
            let startedAt = clock.now
            await sensor.start()
            expect(clock.now - startedAt).toBe(8000 / dataRateHertz)
            await sensor.sample()
            startedAt = clock.now
            await sensor.sample()
            const periodMs = 1000 / dataRateHertz
            // At most a poll late.
            expectNear(clock.now - startedAt, periodMs * 1.125 + 0.5, periodMs * 0.125 + 0.5)
        }
    })

    test("a poll goes on for two data periods, and not a read longer", async () => {
        const hesitant = new Hesitant(part)
        bus.parts = [hesitant]
        for (const fifo of [false, true]) {
            sensor = new Lis3dh(bus, clock, 0x18, { fifo })
            await sensor.start()
            clock.now += 10
            const startedAt = clock.now
            hesitant.hidden = 8
            await expectSample(fifo ? 348 : 350, fifo ? -352 : -350, 1000)
            expect(clock.now - startedAt).toBe(24)
            clock.now += 10
            hesitant.hidden = 9
            await expectFault("timeout", async () => await sensor.sample())
            hesitant.hidden = 0
        }
    })

    test("with a FIFO, start waits as long, and drops what was measured meanwhile", async () => {
        part = new SimLis3dh(clock, ramp)
        bus.parts = [part]
        sensor = withFifo(100)
        await sensor.start()
        expect(clock.now).toBe(80)
        expect(await sensor.readFifo(x, y, z)).toBe(1)
        expect(clock.now).toBe(92)
        expectNear(x[0], 36 * MILLI_G, 1e-5)
    })

    test("the FIFO gives all samples since the last time, the oldest first", async () => {
        part = new SimLis3dh(clock, ramp)
        bus.parts = [part]
        sensor = withFifo(100)
        await sensor.start()
        clock.now = 199
        expect(await sensor.readFifo(x, y, z)).toBe(11)
        for (let index = 0; index < 11; ++index) {
            expectNear(x[index], (9 + index) * 4 * MILLI_G, 1e-5)
            expectNear(y[index], (9 + index) * -4 * MILLI_G, 1e-5)
            expectNear(z[index], G, 1e-5)
        }
        expect(x.length).toBe(11)
        expect(clock.now).toBe(199)
        // The arrays are kept: what a shorter batch leaves behind it is older.
        clock.now = 221
        expect(await sensor.readFifo(x, y, z)).toBe(3)
        expectNear(x[0], 80 * MILLI_G, 1e-5)
        expectNear(x[2], 88 * MILLI_G, 1e-5)
        expectNear(x[3], 48 * MILLI_G, 1e-5)
        expect(sensor.overruns).toBe(0)
    })

    test("a full FIFO gives 32 samples, the newest there are, and is counted as an overrun", async () => {
        part = new SimLis3dh(clock, ramp)
        bus.parts = [part]
        sensor = withFifo(100)
        await sensor.start()
        clock.now = 390
        expect(await sensor.readFifo(x, y, z)).toBe(31)
        expect(sensor.overruns).toBe(0)
        await clock.delay(320)
        expect(await sensor.readFifo(x, y, z)).toBe(32)
        expect(sensor.overruns).toBe(1)
        await clock.delay(1000)
        expect(await sensor.readFifo(x, y, z)).toBe(32)
        expect(sensor.overruns).toBe(2)
        expectNear(x[0], 140 * 4 * MILLI_G, 1e-5)
        expectNear(x[31], 171 * 4 * MILLI_G, 1e-5)
        expectNear(y[31], 171 * -4 * MILLI_G, 1e-5)
        expectNear(z[31], G, 1e-5)
        clock.now += 10
        expect(await sensor.readFifo(x, y, z)).toBe(1)
        expect(sensor.overruns).toBe(2)
    })

    test("with a FIFO a sample is still the newest, of 31 as of 32, and is no overrun", async () => {
        part = new SimLis3dh(clock, ramp)
        bus.parts = [part]
        sensor = withFifo(100)
        await sensor.start()
        clock.now = 399
        await expectSample(39 * 4, -39 * 4, 1000)
        clock.now = 1399
        await expectSample(139 * 4, -139 * 4, 1000)
        clock.now += 10
        await expectSample(140 * 4, -140 * 4, 1000)
        expect(sensor.overruns).toBe(0)
    })

    test("a sample beyond the full scale spoils its batch, and only that", async () => {
        part = new SimLis3dh(clock, timeMs => pushed(0, timeMs === 150 ? 2.1 * G : 0, G))
        bus.parts = [part]
        sensor = withFifo(100)
        await sensor.start()
        clock.now = 200
        await expectFault("range", async () => await sensor.readFifo(x, y, z))
        clock.now = 250
        expect(await sensor.readFifo(x, y, z)).toBe(5)
    })

    test("a FIFO has to be asked for", async () => {
        await sensor.start()
        let isRefused = false
        try {
            await sensor.readFifo(x, y, z)
        } catch {
            isRefused = true
        }
        expect(isRefused).toBe(true)
    })

    test("a part that lost its power is a bus fault, then a timeout, until it is started", async () => {
        for (const fifo of [false, true]) {
            sensor = new Lis3dh(bus, clock, 0x18, { fifo })
            await sensor.start()
            const present = world
            world = {}
            await expectFault("bus", async () => await sensor.sample())
            await expectFault("bus", async () => await sensor.start())
            world = present
            clock.now += 100
            await expectFault("timeout", async () => await sensor.sample())
            if (fifo) await expectFault("timeout", async () => await sensor.readFifo(x, y, z))
            await sensor.start()
            await sensor.sample()
            if (fifo) expect(await sensor.readFifo(x, y, z)).toBe(1)
        }
    })

    test("nothing but zeros is a part that is stuck, one tick on one axis is not", async () => {
        for (const fifo of [false, true]) {
            sensor = new Lis3dh(bus, clock, 0x18, { fifo })
            await sensor.start()
            world = pushed(0, 0, 0)
            await clock.delay(90)
            if (fifo) await expectFault("stuck", async () => await sensor.readFifo(x, y, z))
            await clock.delay(90)
            await expectFault("stuck", async () => await sensor.sample())
            for (const live of [
                pushed(4 * MILLI_G, 0, 0),
                pushed(0, -4 * MILLI_G, 0),
                pushed(0, 0, 256 * MILLI_G),
            ]) {
                world = live
                await clock.delay(90)
                await sensor.sample()
            }
        }
    })

    test("bits that no sample has are a part that is stuck", async () => {
        const mute = new Mute()
        bus.parts = [mute]
        mute.frame = hex`100000000008`
        await expectSample(1, 0, 128)
        for (const frame of [
            hex`010000000040`,
            hex`000002000040`,
            hex`000000000440`,
            hex`080000000040`,
            hex`ffffffffffff`,
        ]) {
            mute.frame = frame
            await expectFault("stuck", async () => await sensor.sample())
        }
    })

    test("another part at the address is an identity fault", async () => {
        for (const byte of [0x00, 0x32, 0x34, 0xff]) {
            bus.parts = [new Stranger(0x18, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [part]
        await sensor.start()
        bus.parts = [new Stranger(0x18, 0x00)]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [new Stranger(0x18, 0xff)]
        await expectFault("stuck", async () => await sensor.sample())
        sensor = withFifo(100)
        await expectFault("stuck", async () => await sensor.readFifo(x, y, z))
    })

    test("it speaks to the address it was given, 0x18 by default", async () => {
        bus.parts = [new SimLis3dh(clock, () => world, 0x18)]
        await sensor.start()
        bus.parts = [new SimLis3dh(clock, () => world, 0x19)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Lis3dh(bus, clock, 0x19)
        await sensor.start()
        await sensor.sample()
    })

    test("options there are none of are refused", () => {
        ;[0, 1, 3, 32].forEach(fullScaleG => {
            expect(() => new Lis3dh(bus, clock, 0x18, { fullScaleG })).toThrow()
        })
        ;[0, 5, 99, 1344, 1600].forEach(dataRateHertz => {
            expect(() => new Lis3dh(bus, clock, 0x18, { dataRateHertz })).toThrow()
        })
    })

    test("the simulated part sends ST's example bytes: 350 mg are 15e0, -350 mg ea20", async () => {
        await sensor.start()
        part.write(hex`a8`)
        expectBytes(part.read(6), "e01520ea803e")
        // A tick of 16 g is 12 mg: 29.17 ticks, and 83.3.
        await new Lis3dh(bus, clock, 0x18, { fullScaleG: 16 }).start()
        part.write(hex`a8`)
        expectBytes(part.read(6), "d00130fe3005")
        part.write(hex`23c8`)
        clock.now += 10
        part.write(hex`a8`)
        expectBytes(part.read(2), "15e0")
    })

    test("the simulated part moves on only with the auto-increment bit, and round with a FIFO", async () => {
        await sensor.start()
        part.write(hex`0f`)
        expectBytes(part.read(3), "333333")
        part.write(hex`ac`)
        expectBytes(part.read(4), "803e0020")
        sensor = withFifo(100)
        await sensor.start()
        clock.now += 20
        part.write(hex`a8`)
        // Ten bits of 350 mg are 348.
        expectBytes(part.read(13), "c01500ea803ec01500ea803ec0")
    })

    test("the simulated part's status shows a new sample, one overwritten, and neither once read", async () => {
        part.write(hex`2057`)
        clock.now = 9
        part.write(hex`27`)
        expectBytes(part.read(1), "00")
        clock.now = 10
        expectBytes(part.read(1), "0f")
        clock.now = 20
        expectBytes(part.read(1), "ff")
        part.write(hex`a8`)
        part.read(2)
        part.write(hex`27`)
        expectBytes(part.read(1), "66")
        part.write(hex`a8`)
        part.read(6)
        part.write(hex`27`)
        expectBytes(part.read(1), "00")
    })

    test("the simulated part is on its way to the truth for seven data periods", () => {
        world = pushed(0, 0, 0.7 * G)
        part.write(hex`2057`)
        part.write(hex`2388`)
        clock.now = 60
        part.write(hex`ac`)
        expectBytes(part.read(2), "8025")
        clock.now = 70
        part.write(hex`ac`)
        expectBytes(part.read(2), "c02b")
    })

    test("the simulated part's FIFO tells how full it is, and keeps the oldest in FIFO mode", () => {
        part = new SimLis3dh(clock, ramp)
        part.write(hex`2057`)
        part.write(hex`2388`)
        part.write(hex`2440`)
        part.write(hex`2e4a`)
        part.write(hex`2f`)
        expectBytes(part.read(1), "20")
        clock.now = 100
        expectBytes(part.read(1), "0a")
        clock.now = 110
        expectBytes(part.read(1), "8b")
        clock.now = 310
        expectBytes(part.read(1), "9f")
        clock.now = 320
        expectBytes(part.read(1), "df")
        clock.now = 5000
        expectBytes(part.read(1), "df")
        part.write(hex`2e00`)
        part.write(hex`2f`)
        expectBytes(part.read(1), "20")
    })

    test("the simulated part takes no byte for what it only shows, nor two modes at once", () => {
        for (const command of [hex`0f00`, hex`2700`, hex`2d00`, hex`2f00`, hex`3100`, hex`0e00`])
            expect(part.write(command)).toBe(false)
        expect(part.write(hex`2308`)).toBe(true)
        expect(part.write(hex`205f`)).toBe(false)
        expect(part.write(hex`2480`)).toBe(true)
        part.write(hex`24`)
        expectBytes(part.read(1), "00")
    })
})
