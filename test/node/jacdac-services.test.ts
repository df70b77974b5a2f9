import * as ds from "@devicescript/core"
import { describe, expect, test } from "../suite"
import { Sensor, SensorError } from "../../src/drivers/sensor"
import { serveReadings } from "../../src/node/jacdac-services"
import { jacdacSource } from "../../src/sensing/jacdac-source"
import { PartPlan } from "../../src/sensing/sampler"
import { expectFault, expectNear } from "../expect"

/** A part that reads what it is told, or fails. */
class FakePart implements Sensor {
    readonly part = "fake"
    readonly warmUpMs = 700
    starts = 0
    failStart = ""
    failSample = ""
    sampled: any = {}

    async start(): Promise<void> {
        this.starts++
        if (this.failStart !== "") throw failure(this.failStart)
    }

    async sample(): Promise<object> {
        if (this.failSample !== "") throw failure(this.failSample)
        return this.sampled
    }
}

function failure(fault: string): Error {
    return fault === "bug"
        ? new TypeError("seeded")
        : new SensorError("fake", fault as any, "seeded")
}

const MEASURANDS = [
    "temperatureCelsius",
    "relativeHumidityPercent",
    "carbonDioxidePpm",
    "vocTicks", // there is no service for it
    "illuminanceLuxes",
    "pressurePascals",
    "uvIndex",
    "distanceMetres",
    "soilMoisturePercent",
]
const CELSIUS = 0
const PPM = 2
const VOC = 3

// A server is for ever, so there is one of each, and the tests are one story.
const part = new FakePart()
const plans: PartPlan[] = serveReadings([{ sensor: part, measurands: MEASURANDS }])
const served = plans[0].sensor
const roles: ds.Sensor[] = [
    new ds.Temperature(),
    new ds.Humidity(),
    new ds.eCO2(),
    undefined,
    new ds.Illuminance(),
    new ds.AirPressure(),
    new ds.UvIndex(),
    new ds.Distance(),
    new ds.SoilMoisture(),
]
const sources = roles.map(role => (role === undefined ? undefined : jacdacSource(role)))
/** Reports that the temperature's role has heard, by command. */
const heard: number[] = []
roles[CELSIUS].report().subscribe(packet => {
    heard.push(packet.serviceCommand)
})

const READING = 0x1101
const STREAMING_SAMPLES = 0x2003
const STREAMING_INTERVAL = 0x2004
const NOT_IMPLEMENTED = 0x0003

function celsius(): any {
    return roles[CELSIUS] as any
}

async function expectRead(measurand: number, expected: number): Promise<void> {
    const sample: any = await sources[measurand].sample()
    expectNear(sample[MEASURANDS[measurand]], expected, 2e-3)
}

async function expectSilent(measurand: number): Promise<void> {
    await expectFault("timeout", async () => await sources[measurand].sample())
}

async function expectStatus(code: number, vendorCode: number): Promise<void> {
    // The runtime would answer from its cache.
    await ds.sleep(600)
    const status = await celsius().statusCode.read()
    expect(status[0]).toBe(code)
    expect(status[1]).toBe(vendorCode)
}

function times(command: number): number {
    return heard.filter(one => one === command).length
}

describe("jacdac services", () => {
    test("a part that is served stays the part it is", async () => {
        expect(plans.length).toBe(1)
        expect(plans[0].measurands.join()).toBe(MEASURANDS.join())
        expect(served.part).toBe("fake")
        expect(served.warmUpMs).toBe(700)
    })

    test("before the first reading there is none, and the service says that it starts", async () => {
        await sources[CELSIUS].start()
        await expectSilent(CELSIUS)
        await expectStatus(1, 0)
    })

    test("what the sampler reads is what the services say, each in its unit", async () => {
        part.sampled = {
            temperatureCelsius: -12.25,
            relativeHumidityPercent: 43.5,
            carbonDioxidePpm: 812,
            vocTicks: 30000,
            illuminanceLuxes: 365.2,
            pressurePascals: 101325,
            uvIndex: 3.5,
            distanceMetres: 1.234,
            soilMoisturePercent: 62.5,
        }
        await served.start()
        expect(part.starts).toBe(1)
        expect((await served.sample()) === part.sampled).toBe(true)
        for (let i = 0; i < MEASURANDS.length; ++i)
            if (i !== VOC) await expectRead(i, part.sampled[MEASURANDS[i]])
        await expectStatus(0, 0)
    })

    test("whoever streams gets as many samples as asked for, at the pace asked for", async () => {
        await celsius().streamingInterval.write(200)
        await ds.sleep(100)
        heard.insert(0, -heard.length)
        await celsius().streamingSamples.write(3)
        await ds.sleep(2000)
        expect(times(READING)).toBe(3)
        // Clients ask anew before it runs out.
        await celsius().streamingSamples.write(200)
        await celsius().streamingSamples.write(200)
        await ds.sleep(1000)
        expectNear(times(READING), 8, 1)
        await celsius().streamingSamples.write(0)
        await ds.sleep(300)
        const last = times(READING)
        await ds.sleep(1000)
        expect(times(READING)).toBe(last)
    })

    test("a pace that no bus could take is slowed, and rubbish changes nothing", async () => {
        await celsius().streamingInterval.write(1)
        await ds.sleep(600)
        expect(await celsius().streamingInterval.read()).toBe(100)
        await roles[CELSIUS].sendCommand(STREAMING_INTERVAL, hex``)
        await roles[CELSIUS].sendCommand(STREAMING_SAMPLES, hex``)
        await roles[CELSIUS].sendCommand(0x2103, hex`01000200`) // its status code
        await roles[CELSIUS].sendCommand(0x00ff, hex`01`)
        await ds.sleep(600)
        expect(await celsius().streamingInterval.read()).toBe(100)
        await celsius().streamingInterval.write(4000000000)
        await ds.sleep(600)
        expect(await celsius().streamingInterval.read()).toBe(3600000)
        // Who waits an hour for the next sample need not.
        heard.insert(0, -heard.length)
        await celsius().streamingSamples.write(200)
        await ds.sleep(1000)
        expect(times(READING)).toBe(1)
        await celsius().streamingInterval.write(200)
        await ds.sleep(1000)
        expectNear(times(READING), 6, 1)
        await celsius().streamingSamples.write(0)
        await celsius().streamingInterval.write(500)
        await expectStatus(0, 0)
    })

    test("a gap is no number, not even an old one, and has the fault's number", async () => {
        await celsius().streamingSamples.write(200)
        await ds.sleep(1000)
        // bus, crc, timeout, identity, range, stuck count from 1; a driver's bug counts as bus.
        const faults: [string, number][] = [
            ["crc", 2],
            ["stuck", 6],
            ["bug", 1],
        ]
        for (const row of faults) {
            part.failSample = row[0]
            let error: Error
            try {
                await served.sample()
            } catch (e) {
                error = e as Error
            }
            expect(error instanceof (row[0] === "bug" ? TypeError : SensorError)).toBe(true)
            await expectStatus(1, row[1])
        }
        heard.insert(0, -heard.length)
        await expectSilent(CELSIUS)
        await expectSilent(PPM)
        expect(times(READING)).toBe(0)
        // It would be believed for ever.
        expect(times(NOT_IMPLEMENTED)).toBe(0)
        // readingError: that there is none is true in a gap too.
        await roles[CELSIUS].sendCommand(0x1106)
        await ds.sleep(200)
        expect(times(NOT_IMPLEMENTED)).toBe(1)
        part.failSample = ""
        part.sampled.temperatureCelsius = 30
        await served.sample()
        await ds.sleep(600)
        await expectRead(CELSIUS, 30)
        expect(times(READING) > 0).toBe(true)
        await expectStatus(0, 0)
        await celsius().streamingSamples.write(0)
    })

    test("a part that does not start is a gap too", async () => {
        part.failStart = "identity"
        await expectFault("identity", async () => await served.start())
        await ds.sleep(600)
        await expectSilent(CELSIUS)
        await expectStatus(1, 4)
        part.failStart = ""
        await served.sample()
        await expectRead(CELSIUS, 30)
    })

    test("a field that is missing or NaN is a gap of its own", async () => {
        part.sampled.carbonDioxidePpm = undefined
        await served.sample()
        await ds.sleep(600)
        await expectSilent(PPM)
        await expectRead(CELSIUS, 30)
        part.sampled.carbonDioxidePpm = NaN
        await served.sample()
        await expectSilent(PPM)
        part.sampled.carbonDioxidePpm = 900
        await served.sample()
        await expectRead(PPM, 900)
    })

    test("a change of status is told when it comes, and once", async () => {
        const told: number[] = []
        celsius().statusCodeChanged.subscribe((status: number[]) => {
            told.push(status[0] * 100 + status[1])
        })
        for (const fault of ["", "crc", "crc", "bus", "", ""]) {
            part.failSample = fault
            try {
                await served.sample()
            } catch {
                // seeded
            }
            await ds.sleep(300)
        }
        expect(told.join()).toBe("102,101,0")
    })

    test("what a register is not, it says so", async () => {
        heard.insert(0, -heard.length)
        // readingError: we do not know it
        await roles[CELSIUS].sendCommand(0x1106)
        await ds.sleep(200)
        expect(times(NOT_IMPLEMENTED)).toBe(1)
    })

    test("parts without a service, and services that the node listens to, are left as they are", async () => {
        const gas = { sensor: new FakePart(), measurands: ["vocTicks"] }
        const soil = jacdacSource(roles[CELSIUS], { measurand: "soilTemperatureCelsius" })
        const probe = { sensor: soil, measurands: ["soilTemperatureCelsius"] }
        const room = { sensor: new FakePart(), measurands: ["temperatureCelsius"] }
        const left = serveReadings([gas, probe, room])
        expect(left[0] === gas).toBe(true)
        expect(left[1] === probe).toBe(true)
        expect(left[2] === room).toBe(true)
    })
})
