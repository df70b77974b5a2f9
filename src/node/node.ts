/** A node: the loop that joins the rooms. Parts are sampled, a model gives its verdict, the policy says what is told, a link tells it. */
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
import { Inference } from "../inference/inference"
import { Model, UNKNOWN } from "../inference/model"
import { Backoff } from "../mqtt/backoff"
import { parseBroker } from "../mqtt/broker"
import { meterSockets } from "../mqtt/socket"
import { EnergyMeter } from "../power/energy-meter"
import { PartPlan, Sampler, roundsPassed } from "../sensing/sampler"
import { measurandByName } from "../telemetry/contract/measurands"
import { Alarm, AlarmKeeper, decodeAlarm, encodeAlarm } from "../telemetry/alarm"
import { ALARM_SLOTS, AlarmLog } from "../telemetry/alarm-log"
import { BOOT_BYTES } from "../telemetry/contract/sealing"
import { SETTING_BROKER } from "../telemetry/contract/settings"
import { VERDICT_UNKNOWN } from "../telemetry/contract/senml"
import { Form, Outbox, ROUTINE } from "../telemetry/outbox"
import { ReportPolicy } from "../telemetry/policy"
import { ReportHead, ReportWriter } from "../telemetry/report"
import { Draft, NodeHealth, Reporter } from "../telemetry/reporter"
import { SteadyVerdict } from "../telemetry/steady-verdict"
import { Claim } from "../trust/claim"
import { ClaimedRandom } from "../trust/claimed-random"
import { IdentityFactory } from "../trust/identity"
import { startLmsIdentity } from "../trust/lms-identity"
import { readClaim, readText } from "./config"
import { Display, NodeState } from "./display"
import { FlashStore } from "./flash-store"
import { Membership, NOT_AUTHORISED_MAX } from "./membership"
import { Uplink } from "./uplink"

export interface NodeOptions {
    /** What the node is for: the name after `main` of its program. */
    app: string
    sampleEveryMs: number
    parts: PartPlan[]
    model: Model
    report: ReportPolicy
    /** `mqtt://host:port`, unless the settings name another. */
    broker: string
    /** Who the node is, if it has a claim; a key of LMS in software when left out. */
    identity?: IdentityFactory
    /** What somebody in front of the node sees, if there is one: `new Ssd1306Display(bus)`. */
    display?: Display
    /** Off between two rounds, where the chip can be: `standby: standByBetweenRounds` (standby.ts). Awake when left out. */
    standby?: Standby
    /** Counts what costs energy, and has it told: `new EnergyAccount()`. */
    energy?: EnergyMeter
    /** Called once a report is in the outbox; an alarm, once it is in flash. */
    onReport?: (boot: Buffer, sequence: number, isAlarm: boolean) => void
}

/** Takes a node over, for ever, and brings it to its broker when it has something to tell; false when it has to stay awake. */
export type Standby = (node: Node, broker: string) => Promise<boolean>

/** Routine reports kept while the broker is away. At 60 B each, a twentieth of the heap. */
const ROUTINE_REPORTS = 32
/** A feature of a longer window takes thousands of steps, of which the VM allows 131,072 between two awaits. */
const LONG_WINDOW_SAMPLES = 32
/** Of what comes as a signal. */
const NO_SOURCE = -1
/** From a round to its picture: until then its report is acknowledged, if it will be soon. A display is not drawn more often either. */
const SHOW_AFTER_MS = 1000

/** Starts a node, and samples for ever. @throws Error on options that contradict themselves */
export async function startNode(options: NodeOptions): Promise<void> {
    check(options)
    if (options.energy !== undefined) meterSockets(options.energy)
    const store = new FlashStore()
    const { claim, isUnusable } = await readClaim(store)
    const node = new Node(options, store, claim)
    const { standby } = options
    const broker = await readText(SETTING_BROKER, options.broker)
    if (standby !== undefined && !isUnusable) if (await standby(node, broker)) return
    await node.restoreAlarms()
    if (!isUnusable) node.connect(broker)
    await node.sampleForEver()
}

export class Node {
    private readonly id: string
    /** With a claim: what it draws keys, nonces and its boot from. */
    private readonly random: ClaimedRandom
    /** Random, so that booting writes no flash; with the sequence it names every report for ever. */
    private readonly boot: Buffer
    private sequence = 0
    readonly sampler: Sampler
    readonly reporter: Reporter
    readonly outbox: Outbox
    /** Whoever has another place for them exchanges it before `restoreAlarms`. */
    alarms: AlarmKeeper
    private readonly inference: Inference
    /** By what the model looks at: which of the sampler's values it is. */
    private readonly sources: number[] = []
    /** Undefined while there is no broker to connect to. */
    uplink: Uplink
    /** Of a node with a claim that has a broker to connect to. */
    membership: Membership
    readonly steady: SteadyVerdict
    /** Writes to flash before this boot that are told with those of it. */
    flashWritesBefore = 0
    private verdict: string
    private reportedMs: number
    private isShowDue = false
    private isShowing = false

    constructor(
        readonly options: NodeOptions,
        readonly store: FlashStore,
        private readonly claim: Claim | undefined
    ) {
        const { parts, model, report } = options
        if (claim === undefined) {
            this.id = ds.deviceIdentifier("self")
            this.boot = randomBuffer(BOOT_BYTES)
        } else {
            this.id = claim.id
            this.random = new ClaimedRandom(claim.secret)
            this.boot = this.random.bytes(BOOT_BYTES)
        }
        this.alarms = new AlarmLog(store)
        const routineReports = report.whileOffline === "newest" ? 1 : ROUTINE_REPORTS
        this.outbox = new Outbox(routineReports, ALARM_SLOTS)
        this.sampler = new Sampler(parts)
        this.reporter = new Reporter(
            new ReportWriter(claim !== undefined),
            report,
            this.sampler,
            model.name,
            model.classes
        )
        this.inference = new Inference(model)
        this.steady = new SteadyVerdict(report.verdictAfter === undefined ? 1 : report.verdictAfter)
        this.takeWindows()
    }

    /** Of a signal the model looks at the part's own windows; of all else at one value a round. @throws Error when they are of other sizes or rates */
    private takeWindows(): void {
        const { inference, sampler } = this
        const { model, sampleEveryMs } = this.options
        for (let i = 0; i < inference.measurands.length; ++i) {
            const measurand = inference.measurands[i]
            const signal = sampler.signalOf(measurand)
            let samplesPerSecond = 1000 / sampleEveryMs
            if (signal === undefined) this.sources.push(sampler.measurands.indexOf(measurand))
            else {
                this.sources.push(NO_SOURCE)
                inference.windows[i] = signal.windows[signal.measurands.indexOf(measurand)]
                samplesPerSecond = signal.samplesPerSecond
            }
            if (inference.windows[i].capacity !== model.windowSamples)
                throw new Error(`${model.name}: wants windows of ${model.windowSamples} samples`)
            if (model.samplesPerSecond !== 0 && model.samplesPerSecond !== samplesPerSecond)
                throw new Error(
                    `${model.name}: wants ${model.samplesPerSecond} samples a second, not ${samplesPerSecond}`
                )
        }
    }

    /** Alarms that the broker did not acknowledge before the power went: they go first. */
    async restoreAlarms(): Promise<void> {
        for (const alarm of await this.alarms.restore()) {
            this.reporter.remember(alarm)
            if (!this.alarms.isWaiting(alarm.number)) continue
            this.push(alarm, Form.KeptBefore, undefined)
        }
        this.store.isClosed = this.alarms.torn
    }

    /** Begins to keep a session on the broker; a node without one still samples and keeps its reports. */
    connect(url: string): void {
        const broker = parseBroker(url)
        if (broker === undefined) {
            console.error(`setting ${SETTING_BROKER}: "${url}" is not mqtt://host:port`)
            return
        }
        const { claim, outbox, random, store } = this
        const backoff = new Backoff()
        const isSealed = claim !== undefined
        this.uplink = new Uplink(
            {
                id: this.id,
                boot: this.boot,
                broker,
                isSealed,
                outbox,
                retell: this.retell,
                birth: this.birth,
                onOnline: this.show,
                onAcknowledged: this.acknowledged,
            },
            isSealed ? { backoff, notAuthorisedMax: NOT_AUTHORISED_MAX } : {}
        )
        const { link } = this.uplink
        let run = async () => await link.run()
        if (isSealed) {
            const { uplink } = this
            const identity =
                this.options.identity === undefined ? startLmsIdentity : this.options.identity
            const options = { claim, store, random, broker, uplink, backoff, identity }
            const membership = new Membership(options)
            this.membership = membership
            run = async () => await membership.run()
        }
        run.start()
    }

    /** Rounds on a fixed grid from when the slowest part has its first sample. */
    async sampleForEver(): Promise<void> {
        const { sampler } = this
        const { sampleEveryMs, energy } = this.options
        await sampler.start()
        await ds.sleep(sampler.warmUpMs())
        for (let dueMs = ds.millis(); ; dueMs += sampleEveryMs) {
            const passed = roundsPassed(dueMs, sampleEveryMs, ds.millis())
            if (passed > 0) sampler.missed(passed)
            dueMs += passed * sampleEveryMs
            const waitMs = dueMs - ds.millis()
            if (waitMs > 0) await ds.sleep(waitMs)
            const uptimeMs = ds.millis()
            await sampler.round()
            await this.tell(uptimeMs)
            if (energy !== undefined) energy.awakeMs += ds.millis() - uptimeMs
            this.show()
        }
    }

    /** In a fiber of its own: a display that is slow, or hangs, keeps nobody waiting. */
    show(): void {
        if (this.options.display === undefined) return
        this.isShowDue = true
        if (this.isShowing) return
        this.isShowing = true
        const showWhileDue = this.showWhileDue
        showWhileDue.start()
    }

    private async showWhileDue(): Promise<void> {
        while (this.isShowDue) {
            await ds.sleep(SHOW_AFTER_MS)
            this.isShowDue = false
            try {
                await this.options.display.show(this.state())
            } catch (e) {
                console.error(`display: ${(e as Error).message}`)
            }
        }
        this.isShowing = false
    }

    private state(): NodeState {
        const { uplink, sampler } = this
        const isConnected = uplink !== undefined
        return {
            app: this.options.app,
            id: this.id,
            uptimeMs: ds.millis(),
            verdict: this.verdict,
            isOnline: isConnected && uplink.isOnline(),
            measurands: sampler.measurands,
            values: sampler.values,
            reportedMs: this.reportedMs,
            waiting: this.outbox.count() + (isConnected ? uplink.inFlight : 0),
        }
    }

    /** The model's answer to the round just sampled. */
    private async classify(): Promise<string> {
        const { model } = this.options
        const { inference, sampler, sources } = this
        for (let i = 0; i < sources.length; ++i)
            if (sources[i] !== NO_SOURCE) inference.windows[i].push(sampler.values[sources[i]])
        const inputCount = model.inputs.length
        const step = model.windowSamples < LONG_WINDOW_SAMPLES ? inputCount : 1
        for (let i = 0; i < inputCount; i += step) {
            inference.look(i, step)
            if (step < inputCount) await ds.sleep(0)
        }
        const index = inference.decide()
        return index === UNKNOWN ? VERDICT_UNKNOWN : model.classes[index]
    }

    /** Reports the round just sampled, if the policy asks for it: an alarm is in flash before it is on its way. */
    async tell(uptimeMs: number): Promise<void> {
        const { reporter, outbox, sampler, uplink } = this
        const { energy } = this.options
        this.verdict = this.steady.push(await this.classify())
        if (!reporter.take(this.verdict, uptimeMs)) return
        const head: ReportHead = {
            boot: this.boot,
            sequence: this.sequence,
            uptimeMs,
            samples: sampler.samples,
            epochMs: uplink === undefined ? undefined : uplink.wallClock.epochMs(uptimeMs),
        }
        const health: NodeHealth = {
            lost: outbox.lost.toText(),
            flashWrites: this.flashWritesBefore + this.store.writes,
        }
        if (energy !== undefined) health.energy = energy
        const draft = reporter.report(head, this.verdict, health)
        if (draft === undefined) return
        this.sequence++
        this.reportedMs = uptimeMs
        const isAlarm = draft.events.length > 0
        if (isAlarm) await this.raise(head, draft)
        else outbox.pushRoutine(head.sequence, draft.bytes)
        const { onReport } = this.options
        if (onReport !== undefined) onReport(this.boot, head.sequence, isAlarm)
        if (uplink !== undefined) uplink.link.wake()
    }

    private async raise(head: ReportHead, draft: Draft): Promise<void> {
        // The first alarm of all changes the node's state, which is told anew.
        if (!this.alarms.kept && this.uplink !== undefined) this.uplink.tellState()
        const alarm: Alarm = {
            program: this.reporter.program,
            boot: this.boot,
            number: 0,
            waiting: 0,
            sequence: head.sequence,
            uptimeSeconds: Math.floor(head.uptimeMs / 1000),
            events: draft.events,
        }
        alarm.number = await this.alarms.keep(alarm)
        const { report } = this.options
        let waits = false
        // Where reports are not to pile up, one that has to wait does so as flash has it: 32 would be a tenth of an ESP32-S2's heap.
        if (report.whileOffline === "newest") waits = this.outbox.count() > 0
        if (waits) this.reporter.unsaid()
        this.push(alarm, waits ? Form.Kept : Form.Report, draft.bytes)
    }

    /** @param report of no use unless it waits as such */
    private push(alarm: Alarm, form: Form, report: Buffer): void {
        const bytes = form === Form.Report ? report : encodeAlarm(alarm)
        this.outbox.pushAlarm(alarm.sequence, form, bytes, alarm.number)
    }

    private retell(bytes: Buffer): Buffer {
        return this.reporter.retell(decodeAlarm(bytes))
    }

    private acknowledged(alarm: number): void {
        if (alarm === ROUTINE) {
            this.reporter.heard()
            return
        }
        const { alarms } = this
        const acknowledge = async () => {
            try {
                await alarms.acknowledge(alarm)
            } catch (e) {
                console.error(`alarm ${alarm}: ${(e as Error).message}`)
            }
        }
        acknowledge.start()
    }

    /** `store` is "new" until an alarm was kept: a node that had kept some and is new again has lost its flash. See AlarmLog for "torn". */
    private birth(): Buffer {
        const { app, model } = this.options
        const boot = this.boot.toString("hex")
        const { kept, torn } = this.alarms
        const store = torn ? "torn" : kept ? "kept" : "new"
        return Buffer.from(
            `{"state":"online","boot":"${boot}","app":"${app}","model":"${model.name}","store":"${store}"}`
        )
    }
}

/** What no type checker sees in a main file. */
function check(options: NodeOptions): void {
    const served: string[] = []
    for (const plan of options.parts)
        for (const measurand of plan.measurands) {
            if (measurandByName(measurand) === undefined)
                throw new Error(`${plan.sensor.part}: no measurand "${measurand}"`)
            if (served.includes(measurand))
                throw new Error(`${plan.sensor.part}: ${measurand} is served twice`)
            served.push(measurand)
        }
    for (const input of options.model.inputs)
        if (!served.includes(input.measurand))
            throw new Error(`${options.model.name}: no part serves ${input.measurand}`)
    for (const measurand of Object.keys(options.report.measurands))
        if (!served.includes(measurand)) throw new Error(`report: no part serves ${measurand}`)
    if (options.report.alarms !== undefined) checkAlarms(options)
}

function checkAlarms({ report, model }: NodeOptions): void {
    for (const verdict of report.alarms)
        if (!model.classes.includes(verdict) && verdict !== VERDICT_UNKNOWN)
            throw new Error(`${model.name}: no verdict "${verdict}" to be an alarm`)
}
