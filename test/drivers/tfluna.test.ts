/** The TF-Luna driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Tfluna, metresFromTicks } from "../../src/drivers/tfluna"
import { Conditions, Part } from "../../sim/parts/part"
import { SimTfluna } from "../../sim/parts/tfluna"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Stranger } from "./stranger"

/** Writes down what goes over the wire: what is written, and how much is read. */
class Listener implements Part {
    readonly address = 0x10
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
let view: Conditions
let part: SimTfluna
let bus: FakeI2C
let sensor: Tfluna

describe("tfluna", () => {
    beforeEach(() => {
        clock = new FakeClock()
        view = { distanceMetres: 1.23 }
        part = new SimTfluna(clock, () => view)
        bus = new FakeI2C([part])
        sensor = new Tfluna(bus, clock)
    })

    test("the scale is the manual's", () => {
        expectNear(metresFromTicks(1), 0.01, 1e-9)
        expect(metresFromTicks(800)).toBe(8)
        expect(metresFromTicks(0)).toBe(0)
    })

    test("it is called as reports call it, and can be sampled at once", () => {
        expect(sensor.part).toBe("tfluna")
        expect(sensor.warmUpMs).toBe(0)
    })

    test("start sets the mode and switches on, and waits 100 ms, no more", async () => {
        const listener = new Listener(part)
        bus.parts = [listener]
        await sensor.start()
        expect(clock.now).toBe(100)
        expect(listener.heard.join()).toBe("3c,4,0a,3,2301,2501,23,1,00,8")
    })

    test("a sample is one triggered measurement, 100 ms", async () => {
        await sensor.start()
        const listener = new Listener(part)
        bus.parts = [listener]
        expectNear((await sensor.sample()).distanceMetres, 1.23, 1e-6)
        expect(clock.now).toBe(200)
        expect(listener.heard.join()).toBe("2401,23,1,00,8")
    })

    test("each sample is a new measurement, however long the pause", async () => {
        await sensor.start()
        for (const metres of [7.5, 0.3, 2.56, 2.55]) {
            view = { distanceMetres: metres }
            expectNear((await sensor.sample()).distanceMetres, metres, 1e-6)
            clock.now += 60000
        }
    })

    test("a part that takes 100 ms is waited for, a slower one is a timeout that does not stick", async () => {
        clock.now = 700
        await sensor.start()
        part.measureMs = 101
        await expectFault("timeout", async () => await sensor.sample())
        await sensor.start()
        part.measureMs = 100
        await sensor.sample()
        part.measureMs = 101
        await expectFault("timeout", async () => await sensor.sample())
        part.measureMs = 20
        await sensor.start()
        await sensor.sample()
    })

    test("the time stamp is compared in all its 16 bits", async () => {
        await sensor.start()
        await sensor.sample()
        // A sample takes 100 ms: the next one's stamp differs in the high byte alone.
        clock.now += 256 * 200 - 100
        await sensor.sample()
        // After 65536 ms it is the same again, and only then.
        clock.now += 65536 - 100
        await expectFault("timeout", async () => await sensor.sample())
        await sensor.sample()
    })

    test("20 cm to 8 m are measured, what is beyond is a range fault, and does not stick", async () => {
        await sensor.start()
        for (const metres of [0.2, 8]) {
            view = { distanceMetres: metres }
            expectNear((await sensor.sample()).distanceMetres, metres, 1e-6)
        }
        for (const metres of [0, 0.19, 8.01, 9, 12]) {
            view = { distanceMetres: metres }
            await expectFault("range", async () => await sensor.sample())
        }
        view = { distanceMetres: 2 }
        await sensor.sample()
    })

    test("a signal too weak or too strong is a range fault, and does not stick", async () => {
        await sensor.start()
        for (const amp of [100, 255, 256, 30000, 32768]) {
            part.amp = amp
            expectNear((await sensor.sample()).distanceMetres, 1.23, 1e-6)
        }
        // The distance itself would do: the threshold below which the part gives none is lower here.
        part.write(hex`2a00`)
        clock.now += 100
        for (const amp of [99, 0, 32769, 65535]) {
            part.amp = amp
            await expectFault("range", async () => await sensor.sample())
        }
        part.amp = 100
        await sensor.sample()
    })

    test("a part that another program left measuring on and on is stopped", async () => {
        part.write(hex`2300`)
        clock.now = 1234
        await sensor.start()
        clock.now += 500
        await sensor.sample()
    })

    test("a part that another program switched off is switched on", async () => {
        part.write(hex`2500`)
        clock.now = 200
        await sensor.start()
        expectNear((await sensor.sample()).distanceMetres, 1.23, 1e-6)
    })

    test("a part that is not started measures on and on: stuck, until it is started", async () => {
        clock.now = 500
        await expectFault("stuck", async () => await sensor.sample())
        await sensor.start()
        await sensor.sample()
    })

    test("a part whose mode can not be set is stuck", async () => {
        part.write(hex`2300`)
        const deaf = new DeafToMode(part)
        bus.parts = [deaf]
        await expectFault("stuck", async () => await sensor.start())
        bus.parts = [part]
        await sensor.start()
    })

    test("a part that lost its power is a bus fault, then stuck, until it is started", async () => {
        await sensor.start()
        const present = view
        view = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        view = present
        await expectFault("stuck", async () => await sensor.sample())
        await sensor.start()
        expectNear((await sensor.sample()).distanceMetres, 1.23, 1e-6)
    })

    test("a part that goes away in the middle of a sample is a bus fault", async () => {
        await sensor.start()
        const goneAtMs = clock.now + 50
        bus.parts = [new SimTfluna(clock, timeMs => (timeMs < goneAtMs ? view : {}))]
        await expectFault("bus", async () => await sensor.sample())
    })

    test("another signature is an identity fault, in whichever character", async () => {
        for (const signature of ["luna", "MUNA", "LVNA", "LUMA", "LUNE"]) {
            part.signature = signature
            await expectFault("identity", async () => await sensor.start())
        }
        part.signature = "LUNA"
        await sensor.start()
    })

    test("firmware older than 1.0.7 is an identity fault", async () => {
        for (const version of [
            [6, 0, 1],
            [255, 255, 0],
            [0, 0, 0],
        ]) {
            part.version = version
            await expectFault("identity", async () => await sensor.start())
        }
        for (const version of [
            [7, 0, 1],
            [0, 1, 1],
            [0, 0, 2],
        ]) {
            part.version = version
            await sensor.start()
        }
    })

    test("another part at the address is an identity fault, even one that answers zeros", async () => {
        for (const byte of [0x00, 0x4c, 0xff]) {
            bus.parts = [new Stranger(0x10, byte)]
            await expectFault("identity", async () => await sensor.start())
            await expectFault("stuck", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
    })

    test("it speaks to the address it was given, 0x10 by default", async () => {
        bus.parts = [new SimTfluna(clock, () => view, 0x10)]
        await sensor.start()
        bus.parts = [new SimTfluna(clock, () => view, 0x11)]
        await expectFault("bus", async () => await sensor.start())
        await expectFault("bus", async () => await sensor.sample())
        sensor = new Tfluna(bus, clock, 0x11)
        await sensor.start()
        await sensor.sample()
    })

    test("the simulated part powers up with the manual's settings", () => {
        part.write(hex`22`)
        expectBytes(part.read(16), "10000001640000006400000000002003")
        part.write(hex`0A`)
        expectBytes(part.read(3), "000303")
        part.write(hex`10`)
        expectBytes(part.read(14), "303132333435363738393a3b3c3d")
        part.write(hex`3B`)
        expectBytes(part.read(5), "004c554e41")
    })

    test("the simulated part measures a hundred times a second, and when it is triggered", () => {
        part = new SimTfluna(clock, timeMs => {
            return { distanceMetres: timeMs / 1000 }
        })
        clock.now = 1005
        part.write(hex`00`)
        // 100 cm, 1000, 25.00 Cel, 1000 ms, no error.
        expectBytes(part.read(10), "6400e803c409e8030000")
        part.write(hex`2301`)
        clock.now = 1104.9
        part.write(hex`23`)
        expectBytes(part.read(1), "00")
        clock.now = 1105
        part.write(hex`23`)
        expectBytes(part.read(1), "01")
        clock.now = 2000
        part.write(hex`2401`)
        clock.now = 2019.9
        part.write(hex`00`)
        expectBytes(part.read(2), "6e00")
        clock.now = 2020
        part.write(hex`00`)
        expectBytes(part.read(8), "ca00e803c409e407")
        clock.now = 5000
        part.write(hex`00`)
        expectBytes(part.read(2), "ca00")
    })

    test("the simulated part has no distance where there is no signal", () => {
        view = { distanceMetres: 9.01 }
        clock.now = 10
        part.write(hex`00`)
        expectBytes(part.read(4), "00000000")
        view = { distanceMetres: 9 }
        clock.now = 20
        part.write(hex`00`)
        expectBytes(part.read(4), "8403e803")
        part.amp = 99
        clock.now = 30
        part.write(hex`00`)
        expectBytes(part.read(4), "00006300")
    })

    test("the simulated part reboots, restores its settings, and refuses what it does not know", () => {
        part.write(hex`2301`)
        part.write(hex`2500`)
        clock.now = 100
        part.write(hex`23`)
        expectBytes(part.read(3), "010000")
        expect(part.write(hex`2901`)).toBe(true)
        part.write(hex`23`)
        expectBytes(part.read(3), "000001")
        part.write(hex`2301`)
        clock.now = 200
        expect(part.write(hex`2102`)).toBe(true)
        clock.now = 2199
        expect(part.write(hex`23`)).toBe(false)
        clock.now = 2200
        expect(part.write(hex`23`)).toBe(true)
        expectBytes(part.read(1), "00")
        expect(part.write(hex`0001`)).toBe(false)
        expect(part.write(hex`2302`)).toBe(false)
        expect(part.write(hex`2402`)).toBe(false)
        expect(part.write(hex`2101`)).toBe(false)
        expect(part.write(hex`2902`)).toBe(false)
        expect(part.write(hex`3C00`)).toBe(false)
    })
})

/** Takes every setting, and does nothing about the mode. */
class DeafToMode implements Part {
    readonly address = 0x10

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        return (bytes.length > 1 && bytes[0] === 0x23) || this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        return this.inner.read(length)
    }
}
