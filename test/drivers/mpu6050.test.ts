/** The MPU-6050 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import {
    Mpu6050,
    degreesPerSecondFromTicks,
    metresPerSecondSquaredFromTicks,
} from "../../src/drivers/mpu6050"
import { SimMpu6050 } from "../../sim/parts/mpu6050"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

const G = 9.80665

/** Answers the first reads of one byte with 0 itself, and overwrites measurements when told to. */
class Interposed implements Part {
    readonly address = 0x68
    hidden = 0
    frame: Buffer | undefined

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        if (length === 1 && this.hidden > 0) {
            this.hidden--
            return hex`00`
        }
        const bytes = this.inner.read(length)
        return length === 14 && this.frame !== undefined ? this.frame : bytes
    }
}

let clock: FakeClock
let world: Conditions
let part: SimMpu6050
let bus: FakeI2C
let sensor: Mpu6050

/** In g and degrees per second. */
function moving(acceleration: number[], rate: number[]): Conditions {
    return {
        accelerationXMetresPerSecondSquared: acceleration[0] * G,
        accelerationYMetresPerSecondSquared: acceleration[1] * G,
        accelerationZMetresPerSecondSquared: acceleration[2] * G,
        angularRateXDegreesPerSecond: rate[0],
        angularRateYDegreesPerSecond: rate[1],
        angularRateZDegreesPerSecond: rate[2],
    }
}

async function expectSample(
    acceleration: number[],
    rate: number[],
    toleranceG: number,
    toleranceRate: number
): Promise<void> {
    const sample = await sensor.sample()
    expectNear(sample.accelerationXMetresPerSecondSquared, acceleration[0] * G, toleranceG * G)
    expectNear(sample.accelerationYMetresPerSecondSquared, acceleration[1] * G, toleranceG * G)
    expectNear(sample.accelerationZMetresPerSecondSquared, acceleration[2] * G, toleranceG * G)
    expectNear(sample.angularRateXDegreesPerSecond, rate[0], toleranceRate)
    expectNear(sample.angularRateYDegreesPerSecond, rate[1], toleranceRate)
    expectNear(sample.angularRateZDegreesPerSecond, rate[2], toleranceRate)
}

describe("mpu6050", () => {
    beforeEach(() => {
        clock = new FakeClock()
        world = moving([0.25, -0.5, 1], [10, -100, 200])
        part = new SimMpu6050(clock, () => world)
        bus = new FakeI2C([part])
        sensor = new Mpu6050(bus, clock)
    })

    test("the scales of acceleration are the specification's", () => {
        // 16384, 8192, 4096 and 2048 LSB/g
        expectNear(metresPerSecondSquaredFromTicks(16384, 2), 9.80665, 1e-6)
        expectNear(metresPerSecondSquaredFromTicks(-8192, 4), -9.80665, 1e-6)
        expectNear(metresPerSecondSquaredFromTicks(4096, 8), 9.80665, 1e-6)
        expectNear(metresPerSecondSquaredFromTicks(2048, 16), 9.80665, 1e-6)
    })

    test("the scales of angular rate are the specification's", () => {
        // 131, 65.5, 32.8 and 16.4 LSB/(deg/s)
        expectNear(degreesPerSecondFromTicks(13100, 250), 100, 1e-6)
        expectNear(degreesPerSecondFromTicks(-13100, 500), -200, 1e-6)
        expectNear(degreesPerSecondFromTicks(3280, 1000), 100, 1e-6)
        expectNear(degreesPerSecondFromTicks(1640, 2000), 100, 1e-6)
    })

    test("it is called as reports call it, and warms up for one data period", () => {
        expect(sensor.part).toBe("mpu6050")
        expect(sensor.warmUpMs).toBe(10)
        expect(new Mpu6050(bus, clock, 0x68, { dataRateHertz: 4 }).warmUpMs).toBe(250)
    })

    test("a part that was never started is asleep: a timeout after 24 ms, until it is started", async () => {
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now).toBe(24)
        await sensor.start()
        await sensor.sample()
    })

    test("start waits out the reset (100 ms) and the settling (100 ms), no more", async () => {
        await sensor.start()
        expect(clock.now).toBe(200)
        await expectSample([0.25, -0.5, 1], [10, -100, 200], 4e-5, 0.004)
        expect(clock.now).toBe(200)
    })

    test("start resets the part, and sets it up as asked", async () => {
        part.write(hex`23ff`)
        part.write(hex`6cff`)
        await sensor.start()
        part.write(hex`19`)
        // 1 kHz / (1 + 9), 44 Hz, 250 deg/s, 2 g
        expectBytes(part.read(4), "09030000")
        for (const register of [hex`23`, hex`6c`]) {
            part.write(register)
            expectBytes(part.read(1), "00")
        }
        part.write(hex`38`)
        expectBytes(part.read(1), "01")
        part.write(hex`6b`)
        expectBytes(part.read(1), "01")
        await new Mpu6050(bus, clock, 0x68, {
            fullScaleG: 8,
            fullScaleDegreesPerSecond: 2000,
            bandwidthHertz: 184,
            dataRateHertz: 1000,
        }).start()
        part.write(hex`19`)
        expectBytes(part.read(4), "00011810")
        await new Mpu6050(bus, clock, 0x68, {
            fullScaleG: 16,
            fullScaleDegreesPerSecond: 500,
            bandwidthHertz: 5,
            dataRateHertz: 4,
        }).start()
        part.write(hex`19`)
        expectBytes(part.read(4), "f9060818")
    })

    test("every bandwidth has its number", async () => {
        let number = 0
        for (const bandwidthHertz of [184, 94, 44, 21, 10, 5]) {
            number++
            await new Mpu6050(bus, clock, 0x68, { bandwidthHertz }).start()
            part.write(hex`1a`)
            expect(part.read(1)[0]).toBe(number)
        }
    })

    test("no measurement is given out twice: the next takes at most a data period and a poll", async () => {
        await sensor.start()
        await sensor.sample()
        world = moving([0, 0, -1], [0, 0, 0])
        await expectSample([0, 0, -1], [0, 0, 0], 1e-6, 1e-6)
        // 10 ms in polls of 3 ms
        expect(clock.now).toBe(212)
        sensor = new Mpu6050(bus, clock, 0x68, { dataRateHertz: 10 })
        await sensor.start()
        await sensor.sample()
        const readAt = clock.now
        await sensor.sample()
        expect(clock.now - readAt).toBe(100)
    })

    test("after a long pause the newest measurement is read", async () => {
        part = new SimMpu6050(clock, timeMs => moving([timeMs / 10000, 0, 0], [0, 0, timeMs / 100]))
        bus.parts = [part]
        await sensor.start()
        clock.now = 7109
        await expectSample([0.71, 0, 0], [0, 0, 71], 4e-5, 0.004)
    })

    test("a poll goes on for two data periods, and not a read longer", async () => {
        const late = new Interposed(part)
        bus.parts = [late]
        await sensor.start()
        late.hidden = 8
        await sensor.sample()
        expect(clock.now).toBe(224)
        late.hidden = 9
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now).toBe(248)
    })

    test("each full scale is measured almost to its ends, and the last tick is saturation", async () => {
        for (const fullScaleG of [2, 4, 8, 16]) {
            sensor = new Mpu6050(bus, clock, 0x68, { fullScaleG })
            const tick = fullScaleG / 32768
            const end = 32766 * tick
            world = moving([end, -end, tick], [0, 0, 0])
            await sensor.start()
            await expectSample([end, -end, tick], [0, 0, 0], tick / 100, 1e-6)
            for (const saturated of [
                [32767 * tick, 0, 0],
                [0, -32767 * tick, 0],
                [0, 0, 40000 * tick],
                [-40000 * tick, 0, 0],
            ]) {
                world = moving(saturated, [0, 0, 0])
                await clock.delay(10)
                await expectFault("range", async () => await sensor.sample())
            }
        }
        world = moving([0, 0, 1], [0, 0, 0])
        await clock.delay(10)
        await sensor.sample()
    })

    test("so is each of angular rate", async () => {
        const perDegree = [131, 65.5, 32.8, 16.4]
        let scale = 0
        for (const fullScaleDegreesPerSecond of [250, 500, 1000, 2000]) {
            sensor = new Mpu6050(bus, clock, 0x68, { fullScaleDegreesPerSecond })
            const end = 32766 / perDegree[scale]
            const beyond = 32767 / perDegree[scale]
            scale++
            world = moving([0, 0, 1], [end, -end, 100])
            await sensor.start()
            await expectSample([0, 0, 1], [end, -end, 100], 1e-6, 0.031)
            for (const saturated of [
                [beyond, 0, 0],
                [0, beyond, 0],
                [0, 0, -beyond],
                [0, 0, 9999],
            ]) {
                world = moving([0, 0, 1], saturated)
                await clock.delay(10)
                await expectFault("range", async () => await sensor.sample())
            }
        }
        world = moving([0, 0, 1], [0, 0, 0])
        await clock.delay(10)
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, then a timeout, until it is started", async () => {
        await sensor.start()
        const present = world
        world = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        world = present
        await expectFault("timeout", async () => await sensor.sample())
        await sensor.start()
        await expectSample([0.25, -0.5, 1], [10, -100, 200], 4e-5, 0.004)
    })

    test("six equal bytes of acceleration are a part that is stuck, five are not", async () => {
        const wire = new Interposed(part)
        bus.parts = [wire]
        await sensor.start()
        for (const frame of [
            hex`0000000000000000000100010001`,
            hex`ffffffffffffffffffffffffffff`,
            hex`4040404040400000010001000100`,
        ]) {
            wire.frame = frame
            await clock.delay(10)
            await expectFault("stuck", async () => await sensor.sample())
        }
        for (const frame of [
            hex`0000000000010000000000000000`,
            hex`0000000001000000000000000000`,
            hex`0000000100000000000000000000`,
            hex`0000010000000000000000000000`,
            hex`0001000000000000000000000000`,
            hex`0100000000000000000000000000`,
        ]) {
            wire.frame = frame
            await clock.delay(10)
            await sensor.sample()
        }
    })

    test("another part at the address is an identity fault, be it InvenSense's next", async () => {
        // 0x70 is an MPU-6500, 0x71 an MPU-9250.
        for (const byte of [0x00, 0x67, 0x69, 0x70, 0x71, 0xff]) {
            bus.parts = [new Stranger(0x68, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [part]
        await sensor.start()
        bus.parts = [new Stranger(0x68, 0x00)]
        await expectFault("timeout", async () => await sensor.sample())
        bus.parts = [new Stranger(0x68, 0xff)]
        await expectFault("stuck", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x68 by default, and its identity is 0x68 at both", async () => {
        bus.parts = [new SimMpu6050(clock, () => world, 0x68)]
        await sensor.start()
        bus.parts = [new SimMpu6050(clock, () => world, 0x69)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Mpu6050(bus, clock, 0x69)
        await sensor.start()
        await sensor.sample()
    })

    test("options there are none of are refused", () => {
        ;[0, 3, 32].forEach(fullScaleG => {
            expect(() => new Mpu6050(bus, clock, 0x68, { fullScaleG })).toThrow()
        })
        ;[0, 125, 4000].forEach(fullScaleDegreesPerSecond => {
            expect(() => new Mpu6050(bus, clock, 0x68, { fullScaleDegreesPerSecond })).toThrow()
        })
        ;[0, 42, 260].forEach(bandwidthHertz => {
            expect(() => new Mpu6050(bus, clock, 0x68, { bandwidthHertz })).toThrow()
        })
        // 1000 / 3.90625 is 256, the longest period there is.
        ;[0, 2, 3, 1000 / 257, 2000, 300].forEach(dataRateHertz => {
            expect(() => new Mpu6050(bus, clock, 0x68, { dataRateHertz })).toThrow()
        })
        new Mpu6050(bus, clock, 0x68, { dataRateHertz: 3.90625 })
        new Mpu6050(bus, clock, 0x68, { dataRateHertz: 1000 })
    })

    test("the simulated part sends the register map's ticks", async () => {
        world = moving([1, -1, 0.5], [1, -1, 100])
        world.temperatureCelsius = 36.53
        await sensor.start()
        part.write(hex`3b`)
        expectBytes(part.read(14), "4000c00020000000" + "0083ff7d332c")
        world.temperatureCelsius = 37.53
        clock.now += 10
        part.write(hex`41`)
        // 340 LSB to the degree
        expectBytes(part.read(2), "0154")
    })

    test("the simulated part sleeps from power-up on, and answers nobody while it resets", () => {
        part.write(hex`6b`)
        expectBytes(part.read(1), "40")
        part.write(hex`3801`)
        clock.now = 1000
        part.write(hex`3a`)
        expectBytes(part.read(1), "00")
        part.write(hex`6b80`)
        clock.now = 1099
        expect(part.write(hex`75`)).toBe(false)
        expect(part.read(1) === undefined).toBe(true)
        clock.now = 1100
        part.write(hex`75`)
        expectBytes(part.read(1), "68")
        part.write(hex`38`)
        expectBytes(part.read(1), "00")
    })

    test("the simulated part's status clears when read, and its zero rate takes 30 ms to settle", () => {
        world = moving([0, 0, 1], [0, 0, 0])
        part.write(hex`6b01`)
        part.write(hex`1a01`)
        part.write(hex`3801`)
        clock.now = 29
        part.write(hex`3a`)
        expectBytes(part.read(1), "01")
        part.write(hex`3a`)
        expectBytes(part.read(1), "00")
        part.write(hex`43`)
        // 20 deg/s
        expectBytes(part.read(2), "0a3c")
        clock.now = 30
        part.write(hex`43`)
        expectBytes(part.read(2), "0000")
    })

    test("the simulated part shows zeros for an axis in standby, and takes no byte for what it only shows", () => {
        part.write(hex`6b01`)
        part.write(hex`1a01`)
        part.write(hex`6c28`)
        clock.now = 100
        part.write(hex`3b`)
        expectBytes(part.read(6), "0000e0000000")
        for (const command of [hex`3a00`, hex`3b00`, hex`7500`, hex`6900`])
            expect(part.write(command)).toBe(false)
    })
})
