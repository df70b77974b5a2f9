/** The digital twin of a fleet: what each node said last, and what is known to be missing. */
import { measurandByWire } from "../src/telemetry/contract/measurands"
import {
    FAULT_NONE,
    NAME_FAULT_PREFIX,
    NAME_GAPS,
    NAME_LOST,
} from "../src/telemetry/contract/senml"
import { openReport, ReportError, type Report, type SenmlRecord } from "./open"

const NODE_TOPIC = /^mw\/([0-9a-f]{16})\/(up|state)$/
const STATE_BYTES_MAX = 512
/** Sequence numbers that are remembered as missing; a node that loses more than this has lost them for good. */
const MISSING_MAX = 4096
/** Boots of one node that are kept apart; nothing is to come of older ones. */
const BOOTS_MAX = 16

/** One boot of a node: sequence numbers are its own. */
class Boot {
    /** The next sequence number that was never heard of. */
    private nextSequence = 0
    private readonly missing = new Set<number>()
    private forgotten = 0
    samples = 0
    gaps = 0
    /** The far end's clock when the node booted: the least of (arrival - uptime) is nearest, for a report can only be late. */
    originMs = Infinity

    /** False for one that came before. */
    take(sequence: number): boolean {
        if (sequence < this.nextSequence) return this.missing.delete(sequence)
        for (; this.nextSequence < sequence; ++this.nextSequence) {
            if (this.missing.size < MISSING_MAX) this.missing.add(this.nextSequence)
            else this.forgotten++
        }
        this.nextSequence++
        return true
    }

    /** Reports that were numbered and never came. */
    lost(): number {
        return this.missing.size + this.forgotten
    }
}

/** A verdict as it was heard, with when its sample was taken by the far end's clock. */
export interface HeardReport {
    sampledAtMs: number
    verdict: string | undefined
}

export class NodeTwin {
    online = false
    app = ""
    /** By the contract's measurand names. */
    readonly reported = new Map<string, number>()
    verdict: string | undefined
    /** Parts that are lost, and by which fault. */
    readonly faults = new Map<string, string>()
    received = 0
    duplicates = 0
    /** Messages that no node of ours sends. */
    refused = 0
    private readonly boots = new Map<string, Boot>()
    /** What the boots amount to that are no longer kept. */
    private readonly past = { samples: 0, gaps: 0, lost: 0 }

    constructor(readonly id: string) {}

    samples(): number {
        return this.sum(boot => boot.samples) + this.past.samples
    }

    /** Readings that did not come. */
    gaps(): number {
        return this.sum(boot => boot.gaps) + this.past.gaps
    }

    /** Reports that never came, by their sequence numbers. */
    lost(): number {
        return this.sum(boot => boot.lost()) + this.past.lost
    }

    /** Undefined for a duplicate. */
    hear(report: Report, nowMs: number): HeardReport | undefined {
        let boot = this.boots.get(report.boot)
        if (boot === undefined) boot = this.booted(report.boot)
        if (!boot.take(report.sequence)) {
            this.duplicates++
            return undefined
        }
        this.received++
        boot.samples = Math.max(boot.samples, report.samples)
        boot.originMs = Math.min(boot.originMs, nowMs - report.uptimeMs)
        const before = this.verdict
        this.verdict = undefined
        for (const record of report.records) this.hearRecord(record, boot)
        const verdict = this.verdict as string | undefined
        this.verdict ??= before
        return { sampledAtMs: Math.max(0, boot.originMs + report.uptimeMs), verdict }
    }

    private hearRecord({ name, value }: SenmlRecord, boot: Boot): void {
        if (typeof value === "number") {
            const measurand = measurandByWire(name)
            if (measurand !== undefined) this.reported.set(measurand.measurand, value)
            else if (name === NAME_GAPS) boot.gaps = Math.max(boot.gaps, value)
            // NAME_LOST is the node's own count of what its outbox dropped; the sequence numbers say the same.
            else if (name !== NAME_LOST) this.refused++
        } else if (name.startsWith(NAME_FAULT_PREFIX)) {
            const part = name.slice(NAME_FAULT_PREFIX.length)
            if (value === FAULT_NONE) this.faults.delete(part)
            else this.faults.set(part, value)
        } else {
            this.verdict = value
        }
    }

    private booted(id: string): Boot {
        const boot = new Boot()
        this.boots.set(id, boot)
        if (this.boots.size > BOOTS_MAX) {
            const [[oldestId, oldest]] = this.boots
            this.past.samples += oldest.samples
            this.past.gaps += oldest.gaps
            this.past.lost += oldest.lost()
            this.boots.delete(oldestId)
        }
        return boot
    }

    private sum(of: (boot: Boot) => number): number {
        return [...this.boots.values()].reduce((total, boot) => total + of(boot), 0)
    }
}

export class Twin {
    readonly nodes = new Map<string, NodeTwin>()

    constructor(
        private readonly nowMs: () => number,
        private readonly onReport: (id: string, heard: HeardReport) => void = () => {}
    ) {}

    /** A message from the broker. Anything that is not a node's is passed over; anything malformed is counted. */
    hear(topic: string, payload: Buffer): void {
        const match = NODE_TOPIC.exec(topic)
        if (match === null) return
        const [, id, kind] = match
        let node = this.nodes.get(id)
        if (node === undefined) this.nodes.set(id, (node = new NodeTwin(id)))
        if (kind === "state") hearState(node, payload)
        else this.hearReport(node, payload)
    }

    private hearReport(node: NodeTwin, payload: Buffer): void {
        let report: Report
        try {
            report = openReport(payload)
        } catch (e) {
            if (!(e instanceof ReportError)) throw e
            node.refused++
            return
        }
        const heard = node.hear(report, this.nowMs())
        if (heard !== undefined) this.onReport(node.id, heard)
    }
}

function hearState(node: NodeTwin, payload: Buffer): void {
    let state: unknown
    try {
        if (payload.length <= STATE_BYTES_MAX) state = JSON.parse(payload.toString())
    } catch {
        state = undefined
    }
    const word = (state as { state?: unknown } | null | undefined)?.state
    if (word !== "online" && word !== "offline") {
        node.refused++
        return
    }
    node.online = word === "online"
}
