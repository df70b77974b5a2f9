/**
 * A node that is off between its rounds, for batteries: `standby: standByBetweenRounds`. It wakes by a reset, knows from flash what it
 * knew before (retained.ts), samples, and is off again at once, unless there is something to tell: then it connects, tells it, waits for
 * the acknowledgement up to a bound, and is off.
 *
 * Each wake is a boot with a random id of its own, so that nothing that was or was not written can make a nonce come twice. Its reports
 * speak of the span since the round that was told last: uptime, samples, gaps and writes to flash count from there, and so does a
 * summary. What nobody acknowledged is therefore not kept as a report but told with the next: a longer summary, and nothing is lost.
 */
import * as ds from "@devicescript/core"
import { FAULTS } from "../drivers/sensor"
import { halfToAllMs } from "../mqtt/backoff"
import { EnergyMeter } from "../power/energy-meter"
import { AlarmLog } from "../telemetry/alarm-log"
import { Account, faultOf } from "../telemetry/reporter"
import { chip, hasStandby, standBy } from "./chip"
import { Node } from "./node"
import { NO_VERDICT, Retained, RetainedLog, hasRoomFor } from "./retained"
import { RetainedAlarms } from "./retained-alarms"

/** Of shorter ones a wake with a connection may take all. */
const SAMPLE_EVERY_MS_MIN = 60000
/** From the round: a board takes seconds to find its network, and a broker that is not there is not worth more. */
const DELIVER_MS_MAX = 30000
/** A key takes seconds to make; a fleet that does not let us in is tried again later. */
const ENROL_MS_MAX = 300000
/** After all is told: for the time of day, and what the broker has kept for us. */
const LINGER_MS = 2000
/** DISCONNECT and the socket's end. */
const LEAVE_MS_MAX = 1000
const LEFT_MS = 150
const LOOK_MS = 50
/** Not worth a reset. */
const STANDBY_MS_MIN = 5000
const RETRY_MS_MAX = 3600000

const MILLION = 1000000
/** A shorter one says little of the clock that wakes us. */
const CALIBRATE_MS_MIN = 600000
/** What is further off was no clock: power was away, and a standby cannot be told from that. */
const PACE_ERROR_MAX = 0.1

/** As the option `standby` of startNode. @throws Error for a node whose state is more than can be kept */
export async function standByBetweenRounds(node: Node, broker: string): Promise<boolean> {
    const obstacle = obstacleOf(node)
    if (obstacle !== undefined) throw new Error(`no standby with ${obstacle}`)
    const name = chip()
    if (!hasStandby(name)) return staysAwake(`none on ${name}`)
    const log = new AlarmLog(node.store)
    const wake = new Wake(node, broker)
    if (!(await wake.remember(log))) return staysAwake("torn")
    await wake.run()
    return true
}

/** One wake, from reset to standby. Times are of the span unless they are said to be the chip's. */
class Wake {
    private readonly log: RetainedLog
    private readonly alarms: RetainedAlarms
    /** What was known at the start; undefined for the first wake of all. */
    private before: Retained
    /** The chip's start. */
    private startMs = 0
    /** The chip's time at which a round could begin. */
    private leadMs = 0
    /** The round. */
    private roundMs = 0
    private failures = 0
    private retryMs = 0
    /** As they stand if nobody hears of this round. */
    private summaryDueMs = 0
    private readonly counts: number[] = []
    private readonly sums: number[] = []
    private readonly summaries: Account[]
    /** What the report of this round tells of energy. */
    private toldEnergy: number[] = []

    constructor(
        private readonly node: Node,
        private readonly broker: string
    ) {
        this.summaries = summariesOf(node)
        this.log = new RetainedLog(node.store)
        this.alarms = new RetainedAlarms(this.keepUntold)
    }

    /** False when an alarm's slot is torn, which whoever stays awake knows how to tell. */
    async remember(slots: AlarmLog): Promise<boolean> {
        const { node, alarms } = this
        const retained = await this.log.restore()
        if (retained === undefined) {
            await alarms.fillFrom(slots)
            if (slots.torn) return false
        } else alarms.fill(retained.alarms, retained.nextAlarm)
        node.alarms = alarms
        await node.restoreAlarms()
        if (retained !== undefined && this.isOfThisProgram(retained)) this.takeUp(retained)
        return true
    }

    async run(): Promise<void> {
        const { node, before } = this
        const { sampler } = node
        await sampler.start()
        await ds.sleep(sampler.warmUpMs())
        this.leadMs = ds.millis()
        if (before === undefined) this.roundMs = this.leadMs
        else {
            this.roundMs = before.dueMs
            if (before.leadMs > this.leadMs) await ds.sleep(before.leadMs - this.leadMs)
        }
        const uptimeMs = this.nowMs()
        await sampler.round()
        this.count()
        const { energy } = node.options
        if (energy !== undefined) this.toldEnergy = energy.totals()
        await node.tell(uptimeMs)
        const isRetryDue = node.outbox.count() > 0 && uptimeMs >= this.retryMs
        if (this.alarms.isAnyNew || isRetryDue) await this.deliver()
        await this.end()
    }

    private nowMs(): number {
        return this.startMs + ds.millis()
    }

    private isOfThisProgram({ program, faults, counts }: Retained): boolean {
        const { reporter } = this.node
        return (
            program === reporter.program &&
            faults.length === reporter.toldFaults.length &&
            counts.length === this.summaries.length
        )
    }

    private takeUp(retained: Retained): void {
        const { node } = this
        const { reporter, sampler, steady } = node
        const { energy } = node.options
        this.before = retained
        if (energy !== undefined && retained.energy.length > 0) energy.resume(retained.energy)
        this.startMs = retained.dueMs - retained.leadMs
        this.failures = retained.failures
        this.retryMs = retained.retryMs
        node.flashWritesBefore = retained.flashWrites
        sampler.samples = retained.samples
        sampler.gaps = retained.gaps
        reporter.summaryDueMs = retained.summaryDueMs
        reporter.toldVerdict = this.verdictOf(retained.toldVerdict)
        steady.held = this.verdictOf(retained.heldVerdict)
        steady.next = this.verdictOf(retained.nextVerdict)
        steady.rounds = retained.nextRounds
        for (let i = 0; i < retained.faults.length; ++i) {
            const fault = faultOf(retained.faults[i])
            reporter.toldFaults[i] = fault
            sampler.health[i].fault = fault
        }
        for (let i = 0; i < this.summaries.length; ++i) {
            this.summaries[i].count = retained.counts[i]
            this.summaries[i].sum = retained.sums[i]
        }
    }

    /** The round just sampled, into what is kept of it if nobody hears of it. */
    private count(): void {
        const { reporter, sampler } = this.node
        const { accounts, summaryDueMs } = reporter
        this.summaryDueMs = summaryDueMs === undefined ? this.roundMs : summaryDueMs
        for (let i = 0; i < accounts.length; ++i) {
            if (accounts[i].as !== "summary") continue
            const value = sampler.values[i]
            const isValue = value === value
            this.counts.push(accounts[i].count + (isValue ? 1 : 0))
            this.sums.push(accounts[i].sum + (isValue ? value : 0))
        }
    }

    /** Connected until all is acknowledged, or for as long as that may take. */
    private async deliver(): Promise<void> {
        const { node } = this
        const connectedMs = ds.millis()
        node.connect(this.broker)
        const { uplink, membership } = node
        if (uplink === undefined) return
        let lingerMs = 0
        for (;;) {
            await ds.sleep(LOOK_MS)
            const chipMs = ds.millis()
            const isEnrolling = membership !== undefined && membership.isEnrolling()
            const isTold = this.isAllTold()
            if (!isTold) lingerMs = chipMs + LINGER_MS
            if (chipMs >= connectedMs + (isEnrolling ? ENROL_MS_MAX : DELIVER_MS_MAX)) break
            if (isEnrolling || !isTold) continue
            if (chipMs >= lingerMs || uplink.wallClock.epochMs(chipMs) !== undefined) break
        }
        this.failures = this.isAllTold() ? 0 : this.failures + 1
        this.retryMs = this.failures === 0 ? 0 : this.nowMs() + this.retryAfterMs()
    }

    private isAllTold(): boolean {
        const { outbox, uplink } = this.node
        return uplink !== undefined && outbox.count() === 0 && uplink.inFlight === 0
    }

    /** From one round to an hour, doubling; half of it to all, for a whole fleet has missed its broker. */
    private retryAfterMs(): number {
        let ms = this.node.options.sampleEveryMs
        for (let i = 1; i < this.failures && ms < RETRY_MS_MAX; ++i) ms = ms * 2
        return halfToAllMs(ms)
    }

    /** Keeps what is known, takes leave of the broker, and is off; awake from now on if it cannot be kept. */
    private async end(): Promise<void> {
        const { node } = this
        const everyMs = node.options.sampleEveryMs
        const aheadMs = this.leadMs + STANDBY_MS_MIN + LEAVE_MS_MAX
        let rounds = 1
        while (this.roundMs + rounds * everyMs < this.nowMs() + aheadMs) rounds++
        const dueMs = this.roundMs + rounds * everyMs
        const retained = this.retained(this.isRoundTold(), dueMs, rounds - 1)
        if (!(await this.log.keep(retained))) {
            staysAwake("store full")
            node.reporter.summaryDueMs -= this.startMs
            if (node.uplink === undefined) node.connect(this.broker)
            await node.sampleForEver()
        }
        await this.leave()
        const pace = retained.pacePpm / MILLION
        await standBy(Math.floor((dueMs - this.leadMs - this.nowMs()) / pace))
        // It has stayed on.
        ds.restart()
    }

    private async leave(): Promise<void> {
        const { uplink, membership } = this.node
        if (uplink === undefined || !uplink.isOnline()) return
        if (membership !== undefined) membership.leave()
        else uplink.link.leave()
        for (let ms = 0; uplink.isOnline() && ms < LEAVE_MS_MAX; ms += LOOK_MS)
            await ds.sleep(LOOK_MS)
        await ds.sleep(LEFT_MS)
    }

    /** The broker has the report of this round: the next span begins with it. */
    private isRoundTold(): boolean {
        const { alarms } = this
        if (alarms.isAnyNew) return !alarms.isWaiting(alarms.next - 1)
        return this.node.reporter.isAnyHeard
    }

    /** An alarm goes to flash before it is on its way: nothing of this round is told yet. */
    private async keepUntold(): Promise<boolean> {
        const dueMs = this.roundMs + this.node.options.sampleEveryMs
        return await this.log.keep(this.retained(false, dueMs, 0))
    }

    /** What the next wake knows. @param missed rounds between this and the next */
    private retained(isTold: boolean, dueMs: number, missed: number): Retained {
        const { node, before } = this
        const { reporter, sampler, steady, store } = node
        const spanMs = isTold ? this.roundMs : 0
        const sleptMs = dueMs - this.nowMs()
        // In the open an alarm does not tell of them.
        const isAllCounted =
            isTold && (node.membership !== undefined || reporter.summaryDueMs !== this.summaryDueMs)
        const retained: Retained = {
            program: reporter.program,
            nextAlarm: this.alarms.next,
            alarms: this.alarms.encoded(),
            flashWrites: 1 + (isAllCounted ? 0 : node.flashWritesBefore + store.writes),
            samples: missed + (isTold ? 0 : sampler.samples),
            gaps: missed * sampler.health.length + (isTold ? 0 : sampler.gaps),
            dueMs: dueMs - spanMs,
            leadMs: this.leadMs,
            summaryDueMs: (isTold ? reporter.summaryDueMs : this.summaryDueMs) - spanMs,
            failures: this.failures,
            retryMs: Math.max(0, this.retryMs - spanMs),
            epochMs: 0,
            sleptMs,
            pacePpm: before === undefined ? MILLION : before.pacePpm,
            toldVerdict: this.codeOf(reporter.toldVerdict),
            heldVerdict: this.codeOf(steady.held),
            nextVerdict: this.codeOf(steady.next),
            nextRounds: steady.rounds,
            faults: reporter.toldFaults.map(fault => FAULTS.indexOf(fault as any) + 1),
            counts: isTold ? this.summaries.map(({ count }) => count) : this.counts,
            sums: isTold ? this.summaries.map(({ sum }) => sum) : this.sums,
            energy: [],
        }
        const { energy } = node.options
        if (energy !== undefined) retained.energy = this.energySince(energy, isAllCounted)
        this.setClock(retained, dueMs)
        return retained
    }

    /** All of the wake is awake time: computing or not, the radio listens. */
    private energySince(energy: EnergyMeter, isTold: boolean): number[] {
        const totals = energy.totals()
        totals[4] += ds.millis()
        if (isTold) for (let i = 0; i < totals.length; ++i) totals[i] -= this.toldEnergy[i]
        return totals
    }

    /** By the time of day the fleet tells how long a standby really takes. */
    private setClock(retained: Retained, dueMs: number): void {
        const { before } = this
        const { uplink } = this.node
        const nowMs = this.nowMs()
        const wasSet = before !== undefined && before.epochMs > 0
        const expectedMs = wasSet ? before.epochMs + nowMs - before.dueMs : 0
        const epochMs = uplink === undefined ? undefined : uplink.wallClock.epochMs(ds.millis())
        if (epochMs !== undefined) {
            retained.epochMs = Math.floor(epochMs + dueMs - nowMs)
            if (!wasSet || before.sleptMs < CALIBRATE_MS_MIN) return
            const error = (epochMs - expectedMs) / before.sleptMs
            if (Math.abs(error) < PACE_ERROR_MAX)
                retained.pacePpm = Math.floor(retained.pacePpm * (1 + error))
        } else if (wasSet) {
            retained.epochMs = expectedMs + dueMs - nowMs
            retained.sleptMs += before.sleptMs
        }
    }

    private codeOf(verdict: string): number {
        return verdict === undefined ? NO_VERDICT : this.node.reporter.codeOf(verdict)
    }

    private verdictOf(code: number): string {
        return code === NO_VERDICT ? undefined : this.node.reporter.verdictOf(code)
    }
}

function staysAwake(why: string): boolean {
    console.error(`standby: ${why}, staying awake`)
    return false
}

function summariesOf({ reporter }: Node): Account[] {
    return reporter.accounts.filter(account => account.as === "summary")
}

/** What a node that is off cannot do, or no value of the store has room for; undefined when it is let pass. */
function obstacleOf(node: Node): string | undefined {
    const { model, parts, sampleEveryMs, display } = node.options
    const { accounts } = node.reporter
    if (sampleEveryMs < SAMPLE_EVERY_MS_MIN) return `rounds of ${sampleEveryMs} ms`
    // A detector has a stream behind it, and can forget it.
    if (model.windowSamples > 1 || (model as any).reset !== undefined)
        return "a model that looks back"
    if (display !== undefined) return "a display"
    // Told every round, and lost with each that fails.
    if (accounts.some(({ as }) => as === "raw")) return "raw measurands"
    const summaries = summariesOf(node).length
    if (!hasRoomFor(parts.length, summaries)) return `${summaries} summaries`
    return undefined
}
