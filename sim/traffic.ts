/** Counts what nodes and brokers say to each other, by reading along on the wire. */
import { parser as packetParser, type Packet, type Parser } from "mqtt-packet"
import type { Connection, ConnectionEvents, Network } from "./network"

export class Traffic {
    /** Reports (PUBLISH to mw/<id>/up) sent, without what was sent again. */
    published = 0
    /** Of these, the ones whose PUBACK reached the node. */
    acknowledged = 0
    /** Of these, the ones that a node published and then forgot, for it lost its RAM before the PUBACK came. */
    forgotten = 0
    /** MQTT bytes, both ways. */
    bytes = 0
    /** MQTT packets, both ways. */
    packets = 0
    /** Of the bytes, those of reports with topic and header. */
    reportBytes = 0
}

/** A network that counts a node's traffic as it passes; one instance a node. */
export class CountedNetwork implements Network {
    readonly traffic = new Traffic()
    /** The broker has accepted the node, on a connection that is still open as far as the node knows. */
    isAccepted = false
    /** Packet ids of reports that wait for their PUBACK; they outlive a connection, as the node's window does. */
    private readonly waiting = new Set<number>()

    /** @param onAccepted a broker has accepted the node */
    constructor(
        private readonly network: Network,
        private readonly onAccepted: () => void = () => {}
    ) {}

    connect(host: string, port: number, tls: boolean, events: ConnectionEvents): Connection {
        const up = this.parser(packet => this.sent(packet))
        const down = this.parser(packet => this.received(packet))
        this.isAccepted = false
        const connection = this.network.connect(host, port, tls, {
            ...events,
            data: bytes => {
                this.count(down, bytes)
                events.data(bytes)
            },
            closed: error => {
                this.isAccepted = false
                events.closed(error)
            },
        })
        return {
            write: bytes => {
                this.count(up, bytes)
                connection.write(bytes)
            },
            end: () => {
                this.isAccepted = false
                connection.end()
            },
            abandon: () => {
                this.isAccepted = false
                connection.abandon()
            },
        }
    }

    /** Reports whose PUBACK the node still waits for. */
    owed(): number {
        const { published, acknowledged, forgotten } = this.traffic
        return published - acknowledged - forgotten
    }

    /** The node's RAM is gone, and with it what waited for acknowledgements. */
    nodeReset(): void {
        this.traffic.forgotten += this.waiting.size
        this.waiting.clear()
    }

    private parser(onPacket: (packet: Packet) => void): Parser {
        const parser = packetParser({ protocolVersion: 4 })
        parser.on("packet", packet => {
            this.traffic.packets++
            onPacket(packet)
        })
        // What is no MQTT is still counted as bytes; the node's own parser judges it.
        parser.on("error", () => {})
        return parser
    }

    private count(parser: Parser, bytes: Uint8Array): void {
        this.traffic.bytes += bytes.length
        parser.parse(Buffer.from(bytes))
    }

    private sent(packet: Packet): void {
        if (packet.cmd !== "publish" || packet.messageId === undefined) return
        if (!packet.topic.endsWith("/up")) return
        if (!packet.dup) {
            this.traffic.published++
            this.traffic.reportBytes += mqttBytes(packet)
        }
        this.waiting.add(packet.messageId)
    }

    private received(packet: Packet): void {
        if (packet.cmd === "connack" && packet.returnCode === 0) {
            this.isAccepted = true
            this.onAccepted()
        }
        if (packet.cmd !== "puback" || packet.messageId === undefined) return
        if (this.waiting.delete(packet.messageId)) this.traffic.acknowledged++
    }
}

/** Of a packet with its fixed header: a byte, and one for each 7 bits of the length (MQTT 3.1.1, 2.2.3). */
function mqttBytes({ length = 0 }: Packet): number {
    let bytes = 2 + length
    for (let rest = length >> 7; rest > 0; rest >>= 7) bytes++
    return bytes
}
