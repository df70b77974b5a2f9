/** Follows a board from its first boot to its first report, by its own words and by what arrives at the broker. */
import { Listener } from "../fleet/listener"
import { openReport, type Report } from "../fleet/open"
import { upTopic } from "../src/telemetry/contract/topics"
import { BoardLog } from "./board-log"
import { FirstSteps, Step } from "./first-steps"
import type { ListedPort } from "./ports"
import { SerialWire, type BoardPort } from "./serial-wire"

export interface Following {
    /** The port it was flashed over; undefined: whichever comes. */
    path: string | undefined
    /** Its chip's MAC or serial number, to know it again where it comes back under another name. */
    serial: string | undefined
    baudRate: number
    broker: string | undefined
    /** Where the node is known; undefined: what it says itself is all there is. */
    nodeId: string | undefined
    waitMs: number
    list(): Promise<ListedPort[]>
    attach(path: string): Promise<(baudRate: number) => BoardPort>
    onLine(line: string): void
    isStopped(): boolean
}

export interface FirstReport {
    /** Undefined for a sealed one: only the registrar opens those. */
    report: Report | undefined
    payloadBytes: number
}

export interface Followed {
    steps: FirstSteps
    first: FirstReport | undefined
    /** This machine was at the broker too, and would have heard it. */
    wasListening: boolean
}

const LOOK_MS = 100
const LIST_MS = 500

/** Until the first report; without an ear at the broker, until it says that it is online; or until `waitMs` are over. */
export async function followToReport(following: Following): Promise<Followed> {
    const { broker, nodeId, waitMs, isStopped, onLine } = following
    const steps = new FirstSteps()
    let first: FirstReport | undefined
    const ear =
        broker === undefined || nodeId === undefined
            ? undefined
            : new Listener(broker, [upTopic(nodeId)], (_topic, payload) => {
                  first ??= { report: opened(payload), payloadBytes: payload.length }
              })
    const log = new BoardLog(line => {
        steps.said(line)
        onLine(line)
    })
    const wire = new LogWire(following, log)
    const endMs = performance.now() + waitMs
    try {
        while (performance.now() < endMs && !isStopped()) {
            if (first !== undefined) break
            if (ear?.connected !== true && steps.step === Step.Online) break
            await wire.keepOpen()
            await new Promise(resolve => setTimeout(resolve, LOOK_MS))
        }
        return { steps, first, wasListening: ear?.connected === true }
    } finally {
        await wire.close()
        await ear?.close()
    }
}

function opened(payload: Buffer): Report | undefined {
    try {
        return openReport(payload)
    } catch {
        return undefined
    }
}

/** The board's port, found again each time it goes: a chip with USB of its own leaves and comes back when it starts. */
class LogWire {
    private wire: SerialWire | undefined
    private nextLookMs = 0

    constructor(
        private readonly following: Following,
        private readonly log: BoardLog
    ) {}

    async keepOpen(): Promise<void> {
        if (this.wire !== undefined || performance.now() < this.nextLookMs) return
        this.nextLookMs = performance.now() + LIST_MS
        const port = this.itsPort(await this.following.list())
        if (port === undefined) return
        const wire = new SerialWire(await this.following.attach(port.path), {})
        try {
            await wire.open({ baudRate: this.following.baudRate })
        } catch {
            // Between two names; it is looked for again.
            return
        }
        this.wire = wire
        void this.read(wire)
    }

    async close(): Promise<void> {
        await this.wire?.close()
        this.wire = undefined
    }

    private itsPort(ports: ListedPort[]): ListedPort | undefined {
        const { path, serial } = this.following
        const bySerial = ports.find(
            port => serial !== undefined && bare(port.serialNumber).includes(bare(serial))
        )
        return bySerial ?? ports.find(port => port.path === path)
    }

    private async read(wire: SerialWire): Promise<void> {
        const reader = wire.readable?.getReader()
        try {
            for (;;) {
                const read = await reader?.read()
                if (read === undefined || read.done) break
                this.log.push(read.value)
            }
        } finally {
            if (this.wire === wire) this.wire = undefined
        }
    }
}

/** `7C:DF:A1` and `JD7CDFA1` are of one chip. */
function bare(serial: string | undefined): string {
    return (serial ?? "").replaceAll(":", "").toLowerCase()
}
