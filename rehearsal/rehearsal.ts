/**
 * A rehearsal: simulated nodes, a broker and the far end, joined. Nodes run the image that goes on a board; the far end sees only
 * what comes through the broker, and a judge compares it with what the world knows.
 */
import { Broker, MQTT_PORT } from "../fleet/broker"
import { Listener } from "../fleet/listener"
import { Twin, type HeardReport } from "../fleet/twin"
import { partsOf } from "../sim/breadboard"
import { Clock } from "../sim/clock"
import type { Fault } from "../sim/faults"
import { Flash } from "../sim/flash"
import { I2cBus } from "../sim/i2c"
import { Judge } from "../sim/judge"
import { MemoryNetwork, TcpNetwork, type Network } from "../sim/network"
import { SimNode } from "../sim/node"
import { runFast, runPaced } from "../sim/pace"
import { provision } from "../sim/provision"
import { RandomStream } from "../sim/random"
import { CountedNetwork } from "../sim/traffic"
import type { World } from "../sim/worlds/world"
import { SETTING_BROKER } from "../src/telemetry/contract/settings"
import { EVERY_STATE_TOPIC, EVERY_UP_TOPIC } from "../src/telemetry/contract/topics"
import type { NodeRow, Result } from "./result"

export interface RehearsalOptions {
    image: Uint8Array
    nodes: number
    world: World
    seed: number
    /** As fast as it can, with the broker in this process. */
    virtual: boolean
    /** Virtual seconds a wall second; for a run that is not virtual. */
    speed: number
    /** Virtual seconds; undefined: to the end of the world, or for ever. */
    seconds?: number
    /** Somebody else's broker; not for a virtual run. */
    brokerUrl?: string
    faults: Fault[]
    exact: boolean
    print(nodeId: string, line: string): void
}

/** Nodes are switched on within this time, not all in one moment. */
const POWER_ON_MS = 1000
/** After the last row: the longest report interval of our programs, and the way. */
const LAST_REPORT_MS = 6 * 60 * 1000
/** For acknowledgements that are under way. */
const DRAIN_MS = 5000
const VIRTUAL_HOST = "broker"

interface Member {
    place: number
    node: SimNode
    network: CountedNetwork
    judge: Judge
}

export class Rehearsal {
    /** What nodes, and people, are to connect to. */
    brokerUrl = ""
    private readonly clock = new Clock()
    private readonly twin: Twin
    private readonly members = new Map<string, Member>()
    private readonly memory: MemoryNetwork
    private broker: Broker | undefined
    private listener: Listener | undefined
    private stopping = false
    private readonly wallStartMs = performance.now()

    private constructor(private readonly options: RehearsalOptions) {
        this.memory = new MemoryNetwork(this.clock)
        this.twin = new Twin(
            () => this.clock.nowMs(),
            (id, heard) => this.judged(id, heard)
        )
    }

    /** Starts the broker or finds the one that was named, and puts the nodes together; nothing runs yet. */
    static async create(options: RehearsalOptions): Promise<Rehearsal> {
        const rehearsal = new Rehearsal(options)
        await rehearsal.startBroker()
        rehearsal.makeNodes()
        return rehearsal
    }

    /** Runs to the end, or until `stop`. */
    async run(): Promise<void> {
        const { seconds, world } = this.options
        if (seconds !== undefined) {
            await this.runTo(seconds * 1000)
        } else if (world.rows !== undefined) {
            await this.runTo(world.rows * world.rowMs)
            const giveUpMs = this.clock.nowMs() + LAST_REPORT_MS
            while (!this.heardOut() && this.clock.nowMs() < giveUpMs && !this.stopping)
                await this.runTo(this.clock.nowMs() + 1000)
        } else {
            await this.runTo(Infinity)
        }
        const drainedMs = this.clock.nowMs() + DRAIN_MS
        while (this.owed() > 0 && this.clock.nowMs() < drainedMs && !this.stopping)
            await this.runTo(this.clock.nowMs() + 100)
    }

    /** Ends a run early; `run` returns soon. */
    stop(): void {
        this.stopping = true
    }

    async close(): Promise<void> {
        this.stopping = true
        for (const { node } of this.members.values()) node.stop()
        await this.listener?.close()
        await this.broker?.close()
    }

    virtualSeconds(): number {
        return this.clock.nowMs() / 1000
    }

    rows(): NodeRow[] {
        const { world } = this.options
        const nowRow = Math.floor(this.clock.nowMs() / world.rowMs)
        return [...this.members.values()].map(({ place, node, network, judge }) => {
            const twin = this.twin.nodes.get(node.id)
            return {
                id: node.id,
                online: twin?.online === true && this.brokerIsThere(),
                reported: twin?.reported ?? new Map<string, number>(),
                faults: twin?.faults ?? new Map<string, string>(),
                verdict: twin?.verdict,
                truth: world.truthAt(place, Math.min(nowRow, (world.rows ?? Infinity) - 1)),
                accuracy: judge.tally().accuracy,
                published: network.traffic.published,
                acknowledged: network.traffic.acknowledged,
                bytes: network.traffic.bytes,
                panics: node.panics.length,
            }
        })
    }

    result(): Result {
        const members = [...this.members.values()]
        const total = (of: (member: Member) => number) => members.reduce((s, m) => s + of(m), 0)
        const twins = [...this.twin.nodes.values()].filter(twin => this.members.has(twin.id))
        const labelled = total(m => m.judge.tally().labelled)
        const correct = total(m => m.judge.tally().correct)
        return {
            nodes: members.length,
            seconds: Math.round(this.virtualSeconds()),
            virtual: this.options.virtual,
            seed: this.options.seed,
            rows: total(m => m.judge.tally().rows),
            samples: twins.reduce((sum, twin) => sum + twin.samples(), 0),
            gaps: twins.reduce((sum, twin) => sum + twin.gaps(), 0),
            verdicts: total(m => m.judge.tally().verdicts),
            labelled,
            correct,
            accuracy: labelled === 0 ? null : Math.round((correct / labelled) * 1e4) / 1e4,
            published: total(m => m.network.traffic.published),
            acknowledged: total(m => m.network.traffic.acknowledged),
            bytesOnWire: total(m => m.network.traffic.bytes),
            lost: twins.reduce((sum, twin) => sum + twin.lost(), 0),
            wallMs: Math.round(performance.now() - this.wallStartMs),
        }
    }

    /** Panics of all nodes: a run that has any has failed. */
    panics(): { id: string; code: number }[] {
        return [...this.members.values()].flatMap(({ node }) =>
            node.panics.map(code => ({ id: node.id, code }))
        )
    }

    private async startBroker(): Promise<void> {
        const { virtual, brokerUrl } = this.options
        const filters = [EVERY_UP_TOPIC, EVERY_STATE_TOPIC]
        const hear = (topic: string, payload: Buffer) => this.twin.hear(topic, payload)
        if (brokerUrl !== undefined) {
            this.brokerUrl = brokerUrl
            this.listener = new Listener(brokerUrl, filters, hear)
            return
        }
        const broker = await Broker.create()
        this.broker = broker
        if (virtual) {
            this.memory.listen(VIRTUAL_HOST, MQTT_PORT, stream => broker.accept(stream))
            this.brokerUrl = `mqtt://${VIRTUAL_HOST}:${MQTT_PORT}`
        } else {
            this.brokerUrl = `mqtt://127.0.0.1:${await broker.listen()}`
        }
        for (const filter of filters) await broker.subscribe(filter, hear)
    }

    private makeNodes(): void {
        const { image, nodes, world, seed, virtual, faults, exact, print } = this.options
        const leavesTheBench = provision(image, { [SETTING_BROKER]: this.brokerUrl })
        const network: Network = virtual ? this.memory : new TcpNetwork()
        for (let place = 0; place < nodes; ++place) {
            const random = new RandomStream(`${seed}/node/${place}`)
            const idBytes = Buffer.alloc(8)
            random.fill(idBytes)
            const id = idBytes.toString("hex")
            const counted = new CountedNetwork(network)
            const node = new SimNode({
                id,
                seed,
                clock: this.clock,
                network: counted,
                flash: new Flash(leavesTheBench),
                bus: new I2cBus(
                    partsOf(this.clock, timeMs => world.conditionsAt(place, timeMs)),
                    faults,
                    this.clock,
                    new RandomStream(`${seed}/faults/${place}`)
                ),
                exact,
                print: line => print(id, line),
            })
            this.members.set(id, { place, node, network: counted, judge: new Judge(world, place) })
            this.clock.at(random.integer(POWER_ON_MS), () => node.start())
        }
    }

    private async runTo(endMs: number): Promise<void> {
        const stopped = () => this.stopping
        if (this.options.virtual) {
            const settle = () => (this.memory.takeActivity() ? this.memory.settle() : undefined)
            await runFast(this.clock, endMs, settle, stopped)
        } else {
            await runPaced(this.clock, endMs, this.options.speed, stopped)
        }
    }

    private judged(id: string, { sampledAtMs, verdict }: HeardReport): void {
        const member = this.members.get(id)
        if (member === undefined) return
        if (verdict !== undefined) member.judge.hear(sampledAtMs, verdict)
        member.judge.heardUntil(sampledAtMs)
    }

    /** Every node has been heard on the last row of the world. */
    private heardOut(): boolean {
        const { rows } = this.options.world
        return [...this.members.values()].every(({ judge }) => judge.tally().rows === rows)
    }

    private owed(): number {
        let owed = 0
        for (const { network } of this.members.values())
            owed += network.traffic.published - network.traffic.acknowledged
        return owed
    }

    private brokerIsThere(): boolean {
        return this.listener === undefined || this.listener.connected
    }
}
