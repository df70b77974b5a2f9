/**
 * A rehearsal: simulated nodes, a broker and the far end, joined. Nodes run the image that goes on a board; the far end sees only
 * what comes through the broker, and a judge compares it with what the world knows.
 */
import { UsageError } from "../image/project"
import type { BrokerRules } from "../fleet/broker"
import type { Claim } from "../fleet/registrar/claim"
import type { HeardReport } from "../fleet/twin"
import { partsOf, ROOM_SEATS, type Seat } from "../sim/breadboard"
import { Clock } from "../sim/clock"
import { checkNodes, faultsOfNode, wasDueSince, type Fault } from "../sim/faults"
import { FaultyFlash } from "../sim/flash-faults"
import { I2cBus } from "../sim/i2c"
import { Judge } from "../sim/judge"
import { MemoryNetwork, TcpNetwork } from "../sim/network"
import { FaultyNetwork } from "../sim/network-faults"
import { SimNode } from "../sim/node"
import { runFast, runPaced } from "../sim/pace"
import { provision } from "../sim/provision"
import { RandomStream } from "../sim/random"
import { Strikes, type Tally } from "../sim/strikes"
import { CountedNetwork } from "../sim/traffic"
import type { StepCount } from "../sim/vm/step-count"
import type { World } from "../sim/worlds/world"
import { CLAIM_SECRET_BYTES } from "../src/telemetry/contract/enrolment"
import { SETTING_CLAIM } from "../src/telemetry/contract/settings"
import { enrolledFarEnd } from "./enrolled-far-end"
import { farEndAt, openFarEnd, type Enrolled, type FarEnd } from "./far-end"
import { LocalBroker } from "./local-broker"
import type { Counters, NodeRow, Result } from "./result"

export interface RehearsalOptions {
    image: Uint8Array
    /** What the program is wired to; the parts of the room app if absent. */
    seats?: Seat[]
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
    /** Nodes have claims and nothing else: made up for a fleet of this run's own, or those that the fleet at `brokerUrl` knows. */
    enrol?: true | readonly Claim[]
    faults: Fault[]
    exact: boolean
    /** What nodes take themselves to run on: an ESP32-C3 unless another is named. */
    chip?: string
    /** One for each node, by place, to count the steps of its program; none: nobody counts. */
    stepCounts?: readonly StepCount[]
    /** Virtual time from a formatted store to the node provisioned again; default a minute. */
    reprovisionMs?: number
    print(nodeId: string, line: string): void
    /** A report came; not a duplicate. */
    onHeard?(nodeId: string, report: HeardReport): void
    onPowerOn?(nodeId: string, virtualMs: number): void
    /** The broker has accepted a node. */
    onAccepted?(nodeId: string, virtualMs: number): void
    /** Called every virtual minute or so. */
    onProgress?(virtualSeconds: number): void
}

const ID_BYTES = 8
/** Nodes are switched on within this time, not all in one moment. */
const POWER_ON_MS = 1000
/** After the last row: the longest report interval of our programs, which is an hour, and the way. */
const LAST_REPORT_MS = 61 * 60 * 1000
/** For acknowledgements that are under way. */
const DRAIN_MS = 5000
/** The same after faults: a keepalive to notice them, the longest wait before a reconnect, and the way. */
const DRAIN_AFTER_FAULTS_MS = 10 * 60 * 1000
/** When every virtual run begins: Monday, 5 January 2026, 07:30 UTC. */
const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 5, 7, 30)
/** How often nodes are looked at from outside. */
const LOOK_MS = 60 * 1000
/** Somebody notices that a node came back blank, and provisions it. */
const REPROVISION_MS = 60 * 1000

/** Reports whose acknowledgement never came although nothing stood in the way. */
export interface BrokenPromise {
    id: string
    reports: number
}

interface Member {
    place: number
    node: SimNode
    network: CountedNetwork
    judge: Judge
}

export class Rehearsal {
    private readonly clock = new Clock()
    private readonly members = new Map<string, Member>()
    private readonly memory: MemoryNetwork
    private farEnd!: FarEnd
    private stopping = false
    private heapBytesMax = 0
    private readonly struck: Tally = new Map()
    private unkept: BrokenPromise[] = []
    private readonly wallStartMs = performance.now()

    private constructor(private readonly options: RehearsalOptions) {
        this.memory = new MemoryNetwork(this.clock)
    }

    /** Starts the broker or finds the one that was named, and puts the nodes together; nothing runs yet. */
    static async create(options: RehearsalOptions): Promise<Rehearsal> {
        checkFaults(options)
        const rehearsal = new Rehearsal(options)
        const claims = rehearsal.claims()
        rehearsal.farEnd = await rehearsal.otherEnd(claims)
        claims.forEach(({ id }, place) => rehearsal.makeNode(place, id))
        return rehearsal
    }

    /** Runs to the end, or until `stop`. */
    async run(): Promise<void> {
        const { seconds, world } = this.options
        this.watch()
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
        await this.drain()
    }

    /** Ends a run early; `run` returns soon. */
    stop(): void {
        this.stopping = true
    }

    async close(): Promise<void> {
        this.stopping = true
        for (const { node } of this.members.values()) node.stop()
        await this.farEnd.close()
    }

    /** What nodes, and people, are to connect to. */
    get brokerUrl(): string {
        return this.farEnd.url
    }

    virtualSeconds(): number {
        return this.clock.nowMs() / 1000
    }

    rows(): NodeRow[] {
        const { world } = this.options
        const nowRow = Math.floor(this.clock.nowMs() / world.rowMs)
        return [...this.members.values()].map(({ place, node, network, judge }) => {
            const twin = this.farEnd.twin.nodes.get(node.id)
            return {
                id: node.id,
                online: twin?.online === true && this.farEnd.alive,
                reported: twin?.reported ?? new Map<string, number>(),
                faults: twin?.faults ?? new Map<string, string>(),
                verdict: twin?.verdict,
                truth: world.truthAt(place, Math.min(nowRow, (world.rows ?? Infinity) - 1)),
                accuracy: judge.tally().accuracy,
                published: network.traffic.published,
                acknowledged: network.traffic.acknowledged,
                bytes: network.traffic.bytes,
                used: twin?.used() ?? [],
                panics: node.panics.length,
            }
        })
    }

    result(): Result {
        const members = [...this.members.values()]
        const total = (of: (member: Member) => number) => members.reduce((s, m) => s + of(m), 0)
        const twins = [...this.farEnd.twin.nodes.values()].filter(twin => this.members.has(twin.id))
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

    /** What befell the nodes. */
    counters(): Counters {
        const nodes = [...this.members.values()].map(({ node }) => node)
        const total = (of: (node: SimNode) => number) => nodes.reduce((s, n) => s + of(n), 0)
        return {
            boots: total(node => node.boots),
            powerCuts: total(node => node.powerCuts),
            storeFormatted: total(node => node.storeFormatted),
            flashWrites: total(node => node.flashWrites),
            panics: total(node => node.panics.length),
            struck: Object.fromEntries([...this.struck].sort()),
        }
    }

    /** The most that any node's heap held when it was looked at, garbage included. */
    heapHighWaterBytes(): number {
        return this.heapBytesMax
    }

    /** What the fullest heap holds now, garbage included. */
    heapUsedBytes(): number {
        return Math.max(...[...this.members.values()].map(({ node }) => node.heapUsedBytes()))
    }

    /** Reports that never came and that nothing explains. */
    unaccounted(): number {
        return [...this.farEnd.twin.nodes.values()].reduce(
            (sum, twin) => sum + twin.unaccounted(),
            0
        )
    }

    /** Times that a node came back without the alarms it had kept, as the far end noticed by itself. */
    storesLost(): number {
        return [...this.farEnd.twin.nodes.values()].reduce((sum, twin) => sum + twin.storesLost, 0)
    }

    /** Reports that came more than once. */
    duplicates(): number {
        return [...this.farEnd.twin.nodes.values()].reduce((sum, twin) => sum + twin.duplicates, 0)
    }

    /** The node has told that it dropped this report. */
    isDropped(id: string, boot: string, sequence: number): boolean {
        return this.farEnd.twin.nodes.get(id)?.isDropped(boot, sequence) === true
    }

    /** How far enrolment has come; undefined where nodes speak in the open, or to somebody else. */
    enrolled(): Enrolled | undefined {
        return this.farEnd.enrolled?.()
    }

    /** MQTT bytes of a node's connections, both ways. */
    bytesOnWire(id: string): number {
        return this.members.get(id)?.network.traffic.bytes ?? 0
    }

    /** Panics of all nodes: a run that has any has failed. */
    panics(): { id: string; code: number }[] {
        return [...this.members.values()].flatMap(({ node }) =>
            node.panics.map(code => ({ id: node.id, code }))
        )
    }

    /** Of a virtual run that came to its end: a run that has any has failed. */
    brokenPromises(): BrokenPromise[] {
        return this.unkept
    }

    private watch(): void {
        this.clock.after(LOOK_MS, () => {
            this.heapBytesMax = Math.max(this.heapBytesMax, this.heapUsedBytes())
            this.options.onProgress?.(this.virtualSeconds())
            this.watch()
        })
    }

    /** An id for each node, and what it would enrol with. */
    private claims(): readonly Claim[] {
        const { nodes, enrol } = this.options
        if (Array.isArray(enrol)) return enrol.slice(0, nodes)
        return Array.from({ length: nodes }, (_, place) => ({
            id: this.drawn(`node/${place}`, ID_BYTES),
            secret: this.drawn(`claim/${place}`, CLAIM_SECRET_BYTES),
        }))
    }

    private async otherEnd(claims: readonly Claim[]): Promise<FarEnd> {
        const { clock, options } = this
        const { virtual, brokerUrl, enrol, faults, print } = options
        const onHeard = (id: string, heard: HeardReport) => this.judged(id, heard)
        if (brokerUrl !== undefined) {
            const secrets = new Map(claims.map(({ id, secret }) => [id, secret]))
            const settingsOf = (id: string): Record<string, string> =>
                enrol === undefined ? {} : { [SETTING_CLAIM]: `${id}-${secrets.get(id)}` }
            return farEndAt(brokerUrl, clock, onHeard, settingsOf, enrol === undefined)
        }
        const makeBroker = async (rules?: BrokerRules) => {
            const memory = virtual ? this.memory : undefined
            const broker = await LocalBroker.create(clock, memory, this.random("broker"), rules)
            broker.dieBy(this.strikes(faults, "faults/broker"))
            return broker
        }
        if (enrol === undefined)
            return openFarEnd(await makeBroker(), clock, () => this.epochMs(), onHeard)
        return enrolledFarEnd({
            clock,
            epochMs: virtual ? VIRTUAL_EPOCH_MS : Date.now(),
            claims,
            random: this.random("fleet"),
            makeBroker,
            onHeard,
            say: line => print("fleet", line),
        })
    }

    private makeNode(place: number, id: string): void {
        const { clock, options } = this
        const { world, seats = ROOM_SEATS, seed, virtual, exact, print, reprovisionMs } = options
        const leavesTheBench = provision(options.image, this.farEnd.settingsOf(id))
        const faults = faultsOfNode(options.faults, place)
        const strikes = (room: string) => this.strikes(faults, `faults/${place}/${room}`)
        const carrier = virtual ? this.memory : new TcpNetwork()
        const network = new CountedNetwork(
            new FaultyNetwork(carrier, clock, strikes("network")),
            () => this.options.onAccepted?.(id, clock.nowMs())
        )
        const power = strikes("power")
        const node = new SimNode({
            id,
            seed,
            clock,
            network,
            flash: new FaultyFlash(leavesTheBench, strikes("flash")),
            bus: new I2cBus(
                partsOf(seats, clock, timeMs => world.conditionsAt(place, timeMs), id),
                faults,
                clock,
                this.random(`faults/${place}`),
                this.struck
            ),
            chip: options.chip,
            exact,
            stepCount: options.stepCounts?.[place],
            skewPpm: () => power.skewPpm(),
            onReset: () => network.nodeReset(),
            onStoreFormatted: () =>
                clock.after(reprovisionMs ?? REPROVISION_MS, () =>
                    node.provisionAgain(leavesTheBench)
                ),
            print: line => print(id, line),
        })
        power.atEachStart("brownOut", ({ byMs }) => node.powerCut(byMs))
        this.members.set(id, { place, node, network, judge: new Judge(world, place) })
        const random = this.random(`node/${place}`)
        // Its id was drawn before.
        random.fill(Buffer.alloc(ID_BYTES))
        clock.at(random.integer(POWER_ON_MS), () => {
            this.options.onPowerOn?.(id, clock.nowMs())
            node.start()
        })
    }

    /** The time of day: the wall's, or in virtual time a fixed morning's. */
    private epochMs(): number {
        return this.options.virtual ? VIRTUAL_EPOCH_MS + this.clock.nowMs() : Date.now()
    }

    private random(purpose: string): RandomStream {
        return new RandomStream(`${this.options.seed}/${purpose}`)
    }

    /** In hexadecimal. */
    private drawn(purpose: string, length: number): string {
        const bytes = Buffer.alloc(length)
        this.random(purpose).fill(bytes)
        return bytes.toString("hex")
    }

    private strikes(faults: Fault[], purpose: string): Strikes {
        return new Strikes(faults, this.clock, this.random(purpose), this.struck)
    }

    private async runTo(endMs: number): Promise<void> {
        const stopped = () => this.stopping
        if (this.options.virtual)
            await runFast(this.clock, endMs, () => this.farEnd.settle(), stopped)
        else await runPaced(this.clock, endMs, this.options.speed, stopped)
    }

    /** Waits for acknowledgements; what is still owed then, with no fault to blame, is a promise broken. */
    private async drain(): Promise<void> {
        const { faults, virtual } = this.options
        const startMs = this.clock.nowMs()
        const endMs = startMs + (virtual && faults.length > 0 ? DRAIN_AFTER_FAULTS_MS : DRAIN_MS)
        while (this.owed() > 0 && this.clock.nowMs() < endMs && !this.stopping)
            await this.runTo(this.clock.nowMs() + 100)
        const blameless = faults.some(
            fault => fault.kind === "corrupt" || wasDueSince(fault, startMs, this.clock.nowMs())
        )
        if (!virtual || this.stopping || blameless) return
        for (const { node, network } of this.members.values()) {
            const reports = network.owed()
            if (reports > 0) this.unkept.push({ id: node.id, reports })
        }
    }

    private judged(id: string, heard: HeardReport): void {
        const { sampledAtMs, verdict } = heard
        this.options.onHeard?.(id, heard)
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
        return [...this.members.values()].reduce((sum, { network }) => sum + network.owed(), 0)
    }
}

/** @throws UsageError for faults that this run cannot have */
function checkFaults({ faults, nodes, brokerUrl }: RehearsalOptions): void {
    checkNodes(faults, nodes)
    if (brokerUrl !== undefined && faults.some(({ kind }) => kind === "brokerKill"))
        throw new UsageError("fault brokerKill: somebody else's broker is not ours to kill")
}
