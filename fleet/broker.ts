/**
 * The embedded MQTT broker, for a desk and a rehearsal: aedes, on loopback, or on streams that the simulator makes. Its process can
 * die and come back; like mosquitto's with persistence on, it then knows its sessions and retained messages.
 */
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client } from "aedes"
import { createServer, type AddressInfo, type Server } from "node:net"
import type { Duplex } from "node:stream"
import { Frames } from "./access/frames"
import type { AedesClass } from "./virtual-aedes"

export const MQTT_PORT = 1883
const LOOPBACK = "127.0.0.1"

export type OnMessage = (topic: string, payload: Buffer) => void

type Hook = "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward"

/** What is asked before anybody may do anything; not of the fleet itself. See fleet/access/aedes.ts. */
export interface BrokerRules extends Required<Pick<AedesOptions, Hook>> {
    packetBytesMax: number
    /** May a session keep this subscription? aedes would keep all that stand in one packet as soon as one of them was allowed. */
    maySubscribe(client: Client, filter: string): boolean
    /** It announced a packet that is too long, and is cut off. */
    oversized(client: Client): void
    /** Its connection is over. */
    left(client: Client): void
}

/** What aedes does not say in its types: the last will that waits for its client's death, and what outlives a broker. */
type MortalClient = Client & { will: unknown; _will: unknown }
type KeepingAedes = Aedes & { persistence: Persistence }

interface Persistence {
    addSubscriptions(client: Client, subscriptions: { topic: string }[]): Promise<void>
}

export class Broker {
    private server: Server | undefined
    private host = LOOPBACK
    private port = MQTT_PORT
    private readonly streams = new Map<Duplex, MortalClient>()
    private readonly subscriptions: [filter: string, onMessage: OnMessage][] = []
    private isAlive = true

    private constructor(
        private readonly make: AedesClass,
        private readonly rules: BrokerRules | undefined,
        private aedes: Aedes
    ) {}

    /** @param make aedes itself, or one that lives in virtual time @param rules without any, everybody may do everything */
    static async create(make: AedesClass = Aedes, rules?: BrokerRules): Promise<Broker> {
        const aedes = await make.createBroker({ ...rules })
        if (rules !== undefined) keepOnly((aedes as KeepingAedes).persistence, rules)
        return new Broker(make, rules, aedes)
    }

    get alive(): boolean {
        return this.isAlive
    }

    /** Listens on loopback, at 1883 or, when that is taken, at a free port. Returns the port. */
    async listen(): Promise<number> {
        try {
            this.port = await this.listenAt(MQTT_PORT)
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code !== "EADDRINUSE") throw e
            this.port = await this.listenAt(0)
        }
        return this.port
    }

    /** There and nowhere else. @throws Error with Node's code when that cannot be */
    async listenOn(host: string, port: number): Promise<number> {
        this.host = host
        return (this.port = await this.listenAt(port))
    }

    /** One more client, on any stream. */
    accept(stream: Duplex): void {
        // A client that goes without a word is its own affair, not an error of the broker's.
        stream.on("error", () => {})
        const client = this.aedes.handle(stream) as MortalClient
        this.streams.set(stream, client)
        const { rules } = this
        if (rules !== undefined) cutOffOversized(stream, client, rules)
        stream.once("close", () => {
            this.streams.delete(stream)
            rules?.left(client)
        })
    }

    /** Hears what passes; after a restart too. */
    async subscribe(filter: string, onMessage: OnMessage): Promise<void> {
        this.subscriptions.push([filter, onMessage])
        await this.hear(filter, onMessage)
    }

    /** At QoS 1, from the fleet itself. */
    publish(topic: string, payload: Buffer): void {
        const packet = {
            cmd: "publish",
            topic,
            payload,
            qos: 1,
            retain: false,
            dup: false,
        } as const
        this.aedes.publish(packet, () => {})
    }

    /** As if its process were killed: connections break, wills are not sent. Who connects is refused. */
    kill(): void {
        if (!this.isAlive) return
        this.isAlive = false
        for (const [stream, client] of this.streams) {
            client.will = client._will = null
            stream.destroy()
        }
        this.aedes.close()
        this.server?.close()
    }

    /** Comes back with the sessions, the retained messages and the wills it had; wills of nodes that stay away are sent after 4 min. */
    async restart(): Promise<void> {
        const { persistence } = this.aedes as KeepingAedes
        this.aedes = await this.make.createBroker({ ...this.rules, persistence })
        await Promise.all(this.subscriptions.map(([filter, hear]) => this.hear(filter, hear)))
        if (this.server !== undefined) await this.listenAt(this.port)
        this.isAlive = true
    }

    async close(): Promise<void> {
        await new Promise<void>(resolve => this.aedes.close(resolve))
        const { server } = this
        if (server?.listening === true)
            await new Promise<void>(resolve => server.close(() => resolve()))
    }

    private async hear(filter: string, onMessage: OnMessage): Promise<void> {
        await new Promise<void>(resolve => {
            const deliver = (packet: AedesPublishPacket, done: () => void) => {
                onMessage(packet.topic, Buffer.from(packet.payload))
                done()
            }
            this.aedes.subscribe(filter, deliver, resolve)
        })
    }

    private async listenAt(port: number): Promise<number> {
        const server = createServer(socket => this.accept(socket))
        this.server = server
        return await new Promise<number>((resolve, reject) => {
            server.once("error", reject)
            server.listen(port, this.host, () => {
                server.off("error", reject)
                resolve((server.address() as AddressInfo).port)
            })
        })
    }
}

/** Once for a persistence, which outlives its broker. */
function keepOnly(persistence: Persistence, rules: BrokerRules): void {
    const add = persistence.addSubscriptions.bind(persistence)
    persistence.addSubscriptions = (client, subscriptions) =>
        add(
            client,
            subscriptions.filter(({ topic }) => rules.maySubscribe(client, topic))
        )
}

function cutOffOversized(stream: Duplex, client: Client, rules: BrokerRules): void {
    const frames = new Frames(rules.packetBytesMax)
    // Behind aedes's listener for "readable", "data" is no more than a look at what it reads.
    const look = (chunk: Buffer) => {
        if (frames.take(chunk)) return
        stream.off("data", look)
        rules.oversized(client)
        // Its parser is let go at once: what was read now is not looked at any more.
        client.close()
    }
    stream.on("data", look)
}
