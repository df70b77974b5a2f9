/** The embedded MQTT broker, for a desk and a rehearsal: aedes, on loopback, or on streams that the simulator makes. */
import { Aedes, type AedesPublishPacket } from "aedes"
import { createServer, type AddressInfo, type Server } from "node:net"
import type { Duplex } from "node:stream"

export const MQTT_PORT = 1883
const LOOPBACK = "127.0.0.1"

export type OnMessage = (topic: string, payload: Buffer) => void

export class Broker {
    private server: Server | undefined

    private constructor(private readonly aedes: Aedes) {}

    static async create(): Promise<Broker> {
        return new Broker(await Aedes.createBroker())
    }

    /** Listens on loopback, at 1883 or, when that is taken, at a free port. Returns the port. */
    async listen(): Promise<number> {
        const server = createServer(socket => this.accept(socket))
        this.server = server
        const on = (port: number) =>
            new Promise<number>((resolve, reject) => {
                server.once("error", reject)
                server.listen(port, LOOPBACK, () => {
                    server.off("error", reject)
                    resolve((server.address() as AddressInfo).port)
                })
            })
        try {
            return await on(MQTT_PORT)
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code !== "EADDRINUSE") throw e
            return await on(0)
        }
    }

    /** One more client, on any stream. */
    accept(stream: Duplex): void {
        // A client that goes without a word is its own affair, not an error of the broker's.
        stream.on("error", () => {})
        this.aedes.handle(stream)
    }

    async subscribe(filter: string, onMessage: OnMessage): Promise<void> {
        await new Promise<void>(resolve => {
            const deliver = (packet: AedesPublishPacket, done: () => void) => {
                onMessage(packet.topic, Buffer.from(packet.payload))
                done()
            }
            this.aedes.subscribe(filter, deliver, resolve)
        })
    }

    async close(): Promise<void> {
        await new Promise<void>(resolve => this.aedes.close(resolve))
        const { server } = this
        if (server !== undefined) await new Promise<void>(resolve => server.close(() => resolve()))
    }
}
