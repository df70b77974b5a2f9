/**
 * kill -9 of a registrar while nodes enrol, again and again. No node is stuck, the ledger has each once, and it has whoever holds a
 * credential. In CI 200 nodes and 100 kills.
 */
import assert from "node:assert/strict"
import { fork, type ChildProcess } from "node:child_process"
import { randomBytes, randomInt } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { HostLms, HostP256 } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import { Ledger } from "../../../fleet/ledger/ledger"
import { inProject } from "../../../image/project"
import { ackTopic, enrolUpTopic } from "../../../src/telemetry/contract/topics"
import { isThorough } from "../../harness/needs"
import type { Begin, FromRegistrar, ToRegistrar } from "./registrar-process"

const NODES = isThorough() ? 200 : 40
const KILLS = isThorough() ? 100 : 12
const LMS_NODES = 8
/** A kill comes at a moment of the first so many milliseconds that a registrar lives. */
const LIFE_MS = 800
const PATIENCE_MS = 300
const ATTEMPTS = 1000

/** The broker, which dies with its registrar, and is asked by nodes that do not. */
class Broker {
    private child: ChildProcess | undefined
    private readonly passwords = new Map<string, string>()
    private readonly ears = new Map<string, (payload: Buffer) => void>()

    constructor(private readonly begin: Begin) {}

    async start(): Promise<void> {
        const child = fork(inProject("test/fleet/registrar/registrar-process.ts"), {
            execArgv: ["--import", "tsx"],
            serialization: "advanced",
        })
        this.passwords.clear()
        await new Promise<void>((resolve, reject) => {
            child.once("exit", () => reject(new Error("the registrar ended by itself")))
            child.on("message", (message: FromRegistrar) => {
                if ("ready" in message) {
                    this.child = child
                    resolve()
                } else if ("published" in message) {
                    const { topic, payload } = message.published
                    this.ears.get(topic)?.(Buffer.from(payload))
                } else {
                    for (const { user, password } of message.grant)
                        this.passwords.set(user, password)
                    this.send(child, { granted: message.number })
                }
            })
            this.send(child, { begin: this.begin })
        })
    }

    async kill(): Promise<void> {
        const { child } = this
        this.child = undefined
        if (child === undefined) return
        const gone = once(child, "exit")
        child.kill("SIGKILL")
        await gone
    }

    /** Publishes, if the broker is there and this is whom it knows; the answer on the topic, if one comes in time. */
    async ask(
        [user, password]: [user: string, password: string | undefined],
        topic: string,
        payload: Buffer
    ): Promise<Buffer | undefined> {
        const { child } = this
        const answer = topic.replace(/up$/, "down").replace(/ack$/, "down")
        const heard = new Promise<Buffer>(resolve => this.ears.set(answer, resolve))
        if (child !== undefined && this.passwords.get(user) === password)
            this.send(child, { heard: { topic, payload } })
        return Promise.race([heard, setTimeout(PATIENCE_MS, undefined)])
    }

    private send(child: ChildProcess, message: ToRegistrar): void {
        // It may have been killed a moment ago.
        if (child.connected) child.send(message, () => {})
    }
}

/** One enrolment, as a node does it: false when nothing came of it, and it is to be begun again. */
async function enrols(broker: Broker, node: HostNode): Promise<boolean> {
    const claim: [string, string] = [node.claimUser, node.claimPassword]
    const topic = enrolUpTopic(node.id)
    const nonce = await broker.ask(claim, topic, node.hello())
    const step = nonce && node.hearEnrolment(nonce)
    if (step === undefined || !("proof" in step)) return false
    for (let again = 0; again < 3; ++again) {
        const answer = await broker.ask(claim, topic, step.proof)
        const got = answer && node.hearEnrolment(answer)
        if (got === undefined) continue
        return "credential" in got && isHeard(broker, node)
    }
    return false
}

async function isHeard(broker: Broker, node: HostNode): Promise<boolean> {
    for (let again = 0; again < 5; ++again) {
        const question = node.say("time", 1)
        const answer = await broker.ask([node.id, node.password], ackTopic(node.id), question)
        if (answer !== undefined && node.hearCommand(answer)?.[0] === "time") return true
    }
    return false
}

test(`kill -9 of the registrar, ${KILLS} times while ${NODES} nodes enrol`, async t => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-registrar-"))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const claims = Array.from({ length: NODES }, (_, i) => ({
        id: (i + 1).toString(16).padStart(16, "0"),
        secret: randomBytes(32).toString("hex"),
    }))
    const nodes: HostNode[] = []
    for (const [i, claim] of claims.entries()) {
        const identity = i < LMS_NODES ? await HostLms.make(randomBytes) : new HostP256()
        nodes.push(new HostNode(claim, identity, randomBytes))
    }
    const broker = new Broker({ folder, claims, startMs: Date.now() })
    t.after(() => broker.kill())
    let isCalm = false
    let enrolments = 0
    // Each enrols over and over, but for those whose signatures are few; and all of them once more when it is calm.
    const live = async (node: HostNode) => {
        for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
            const wasCalm = isCalm
            if (node.identity instanceof HostLms && node.identity.used > 16 && !wasCalm) {
                await setTimeout(PATIENCE_MS)
                continue
            }
            if (!(await enrols(broker, node))) continue
            enrolments++
            if (wasCalm) return
        }
        assert.fail(`node ${node.id} is stuck`)
    }
    const sizes: number[] = []
    const lives = Promise.all(nodes.map(live))
    for (let kill = 0; kill < KILLS; ++kill) {
        await broker.start()
        await setTimeout(randomInt(LIFE_MS))
        await broker.kill()
        const ledger = Ledger.open(folder)
        const known = new Set<string>()
        for (let at = 0; at < ledger.size; ++at) known.add(ledger.entry(at).node)
        ledger.close()
        assert.equal(known.size, ledger.size, "each once")
        sizes.push(ledger.size)
        for (const { id, session } of nodes)
            assert.ok(session === undefined || known.has(id), `${id} holds a credential`)
    }
    isCalm = true
    await broker.start()
    await lives
    await broker.kill()
    const ledger = Ledger.open(folder)
    const entries = Array.from({ length: ledger.size }, (_, at) => ledger.entry(at))
    ledger.close()
    assert.deepEqual(
        entries.map(({ node }) => node).sort(),
        claims.map(({ id }) => id)
    )
    assert.ok(enrolments >= NODES, `${enrolments} enrolments`)
    t.diagnostic(`${enrolments} enrolments; entries at each kill: ${sizes.join(" ")}`)
})
