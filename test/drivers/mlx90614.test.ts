/** The MLX90614 driver against the simulated part. */
import { beforeEach, describe, expect, test } from "../suite"
import { Mlx90614, celsiusFromTicks, packetErrorCode } from "../../src/drivers/mlx90614"
import { SimMlx90614 } from "../../sim/parts/mlx90614"
import { Conditions, Part } from "../../sim/parts/part"
import { expectBytes, expectFault, expectNear } from "../expect"
import { FakeClock, FakeI2C } from "../fakes"
import { Counted } from "./counted"
import { Stranger } from "./stranger"

// Half a tick, and what the VM's printing of floats can hide.
const TICK_CELSIUS = 0.0101

/** Flips the lowest bit of one byte in the answer to one command. */
class Flipped implements Part {
    readonly address = 0x5a
    command = -1
    byte = -1
    private asked = -1

    constructor(private readonly inner: Part) {}

    write(bytes: Buffer): boolean {
        this.asked = bytes[0]
        return this.inner.write(bytes)
    }

    read(length: number): Buffer | undefined {
        const bytes = this.inner.read(length)
        if (this.asked === this.command) bytes[this.byte] = bytes[this.byte] ^ 1
        return bytes
    }
}

let clock: FakeClock
let scene: Conditions
let part: SimMlx90614
let bus: FakeI2C
let sensor: Mlx90614

function sceneOf(temperatureCelsius: number, objectTemperatureCelsius: number): Conditions {
    return { temperatureCelsius, objectTemperatureCelsius }
}

describe("mlx90614", () => {
    beforeEach(() => {
        clock = new FakeClock()
        scene = sceneOf(24.5, 36.6)
        part = new SimMlx90614(clock, () => scene)
        clock.now = 250
        bus = new FakeI2C([part])
        sensor = new Mlx90614(bus, clock)
    })

    test("the scale is the data sheet's", () => {
        // [8.4.6]: 0x27ad is -70.01 Cel, 0x7fff is 382.19 Cel.
        expectNear(celsiusFromTicks(0x27ad), -70.01, 1e-6)
        expectNear(celsiusFromTicks(0x7fff), 382.19, 1e-6)
    })

    test("the PEC is the data sheet's, of its example of a read", () => {
        // As public drivers quote it in their tests: b4 07 b5 d2 3a, 30.
        expect(packetErrorCode(hex`B407B5D23A`)).toBe(0x30)
    })

    test("it is called as reports call it, and has its first data after 250 ms", () => {
        expect(sensor.part).toBe("mlx90614")
        expect(sensor.warmUpMs).toBe(250)
    })

    test("start and a sample take one and two words, and no time", async () => {
        const counted = new Counted(part)
        bus.parts = [counted]
        await sensor.start()
        expect(counted.bytesRead).toBe(3)
        const sample = await sensor.sample()
        expect(counted.bytesRead).toBe(9)
        expect(clock.now).toBe(250)
        expectNear(sample.temperatureCelsius, 24.5, TICK_CELSIUS)
        expectNear(sample.objectTemperatureCelsius, 36.6, TICK_CELSIUS)
    })

    test("each sample is a new one", async () => {
        await sensor.start()
        for (const next of [sceneOf(-12.25, 220), sceneOf(60, -30), sceneOf(0, 0)]) {
            scene = next
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, next.temperatureCelsius, TICK_CELSIUS)
            expectNear(sample.objectTemperatureCelsius, next.objectTemperatureCelsius, TICK_CELSIUS)
        }
    })

    test("one wrong bit in any byte of any word is a crc fault, and does not stick", async () => {
        const flipped = new Flipped(part)
        bus.parts = [flipped]
        for (let byte = 0; byte < 3; ++byte) {
            flipped.byte = byte
            flipped.command = 0x2e
            await expectFault("crc", async () => await sensor.start())
            for (const command of [0x06, 0x07]) {
                flipped.command = command
                await expectFault("crc", async () => await sensor.sample())
            }
        }
        flipped.command = -1
        await sensor.start()
        await sensor.sample()
    })

    test("a part that does not know the address it answers at is an identity fault", async () => {
        part.smbusAddressCell = 0xbe5b
        await expectFault("identity", async () => await sensor.start())
        part.smbusAddressCell = 0x00da
        await expectFault("identity", async () => await sensor.start())
        // The high byte has no meaning.
        part.smbusAddressCell = 0x415a
        await sensor.start()
        await sensor.sample()
    })

    test("another part at the address gets the PEC wrong", async () => {
        for (const byte of [0x00, 0x5a, 0xff]) {
            bus.parts = [new Stranger(0x5a, byte)]
            await expectFault("crc", async () => await sensor.start())
            await expectFault("crc", async () => await sensor.sample())
        }
        bus.parts = [part]
        await sensor.start()
        await sensor.sample()
    })

    test("either of the part's error flags makes it stuck, and does not stick", async () => {
        await sensor.start()
        part.errors = [true, false]
        await expectFault("stuck", async () => await sensor.sample())
        part.errors = [false, true]
        await expectFault("stuck", async () => await sensor.sample())
        part.errors = [false, false]
        await sensor.sample()
    })

    test("the ends of both ranges are measured, and what is a tick beyond is a range fault", async () => {
        await sensor.start()
        for (const end of [sceneOf(-40.01, -70.01), sceneOf(125.01, 380.01)]) {
            scene = end
            const sample = await sensor.sample()
            expectNear(sample.temperatureCelsius, end.temperatureCelsius, 1e-4)
            expectNear(sample.objectTemperatureCelsius, end.objectTemperatureCelsius, 1e-4)
        }
        for (const beyond of [
            sceneOf(-40.03, 20),
            sceneOf(125.03, 20),
            sceneOf(20, -70.03),
            sceneOf(20, 380.03),
        ]) {
            scene = beyond
            await expectFault("range", async () => await sensor.sample())
        }
        scene = sceneOf(20, 20)
        await sensor.sample()
    })

    test("a part that lost its power is a bus fault, and has no data for 250 ms when it is back", async () => {
        await sensor.start()
        const present = scene
        scene = {}
        await expectFault("bus", async () => await sensor.sample())
        await expectFault("bus", async () => await sensor.start())
        scene = present
        await sensor.start()
        await expectFault("range", async () => await sensor.sample())
        clock.now += sensor.warmUpMs
        expectNear((await sensor.sample()).temperatureCelsius, 24.5, TICK_CELSIUS)
    })

    test("it speaks to the address it was given, 0x5a by default, which is in the PEC", async () => {
        bus.parts = [new SimMlx90614(clock, () => scene, 0x5a)]
        await sensor.start()
        bus.parts = [new SimMlx90614(clock, () => scene, 0x5c)]
        await expectFault("bus", async () => await sensor.start())
        await new Mlx90614(bus, clock, 0x5c).start()
    })

    test("the simulated part sends the data sheet's bytes", () => {
        scene = sceneOf(24.5, 28.01)
        expect(part.write(hex`07`)).toBe(true)
        expectBytes(part.read(3), "d23a30")
        expect(part.write(hex`2E`)).toBe(true)
        expectBytes(part.read(2), "5abe")
        expect(part.write(hex`F0`)).toBe(true)
        expectBytes(part.read(2), "1000")
    })

    test("the simulated part flags what it can not put in 15 bits", () => {
        scene = sceneOf(24.5, 382.19)
        part.write(hex`07`)
        expectBytes(part.read(2), "ff7f")
        scene = sceneOf(24.5, 382.3)
        expectBytes(part.read(2), "0080")
    })

    test("the simulated part has nothing to tell before 250 ms, and takes reads alone", () => {
        part = new SimMlx90614(clock, () => scene)
        clock.now = 499
        part.write(hex`06`)
        expectBytes(part.read(2), "0000")
        part.write(hex`F0`)
        expectBytes(part.read(2), "0000")
        clock.now = 500
        part.write(hex`06`)
        expectBytes(part.read(2), "233a")
        expect(part.write(hex`2400006F`)).toBe(false)
        expect(part.write(hex`FFE8`)).toBe(false)
        expect(part.write(hex`60`)).toBe(false)
    })
})
