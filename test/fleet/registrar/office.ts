/** A registrar with a broker of its own that keeps to what it is told, a clock that a test sets, and nodes on the host. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { HostLms, HostP256, type HostIdentity } from "../../../bench/enrol/host-identity"
import { HostNode, type Step } from "../../../bench/enrol/host-node"
import type { Claim } from "../../../fleet/registrar/claim"
import { Ledger } from "../../../fleet/ledger/ledger"
import type { Access, Grant } from "../../../fleet/registrar/access"
import {
    Registrar,
    type NodeStatus,
    type RegistrarOptions,
} from "../../../fleet/registrar/registrar"
import type { RefusalName } from "../../../fleet/registrar/refusals"
import { Store, openDatabase, type Database } from "../../../fleet/registrar/store"
import {
    ackTopic,
    downTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import { RandomStream } from "../../../sim/random"

export const NOON_MS = 1_763_640_000_000

/** Remembers who may what. */
export class PaperAccess implements Access {
    readonly grants = new Map<string, Grant>()
    /** Users whose sessions were closed, in order. */
    readonly closed: string[] = []

    async grant(grants: readonly Grant[]): Promise<void> {
        for (const grant of grants) {
            const before = this.grants.get(grant.user)
            if (before !== undefined && before.password !== grant.password)
                this.closed.push(grant.user)
            this.grants.set(grant.user, grant)
        }
    }

    async withdraw(users: readonly string[]): Promise<void> {
        for (const user of users) if (this.grants.delete(user)) this.closed.push(user)
    }
}

export interface Message {
    topic: string
    payload: Buffer
}

export class Office {
    readonly folder = mkdtempSync(join(tmpdir(), "motewise-registrar-"))
    access = new PaperAccess()
    readonly published: Message[] = []
    readonly said: string[] = []
    readonly randomBytes: (n: number) => Buffer
    nowMs = NOON_MS
    ledger!: Ledger
    registrar!: Registrar
    database!: Database
    private nodesMade = 0

    constructor(seed: string) {
        const stream = new RandomStream(seed)
        this.randomBytes = n => {
            const bytes = Buffer.alloc(n)
            stream.fill(bytes)
            return bytes
        }
    }

    static async open(seed: string, options: Partial<RegistrarOptions> = {}): Promise<Office> {
        const office = new Office(seed)
        await office.start(options)
        return office
    }

    async start(options: Partial<RegistrarOptions> = {}): Promise<void> {
        this.ledger = options.ledger ?? Ledger.open(this.folder)
        this.database = options.database ?? (await openDatabase(this.folder))
        this.registrar = await Registrar.open({
            folder: this.folder,
            ledger: this.ledger,
            access: this.access,
            publish: (topic, payload) => this.published.push({ topic, payload }),
            nowMs: () => this.nowMs,
            random: this.randomBytes,
            say: line => this.said.push(line),
            database: this.database,
            ...options,
        })
    }

    async stop(): Promise<void> {
        await this.registrar.close()
        this.ledger.close()
    }

    async remove(): Promise<void> {
        await this.stop()
        rmSync(this.folder, { recursive: true })
    }

    newClaim(): Claim {
        const id = (0xa0_0000 + ++this.nodesMade).toString(16).padStart(16, "0")
        return { id, secret: this.randomBytes(32).toString("hex") }
    }

    /** With a claim that the registrar knows. */
    async newNode(identity?: HostIdentity): Promise<HostNode> {
        const claim = this.newClaim()
        await this.registrar.addClaims([claim])
        const own = identity ?? (await HostLms.make(this.randomBytes))
        return new HostNode(claim, own, this.randomBytes)
    }

    /** Costs no tree. */
    async newP256Node(): Promise<HostNode> {
        return this.newNode(new HostP256())
    }

    /** What the registrar published on a topic since it was last taken. */
    taken(topic: string): Buffer[] {
        const taken = this.published.filter(message => message.topic === topic)
        const left = this.published.filter(message => message.topic !== topic)
        this.published.splice(0, Infinity, ...left)
        return taken.map(({ payload }) => payload)
    }

    /** Publishes on `enrol/up`, and gives what the node makes of the answers. */
    async tellEnrolment(node: HostNode, payload: Buffer): Promise<Step[]> {
        await this.registrar.hear(enrolUpTopic(node.id), payload)
        return this.taken(enrolDownTopic(node.id)).flatMap(
            answer => node.hearEnrolment(answer) ?? []
        )
    }

    /** Hello, nonce, and a proof that is not sent yet. */
    async proofOf(node: HostNode): Promise<Buffer> {
        const [step] = await this.tellEnrolment(node, node.hello())
        assert.ok(step !== undefined && "proof" in step, `node ${node.id} got no nonce`)
        return step.proof
    }

    /** All four messages. */
    async enrol(node: HostNode): Promise<Step | undefined> {
        const [step] = await this.tellEnrolment(node, await this.proofOf(node))
        return step
    }

    /** Enrols it, and has it say something under its credential. */
    async enrolAndHear(node: HostNode): Promise<void> {
        const step = await this.enrol(node)
        assert.ok(step !== undefined && "credential" in step, `node ${node.id} got no credential`)
        const heard = await this.registrar.hear(upTopic(node.id), node.report(Buffer.from("on")))
        assert.equal(heard?.plaintext.toString(), "on")
    }

    async tellAck(node: HostNode, name: string, value: unknown): Promise<void> {
        await this.registrar.hear(ackTopic(node.id), node.say(name, value))
    }

    /** Commands that the node takes. */
    commandsTo(node: HostNode): [name: string, value: unknown][] {
        return this.taken(downTopic(node.id)).flatMap(payload => {
            const command = node.hearCommand(payload)
            return command === undefined ? [] : [command]
        })
    }

    async status(node: HostNode): Promise<NodeStatus> {
        const status = await this.registrar.node(node.id)
        assert.ok(status !== undefined, `node ${node.id} is not known`)
        return status
    }

    /** All that is kept for good: entries of the ledger, and the store but for its counters. */
    async kept(): Promise<string> {
        const lines = [`${this.ledger.size} ${this.ledger.root().toString("hex")}`]
        for await (const [key, value] of this.database.iterator({ gt: "", lt: "~" }))
            if (!key.startsWith("r")) lines.push(`${key} ${value.toString("hex")}`)
        return lines.join("\n")
    }

    get store(): Store {
        return new Store(this.database)
    }
}

/** Whoever does this is refused, counted under this name and no other, and nothing is kept of it. */
export async function assertRefused(
    office: Office,
    name: RefusalName,
    act: () => Promise<unknown>
): Promise<void> {
    const before = office.registrar.counters()
    const kept = await office.kept()
    await act()
    assert.deepEqual(office.registrar.counters(), { ...before, [name]: before[name] + 1 })
    assert.equal(await office.kept(), kept)
}
