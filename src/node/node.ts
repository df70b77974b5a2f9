/** A node: the loop that joins the rooms. Parts are sampled, a model gives its verdict, the policy says what is told, a link tells it. */
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
import { Model, UNKNOWN, ticksFromValue } from "../inference/model"
import { parseBroker } from "../mqtt/broker"
import { Link } from "../mqtt/link"
import { Session } from "../mqtt/session"
import { feature } from "../sensing/features"
import { PartPlan, Sampler, nextRound } from "../sensing/sampler"
import { Window } from "../sensing/window"
import { measurandByName } from "../telemetry/contract/measurands"
import { VERDICT_UNKNOWN } from "../telemetry/contract/senml"
import { downTopic, stateTopic, upTopic } from "../telemetry/contract/topics"
import { Outbox } from "../telemetry/outbox"
import { ReportPolicy } from "../telemetry/policy"
import { ReportWriter } from "../telemetry/report"
import { Reporter } from "../telemetry/reporter"
import { readText } from "./config"
import { SETTING_BROKER } from "../telemetry/contract/settings"

export interface NodeOptions {
    /** What the node is for: the name after `main` of its program. */
    app: string
    sampleEveryMs: number
    parts: PartPlan[]
    model: Model
    report: ReportPolicy
    /** `mqtt://host:port`, unless the settings name another. */
    broker: string
}

/** Samples that a model's features look back over. */
const WINDOW_SAMPLES = 5
const OUTBOX_REPORTS = 32
const KEEP_ALIVE_SECONDS = 60

/** Starts a node; returns once its first parts are up, and samples for ever after. @throws Error on options that contradict themselves */
export async function startNode(options: NodeOptions): Promise<void> {
    check(options)
    const node = new Node(options)
    const url = await readText(SETTING_BROKER, options.broker)
    node.connect(url)
    await node.sampleForEver()
}

class Node {
    private readonly id = ds.deviceIdentifier("self")
    /** Random, so that booting writes no flash; with the sequence it names every report for ever. */
    private readonly boot = randomBuffer(8)
    private readonly sampler: Sampler
    private readonly reporter: Reporter
    private readonly outbox = new Outbox(OUTBOX_REPORTS)
    private readonly windows: Window[] = []
    /** By model input: which of the sampler's values it looks at. */
    private readonly inputs: number[] = []
    private readonly ticks: number[] = []
    private session: Session
    private link: Link
    private births = 0

    constructor(private readonly options: NodeOptions) {
        const { parts, model, report } = options
        this.sampler = new Sampler(parts)
        const writer = new ReportWriter(this.boot)
        this.reporter = new Reporter(writer, report, this.sampler, model.name)
        for (const input of model.inputs) {
            this.inputs.push(this.sampler.measurands.indexOf(input.measurand))
            this.windows.push(new Window(WINDOW_SAMPLES))
            this.ticks.push(0)
        }
    }

    /** Begins to keep a session on the broker; a node without one still samples and keeps its reports. */
    connect(url: string): void {
        const broker = parseBroker(url)
        if (broker === undefined) {
            console.error(`setting ${SETTING_BROKER}: "${url}" is not mqtt://host:port`)
            return
        }
        const will = { topic: stateTopic(this.id), message: `{"state":"offline"}` }
        this.session = new Session(
            { clientId: `mw-${this.id}`, keepAliveSeconds: KEEP_ALIVE_SECONDS, will },
            downTopic(this.id),
            message => console.log(`down: ${message.payload.length} B`)
        )
        // DeviceScript binds a method when it is taken: no arrow is needed, and none may name `this` here.
        this.link = new Link(broker, this.session, this.refill)
        const link = this.link
        const run = async () => await link.run()
        run.start()
    }

    /** Rounds on a fixed grid from when the slowest part has its first sample. */
    async sampleForEver(): Promise<void> {
        const { sampler } = this
        const { sampleEveryMs } = this.options
        await sampler.start()
        await ds.sleep(sampler.warmUpMs())
        const firstMs = ds.millis()
        let round = -1
        for (;;) {
            const next = nextRound(firstMs, sampleEveryMs, ds.millis(), round)
            if (next.late > 0) sampler.missed(next.late)
            round = next.round
            if (next.waitMs > 0) await ds.sleep(next.waitMs)
            const uptimeMs = ds.millis()
            await sampler.round()
            this.tell(uptimeMs)
        }
    }

    /** The model's answer to the round just sampled. */
    private verdict(): string {
        const { model } = this.options
        for (let i = 0; i < model.inputs.length; ++i) {
            const input = model.inputs[i]
            this.windows[i].push(this.sampler.values[this.inputs[i]])
            this.ticks[i] = ticksFromValue(input, feature(input.feature, this.windows[i]))
        }
        const index = model.classify(this.ticks)
        return index === UNKNOWN ? VERDICT_UNKNOWN : model.classes[index]
    }

    private tell(uptimeMs: number): void {
        const { reporter, outbox } = this
        const report = reporter.report(uptimeMs, this.verdict(), outbox.lost)
        if (report === undefined) return
        outbox.push(report)
        if (this.link !== undefined) this.link.wake()
    }

    /** The session has room: first the birth that takes back the last will, then what waits. */
    private refill(): void {
        const { session, outbox } = this
        while (session.canPublish()) {
            if (this.births < session.connects) {
                this.births = session.connects
                session.publish(stateTopic(this.id), this.birth(), true)
                continue
            }
            const report = outbox.take()
            if (report === undefined) return
            session.publish(upTopic(this.id), report, false)
        }
    }

    private birth(): Buffer {
        const { app, model } = this.options
        const boot = this.boot.toString("hex")
        return Buffer.from(
            `{"state":"online","boot":"${boot}","app":"${app}","model":"${model.name}"}`
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
}
