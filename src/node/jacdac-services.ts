/**
 * A node's readings as Jacdac services, for devtools and for whoever is on the Jacdac bus.
 *
 * Upstream's server base carries them; its SensorServer would not do. It encodes what it has, and a gap (undefined, NaN) leaves as
 * -2,097,152 Cel or 0 %RH; and a stream stopped while one of its timers is late goes on for ever, as fast as it can. Here a gap sends
 * no reading at all: who asks waits, who streams hears nothing, and the status code says why.
 */
import * as ds from "@devicescript/core"
import { Server, startServer } from "@devicescript/server"
import { FAULTS, Sensor, SensorError } from "../drivers/sensor"
import { HearsJacdac } from "../sensing/jacdac-source"
import { PartPlan } from "../sensing/sampler"

type Builtins = typeof ds & {
    _serverSend(serviceIndex: number, packet: ds.Packet): Promise<void>
}

/** Jacdac has no code for a fault; a part that has one is started again in the next round. */
const READY = ds.SystemStatusCodes.Ready
const NOT_READY = ds.SystemStatusCodes.Initializing
/** System command: this register does not exist. */
const COMMAND_NOT_IMPLEMENTED = 0x03

const STREAM_MS_DEFAULT = 500
const STREAM_MS_MIN = 100
const STREAM_MS_MAX = 3600000

/** One reading. The methods are called by the names of the service's registers, `set_` before those that are written. */
class ReadingServer extends Server implements ds.SensorServerSpec {
    /** In the service's unit; undefined in a gap. */
    private value: number
    private status = NOT_READY
    /** The fault's place in FAULTS, from 1; 0 for none. */
    private vendorStatus = 0
    private samplesLeft = 0
    private streamMs = STREAM_MS_DEFAULT
    private streamer: ds.Fiber

    constructor(
        spec: ds.ServiceSpec,
        private readonly scale: number
    ) {
        super(spec)
    }

    async update(value: number | undefined, fault: number): Promise<void> {
        const isGap = value === undefined || isNaN(value)
        this.value = isGap ? undefined : value * this.scale
        const status = isGap ? NOT_READY : READY
        if (status === this.status && fault === this.vendorStatus) return
        this.status = status
        this.vendorStatus = fault
        await this.sendEvent(this.spec.lookup("statusCodeChanged").encode(this.statusCode()))
    }

    reading(): number | undefined {
        return this.value
    }

    // Upstream's own loses the code.
    override statusCode(): [number, number] {
        return [this.status, this.vendorStatus]
    }

    streamingSamples(): number {
        return this.samplesLeft
    }

    set_streamingSamples(samples: number): void {
        this.samplesLeft = samples
        if (this.streamer === undefined) this.streamer = this.stream.start()
    }

    streamingInterval(): number {
        return this.streamMs
    }

    set_streamingInterval(ms: number): void {
        if (!(ms > 0)) return
        this.streamMs = Math.constrain(ms, STREAM_MS_MIN, STREAM_MS_MAX)
        if (this.streamer !== undefined && this.streamer.suspended) this.streamer.resume(undefined)
    }

    /** Told that there is no reading, a client never asks again: in a gap it is told nothing. */
    override async _send(packet: ds.Packet): Promise<void> {
        if (this.value === undefined && this.refusesReading(packet)) return
        await (ds as Builtins)._serverSend(this.serviceIndex, packet)
    }

    /** The answer's first two bytes are the command that it answers. */
    private refusesReading(packet: ds.Packet): boolean {
        return (
            packet.serviceCommand === COMMAND_NOT_IMPLEMENTED &&
            packet.payload.getAt(0, "u16") === this.spec.lookup("reading").code
        )
    }

    private async stream(): Promise<void> {
        while (this.samplesLeft > 0) {
            this.samplesLeft--
            if (this.value !== undefined)
                await this._send(this.spec.lookup("reading").encode(this.value))
            await ds.suspend(this.streamMs)
        }
        this.streamer = undefined
    }
}

/** A part whose readings are told to the servers on their way to the sampler. */
class ServedPart implements Sensor {
    readonly part: string
    readonly warmUpMs: number

    constructor(
        private readonly sensor: Sensor,
        private readonly measurands: string[],
        private readonly servers: ReadingServer[]
    ) {
        this.part = sensor.part
        this.warmUpMs = sensor.warmUpMs
    }

    async start(): Promise<void> {
        try {
            await this.sensor.start()
        } catch (e) {
            await this.gap(e as Error)
            throw e
        }
    }

    async sample(): Promise<object> {
        let sample: any
        try {
            sample = await this.sensor.sample()
        } catch (e) {
            await this.gap(e as Error)
            throw e
        }
        for (let i = 0; i < this.servers.length; ++i)
            await this.servers[i].update(sample[this.measurands[i]], 0)
        return sample
    }

    private async gap(error: Error): Promise<void> {
        const at = FAULTS.indexOf((error as SensorError).fault)
        // A bug of a driver's has no fault, and is counted as one of the bus.
        for (const server of this.servers) await server.update(undefined, at < 0 ? 1 : at + 1)
    }
}

/**
 * The parts of a node, each of whose readings is from now on also a Jacdac service, where there is a service for it: temperature,
 * humidity, CO2, illuminance, pressure, UV index, distance, soil moisture. A service that a part of the node listens to is not served:
 * its role would take the node for the module, and hear for ever what it last said itself.
 */
export function serveReadings(parts: PartPlan[]): PartPlan[] {
    const heard: string[] = []
    for (const plan of parts) {
        const { jacdacService } = plan.sensor as any as HearsJacdac
        if (jacdacService !== undefined) heard.push(jacdacService)
    }
    return parts.map(plan => served(plan, heard))
}

function served(plan: PartPlan, heard: string[]): PartPlan {
    const measurands: string[] = []
    const servers: ReadingServer[] = []
    for (const measurand of plan.measurands) {
        const server = serverOf(measurand)
        if (server === undefined || heard.includes(server.spec.name)) continue
        startServer(server, { roleName: measurand })
        measurands.push(measurand)
        servers.push(server)
    }
    if (servers.length === 0) return plan
    return {
        sensor: new ServedPart(plan.sensor, measurands, servers),
        measurands: plan.measurands,
    }
}

function serverOf(measurand: string): ReadingServer | undefined {
    switch (measurand) {
        case "temperatureCelsius":
            return new ReadingServer(ds.Temperature.spec, 1)
        case "relativeHumidityPercent":
            return new ReadingServer(ds.Humidity.spec, 1)
        case "carbonDioxidePpm":
            return new ReadingServer(ds.eCO2.spec, 1)
        case "illuminanceLuxes":
            return new ReadingServer(ds.Illuminance.spec, 1)
        case "pressurePascals":
            return new ReadingServer(ds.AirPressure.spec, 0.01)
        case "uvIndex":
            return new ReadingServer(ds.UvIndex.spec, 1)
        case "distanceMetres":
            return new ReadingServer(ds.Distance.spec, 1)
        case "soilMoisturePercent":
            return new ReadingServer(ds.SoilMoisture.spec, 0.01)
    }
    return undefined
}
