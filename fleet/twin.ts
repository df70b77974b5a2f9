/** The digital twin of a fleet: what each node said last, and what is known to be missing. */
import { measurandByWire } from "../src/telemetry/contract/measurands"
import { SEALED_REPORT } from "../src/telemetry/contract/sealing"
import {
    FAULT_NONE,
    NAME_ALARM,
    NAME_FAULT_PREFIX,
    NAME_FLASH_WRITES,
    NAME_GAPS,
    NAME_LOST,
    NAME_USE,
} from "../src/telemetry/contract/senml"
import type { Span } from "../src/power/energy"
import { Missing } from "./missing"
import { openReport, ReportError, type Report, type ReportIdentity } from "./open"
import type { OpenedUp } from "./sealing/seal"
import { useFromText } from "./use"

const NODE_TOPIC = /^mw\/([0-9a-f]{16})\/(up|state)$/
const STATE_BYTES_MAX = 512
/** Boots of one node that are kept apart; alarms of older ones are not looked for. */
const BOOTS_MAX = 64

/** One boot of a node: sequence numbers are its own. */
class Boot {
    /** The next sequence number that was never heard of. */
    private nextSequence = 0
    private readonly missing = new Missing()
    /** Of the missing, the ones that the node said its outbox dropped. */
    private dropped: [first: number, last: number][] = []
    samples = 0
    gaps = 0
    flashWrites = 0
    uptimeMs = 0
    /** The node's own account of its energy, as last told. */
    used: Span | undefined
    /** The far end's clock when the node booted: the least of (arrival - uptime) is nearest, for a report can only be late. */
    originMs = Infinity
    /** Milliseconds from 1970 to the boot, once a report has told: it dates those before it too. */
    originEpochMs: number | undefined

    /** From boot to the report's sample, within a second when it tells the time of day alone; undefined when that says nothing yet. */
    uptimeMsOf({ uptimeMs, epochSeconds }: Report): number | undefined {
        if (uptimeMs !== undefined) return uptimeMs
        if (epochSeconds === undefined || this.originEpochMs === undefined) return undefined
        return Math.max(0, epochSeconds * 1000 - this.originEpochMs)
    }

    /** When the report's sample was taken, in milliseconds since 1970; undefined until the node has told the time in this boot. */
    epochMsOf({ uptimeMs, epochSeconds }: Report): number | undefined {
        if (epochSeconds !== undefined) return epochSeconds * 1000
        return this.originEpochMs === undefined || uptimeMs === undefined
            ? undefined
            : this.originEpochMs + uptimeMs
    }

    /** Learns from a report when the boot was. */
    date({ uptimeMs, epochSeconds }: Report, nowMs: number): void {
        if (uptimeMs === undefined) return
        this.originMs = Math.min(this.originMs, nowMs - uptimeMs)
        if (epochSeconds !== undefined) this.originEpochMs = epochSeconds * 1000 - uptimeMs
    }

    /** False for one that came before. */
    take(sequence: number): boolean {
        if (sequence < this.nextSequence) return this.missing.delete(sequence)
        this.missing.add(this.nextSequence, sequence - 1)
        this.nextSequence = sequence + 1
        return true
    }

    /** The node says what its outbox dropped: `3-17,20`. False when it is not written so. */
    drop(ranges: string): boolean {
        const parsed = ranges.split(",").map(range => /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(range))
        if (parsed.some(match => match === null)) return false
        this.dropped = parsed.map(match => [Number(match?.[1]), Number(match?.[2] ?? match?.[1])])
        return true
    }

    /** Nothing with a higher number was heard of this boot. */
    isNewest(sequence: number): boolean {
        return sequence === this.nextSequence - 1
    }

    /** Takes a count of the boot's; false for a name that is none. */
    hearCount(name: string, value: number): boolean {
        if (name === NAME_GAPS) this.gaps = Math.max(this.gaps, value)
        else if (name === NAME_FLASH_WRITES) this.flashWrites = Math.max(this.flashWrites, value)
        else return false
        return true
    }

    /** Takes the node's account of its energy; false when it is none. One that is older than what is known is passed over. */
    hearUse(text: string, { sequence, samples }: Report, uptimeMs: number | undefined): boolean {
        const use = useFromText(text)
        if (use === undefined) return false
        if (uptimeMs !== undefined && uptimeMs >= (this.used?.uptimeMs ?? 0))
            this.used = { use, boots: 1, uptimeMs, samples, reports: sequence + 1 }
        return true
    }

    /** Reports that were numbered and never came. */
    lost(): number {
        return this.missing.count()
    }

    isDropped(sequence: number): boolean {
        return this.dropped.some(([first, last]) => sequence >= first && sequence <= last)
    }

    /** Of these, the ones that the node has accounted for. */
    accounted(): number {
        return this.missing.countIn(this.dropped)
    }
}

/** A verdict as it was heard, with when its sample was taken by the far end's clock. */
export interface HeardReport {
    boot: string
    sequence: number
    sampledAtMs: number
    /** The same in milliseconds since 1970, once the node has told the time in this boot. */
    epochMs: number | undefined
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
    /** Times the node came back with an empty store though it had kept alarms: its flash was formatted, or exchanged. */
    storesLost = 0
    /** Its flash takes no more alarms, for a power cut has torn it: it wants to be provisioned anew. */
    storeTorn = false
    private keptAlarms = false
    private readonly boots = new Map<string, Boot>()
    private latest: Boot | undefined
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

    /** Of the lost, the reports that nothing explains: they may be under way, and must not stay so. */
    unaccounted(): number {
        // What a boot had in RAM when the next one began is gone with it: that is an account too.
        return this.latest === undefined ? 0 : this.latest.lost() - this.latest.accounted()
    }

    /** The node has told that its outbox dropped this report. */
    isDropped(boot: string, sequence: number): boolean {
        return this.boots.get(boot)?.isDropped(sequence) === true
    }

    /** Writes to flash a day, by the node's own counts: its wear. */
    flashWritesPerDay(): number {
        const days = this.sum(boot => boot.uptimeMs) / 86_400_000
        return days === 0 ? 0 : this.sum(boot => boot.flashWrites) / days
    }

    /** By boot, what each has said that it used; nothing of nodes that do not say. */
    used(): Span[] {
        return [...this.boots.values()].flatMap(({ used }) => (used === undefined ? [] : [used]))
    }

    /** When a sample of a boot was taken, in milliseconds since 1970; undefined until the node has told the time in that boot. */
    epochMsOf(boot: string, uptimeMs: number): number | undefined {
        const originEpochMs = this.boots.get(boot)?.originEpochMs
        return originEpochMs === undefined ? undefined : originEpochMs + uptimeMs
    }

    /** Undefined for a duplicate. */
    hear(report: Report, nowMs: number): HeardReport | undefined {
        let boot = this.boots.get(report.boot)
        if (boot === undefined) boot = this.booted(report.boot)
        // A node that no longer knows its samples retells an alarm of a boot that is over.
        if (report.samples > 0 && boot.samples === 0) this.latest = boot
        if (!boot.take(report.sequence)) {
            this.duplicates++
            return undefined
        }
        this.received++
        boot.samples = Math.max(boot.samples, report.samples)
        boot.date(report, nowMs)
        const uptimeMs = boot.uptimeMsOf(report)
        boot.uptimeMs = Math.max(boot.uptimeMs, uptimeMs ?? 0)
        const verdict = this.hearRecords(report, boot, uptimeMs)
        return {
            boot: report.boot,
            sequence: report.sequence,
            // A report without an uptime, from a boot of which nothing is known, can only be as old as its arrival.
            sampledAtMs: uptimeMs === undefined ? nowMs : Math.max(0, boot.originMs + uptimeMs),
            epochMs: boot.epochMsOf(report),
            verdict,
        }
    }

    /** The verdict of this very report. An older one, come late, does not overwrite what is known. */
    private hearRecords(
        report: Report,
        boot: Boot,
        uptimeMs: number | undefined
    ): string | undefined {
        const isNewest = boot === this.latest && boot.isNewest(report.sequence)
        let verdict: string | undefined
        for (const { name, value } of report.records) {
            if (typeof value === "number") {
                if (!boot.hearCount(name, value) && !this.hearMeasurand(name, value, isNewest))
                    this.refused++
            } else if (name === NAME_LOST) {
                if (!boot.drop(value)) this.refused++
            } else if (name === NAME_USE) {
                if (!boot.hearUse(value, report, uptimeMs)) this.refused++
            } else if (name.startsWith(NAME_FAULT_PREFIX)) {
                if (isNewest) this.hearFault(name.slice(NAME_FAULT_PREFIX.length), value)
            } else if (name !== NAME_ALARM) {
                verdict = value
            }
        }
        if (isNewest) this.verdict = verdict ?? this.verdict
        return verdict
    }

    /** A state message says whether the node's store has ever held an alarm. */
    hearStore(store: unknown): void {
        if (store === "new" && this.keptAlarms) this.storesLost++
        if (store === "new" || store === "kept") this.keptAlarms = store === "kept"
        this.storeTorn = store === "torn"
    }

    private hearMeasurand(name: string, value: number, isNewest: boolean): boolean {
        const measurand = measurandByWire(name)
        if (measurand === undefined) return false
        if (isNewest) this.reported.set(measurand.measurand, value)
        return true
    }

    private hearFault(part: string, fault: string): void {
        if (fault === FAULT_NONE) this.faults.delete(part)
        else this.faults.set(part, fault)
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
        const node = this.nodeOf(id)
        if (kind === "state") hearState(node, payload)
        else this.hearReport(node, payload)
    }

    /** What a node's registrar has opened: on its up topic a report, or an alarm of an earlier boot, which has its identity inside. */
    hearSealed(id: string, { boot, kind, number, plaintext }: OpenedUp): void {
        const identity = kind === SEALED_REPORT ? { boot, sequence: number } : undefined
        this.hearReport(this.nodeOf(id), plaintext, identity)
    }

    private nodeOf(id: string): NodeTwin {
        let node = this.nodes.get(id)
        if (node === undefined) this.nodes.set(id, (node = new NodeTwin(id)))
        return node
    }

    private hearReport(node: NodeTwin, payload: Buffer, identity?: ReportIdentity): void {
        let report: Report
        try {
            report = openReport(payload, identity)
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
    const { state: word, store } = (state ?? {}) as { state?: unknown; store?: unknown }
    if (word !== "online" && word !== "offline") {
        node.refused++
        return
    }
    node.online = word === "online"
    node.hearStore(store)
}
