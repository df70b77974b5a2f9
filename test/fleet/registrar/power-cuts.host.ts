/**
 * The registrar's life of three nodes, with the power cut at every single thing it asks of ledger, store and broker, before it is done
 * and after. Whatever is lost, no node is stuck, nothing is in the ledger twice, and nobody holds a credential that it does not know of.
 */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { HostLms, HostP256 } from "../../../bench/enrol/host-identity"
import { HostNode } from "../../../bench/enrol/host-node"
import { Ledger } from "../../../fleet/ledger/ledger"
import { Registrar } from "../../../fleet/registrar/registrar"
import { SEALED_HEAD_HEX } from "../../../src/telemetry/contract/sealing"
import {
    ackTopic,
    downTopic,
    enrolDownTopic,
    enrolUpTopic,
    upTopic,
} from "../../../src/telemetry/contract/topics"
import { RandomStream } from "../../../sim/random"
import { MemoryDisk, type Fate } from "../ledger/memory-disk"
import { MemoryDatabase } from "./memory-database"
import { NOON_MS, PaperAccess, type Message } from "./office"

class PowerCut extends Error {}

/** When the power goes: at the so manyth thing that is asked for, before or after it is done. */
interface Cut {
    at: number
    isAfter: boolean
    fate: Fate
}

const NEVER: Cut = { at: Infinity, isAfter: false, fate: "kept" }
/** In a nonce: after the boot and the kind. */
const NUMBER_AT = SEALED_HEAD_HEX.length / 2 + 9
const ATTEMPTS = 20

function random(seed: string): (n: number) => Buffer {
    const stream = new RandomStream(seed)
    return n => {
        const bytes = Buffer.alloc(n)
        stream.fill(bytes)
        return bytes
    }
}

const trees = await Promise.all(
    [0, 1, 0].map((generation, i) => HostLms.make(random(`tree ${i}`), generation))
)

class Site {
    private disk = new MemoryDisk()
    private database = new MemoryDatabase()
    access = new PaperAccess()
    private registrar: Registrar | undefined
    private ledger!: Ledger
    private published: Message[] = []
    private readonly numbers = new Set<string>()
    asked = 0
    cuts = 0
    nowMs = NOON_MS

    constructor(
        private readonly folder: string,
        private readonly cut: Cut
    ) {}

    /** Asks the registrar for something, again and again if the power goes meanwhile: then whoever asked does not know what became of it. */
    async ask<T>(what: (registrar: Registrar) => Promise<T>): Promise<T> {
        for (;;)
            try {
                this.registrar ??= await this.opened()
                return await what(this.registrar)
            } catch (e) {
                if (!(e instanceof PowerCut)) throw e
                this.powerOn()
            }
    }

    taken(topic: string): Buffer[] {
        const taken = this.published.filter(message => message.topic === topic)
        this.published = this.published.filter(message => message.topic !== topic)
        return taken.map(({ payload }) => payload)
    }

    entries(): string[] {
        return Array.from({ length: this.ledger.size }, (_, at) => {
            const entry = this.ledger.entry(at)
            const key = "publicKey" in entry ? entry.publicKey.toString("hex", 8, 24) : ""
            return `${entry.kind} ${entry.node} ${key}`
        })
    }

    private async opened(): Promise<Registrar> {
        const step = <T>(run: () => T): T => this.step(run)
        const asked = <T extends object>(target: T, names: readonly (keyof T)[]): T =>
            new Proxy(target, {
                get(of, name) {
                    const value = Reflect.get(of, name) as unknown
                    if (typeof value !== "function") return value
                    const call = (...args: unknown[]) => value.apply(of, args) as unknown
                    if (!names.includes(name as keyof T)) return call
                    return (...args: unknown[]) => step(() => call(...args))
                },
            })
        this.access = new PaperAccess()
        const changes = ["replace", "rename", "append", "truncate", "sync", "syncFolder", "remove"]
        this.ledger = Ledger.on(asked(this.disk, changes as never[]), { origin: "test" })
        return Registrar.open({
            folder: this.folder,
            ledger: this.ledger,
            access: asked(this.access, ["grant", "withdraw"]),
            publish: (topic, payload) => step(() => this.publish({ topic, payload })),
            nowMs: () => this.nowMs,
            random: random(`registrar ${this.cuts}`),
            say: () => {},
            database: asked(this.database, ["batch"]),
        })
    }

    private publish(message: Message): void {
        this.published.push(message)
        if (!message.topic.endsWith("/down") || message.topic.endsWith("enrol/down")) return
        const name = `${message.topic} ${message.payload.readUInt32BE(NUMBER_AT)}`
        assert.ok(!this.numbers.has(name), `${name}: a number that was used`)
        this.numbers.add(name)
    }

    private step<T>(run: () => T): T {
        const isNow = this.asked++ === this.cut.at
        if (isNow && !this.cut.isAfter) throw new PowerCut()
        const result = run()
        if (!isNow) return result
        if (result instanceof Promise)
            return result.then(() => {
                throw new PowerCut()
            }) as T
        throw new PowerCut()
    }

    private powerOn(): void {
        this.cuts++
        this.registrar = undefined
        this.disk = this.disk.afterPowerCut(this.cut.fate)
        this.database = this.database.afterPowerCut(this.cut.fate)
    }
}

/** As a node does: sends the same proof again when nothing comes, and starts over when that does not help. */
async function enrol(site: Site, node: HostNode): Promise<void> {
    const heard = () =>
        site.taken(enrolDownTopic(node.id)).flatMap(of => node.hearEnrolment(of) ?? [])
    const say = (payload: Buffer) =>
        site.ask(registrar => registrar.hear(enrolUpTopic(node.id), payload))
    for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
        site.nowMs += 1000
        await say(node.hello())
        const nonce = heard().find(step => "proof" in step)
        if (nonce === undefined) continue
        for (let again = 0; again < 3; ++again) {
            await say(nonce.proof)
            site.nowMs += 10_000
            await site.ask(registrar => registrar.tick())
            if (heard().some(step => "credential" in step)) return report(site, node)
        }
    }
    assert.fail(`node ${node.id} is stuck`)
}

async function report(site: Site, node: HostNode): Promise<void> {
    assert.equal(site.access.grants.get(node.id)?.password, node.password)
    const payload = node.report(Buffer.from("on"))
    const heard = await site.ask(registrar => registrar.hear(upTopic(node.id), payload))
    assert.equal(heard?.plaintext.toString(), "on")
    await until(site, node, "time", 1)
}

/** Asks until it is answered. */
async function until(site: Site, node: HostNode, name: string, value: unknown): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
        const payload = node.say(name, value)
        await site.ask(registrar => registrar.hear(ackTopic(node.id), payload))
        const commands = site.taken(downTopic(node.id)).map(of => node.hearCommand(of)?.[0])
        if (commands.includes(name)) return
    }
    assert.fail(`node ${node.id} hears nothing of ${name}`)
}

async function live(folder: string, cut: Cut): Promise<Site> {
    const site = new Site(folder, cut)
    const claims = [1, 2, 3].map(number => ({
        id: number.toString(16).padStart(16, "0"),
        secret: random(`claim ${number}`)(32).toString("hex"),
    }))
    const [first, next, other] = trees.map(tree => tree.copy())
    await site.ask(registrar => registrar.addClaims(claims))
    const bytes = random("nodes")
    const node = new HostNode(claims[0], first, bytes)
    const lost = new HostNode(claims[1], new HostP256(), bytes)
    const stolen = new HostNode(claims[2], new HostP256(), bytes)
    for (const each of [node, lost, stolen]) await enrol(site, each)
    await until(site, node, "rollover", first.rollover(node.id, next))
    node.identity = next
    await enrol(site, node)
    await enrol(site, new HostNode(claims[1], other, bytes))
    await site.ask(registrar => registrar.revoke(stolen.id, "stolen"))
    site.nowMs += 20 * 86_400_000
    await site.ask(registrar => registrar.tick())
    await site.ask(registrar => registrar.tick())
    assert.deepEqual(site.entries(), [
        `enrolment ${node.id} ${first.publicKey().toString("hex", 8, 24)}`,
        `enrolment ${lost.id} ${lost.identity.publicKey().toString("hex", 8, 24)}`,
        `enrolment ${stolen.id} ${stolen.identity.publicKey().toString("hex", 8, 24)}`,
        `key change ${node.id} ${next.publicKey().toString("hex", 8, 24)}`,
        `enrolment ${lost.id} ${other.publicKey().toString("hex", 8, 24)}`,
        `revocation ${stolen.id} `,
    ])
    const users = [...site.access.grants.keys()].sort()
    const expected = [node, lost].flatMap(({ id, claimUser }) => [id, claimUser])
    assert.deepEqual(users, expected.sort())
    return site
}

test("the power is cut at everything the registrar asks for, before and after", async t => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-registrar-"))
    t.after(() => rmSync(folder, { recursive: true }))
    const { asked } = await live(folder, NEVER)
    assert.ok(asked > 50, `${asked} things`)
    for (let at = 0; at < asked; ++at)
        for (const isAfter of [false, true])
            for (const fate of ["kept", "lost"] as const) {
                const cut = { at, isAfter, fate }
                try {
                    const { cuts } = await live(folder, cut)
                    assert.ok(cuts <= 1, `${cuts} cuts`)
                } catch (e) {
                    throw new Error(`cut ${JSON.stringify(cut)}: ${(e as Error).message}`, {
                        cause: e,
                    })
                }
            }
    t.diagnostic(`${4 * asked} cuts`)
})
