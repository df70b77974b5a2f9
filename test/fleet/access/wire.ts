/** One MQTT client, packet by packet, on a socket: it may say what no library would. */
import { connect, type Socket } from "node:net"
import { generate, parser, type IConnectPacket, type Packet } from "mqtt-packet"

const ANSWER_MS_MAX = 5000

export class Wire {
    readonly heard: Packet[] = []
    private readonly socket: Socket
    private isClosed = false
    private changed = () => {}

    constructor(port: number) {
        this.socket = connect(port, "127.0.0.1")
        const packets = parser({ protocolVersion: 4 })
        packets.on("packet", packet => {
            this.heard.push(packet)
            this.changed()
        })
        this.socket.on("data", bytes => packets.parse(bytes))
        this.socket.on("error", () => {})
        this.socket.on("close", () => {
            this.isClosed = true
            this.changed()
        })
    }

    get closed(): boolean {
        return this.isClosed
    }

    send(packet: Packet): void {
        this.write(generate(packet))
    }

    write(bytes: Uint8Array): void {
        this.socket.write(bytes)
    }

    /** The first packet of this kind, or undefined when the connection is closed, or nothing comes. */
    async answer<K extends Packet["cmd"]>(
        cmd: K
    ): Promise<Extract<Packet, { cmd: K }> | undefined> {
        const found = () => this.heard.find(packet => packet.cmd === cmd)
        await this.until(() => found() !== undefined || this.isClosed)
        return found() as Extract<Packet, { cmd: K }> | undefined
    }

    /** True when the other side closes. */
    async ended(): Promise<boolean> {
        await this.until(() => this.isClosed)
        return this.isClosed
    }

    private async until(isDone: () => boolean): Promise<void> {
        const end = setTimeout(() => this.changed(), ANSWER_MS_MAX)
        const endMs = performance.now() + ANSWER_MS_MAX
        while (!isDone() && performance.now() < endMs)
            await new Promise<void>(resolve => (this.changed = resolve))
        clearTimeout(end)
    }

    end(): void {
        this.socket.destroy()
    }
}

export function connectPacket(
    clientId: string,
    username: string | undefined,
    password: string | undefined,
    more: Partial<IConnectPacket> = {}
): IConnectPacket {
    return {
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clean: true,
        clientId,
        keepalive: 60,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: Buffer.from(password) }),
        ...more,
    }
}

/** Connects; the return code of CONNACK, or undefined when there was none. */
export async function connected(
    port: number,
    packet: IConnectPacket
): Promise<{ wire: Wire; code: number | undefined }> {
    const wire = new Wire(port)
    wire.send(packet)
    const connack = await wire.answer("connack")
    return { wire, code: connack?.returnCode }
}
