/** The ADS1115 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Ads1115, voltsFromTicks } from "../../src/drivers/ads1115"
import { SimAds1115 } from "../../sim/parts/ads1115"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

// Half a tick of 125 uV, and a little.
const HALF_TICK = 0.000063

/** Writes down what goes over the wire, and flips bits of what is read. */
class Scribe implements Part {
    readonly address = 0x48
    written: string[] = []
    lengths: number[] = []
    flip = [0, 0]

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        if (bytes.length > 1) this.written.push(bytes.toString("hex"))
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.lengths.push(length)
        const bytes = this.inner.read(length)
        if (bytes === undefined) return undefined
        bytes[0] = bytes[0] ^ this.flip[0]
        bytes[1] = bytes[1] ^ this.flip[1]
        return bytes
    }
}

/** Loses its power for a moment right after each conversion was started. */
class Amnesiac implements Part {
    readonly address = 0x48
    private inner = new SimAds1115(clock, () => world)

    write(bytes: Buffer): boolean {
        const taken = this.inner.write(bytes)
        if (bytes.length === 3 && bytes[1] >= 0x80) this.inner = new SimAds1115(clock, () => world)
        return taken
    }

    read(length: number): Buffer | undefined {
        return this.inner.read(length)
    }
}

let clock: FakeClock
let world: Conditions
let part: SimAds1115
let bus: FakeI2C
let sensor: Ads1115

function only(channels: number[]): Ads1115 {
    return new Ads1115(bus, clock, 0x48, { channels })
}

describe("ads1115", () => {
    beforeEach(() => {
        clock = new FakeClock()
        world = { voltage0Volts: 0.5, voltage1Volts: 1.25, voltage2Volts: 3.3, voltage3Volts: 0 }
        part = new SimAds1115(clock, () => world)
        bus = new FakeI2C([part])
        sensor = new Ads1115(bus, clock)
    })

    test("the scale is the datasheet's", () => {
        // [Full-Scale Range (FSR) and LSB Size]: 187.5 uV at 6.144 V, 62.5 uV at 2.048 V, 7.8125 uV at 0.256 V.
        expectNear(voltsFromTicks(1, 6.144), 0.0001875, 1e-12)
        expectNear(voltsFromTicks(1, 2.048), 0.0000625, 1e-12)
        expectNear(voltsFromTicks(1, 0.256), 0.0000078125, 1e-12)
        expectNear(voltsFromTicks(32767, 4.096), 4.095875, 1e-9)
        expectNear(voltsFromTicks(-32768, 4.096), -4.096, 1e-9)
        expect(voltsFromTicks(0, 4.096)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("ads1115")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start writes the config without starting a conversion, and costs no time", async () => {
        const scribe = new Scribe(part)
        bus.parts = [scribe]
        await sensor.start()
        expect(scribe.written.join()).toBe("014383")
        expect(clock.now).toBe(0)
    })

    test("a sample has all four channels, 8 ms each", async () => {
        await sensor.start()
        const sample = await sensor.sample()
        expectNear(sample.voltage0Volts, 0.5, HALF_TICK)
        expectNear(sample.voltage1Volts, 1.25, HALF_TICK)
        expectNear(sample.voltage2Volts, 3.3, HALF_TICK)
        expect(sample.voltage3Volts).toBe(0)
        expect(clock.now).toBe(32)
    })

    test("each channel's conversion is started by its own config", async () => {
        const scribe = new Scribe(part)
        bus.parts = [scribe]
        await sensor.sample()
        // OS, single-ended AINx, 4.096 V, single-shot; 128 SPS, no comparator.
        expect(scribe.written.join()).toBe("01c383,01d383,01e383,01f383")
        // One look at the config for each, and the result.
        expect(scribe.lengths.join()).toBe("2,2,2,2,2,2,2,2")
    })

    test("a sample has the channels asked for and no others, in the time of those", async () => {
        const sample = await only([2, 0]).sample()
        expectNear(sample.voltage0Volts, 0.5, HALF_TICK)
        expectNear(sample.voltage2Volts, 3.3, HALF_TICK)
        expect(sample.voltage1Volts === undefined).toBe(true)
        expect(sample.voltage3Volts === undefined).toBe(true)
        expect(clock.now).toBe(16)
    })

    test("a channel can be had by itself", async () => {
        expectNear(await only([0]).volts(2), 3.3, HALF_TICK)
        expect(clock.now).toBe(8)
    })

    test("each sample is a new conversion", async () => {
        sensor = only([0])
        await sensor.sample()
        for (const volts of [3.9, 0.001, 0]) {
            world = { voltage0Volts: volts }
            expectNear((await sensor.sample()).voltage0Volts, volts, HALF_TICK)
        }
    })

    test("every full scale has its own bits and its own tick", async () => {
        const scribe = new Scribe(part)
        bus.parts = [scribe]
        world = { voltage0Volts: 0.2 }
        for (const fullScaleVolts of [6.144, 4.096, 2.048, 1.024, 0.512, 0.256]) {
            sensor = new Ads1115(bus, clock, 0x48, { channels: [0], fullScaleVolts })
            const { voltage0Volts } = await sensor.sample()
            expectNear(voltage0Volts, 0.2, fullScaleVolts / 65000)
        }
        expect(scribe.written.join()).toBe("01c183,01c383,01c583,01c783,01c983,01cb83")
    })

    test("every data rate has its own bits and its own time", async () => {
        const scribe = new Scribe(part)
        bus.parts = [scribe]
        const waited: number[] = []
        for (const samplesPerSecond of [8, 16, 32, 64, 128, 250, 475, 860]) {
            sensor = new Ads1115(bus, clock, 0x48, { channels: [0], samplesPerSecond })
            const startedAt = clock.now
            await sensor.sample()
            waited.push(clock.now - startedAt)
        }
        expect(scribe.lengths.length).toBe(16)
        expect(scribe.written.join()).toBe(
            "01c303,01c323,01c343,01c363,01c383,01c3a3,01c3c3,01c3e3"
        )
        // 1000 / rate and 0.025 ms, rounded up.
        expect(waited.join()).toBe("126,63,32,16,8,5,3,2")
    })

    test("a part 10 % slow is waited for, one that is slower still is a timeout", async () => {
        const waited: number[] = []
        for (const samplesPerSecond of [8, 16, 32, 64, 128, 250, 475, 860]) {
            sensor = new Ads1115(bus, clock, 0x48, { channels: [0], samplesPerSecond })
            part.rateVariation = -0.1
            let startedAt = clock.now
            await sensor.sample()
            waited.push(clock.now - startedAt)
            part.rateVariation = -0.9
            startedAt = clock.now
            await expectFault("timeout", async () => await sensor.sample())
            expect(clock.now - startedAt).toBe(waited[waited.length - 1])
            clock.now += 2000
        }
        // 1000 / (0.9 * rate) and 0.025 ms, rounded up.
        expect(waited.join()).toBe("139,70,35,18,9,5,3,2")
        part.rateVariation = 0
        await sensor.start()
        await sensor.sample()
    })

    test("a full scale input is a range fault at either end, and does not stick", async () => {
        sensor = only([1])
        for (const volts of [4.095875, 4.096, 5, -4.096, -5]) {
            world = { voltage1Volts: volts }
            await expectFault("range", async () => await sensor.sample())
        }
        for (const volts of [4.09575, -4.095875, -0.000125]) {
            world = { voltage1Volts: volts }
            expectNear((await sensor.sample()).voltage1Volts, volts, 1e-6)
        }
    })

    test("a part left converting without end by another program is stopped", async () => {
        // Continuous, AIN1, 8 SPS; the second conversion ends at 250.025 ms.
        part.write(hex`015203`)
        clock.now = 130
        await sensor.start()
        expect(clock.now).toBe(251)
        expectNear((await sensor.sample()).voltage0Volts, 0.5, HALF_TICK)
    })

    test("start waits 139 ms for a conversion that runs, and no longer", async () => {
        part.rateVariation = -0.1
        part.write(hex`01C303`)
        await sensor.start()
        expect(clock.now).toBe(139)
        part.rateVariation = -0.11
        part.write(hex`01C303`)
        bus.transactions = 0
        await expectFault("timeout", async () => await sensor.start())
        expect(clock.now).toBe(278)
        expect(bus.transactions).toBe(141)
        clock.now = 1000
        await sensor.start()
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x43, 0x83, 0xff]) {
            bus.parts = [new Stranger(0x48, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("stuck", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("any bit of the config but OS that reads back wrong is an identity fault of start", async () => {
        const scribe = new Scribe(part)
        bus.parts = [scribe]
        for (let bit = 0; bit < 15; ++bit) {
            scribe.flip = [(1 << bit) >> 8, (1 << bit) & 0xff]
            await expectFault("identity", async () => await sensor.start())
        }
        scribe.flip = [0, 0]
        await sensor.start()
    })

    test("a part that forgets its config in a conversion is stuck, and can be started", async () => {
        await sensor.start()
        bus.parts = [new Amnesiac()]
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
        expectNear((await sensor.sample()).voltage1Volts, 1.25, HALF_TICK)
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        const present = world
        world = {}
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        world = present
        await sensor.start()
        expectNear((await sensor.sample()).voltage1Volts, 1.25, HALF_TICK)
    })

    test("a part that goes away in the middle of a sample is a bus fault", async () => {
        let goneAtMs = 12
        part = new SimAds1115(clock, timeMs => (timeMs < goneAtMs ? world : {}))
        bus.parts = [part]
        await expectFault("bus", async () => await sensor.sample())
        goneAtMs = 1000
        await sensor.sample()
    })

    test("it speaks to the address it was given, 0x48 by default", async () => {
        bus.parts = [new SimAds1115(clock, () => world, 0x48)]
        await sensor.start()
        bus.parts = [new SimAds1115(clock, () => world, 0x4b)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Ads1115(bus, clock, 0x4b)
        await sensor.start()
        await sensor.sample()
    })

    test("options that are none of the part's are refused", () => {
        expect(() => only([])).toThrow()
        expect(() => only([4])).toThrow()
        expect(() => only([-1])).toThrow()
        expect(() => only([0, 1.5])).toThrow()
        expect(() => new Ads1115(bus, clock, 0x48, { fullScaleVolts: 5 })).toThrow()
        expect(() => new Ads1115(bus, clock, 0x48, { samplesPerSecond: 100 })).toThrow()
        only([3])
    })

    test("the simulated part powers up as the datasheet says, and keeps what is written", () => {
        expect(part.write(hex`01`)).toBe(true)
        expectBytes(part.read(2), "8583")
        expectBytes(part.read(3), "8583ff")
        part.write(hex`02`)
        expectBytes(part.read(2), "8000")
        part.write(hex`03`)
        expectBytes(part.read(2), "7fff")
        expect(part.write(hex`03 1234`)).toBe(true)
        expectBytes(part.read(2), "1234")
        part.write(hex`00`)
        expectBytes(part.read(2), "0000")
        expect(part.write(hex`00 1234`)).toBe(false)
        expect(part.write(hex`04`)).toBe(false)
        expect(part.write(hex`01 43`)).toBe(false)
    })

    test("the simulated part gives the old value until the conversion has ended", () => {
        part = new SimAds1115(clock, timeMs => {
            return { voltage0Volts: timeMs / 1000 }
        })
        expect(part.write(hex`01C383`)).toBe(true)
        clock.now = 7.83
        expectBytes(part.read(2), "4383")
        // A start while one runs is nothing.
        expect(part.write(hex`01C383`)).toBe(true)
        clock.now = 7.84
        expectBytes(part.read(2), "c383")
        part.write(hex`00`)
        // 7.8375 mV in ticks of 125 uV.
        expectBytes(part.read(2), "003f")
        clock.now = 100
        expectBytes(part.read(2), "003f")
    })

    test("the simulated part's differential inputs and negative values", () => {
        const words: string[] = []
        for (const config of [hex`018583`, hex`019583`, hex`01A583`, hex`01B583`]) {
            part.write(config)
            clock.now += 10
            part.write(hex`00`)
            words.push(part.read(2).toString("hex"))
        }
        // At 2.048 V full scale, 62.5 uV: 0.5 - 1.25 V, 0.5 - 0 V, 1.25 - 0 V, and 3.3 - 0 V clipped.
        expect(words.join()).toBe("d120,1f40,4e20,7fff")
    })

    test("the simulated part converts on and on in continuous mode", () => {
        part = new SimAds1115(clock, timeMs => {
            return { voltage0Volts: timeMs / 1000 }
        })
        // AIN0, 4.096 V, 16 SPS: conversions end at 62.525, 125.025, 187.525 ms and so on.
        part.write(hex`014223`)
        part.write(hex`00`)
        clock.now = 62
        expectBytes(part.read(2), "0000")
        clock.now = 100
        expectBytes(part.read(2), "01f4")
        clock.now = 200
        // 187.525 mV in ticks of 125 uV.
        expectBytes(part.read(2), "05dc")
        part.write(hex`01`)
        expectBytes(part.read(2), "4223")
        part.write(hex`014323`)
        clock.now = 250
        expectBytes(part.read(2), "4323")
        clock.now = 260
        expectBytes(part.read(2), "c323")
    })
})
