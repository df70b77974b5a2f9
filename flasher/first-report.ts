/** Follows a board from its first boot to its first report, by its own words and by what arrives at the broker. */
import { Listener } from "../fleet/listener"
import { openReport, type Report } from "../fleet/open"
import { upTopic } from "../src/telemetry/contract/topics"
import { BoardLog } from "./board-log"
import { FirstSteps } from "./first-steps"
import { FlashError } from "./flash-error"
import { portTrouble, type ListedPort } from "./ports"
import { SerialWire, type BoardPort } from "./serial-wire"

export interface Following {
    /** Whether this is the board's port: it may come back under another name. */
    isBoard(port: ListedPort): boolean
    baudRate: number
    /** Undefined: what it says itself is all there is. */
    broker: string | undefined
    /** Undefined until it is known. */
    nodeId(): string | undefined
    /** It was given a claim, and enrols before it reports. */
    isClaimed: boolean
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
    /** Why the board's port could not be listened to, when it could not. */
    unheard: string | undefined
}

const LOOK_MS = 100
const LIST_MS = 500
/** The ear may be at the broker a moment after the board. */
const EAR_MS = 5000

/**
 * Until the first report; without an ear at the broker, until it says that it is there; until it says what no waiting mends; or until
 * `waitMs` are over.
 */
export async function followToReport(following: Following): Promise<Followed> {
    const { broker, nodeId, waitMs, isStopped, onLine } = following
    const steps = new FirstSteps(following.isClaimed)
    let first: FirstReport | undefined
    let ear: Listener | undefined
    let thereMs: number | undefined
    const listen = (id: string, url: string) =>
        new Listener(url, [upTopic(id)], (_topic, payload) => {
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
            const id = nodeId()
            if (id !== undefined && broker !== undefined) ear ??= listen(id, broker)
            if (first !== undefined) break
            if (steps.isThere) thereMs ??= performance.now()
            const isDeaf = ear === undefined || performance.now() - (thereMs ?? Infinity) > EAR_MS
            if (thereMs !== undefined && ear?.connected !== true && isDeaf) break
            if (steps.isHopeless) break
            await wire.keepOpen()
            await new Promise(resolve => setTimeout(resolve, LOOK_MS))
        }
        return { steps, first, wasListening: ear?.connected === true, unheard: wire.trouble }
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
    /** Of the last look at it; undefined once it is open. */
    trouble: string | undefined
    private wire: SerialWire | undefined
    private nextLookMs = 0

    constructor(
        private readonly following: Following,
        private readonly log: BoardLog
    ) {}

    async keepOpen(): Promise<void> {
        if (this.wire !== undefined || performance.now() < this.nextLookMs) return
        this.nextLookMs = performance.now() + LIST_MS
        let path = ""
        try {
            const port = (await this.following.list()).find(port => this.following.isBoard(port))
            if (port === undefined) return
            path = port.path
            const wire = new SerialWire(await this.following.attach(path), {})
            await wire.open({ baudRate: this.following.baudRate })
            this.wire = wire
            this.trouble = undefined
            void this.read(wire)
        } catch (e) {
            // Mostly between two names: it is looked for again.
            const told = portTrouble(e, path)
            this.trouble = told instanceof FlashError ? told.message : undefined
        }
    }

    async close(): Promise<void> {
        await this.wire?.close()
        this.wire = undefined
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
