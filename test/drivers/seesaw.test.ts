/** The driver of Adafruit's soil sensor against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Seesaw, celsiusFromTicks } from "../../src/drivers/seesaw"
import { Conditions, Part } from "../../sim/parts/part"
import { SimSeesaw } from "../../sim/parts/seesaw"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

const TICK_CELSIUS = 1 / 65536

/** Writes down what goes over the wire: what is written, and how much is read. */
class Listener implements Part {
    readonly address = 0x36
    heard: string[] = []

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        this.heard.push(bytes.toString("hex"))
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        this.heard.push(`${length}`)
        return this.inner.read(length)
    }
}

let clock: FakeClock
let soil: Conditions
let part: SimSeesaw
let bus: FakeI2C
let sensor: Seesaw

function soilOf(soilMoistureTicks: number, soilTemperatureCelsius: number): Conditions {
    return { soilMoistureTicks, soilTemperatureCelsius }
}

describe("seesaw", () => {
    beforeEach(() => {
        clock = new FakeClock()
        soil = soilOf(612, 18.25)
        part = new SimSeesaw(clock, () => soil)
        bus = new FakeI2C([part])
        sensor = new Seesaw(bus, clock)
    })

    test("the temperature's scale is the firmware's: 16 bits after the point, signed", () => {
        expect(celsiusFromTicks(0x00190000)).toBe(25)
        expect(celsiusFromTicks(-0x00028000)).toBe(-2.5)
        expectNear(celsiusFromTicks(1), 0.0000152588, 1e-9)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("seesaw")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start waits out the reset (500 ms) and two answers (8 ms), no more", async () => {
        await sensor.start()
        expect(clock.now).toBe(516)
        expect(bus.transactions).toBe(5)
    })

    test("a sample carries both values, and takes 16 ms", async () => {
        await sensor.start()
        const startedAt = clock.now
        const sample = await sensor.sample()
        expect(sample.soilMoistureTicks).toBe(612)
        expect(sample.soilTemperatureCelsius).toBe(18.25)
        expect(clock.now - startedAt).toBe(16)
    })

    test("it says what Adafruit's drivers say", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        await sensor.start()
        await sensor.sample()
        expect(listener.heard.join()).toBe("007fff,0001,1,0002,4,0004,4,0f10,2")
    })

    test("each sample is a new measurement, below freezing too", async () => {
        await sensor.start()
        await sensor.sample()
        soil = soilOf(1015, -7.3)
        let sample = await sensor.sample()
        expect(sample.soilMoistureTicks).toBe(1015)
        expectNear(sample.soilTemperatureCelsius, -7.3, TICK_CELSIUS)
        soil = soilOf(333, 0)
        sample = await sensor.sample()
        expect(sample.soilMoistureTicks).toBe(333)
        expect(sample.soilTemperatureCelsius).toBe(0)
    })

    test("a touch measurement of 8 ms is waited for; a longer one is a bus fault", async () => {
        await sensor.start()
        part.touchMs = 8
        await sensor.sample()
        part.touchMs = 8.5
        await expectFault("bus", async () => await sensor.sample())
        clock.now += 1
        part.touchMs = 5
        await sensor.sample()
    })

    test("four answers in a row that are not there are tried again", async () => {
        await sensor.start()
        part.emptyAnswers = 4
        const startedAt = clock.now
        const sample = await sensor.sample()
        expect(sample.soilTemperatureCelsius).toBe(18.25)
        expect(sample.soilMoistureTicks).toBe(612)
        expect(clock.now - startedAt).toBe(48)
    })

    test("the fifth is a timeout, of either value, and does not stick", async () => {
        await sensor.start()
        part.emptyAnswers = 5
        let startedAt = clock.now
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now - startedAt).toBe(40)
        await sensor.sample()
        // 0xffff is the answer that is not there.
        soil = soilOf(0xffff, 18.25)
        startedAt = clock.now
        await expectFault("timeout", async () => await sensor.sample())
        expect(clock.now - startedAt).toBe(48)
        soil = soilOf(612, 18.25)
        await sensor.start()
        await sensor.sample()
    })

    test("a value with some of its bytes all ones is there", async () => {
        await sensor.start()
        // 0x04ff, and 0xffff8000.
        soil = soilOf(1279, -0.5)
        let sample = await sensor.sample()
        expect(sample.soilMoistureTicks).toBe(1279)
        expect(sample.soilTemperatureCelsius).toBe(-0.5)
        // 0x0000ffff, and 0xfffffffe.
        soil = soilOf(511, 1 - TICK_CELSIUS)
        sample = await sensor.sample()
        expect(sample.soilTemperatureCelsius).toBe(1 - TICK_CELSIUS)
        soil = soilOf(511, -2 * TICK_CELSIUS)
        sample = await sensor.sample()
        expect(sample.soilTemperatureCelsius).toBe(-2 * TICK_CELSIUS)
    })

    test("200 to 2000 ticks are measured, what is beyond is a range fault, and does not stick", async () => {
        await sensor.start()
        for (const ticks of [200, 2000]) {
            soil = soilOf(ticks, 18.25)
            expect((await sensor.sample()).soilMoistureTicks).toBe(ticks)
        }
        for (const ticks of [1, 25, 199, 2001, 4095, 0xff00]) {
            soil = soilOf(ticks, 18.25)
            await expectFault("range", async () => await sensor.sample())
        }
        soil = soilOf(612, 18.25)
        await sensor.sample()
    })

    test("-40 and 85 Cel are measured, what is beyond is a range fault", async () => {
        await sensor.start()
        for (const celsius of [-40, 85]) {
            soil = soilOf(612, celsius)
            expect((await sensor.sample()).soilTemperatureCelsius).toBe(celsius)
        }
        for (const celsius of [-40 - TICK_CELSIUS, 85 + TICK_CELSIUS, -20000, 20000]) {
            soil = soilOf(612, celsius)
            await expectFault("range", async () => await sensor.sample())
        }
    })

    test("0 ticks are a channel that was not measured: stuck, and does not stick", async () => {
        await sensor.start()
        soil = soilOf(0, 18.25)
        await expectFault("stuck", async () => await sensor.sample())
        soil = soilOf(612, 18.25)
        await sensor.sample()
    })

    test("every identity a seesaw can have is one, and its neighbours are none", async () => {
        for (const id of [0x55, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89]) {
            part.hardwareId = id
            await sensor.start()
        }
        for (const id of [0x00, 0x54, 0x56, 0x83, 0x8a, 0xff]) {
            part.hardwareId = id
            await expectFault("identity", async () => await sensor.start())
        }
    })

    test("a seesaw of another product is an identity fault, whatever its date", async () => {
        // The rotary encoder, and a neighbour in either byte.
        for (const version of [0x137f278f, 0x0fbb278f, 0x10ba278f]) {
            part.version = version
            await expectFault("identity", async () => await sensor.start())
        }
        part.version = 0x0fba0000
        await sensor.start()
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x55, 0xff]) {
            bus.parts = [new Stranger(0x36, byte)]
            await expectFault("identity", async () => await sensor.start())
        }
        bus.parts = [new Stranger(0x36, 0x00)]
        await expectFault("stuck", async () => await sensor.sample())
        bus.parts = [part]
        await sensor.start()
    })

    test("an absent part is a bus fault, and it can be started when it is back", async () => {
        await sensor.start()
        const present = soil
        soil = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        soil = present
        // It boots.
        await expectFault("bus", async () => await sensor.start())
        clock.now += 100
        await sensor.start()
        expect((await sensor.sample()).soilMoistureTicks).toBe(612)
    })

    test("a part that goes away in the middle of a sample is a bus fault", async () => {
        await sensor.start()
        const goneAtMs = clock.now + 12
        bus.parts = [new SimSeesaw(clock, timeMs => (timeMs < goneAtMs ? soil : {}))]
        await expectFault("bus", async () => await sensor.sample())
    })

    test("it speaks to the address it was given, 0x36 by default", async () => {
        bus.parts = [new SimSeesaw(clock, () => soil, 0x36)]
        await sensor.start()
        bus.parts = [new SimSeesaw(clock, () => soil, 0x39)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Seesaw(bus, clock, 0x39)
        await sensor.start()
        await sensor.sample()
    })

    test("the simulated part does not answer while busy, and its queue runs empty", () => {
        expect(part.write(hex`0001`)).toBe(true)
        expect(part.read(1) === undefined).toBe(true)
        expect(part.write(hex`0001`)).toBe(false)
        clock.now = 1
        expectBytes(part.read(2), "55ff")
        expect(part.write(hex`0002`)).toBe(true)
        clock.now = 2
        expectBytes(part.read(2), "0fba")
        expectBytes(part.read(3), "278fff")
        expect(part.write(hex`0003`)).toBe(true)
        clock.now = 3
        expectBytes(part.read(4), "00008001")
        expect(part.write(hex`0004`)).toBe(true)
        clock.now = 4
        expectBytes(part.read(4), "00124000")
        expect(part.write(hex`0F10`)).toBe(true)
        clock.now = 8.9
        expect(part.read(2) === undefined).toBe(true)
        clock.now = 9
        expectBytes(part.read(2), "0264")
    })

    test("the simulated part measures when the measurement ends", () => {
        part = new SimSeesaw(clock, timeMs => soilOf(200 + timeMs, 20))
        part.write(hex`0F10`)
        clock.now = 300
        expectBytes(part.read(2), "00cd")
    })

    test("the simulated part forgets at a reset, and refuses what it does not know", () => {
        part.write(hex`0001`)
        clock.now = 1
        expect(part.write(hex`007FFF`)).toBe(true)
        clock.now = 100.9
        expect(part.write(hex`0001`)).toBe(false)
        clock.now = 101
        expectBytes(part.read(1), "ff")
        expect(part.write(hex`007F`)).toBe(false)
        expect(part.write(hex`007F01`)).toBe(false)
        expect(part.write(hex`0F11`)).toBe(false)
        expect(part.write(hex`0F1000`)).toBe(false)
        expect(part.write(hex`00`)).toBe(false)
    })
})
