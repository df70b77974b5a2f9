/** A node that stands by, on a desk: its temperature can be set, its flash be torn, and what it tells a broker is written down. */
import { generate, parser as packetParser, type Packet } from "mqtt-packet"
import { openReport, type Report } from "../../fleet/open"
import { checkWiring } from "../../image/wiring-check"
import { partsOf } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import type { Connection, ConnectionEvents } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { RandomStream } from "../../sim/random"

const PARTS = checkWiring("examples/standby.ts").parts
export const ROUND_MS = 600_000

export interface Save {
    before: Uint8Array
    after: Uint8Array
}

class RecordedFlash extends Flash {
    readonly recorded: Save[] = []

    override save(after: Uint8Array): void {
        this.recorded.push({ before: this.load(), after })
        super.save(after)
    }
}

export class StandbyDesk {
    readonly heard: Report[] = []
    readonly lines: string[] = []
    readonly node: SimNode
    celsius = 20
    isBrokerThere = true
    private readonly clock = new Clock()
    private readonly flash: RecordedFlash

    /** @param seed of all that is random: two desks of one flash are two lives */
    constructor(image: Uint8Array, seed: number) {
        this.flash = new RecordedFlash(image)
        const conditions = () => ({ temperatureCelsius: this.celsius, relativeHumidityPercent: 50 })
        this.node = new SimNode({
            id: "0123456789abcdef",
            seed,
            clock: this.clock,
            network: { connect: (_host, _port, _tls, events) => this.connect(events) },
            flash: this.flash,
            bus: new I2cBus(
                partsOf(PARTS, this.clock, conditions),
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

    get saves(): readonly Save[] {
        return this.flash.recorded
    }

    get image(): Uint8Array {
        return this.flash.load()
    }

    get isFormatted(): boolean {
        return this.lines.some(line => line.includes("formatting now"))
    }

    run(ms: number): void {
        const endMs = this.clock.nowMs() + ms
        while (this.clock.step(endMs));
    }

    /** What a report of the newest told last. */
    verdict(): string | undefined {
        return this.heard.map(verdictOf).findLast(verdict => verdict !== undefined)
    }

    /** A broker in as few words as can be. */
    private connect(events: ConnectionEvents): Connection {
        const { clock } = this
        const parser = packetParser({ protocolVersion: 4 })
        const send = (packet: Packet) => clock.after(5, () => events.data(generate(packet)))
        parser.on("packet", packet => {
            const messageId = packet.messageId ?? 0
            if (packet.cmd === "connect")
                send({ cmd: "connack", returnCode: 0, sessionPresent: false })
            else if (packet.cmd === "subscribe") send({ cmd: "suback", messageId, granted: [1] })
            else if (packet.cmd === "publish") {
                if (packet.topic.endsWith("/up"))
                    this.heard.push(openReport(Buffer.from(packet.payload)))
                send({ cmd: "puback", messageId })
            }
        })
        if (this.isBrokerThere) clock.after(5, () => events.open())
        else clock.after(5, () => events.closed("nobody there"))
        return {
            write: bytes => void parser.parse(Buffer.from(bytes)),
            end: () => {},
            abandon: () => {},
        }
    }
}

export function verdictOf(report: Report): string | undefined {
    const record = report.records.find(({ name }) => name === "warmth")
    return record === undefined ? undefined : String(record.value)
}
