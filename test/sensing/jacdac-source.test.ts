import * as ds from "@devicescript/core"
import { beforeEach, describe, expect, test } from "../suite"
import { JacdacSourceOptions, jacdacSource } from "../../src/sensing/jacdac-source"
import { Sampler } from "../../src/sensing/sampler"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { expectFault, expectNear } from "../expect"

/** A register that answers, answers late, never, or fails. */
class FakeRegister {
    reads = 0
    answers = 0
    delayMs = 0
    isMute = false
    problem = ""
    /** The fiber that waits for an answer that does not come. */
    waiting: ds.Fiber

    constructor(public value: any) {}

    async read(): Promise<any> {
        this.reads++
        if (this.isMute) {
            this.waiting = ds.Fiber.self()
            await ds.suspend()
        }
        if (this.delayMs > 0) await ds.sleep(this.delayMs)
        if (this.problem !== "") throw new Error(this.problem)
        this.answers++
        return this.value
    }
}

class FakeRole {
    isBound = true
    spec: any
    reading = new FakeRegister(21.5)
    minReading: FakeRegister
    maxReading: FakeRegister
    private readonly bindings = ds.clientRegister(false)

    constructor(service: string) {
        this.spec = { name: service }
    }

    binding(): ds.ClientRegister<boolean> {
        return this.bindings
    }

    /** As the runtime does it: whoever listens hears of it a moment later. */
    bind(isBound: boolean): void {
        this.isBound = isBound
        this.bindings.emit(isBound)
    }
}

let role: FakeRole

function sourceOf(fake: FakeRole, options?: JacdacSourceOptions) {
    return jacdacSource(fake as any as ds.Sensor, options)
}

/** How long a body took, on the VM's clock. */
async function msOf(body: () => Promise<any>): Promise<number> {
    await ds.sleep(0)
    const startMs = ds.millis()
    await body()
    await ds.sleep(0)
    return ds.millis() - startMs
}

async function read(fake: FakeRole, options?: JacdacSourceOptions): Promise<any> {
    const source = sourceOf(fake, options)
    await source.start()
    return await source.sample()
}

async function expectUnbound(source: Sensor): Promise<void> {
    await expectFault("bus", async () => await source.start())
}

describe("jacdac source", () => {
    beforeEach(() => {
        role = new FakeRole("Temperature")
    })

    test("the service says what is measured, and in which unit", async () => {
        expect(Object.keys(await read(role)).join()).toBe("temperatureCelsius")
        expect((await read(role)).temperatureCelsius).toBe(21.5)
        const rows: [string, string, number][] = [
            ["Humidity", "relativeHumidityPercent", 21.5],
            ["ECO2", "carbonDioxidePpm", 21.5],
            ["Illuminance", "illuminanceLuxes", 21.5],
            ["AirPressure", "pressurePascals", 2150],
            ["UvIndex", "uvIndex", 21.5],
            ["Distance", "distanceMetres", 21.5],
            ["SoilMoisture", "soilMoisturePercent", 2150],
            ["DcVoltageMeasurement", "voltage0Volts", 21.5],
            ["DcCurrentMeasurement", "currentAmperes", 21.5],
        ]
        for (const row of rows) {
            const sample = await read(new FakeRole(row[0]))
            expect(Object.keys(sample).join()).toBe(row[1])
            expectNear(sample[row[1]], row[2], 1e-9)
        }
    })

    test("three axes are three measurands", async () => {
        const motion = new FakeRole("Accelerometer")
        motion.reading.value = [0, -1, 0.5]
        const acceleration = await read(motion)
        expectNear(acceleration.accelerationXMetresPerSecondSquared, 0, 1e-9)
        expectNear(acceleration.accelerationYMetresPerSecondSquared, -9.80665, 1e-9)
        expectNear(acceleration.accelerationZMetresPerSecondSquared, 4.903325, 1e-9)
        const gyroscope = new FakeRole("Gyroscope")
        gyroscope.reading.value = [10, -250.5, 0]
        expect((await read(gyroscope)).angularRateYDegreesPerSecond).toBe(-250.5)
        const compass = new FakeRole("Magnetometer")
        compass.reading.value = [20000, 0, -48000]
        expectNear((await read(compass)).magneticFluxDensityZMicroteslas, -48, 1e-9)
        compass.reading.value = [20000, 0]
        await expectFault("stuck", async () => await read(compass))
        compass.reading.value = undefined
        await expectFault("stuck", async () => await read(compass))
    })

    test("another measurand, name and scale can be given; a service without any needs one", async () => {
        const soil = sourceOf(role, { measurand: "soilTemperatureCelsius", part: "probe" })
        expect(soil.part).toBe("probe")
        expect(((await soil.sample()) as any).soilTemperatureCelsius).toBe(21.5)
        expect((await read(role, { scale: 2 })).temperatureCelsius).toBe(43)
        const stranger = new FakeRole("AirQualityIndex")
        expect((await read(stranger, { measurand: "vocTicks" })).vocTicks).toBe(21.5)
        expect(() => sourceOf(stranger)).toThrow()
        // A service whose name begins as another's does.
        expect(() => sourceOf(new FakeRole("Temp"))).toThrow()
        expect(sourceOf(role).part).toBe("jacdac-Temperature")
        expect(sourceOf(role).jacdacService).toBe("Temperature")
    })

    test("a role that is bound soon after boot is waited for", async () => {
        role.isBound = false
        const source = sourceOf(role)
        const bind = async () => {
            await ds.sleep(1500)
            role.bind(true)
        }
        bind.start()
        const ms = await msOf(async () => await source.start())
        expectNear(ms, 1530, 50)
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
    })

    test("one that is not is a bus fault after 3 s, and from then on at once", async () => {
        role.isBound = false
        const source = sourceOf(role)
        const start = async () => await expectFault("bus", async () => await source.start())
        expectNear(await msOf(start), 3030, 60)
        expectNear(await msOf(start), 0, 5)
        await expectFault("bus", async () => await source.sample())
        expect(role.reading.reads).toBe(0)
        role.bind(true)
        expectNear(await msOf(async () => await source.start()), 0, 5)
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
    })

    test("several roles wait at the same time, not one after the other", async () => {
        const roles = ["Temperature", "Humidity", "Illuminance"].map(name => new FakeRole(name))
        for (const fake of roles) fake.isBound = false
        const sources = roles.map(fake => sourceOf(fake))
        const ms = await msOf(async () => {
            for (const source of sources) await expectUnbound(source)
        })
        expectNear(ms, 3030, 60)
    })

    test("a service that goes away is a bus fault, and comes back", async () => {
        const source = sourceOf(role)
        await source.start()
        await source.sample()
        role.bind(false)
        await expectFault("bus", async () => await source.sample())
        await expectFault("bus", async () => await source.start())
        role.bind(true)
        await source.start()
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
    })

    test("a read that never returns is a timeout after 1 s, and leaves no fiber behind", async () => {
        const source = sourceOf(role)
        role.reading.isMute = true
        const sample = async () => await expectFault("timeout", async () => await source.sample())
        expectNear(await msOf(sample), 1000, 20)
        let isGone = false
        try {
            role.reading.waiting.resume(undefined)
        } catch {
            isGone = true
        }
        expect(isGone).toBe(true)
        await ds.sleep(10)
        expect(role.reading.answers).toBe(0)
        expectNear(await msOf(sample), 1000, 20)
        role.reading.isMute = false
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
    })

    test("an answer within the second is taken, a later one is not, nor mistaken for the next", async () => {
        const source = sourceOf(role)
        role.reading.delayMs = 900
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
        role.reading.delayMs = 1200
        role.reading.value = 99
        await expectFault("timeout", async () => await source.sample())
        role.reading.delayMs = 600
        role.reading.value = 22.5
        expect(((await source.sample()) as any).temperatureCelsius).toBe(22.5)
        await ds.sleep(1500)
        expect(role.reading.answers).toBe(2)
    })

    test("an answer that is no number is stuck", async () => {
        const source = sourceOf(role)
        for (const value of [NaN, Infinity, -Infinity, undefined, null, "21.5", [21.5], true]) {
            role.reading.value = value
            await expectFault("stuck", async () => await source.sample())
        }
        for (const value of [0, -40, 0.001, 85]) {
            role.reading.value = value
            expect(((await source.sample()) as any).temperatureCelsius).toBe(value)
        }
    })

    test("a reading beyond the service's own limits is a range fault, in the service's unit", async () => {
        const pressure = new FakeRole("AirPressure")
        pressure.minReading = new FakeRegister(300)
        pressure.maxReading = new FakeRegister(1100)
        const source = sourceOf(pressure)
        const faults: [number, string][] = [
            [299.9, "range"],
            [300, ""],
            [1100, ""],
            [1100.1, "range"],
        ]
        for (const row of faults) {
            pressure.reading.value = row[0]
            if (row[1] !== "") await expectFault(row[1], async () => await source.sample())
            else expectNear(((await source.sample()) as any).pressurePascals, row[0] * 100, 1e-9)
        }
        // Constants: asked for once.
        expect(pressure.minReading.reads).toBe(1)
        expect(pressure.maxReading.reads).toBe(1)
    })

    test("limits that nobody tells are none, and cost half a second each, once", async () => {
        role.minReading = new FakeRegister(-40)
        role.minReading.isMute = true
        role.maxReading = new FakeRegister(85)
        role.maxReading.isMute = true
        const source = sourceOf(role)
        role.reading.value = 1000
        expectNear(await msOf(async () => await source.sample()), 1000, 20)
        expectNear(await msOf(async () => await source.sample()), 0, 5)
        const odd = new FakeRole("Temperature")
        odd.minReading = new FakeRegister(NaN)
        odd.maxReading = new FakeRegister(undefined)
        expect((await read(odd)).temperatureCelsius).toBe(21.5)
        // Either alone holds.
        const low = new FakeRole("Temperature")
        low.minReading = new FakeRegister(30)
        await expectFault("range", async () => await read(low))
    })

    test("another service behind the role has limits of its own", async () => {
        role.maxReading = new FakeRegister(20)
        const source = sourceOf(role)
        await expectFault("range", async () => await source.sample())
        role.bind(false)
        await ds.sleep(1)
        role.maxReading.value = 85
        role.bind(true)
        await ds.sleep(1)
        expect(((await source.sample()) as any).temperatureCelsius).toBe(21.5)
    })

    test("a read that throws is a bus fault with its words", async () => {
        const source = sourceOf(role)
        role.reading.problem = "role not instantiated"
        let error: SensorError
        try {
            await source.sample()
        } catch (e) {
            error = e as SensorError
        }
        expect(error.message).toBe("jacdac-Temperature: bus: role not instantiated")
        role.reading.problem = ""
        await source.sample()
    })

    test("in a sampler it is a gap, told by its name, and the others go on", async () => {
        const humidity = new FakeRole("Humidity")
        const sampler = new Sampler([
            { sensor: sourceOf(role), measurands: ["temperatureCelsius"] },
            { sensor: sourceOf(humidity), measurands: ["relativeHumidityPercent"] },
        ])
        await sampler.start()
        await sampler.round()
        role.reading.isMute = true
        await sampler.round()
        expect(isNaN(sampler.values[0])).toBe(true)
        expect(sampler.values[1]).toBe(21.5)
        expect(sampler.health[0].fault).toBe("timeout")
        expect(sampler.health[0].part).toBe("jacdac-Temperature")
        role.reading.isMute = false
        await sampler.round()
        expect(sampler.values[0]).toBe(21.5)
        expect(sampler.health[0].fault).toBe("none")
    })
})
