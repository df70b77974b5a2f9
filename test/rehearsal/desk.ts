/** One node on a desk: the real image, a real socket, and a tap on the wire that reads along and can be cut. */
import { parser as packetParser, type Packet } from "mqtt-packet"
import { compile } from "../../image/compile"
import { partsOf, ROOM_SEATS } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import type { Connection, ConnectionEvents, Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { runPaced } from "../../sim/pace"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { SETTING_BROKER } from "../../src/telemetry/contract/settings"
import { upTopic } from "../../src/telemetry/contract/topics"

export const NODE_ID = "00000000000de5c0"
/** Virtual seconds a second: a broker that takes half a second to answer, on a busy machine, is still in the node's ten. */
const SPEED = 20
const CONDITIONS = {
    temperatureCelsius: 21.5,
    relativeHumidityPercent: 40,
    carbonDioxidePpm: 700,
    illuminanceLuxes: 480,
}

export class Tap implements Network {
    /** What the node said, and heard, in order; of all its connections. */
    readonly said: Packet[] = []
    readonly heard: Packet[] = []
    attempts = 0
    private isCut = false
    private sever: (() => void) | undefined

    constructor(private readonly network: Network) {}

    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): Connection {
        this.attempts++
        let ended = this.isCut
        if (ended) {
            setImmediate(() => events.closed("no network"))
            return { write: () => {}, end: () => {}, abandon: () => {} }
        }
        const said = reader(this.said)
        const heard = reader(this.heard)
        const connection = this.network.connect(host, port, tls, {
            open: events.open,
            data: bytes => {
                heard(bytes)
                events.data(bytes)
            },
            closed: error => {
                if (!ended) events.closed(error)
                ended = true
            },
        })
        this.sever = () => {
            connection.end()
            if (!ended) events.closed("cut")
            ended = true
        }
        return {
            ...connection,
            write: bytes => {
                said(bytes)
                connection.write(bytes)
            },
            end: () => {
                ended = true
                connection.end()
            },
        }
    }

    cut(): void {
        this.isCut = true
        this.sever?.()
    }

    mend(): void {
        this.isCut = false
    }

    /** QoS 1 messages of the node that no PUBACK has answered. */
    unanswered(): number {
        const ids = new Set(this.said.filter(isQos1).map(packet => packet.messageId))
        for (const { cmd, messageId } of this.heard) if (cmd === "puback") ids.delete(messageId)
        return ids.size
    }
}

export function isReport(packet: Packet): boolean {
    return packet.cmd === "publish" && packet.topic === upTopic(NODE_ID)
}

function isQos1(packet: Packet): boolean {
    return packet.cmd === "publish" && packet.qos === 1
}

function reader(packets: Packet[]): (bytes: Uint8Array) => void {
    const parser = packetParser({ protocolVersion: 4 })
    parser.on("packet", packet => packets.push(packet))
    parser.on("error", () => {})
    return bytes => void parser.parse(Buffer.from(bytes))
}

export class Desk {
    readonly lines: string[] = []
    readonly node: SimNode
    readonly tap: Tap
    private readonly clock = new Clock()

    private constructor(image: Uint8Array, brokerUrl: string, network: Network) {
        this.tap = new Tap(network)
        this.node = new SimNode({
            id: NODE_ID,
            seed: 1,
            clock: this.clock,
            network: this.tap,
            flash: new Flash(provision(image, { [SETTING_BROKER]: brokerUrl })),
            bus: new I2cBus(
                partsOf(ROOM_SEATS, this.clock, () => CONDITIONS),
                [],
                this.clock,
                new RandomStream("desk"),
                new Map()
            ),
            exact: false,
            print: line => void this.lines.push(line),
        })
        this.node.start()
    }

    static async create(brokerUrl: string, network: Network): Promise<Desk> {
        return new Desk((await compile("src/main.ts")).bytes, brokerUrl, network)
    }

    /** Runs until that is so; whether it came to be, in that many of the node's seconds. */
    async until(isSo: () => boolean, seconds: number): Promise<boolean> {
        await runPaced(this.clock, this.clock.nowMs() + seconds * 1000, SPEED, isSo)
        return isSo()
    }

    /** What the node told a person about its link. */
    told(): string {
        return this.lines.filter(line => line.includes("mqtt:")).join("\n")
    }
}
