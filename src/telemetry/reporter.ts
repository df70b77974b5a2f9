/**
 * From samples and verdicts to reports, by the report policy: at once on a change of verdict or fault, a summary every interval.
 *
 * A terse report does not say again what has not changed: the verdict and the node's own counts. A full one says all of it: the first
 * of a boot, the first that knows the time of day, alarms, the next after one was dropped, and for a far end that forgot one an hour, or
 * of rarer ones every eighth.
 */
import { FAULTS } from "../drivers/sensor"
import { EnergyMeter } from "../power/energy-meter"
import { PartHealth, Sampler } from "../sensing/sampler"
import { Alarm, AlarmEvent, EVENTS_MAX, VERDICT_UNKNOWN_CODE } from "./alarm"
import { Measurand, measurandByName } from "./contract/measurands"
import {
    FAULT_NONE,
    NAME_ALARM,
    NAME_FAULT_PREFIX,
    NAME_FLASH_WRITES,
    NAME_GAPS,
    NAME_LOST,
    NAME_USE,
    VERDICT_UNKNOWN,
} from "./contract/senml"
import { ReportAs, ReportPolicy } from "./policy"
import { ReportHead, ReportWriter } from "./report"

const FULL_EVERY_MS = 3600000
const FULL_EVERY_SUMMARIES = 8
/** A report of the hour's grid may be some milliseconds early. */
const FULL_EARLY_MS = 60000

/** What is kept of one measurand between two summaries. */
export interface Account {
    measurand: Measurand
    as: ReportAs
    sum: number
    count: number
}

/** How the node itself is doing. */
export interface NodeHealth {
    /** Sequence numbers that the outbox dropped, as text; empty for none. */
    lost: string
    flashWrites: number
    /** What it has used, where it counts that. */
    energy?: EnergyMeter
}

export interface Draft {
    bytes: Buffer
    /** What makes it an alarm; empty for a routine report. */
    events: AlarmEvent[]
}

export class Reporter {
    /** Of the model's classes and the parts' names: whether an alarm of the flash speaks of this program. */
    readonly program: number
    /** By measurand. */
    readonly accounts: Account[] = []
    /** By part. */
    readonly toldFaults: string[] = []
    toldVerdict: string
    /** Undefined before the first report. */
    summaryDueMs: number
    /** A routine report of this boot was acknowledged. */
    isAnyHeard = false
    private toldGaps = 0
    private toldLost = ""
    private fullDueMs = 0
    private readonly fullEveryMs: number
    private isTimeTold = false
    /** Some measurand is told every round. */
    private isRaw = false

    constructor(
        private readonly writer: ReportWriter,
        private readonly policy: ReportPolicy,
        private readonly sampler: Sampler,
        private readonly verdictName: string,
        private readonly classes: string[]
    ) {
        this.fullEveryMs =
            Math.max(FULL_EVERY_MS, FULL_EVERY_SUMMARIES * policy.everyMs) - FULL_EARLY_MS
        let program = hashOf(0, verdictName)
        for (const name of classes) program = hashOf(program, name)
        for (const health of sampler.health) program = hashOf(program, health.part)
        this.program = program & 0xff
        for (const name of sampler.measurands) {
            const as = policy.measurands[name]
            if (as === "raw") this.isRaw = true
            this.accounts.push({
                measurand: measurandByName(name),
                as: as === undefined ? "off" : as,
                sum: 0,
                count: 0,
            })
        }
        for (const health of sampler.health) this.toldFaults.push(health.fault)
    }

    /** Takes up what an alarm of an earlier boot has told, so that a reboot is no change. Oldest first. */
    remember(alarm: Alarm): void {
        if (alarm.program !== this.program) return
        for (const event of alarm.events) {
            const subject = event >> 4
            if (subject === 0) this.toldVerdict = this.verdictOf(event & 15)
            else if (subject <= this.toldFaults.length)
                this.toldFaults[subject - 1] = faultOf(event & 15)
        }
    }

    /** The report of an alarm from what the flash has kept of it. */
    retell(alarm: Alarm): Buffer {
        const { writer } = this
        writer.start({
            boot: alarm.boot,
            sequence: alarm.sequence,
            uptimeMs: alarm.uptimeSeconds * 1000,
            samples: 0,
        })
        if (alarm.program !== this.program) {
            writer.text(NAME_ALARM, "of another program")
            return writer.finish()
        }
        for (const event of alarm.events) {
            const subject = event >> 4
            if (subject === 0) writer.text(this.verdictName, this.verdictOf(event & 15))
            else if (subject <= this.sampler.health.length)
                writer.text(
                    NAME_FAULT_PREFIX + this.sampler.health[subject - 1].part,
                    faultOf(event & 15)
                )
        }
        return writer.finish()
    }

    /** What the last report said is not told: the next says all. */
    unsaid(): void {
        this.fullDueMs = 0
    }

    /** A routine report of this boot was acknowledged. Until then each is full, for the newest goes first and the others may never. */
    heard(): void {
        this.isAnyHeard = true
    }

    /** Takes in the round just sampled; whether it calls for a report. Allocates nothing: most rounds call for none. */
    take(verdict: string, uptimeMs: number): boolean {
        const { accounts, sampler, toldFaults } = this
        const { values, health } = sampler
        for (let i = 0; i < values.length; ++i) {
            const value = values[i]
            if (value === value) {
                const account = accounts[i]
                account.sum += value
                account.count++
            }
        }
        if (this.isRaw || this.isSummaryDue(uptimeMs) || this.isChange(verdict)) return true
        for (let i = 0; i < health.length; ++i) if (health[i].fault !== toldFaults[i]) return true
        return false
    }

    /** The report that the round just taken calls for; undefined when it grew past its bounds. */
    report(head: ReportHead, verdict: string, health: NodeHealth): Draft | undefined {
        const { uptimeMs } = head
        const summary = this.isSummaryDue(uptimeMs)
        const changed = this.isChange(verdict)
        const events = this.eventsOf(changed && this.isAlarm(verdict) ? verdict : undefined)
        const { writer, sampler } = this
        // What was dropped may have been what told the rest.
        const isNews = events.length > 0 || health.lost !== this.toldLost
        const full = !writer.isTerse || this.isFull(head, isNews)
        if (writer.isTerse) writer.startSealed(head, full)
        else writer.start(head)
        const repeats = writer.isTerse ? full : summary
        if (repeats || changed) writer.text(this.verdictName, verdict)
        const latest = changed || this.toldVerdict === undefined
        for (let i = 0; i < this.accounts.length; ++i)
            this.writeMeasurand(this.accounts[i], sampler.values[i], summary, latest)
        for (let i = 0; i < sampler.health.length; ++i) this.writeFault(sampler.health[i], i)
        const { gaps } = sampler
        if (gaps > 0 && (full || gaps !== this.toldGaps)) writer.count(NAME_GAPS, gaps)
        if (health.lost.length > 0 && full) writer.text(NAME_LOST, health.lost)
        if (repeats && health.flashWrites > 0) writer.count(NAME_FLASH_WRITES, health.flashWrites)
        if (health.energy !== undefined && repeats) writer.text(NAME_USE, health.energy.toText())

        this.toldVerdict = verdict
        this.toldGaps = gaps
        this.toldLost = health.lost
        if (summary) this.nextSummary(uptimeMs)
        const bytes = writer.finish()
        return bytes === undefined ? undefined : { bytes, events }
    }

    private isAlarm(verdict: string): boolean {
        const { policy } = this
        if (policy.alarms !== undefined) return policy.alarms.includes(verdict)
        return true
    }

    /** Changes since the last report, as an alarm has them. */
    private eventsOf(verdict: string | undefined): AlarmEvent[] {
        const events: AlarmEvent[] = []
        if (verdict !== undefined) events.push(this.codeOf(verdict))
        const { health } = this.sampler
        for (let i = 0; i < health.length && events.length < EVENTS_MAX; ++i)
            if (health[i].fault !== this.toldFaults[i])
                events.push(((i + 1) << 4) | (FAULTS.indexOf(health[i].fault as any) + 1))
        return events
    }

    codeOf(verdict: string): number {
        return verdict === VERDICT_UNKNOWN ? VERDICT_UNKNOWN_CODE : this.classes.indexOf(verdict)
    }

    verdictOf(code: number): string {
        return code < this.classes.length ? this.classes[code] : VERDICT_UNKNOWN
    }

    private isSummaryDue(uptimeMs: number): boolean {
        return this.summaryDueMs === undefined || uptimeMs >= this.summaryDueMs
    }

    /** The first verdict of all changes nothing: there is none before it. */
    private isChange(verdict: string): boolean {
        return this.toldVerdict !== undefined && verdict !== this.toldVerdict
    }

    private writeMeasurand(
        account: Account,
        value: number,
        summary: boolean,
        changed: boolean
    ): void {
        const { as, measurand } = account
        const latest = as === "raw" || (as === "verdict" && changed)
        if (as === "summary" && summary && account.count > 0)
            this.writer.value(measurand, account.sum / account.count)
        else if (latest && value === value) this.writer.value(measurand, value)
    }

    private writeFault(health: PartHealth, index: number): void {
        if (health.fault === this.toldFaults[index]) return
        this.toldFaults[index] = health.fault
        this.writer.text(NAME_FAULT_PREFIX + health.part, health.fault)
    }

    private isFull(head: ReportHead, isNews: boolean): boolean {
        const knowsTime = head.epochMs !== undefined
        const learnsTime = knowsTime && !this.isTimeTold
        if (this.isAnyHeard && !isNews && !learnsTime && head.uptimeMs < this.fullDueMs)
            return false
        this.fullDueMs = head.uptimeMs + this.fullEveryMs
        this.isTimeTold = knowsTime
        return true
    }

    /** The interval's grid is kept, so that summaries do not drift by the sampling's lateness. */
    private nextSummary(uptimeMs: number): void {
        if (this.summaryDueMs === undefined) this.summaryDueMs = uptimeMs
        const missed = Math.floor((uptimeMs - this.summaryDueMs) / this.policy.everyMs)
        this.summaryDueMs += (missed + 1) * this.policy.everyMs
        for (const account of this.accounts) {
            account.sum = 0
            account.count = 0
        }
    }
}

export function faultOf(code: number): string {
    return code === 0 || code > FAULTS.length ? FAULT_NONE : FAULTS[code - 1]
}

/** A byte would do; more of it keeps neighbours apart. */
function hashOf(before: number, text: string): number {
    let hash = before
    for (let i = 0; i < text.length; ++i) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
    return hash
}
