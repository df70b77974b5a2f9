/**
 * A Jacdac role as a source of readings: a module on the Jacdac bus, a simulator of devtools, an upstream driver's server.
 *
 * Classes, units and registers are those of the Jacdac service catalogue as DeviceScript 2.16.4 carries it. A register is read by
 * asking until somebody answers: with no service bound, a lost device or a register that the service lacks that is for ever, so every
 * read here runs in a fiber of its own that is ended when its time is up. An answer may be as old as the runtime's cache, 0.5 s.
 */
import * as ds from "@devicescript/core"
import { Fault, Sensor, SensorError } from "../drivers/sensor"

declare module "@devicescript/core" {
    /** Upstream's compiler finds no service by the name `ds.ECO2`, for it has no small letter: write `new ds.eCO2()`. */
    class eCO2 extends Sensor {
        static spec: ECO2LookupSpec
        readonly reading: Register<number>
    }
}

/** Service, measurands (one for each field of its reading), one of its unit in ours. As text it stays in flash. */
const ROWS = [
    "Temperature temperatureCelsius 1",
    "Humidity relativeHumidityPercent 1",
    "ECO2 carbonDioxidePpm 1",
    "Illuminance illuminanceLuxes 1",
    "AirPressure pressurePascals 100", // hPa
    "UvIndex uvIndex 1",
    "Distance distanceMetres 1",
    "SoilMoisture soilMoisturePercent 100", // ratio
    "DcVoltageMeasurement voltage0Volts 1",
    "DcCurrentMeasurement currentAmperes 1",
    // g; axes and signs stay the service's
    "Accelerometer accelerationXMetresPerSecondSquared,accelerationYMetresPerSecondSquared,accelerationZMetresPerSecondSquared 9.80665",
    "Gyroscope angularRateXDegreesPerSecond,angularRateYDegreesPerSecond,angularRateZDegreesPerSecond 1",
    // nT
    "Magnetometer magneticFluxDensityXMicroteslas,magneticFluxDensityYMicroteslas,magneticFluxDensityZMicroteslas 0.001",
]

/** From boot: the runtime looks for services about every second, and a module announces itself twice a second. */
const BIND_MS_MAX = 3000
const LOOK_MS = 50
/** The runtime asks again after 20, 40, 80 ... ms. */
const READ_MS_MAX = 1000
/** Of the two limits each, once for each service that is bound: most services lack them, and nothing then says so. */
const LIMIT_MS_MAX = 500

export interface JacdacSourceOptions {
    /** What it is called in reports; default `jacdac-` and the service. Two roles of one service want two names. */
    part?: string
    /** In place of the service's own, such as `soilTemperatureCelsius` from a `ds.Temperature`. */
    measurand?: string
    /** One of the service's unit in the measurand's: for a service not in the table, or a server that says another unit. */
    scale?: number
}

/** A part that listens to a Jacdac service. */
export interface HearsJacdac {
    /** As the service catalogue calls it: `Temperature`. */
    readonly jacdacService: string
}

interface Readable {
    reading: ds.Register<any>
    minReading?: ds.Register<number>
    maxReading?: ds.Register<number>
}

export class JacdacSource implements Sensor, HearsJacdac {
    readonly warmUpMs = 0
    readonly jacdacService: string
    private readonly registers: Readable
    private readonly bindUntilMs = ds.millis() + BIND_MS_MAX
    private hasLimits = false
    private min: number
    private max: number

    /** @param measurands one for each field of the reading @param scale one of the service's unit in the measurands' */
    constructor(
        private readonly role: ds.Sensor,
        readonly part: string,
        private readonly measurands: string[],
        private readonly scale: number
    ) {
        this.jacdacService = role.spec.name
        this.registers = role as any as Readable
        role.binding().subscribe(this.forgetLimits)
    }

    /** Waits for a service after boot, for all roles together 3 s; later it is bound or not. @throws SensorError bus */
    async start(): Promise<void> {
        // `binding().read()` says false of a role that was bound before `binding()` was first called.
        while (!this.role.isBound && ds.millis() < this.bindUntilMs) await ds.sleep(LOOK_MS)
        if (!this.role.isBound) throw this.failure("bus", "no service is bound to the role")
    }

    /** At most 1 s, and another for the first one of a service. @throws SensorError bus, timeout, range, stuck */
    async sample(): Promise<object> {
        if (!this.role.isBound) throw this.failure("bus", "the service is gone")
        const read = new Read(this.registers.reading)
        if (!(await read.within(READ_MS_MAX)))
            throw this.failure("timeout", `no answer in ${READ_MS_MAX} ms`)
        if (read.problem !== undefined) throw this.failure("bus", read.problem)
        if (!this.hasLimits) await this.readLimits()
        const sample: any = {}
        for (let field = 0; field < this.measurands.length; ++field)
            sample[this.measurands[field]] = this.checked(read.answer, field) * this.scale
        return sample
    }

    /** One field of an answer, in the service's unit. */
    private checked(answer: any, field: number): number {
        const value = this.measurands.length === 1 ? answer : answer?.[field]
        if (!isNumber(value)) throw this.failure("stuck", `field ${field} is no number`)
        if (value < this.min || value > this.max)
            throw this.failure("range", `${value} is not in ${this.min}..${this.max}`)
        return value
    }

    /** A limit that the service does not tell is undefined, and nothing is beyond it. */
    private async readLimits(): Promise<void> {
        this.hasLimits = true
        this.min = await limit(this.registers.minReading)
        this.max = await limit(this.registers.maxReading)
    }

    /** The next service may be another. */
    private forgetLimits(): void {
        this.hasLimits = false
    }

    private failure(fault: Fault, detail: string): SensorError {
        return new SensorError(this.part, fault, detail)
    }
}

/** A role as a part of a node: `{ sensor: jacdacSource(new ds.Temperature()), measurands: ["temperatureCelsius"] }`. */
export function jacdacSource(role: ds.Sensor, options: JacdacSourceOptions = {}): JacdacSource {
    const service = role.spec.name
    const row = ROWS.find(text => text.startsWith(service + " "))
    const words = row === undefined ? undefined : row.split(" ")
    let { part, measurand, scale } = options
    if (part === undefined) part = "jacdac-" + service
    if (measurand === undefined && words !== undefined) measurand = words[1]
    if (measurand === undefined) throw new Error(`${part}: a measurand is wanted`)
    if (scale === undefined) scale = words === undefined ? 1 : parseFloat(words[2])
    return new JacdacSource(role, part, measurand.split(","), scale)
}

/** One read of a register, for as long as somebody waits for it. */
class Read {
    answer: any
    problem: string
    private isDone = false
    private reader: ds.Fiber

    constructor(private readonly register: ds.Register<any>) {}

    /** Whether it came to an end; when not, nothing of it is left. */
    async within(ms: number): Promise<boolean> {
        this.reader = ds.Fiber.self()
        const fiber = this.run.start()
        await ds.suspend(ms)
        if (!this.isDone) fiber.terminate()
        return this.isDone
    }

    private async run(): Promise<void> {
        try {
            this.answer = await this.register.read()
        } catch (e) {
            this.problem = (e as Error).message
        }
        this.isDone = true
        if (this.reader.suspended) this.reader.resume(undefined)
    }
}

/** Undefined when the service has no such register, or none that makes sense. */
async function limit(register: ds.Register<number>): Promise<number | undefined> {
    if (register === undefined) return undefined
    const read = new Read(register)
    await read.within(LIMIT_MS_MAX)
    return isNumber(read.answer) ? read.answer : undefined
}

function isNumber(value: any): boolean {
    return typeof value === "number" && Math.abs(value) < Infinity
}
