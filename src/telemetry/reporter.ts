/** From samples and verdicts to reports, by the report policy: at once on a change of verdict or fault, a summary every interval. */
import { PartHealth, Sampler } from "../sensing/sampler"
import { Measurand, measurandByName } from "./contract/measurands"
import { NAME_FAULT_PREFIX, NAME_GAPS, NAME_LOST } from "./contract/senml"
import { ReportAs, ReportPolicy } from "./policy"
import { ReportWriter } from "./report"

/** What is kept of one measurand between two summaries. */
interface Account {
    measurand: Measurand
    as: ReportAs
    sum: number
    count: number
}

export class Reporter {
    /** Of the next report. */
    sequence = 0
    private readonly accounts: Account[] = []
    private readonly toldFaults: string[] = []
    private toldVerdict: string
    private summaryDueMs: number

    constructor(
        private readonly writer: ReportWriter,
        private readonly policy: ReportPolicy,
        private readonly sampler: Sampler,
        private readonly verdictName: string
    ) {
        for (const name of sampler.measurands) {
            const as = policy.measurands[name]
            this.accounts.push({
                measurand: measurandByName(name),
                as: as === undefined ? "off" : as,
                sum: 0,
                count: 0,
            })
        }
        for (const health of sampler.health) this.toldFaults.push(health.fault)
    }

    /** Takes in the round just sampled at `uptimeMs`; the report it calls for, or undefined. */
    report(uptimeMs: number, verdict: string, lostReports: number): Buffer | undefined {
        this.accumulate()
        const first = this.summaryDueMs === undefined
        const summary = first || uptimeMs >= this.summaryDueMs
        const changed = verdict !== this.toldVerdict
        if (!summary && !changed && !this.faultsChanged() && !this.hasRaw()) return undefined

        const { writer, sampler } = this
        writer.start(this.sequence, uptimeMs, sampler.samples)
        if (summary || changed) writer.text(this.verdictName, verdict)
        for (let i = 0; i < this.accounts.length; ++i)
            this.writeMeasurand(this.accounts[i], sampler.values[i], summary, changed)
        for (let i = 0; i < sampler.health.length; ++i) this.writeFault(sampler.health[i], i)
        if (sampler.gaps > 0) writer.count(NAME_GAPS, sampler.gaps)
        if (lostReports > 0) writer.count(NAME_LOST, lostReports)

        this.toldVerdict = verdict
        if (summary) this.nextSummary(uptimeMs)
        this.sequence++
        return writer.finish()
    }

    private accumulate(): void {
        for (let i = 0; i < this.accounts.length; ++i) {
            const value = this.sampler.values[i]
            if (value === value) {
                this.accounts[i].sum += value
                this.accounts[i].count++
            }
        }
    }

    private hasRaw(): boolean {
        return this.accounts.some(account => account.as === "raw")
    }

    private faultsChanged(): boolean {
        const { health } = this.sampler
        for (let i = 0; i < health.length; ++i)
            if (health[i].fault !== this.toldFaults[i]) return true
        return false
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

    /** The interval's grid is kept, so that summaries do not drift by the sampling's lateness. */
    private nextSummary(uptimeMs: number): void {
        if (this.summaryDueMs === undefined) this.summaryDueMs = uptimeMs
        while (this.summaryDueMs <= uptimeMs) this.summaryDueMs += this.policy.everyMs
        for (const account of this.accounts) {
            account.sum = 0
            account.count = 0
        }
    }
}
