/**
 * The registrar: the far end of enrolment and of sessions. It knows nodes by their claims, takes their proofs, writes the ledger, gives
 * credentials, tells the broker who may what, and opens what nodes seal.
 *
 * Messages of one node are taken one after the other, those of many together: what has to last is written in groups. It has no timers:
 * it is told the time by `tick`, and so a run in virtual time is like another.
 */
import { encode } from "cborg"
import {
    COMMAND_ALIVE,
    COMMAND_ENROL,
    COMMAND_ROLLOVER,
} from "../../src/telemetry/contract/commands"
import {
    ENROLMENT_BYTES_MAX,
    HELLO,
    REFUSED_SECOND_DEVICE,
    claimUser,
    refusalMacInput,
} from "../../src/telemetry/contract/enrolment"
import { SEALED_EXTRA_BYTES } from "../../src/telemetry/contract/sealing"
import { REPORT_BYTES_MAX } from "../../src/telemetry/contract/senml"
import { enrolDownTopic } from "../../src/telemetry/contract/topics"
import { InputError } from "../../table/input-error"
import type { Event } from "../ledger/entry"
import type { Ledger } from "../ledger/ledger"
import { sha256 } from "../sha256"
import { answerTo } from "../time-service"
import { claimGrant, nodeGrant, type Access, type Grant, type Refusal } from "./access"
import { caughtUp } from "./catch-up"
import { claimPassword, enrolmentMac, secretOf, type Claim } from "./claim"
import { GroupCommit, type Step } from "./group-commit"
import { Incumbents, type Newcomer } from "./incumbents"
import { isKnown, judgeProof, nameOf } from "./judge"
import { judgeRollover } from "./judge-rollover"
import { KnownNode } from "./known-node"
import {
    nonceMessage,
    readEnrolment,
    readPair,
    refusedMessage,
    type Hello,
    type Proof,
} from "./messages"
import { newSession } from "./new-session"
import { NEW_NODE, isSameKey, type NodeKey, type NodeRecord } from "./node-record"
import { statusOf, type NodeStatus } from "./node-status"
import { Nonces } from "./nonces"
import { Recent } from "./recent"
import { Refusals, nameOfRefusal, sum, type Counts, type RefusalName } from "./refusals"
import { registrarKeys, type RegistrarKeys } from "./registrar-keys"
import {
    Store,
    openDatabase,
    putDue,
    putNode,
    putUses,
    removeDue,
    type Database,
    type Write,
} from "./store"
import { tellBroker } from "./tell-broker"
import { Turns } from "./turns"

export type { NodeStatus }

const TOPIC = /^mw\/([0-9a-f]{16})\/(enrol\/up|up|ack)$/
/** A longer head, for a ciphertext of 256 bytes and more. */
const UP_BYTES_MAX = REPORT_BYTES_MAX + SEALED_EXTRA_BYTES + 1
const DAY_MS = 86_400_000
const CREDENTIAL_LIFE_MS = 30 * DAY_MS
/** A node that was asked to enrol again and did not is asked once more. */
const ASK_AGAIN_MS = 3_600_000
const DUE_PER_TICK = 1000
const NODES_IN_MEMORY = 10_000
const CLAIMS_AT_ONCE = 1000

export interface RegistrarOptions {
    /** Of the fleet: `registrar/` and `keys/registrar.key` are in it. */
    folder: string
    ledger: Ledger
    access: Access
    /** Hands a message to the broker, for whoever subscribes: QoS 1, not retained. */
    publish: (topic: string, payload: Buffer) => void
    /** Milliseconds since 1970. */
    nowMs: () => number
    /** Bytes that nobody can guess. */
    random: (n: number) => Buffer
    /** Hears what a person should know: no secret is in it. */
    say: (line: string) => void
    credentialLifeMs?: number
    /** In place of the one in the folder. */
    database?: Database
}

/** What a node said under its session, for the twin. */
export interface Heard {
    id: string
    /** 16 hex digits */
    boot: string
    /** SEALED_REPORT, and the number is its sequence; or SEALED_OTHER. */
    kind: number
    number: number
    plaintext: Buffer
}

export class Registrar {
    private readonly nonces: Nonces
    private readonly turns = new Turns()
    private readonly incumbents = new Incumbents()
    private readonly nodesInMemory = new Recent<KnownNode>(NODES_IN_MEMORY)
    private readonly group: GroupCommit
    /** When it was last looked who is due, and who was the first then. */
    private writesAtLook = -1
    private firstDueMs = 0
    private isTicking = false

    private constructor(
        private readonly options: RegistrarOptions,
        private readonly keys: RegistrarKeys,
        private readonly store: Store,
        private readonly refusals: Refusals
    ) {
        this.nonces = new Nonces(keys.nonce)
        this.group = new GroupCommit(options.ledger, store.database, options.access)
    }

    /**
     * Catches up with the ledger, and tells the broker who may what.
     * @throws InputError when what is in the folder cannot be used, or the ledger is older than it
     */
    static async open(options: RegistrarOptions): Promise<Registrar> {
        const keys = registrarKeys(options.folder, options.random)
        const store = new Store(options.database ?? (await openDatabase(options.folder)))
        try {
            await caughtUp(store, options.ledger, options.say)
            const refusals = new Refusals(await store.totals())
            const registrar = new Registrar(options, keys, store, refusals)
            await tellBroker(options.access, store, keys.credential)
            return registrar
        } catch (e) {
            await store.database.close()
            throw e
        }
    }

    /** Those that are new, and how many. @throws InputError for a claim that is none, or has another secret than before; none is added then */
    async addClaims(claims: readonly Claim[]): Promise<number> {
        const secrets = new Map(claims.map(claim => [claim.id, secretOf(claim)]))
        const fresh: [id: string, secret: Buffer][] = []
        for (const [id, secret] of secrets) {
            const known = (await this.recordOf(id))?.claimSecret
            if (known === undefined) fresh.push([id, secret])
            else if (!known.equals(secret))
                throw new InputError(`claim ${id}: is known with another secret`)
        }
        for (let at = 0; at < fresh.length; at += CLAIMS_AT_ONCE) {
            const some = fresh.slice(at, at + CLAIMS_AT_ONCE)
            await Promise.all(
                some.map(([id, secret]) => this.turns.take(id, () => this.addClaim(id, secret)))
            )
        }
        return fresh.length
    }

    /**
     * Takes what a node published. What it is answered has been handed to `publish` when this returns.
     * @returns telemetry that its session opened @throws Error when it cannot be written down: then it must be opened again
     */
    async hear(topic: string, payload: Uint8Array): Promise<Heard | undefined> {
        const match = TOPIC.exec(topic)
        if (match === null) return undefined
        const [, id, kind] = match
        return this.turns.take(id, async () => {
            const node = await this.known(id)
            const bytesMax = kind === "up" ? UP_BYTES_MAX : ENROLMENT_BYTES_MAX
            if (node === undefined) this.refuse(undefined, "unknownNode")
            else if (payload.length > bytesMax) this.refuse(node, "oversized")
            else if (kind === "up") return this.opened(node, "up", payload)
            else if (kind === "ack") await this.hearAck(node, payload)
            else await this.hearEnrolment(node, payload)
            return undefined
        })
    }

    /** Seals and publishes. False when the node has no session, or was not yet heard in it. */
    async command(id: string, plaintext: Uint8Array): Promise<boolean> {
        return this.turns.take(id, async () => {
            const node = await this.known(id)
            return node !== undefined && this.tell(node, Buffer.from(plaintext))
        })
    }

    /** @param user as who it came: `claim-<id>`, `<id>`, or anything */
    async refusedAtBroker(user: string, refusal: Refusal, detail = ""): Promise<void> {
        const [, claim, id] = /^(claim-)?([0-9a-f]{16})$/.exec(user) ?? []
        const record = id === undefined ? undefined : await this.recordOf(id)
        const isRevoked = record?.revoked !== undefined && refusal === "unknownUser"
        const name = isRevoked ? "revoked" : nameOfRefusal(refusal, claim !== undefined)
        this.refuse(record && { id }, name, detail)
    }

    /** Grows with everything that is written: while it does not, `nodes` are what they were. */
    get writes(): number {
        return this.group.writes
    }

    /** Once a second: what is due. @throws Error as `hear` */
    async tick(): Promise<void> {
        if (this.isTicking) return
        this.isTicking = true
        try {
            const nowMs = this.options.nowMs()
            const silent = this.incumbents.silent(nowMs)
            await Promise.all(silent.map(id => this.turns.take(id, () => this.giveUpOn(id))))
            await this.askThoseDue(nowMs)
            await this.keepRefusals()
        } finally {
            this.isTicking = false
        }
    }

    private async askThoseDue(nowMs: number): Promise<void> {
        // A fleet is mostly at rest: the store is asked only when there may be another answer.
        if (this.writes === this.writesAtLook && nowMs < this.firstDueMs) return
        this.writesAtLook = this.writes
        for (const { id, timeMs } of await this.store.due(nowMs, DUE_PER_TICK))
            await this.turns.take(id, () => this.askToRenew(id, timeMs))
        this.firstDueMs = await this.store.firstDueMs()
    }

    /**
     * Its credential and its claim are worth nothing from now on, and its session is closed. False when that was so already.
     * @param reason of 1 to 160 bytes @throws InputError when there is no such node, or no such reason
     */
    async revoke(id: string, reason: string): Promise<boolean> {
        const length = Buffer.byteLength(reason)
        if (length < 1 || length > 160) throw new InputError(`a reason of ${length} B: 1 to 160`)
        return this.turns.take(id, async () => {
            const node = await this.known(id)
            if (node === undefined) throw new InputError(`node ${id}: is not known`)
            if (node.record.revoked !== undefined) return false
            this.incumbents.settle(id)
            const { session, previousSecret: _previous, ...kept } = node.record
            await this.change(node, { ...kept, revoked: reason }, [], {
                writes: session ? [removeDue(id, session.renewMs)] : [],
                event: { kind: "revocation", timeMs: this.timeMs(), node: id, reason },
                withdrawals: [claimUser(id), id],
            })
            this.options.say(`node ${id}: revoked: ${reason}`)
            return true
        })
    }

    async node(id: string): Promise<NodeStatus | undefined> {
        const record = await this.recordOf(id)
        return record && this.statusOf(id, record)
    }

    /** All of them, by their ids. */
    async *nodes(): AsyncGenerator<NodeStatus> {
        for await (const [id, record] of this.store.nodes()) yield await this.statusOf(id, record)
    }

    /** What was refused since the registrar was first opened. */
    counters(): Counts {
        return { ...this.refusals.all }
    }

    /** After what it has begun. */
    async close(): Promise<void> {
        await this.turns.done()
        try {
            await this.keepRefusals()
        } finally {
            await this.store.database.close()
        }
    }

    private async addClaim(id: string, claimSecret: Buffer): Promise<void> {
        const node = (await this.known(id)) ?? new KnownNode(id, NEW_NODE)
        const { revoked } = node.record
        const grants = revoked === undefined ? [claimGrant(id, claimPassword(claimSecret))] : []
        await this.change(node, { ...node.record, claimSecret }, grants, { writes: [] })
    }

    private async hearEnrolment(node: KnownNode, payload: Uint8Array): Promise<void> {
        const message = readEnrolment(payload)
        if (message === undefined) this.refuse(node, "malformed")
        else if (message.type === HELLO) this.hearHello(node, message)
        else await this.hearProof(node, message, sha256(payload))
    }

    private hearHello({ id, record }: KnownNode, { nodeNonce }: Hello): void {
        if (record.revoked !== undefined) return this.refuse({ id }, "revoked")
        if (record.claimSecret === undefined) return this.refuse({ id }, "unknownNode")
        const nonce = this.nonces.make(id, nodeNonce, this.options.nowMs())
        this.options.publish(enrolDownTopic(id), nonceMessage(nodeNonce, nonce))
    }

    private async hearProof(node: KnownNode, proof: Proof, digest: Buffer): Promise<void> {
        const { id, record } = node
        const verdict = await judgeProof(id, record, proof, digest, {
            nonces: this.nonces,
            nowMs: this.options.nowMs(),
            usesOf: key => this.store.uses(id, key),
        })
        if ("refused" in verdict) {
            const { refused, reason, detail } = verdict
            this.refuse(node, refused, detail)
            if (reason !== undefined) this.answerRefused(node, proof, reason)
        } else if ("again" in verdict) {
            this.options.publish(enrolDownTopic(id), verdict.again)
            this.isThere(node)
        } else {
            const newcomer = { proof, digest, ...verdict }
            if (record.key !== undefined && !isKnown(record, verdict.key))
                return this.askIncumbent(node, record.key, newcomer)
            await this.enrol(node, newcomer)
            this.isThere(node)
        }
    }

    /** Writes it down, then tells the node. */
    private async enrol(node: KnownNode, newcomer: Newcomer): Promise<void> {
        const { id, record } = node
        const { key, uses } = newcomer
        const { claimSecret, session: before } = record
        if (claimSecret === undefined) throw new RangeError(`node ${id}: has no claim`)
        const isNew = !isKnown(record, key)
        const isPrevious = isSameKey(record.previousKey, key)
        const { random, credentialLifeMs = CREDENTIAL_LIFE_MS } = this.options
        const session = newSession(id, claimSecret, newcomer, {
            credentialKey: this.keys.credential,
            credentialLifeMs,
            nowMs: this.timeMs(),
            random,
        })
        const { credential, expiresMs, renewMs, answer } = session
        // What was never heard under has nothing on its way.
        const heardSecret = before?.answer === undefined ? before?.secret : record.previousSecret
        const next: NodeRecord = {
            ...record,
            key: isPrevious ? record.key : key,
            previousKey: isPrevious ? key : undefined,
            enrolledMs: isNew ? this.timeMs() : record.enrolledMs,
            session,
            previousSecret: isNew ? undefined : heardSecret,
            boots: [],
        }
        const { algorithm, publicKey } = key
        const event: Event = {
            kind: "enrolment",
            timeMs: this.timeMs(),
            node: id,
            algorithm,
            publicKey,
            digest: sha256(credential),
        }
        const writes = [putUses(id, key, uses), putDue(id, renewMs)]
        if (before !== undefined) writes.unshift(removeDue(id, before.renewMs))
        await this.change(node, next, [nodeGrant(id, hex(credential), expiresMs)], {
            writes,
            event: isNew ? event : undefined,
        })
        this.options.publish(enrolDownTopic(id), answer)
    }

    private async askIncumbent(node: KnownNode, key: NodeKey, newcomer: Newcomer): Promise<void> {
        const { id } = node
        const waiting = this.incumbents.waiting(id)
        if (waiting?.digest.equals(newcomer.digest)) return
        if (waiting !== undefined) return this.refuseSecond(node, key, newcomer)
        const number = this.options.random(4).readUInt32BE()
        this.incumbents.ask(id, newcomer, number, this.options.nowMs())
        await this.tell(node, Buffer.from(encode({ [COMMAND_ALIVE]: number })))
    }

    /** The key that is known was heard: whoever asks for another is a second device. */
    private isThere(node: KnownNode): void {
        const newcomer = this.incumbents.settle(node.id)
        const { key } = node.record
        if (newcomer !== undefined && key !== undefined) this.refuseSecond(node, key, newcomer)
    }

    private refuseSecond(node: KnownNode, key: NodeKey, newcomer: Newcomer): void {
        const detail = `key ${nameOf(newcomer.key)} asked, while key ${nameOf(key)} is there`
        this.refuse(node, "secondDevice", detail)
        this.answerRefused(node, newcomer.proof, REFUSED_SECOND_DEVICE)
    }

    private async giveUpOn(id: string): Promise<void> {
        const node = await this.known(id)
        const newcomer = this.incumbents.giveUp(id, this.options.nowMs())
        if (newcomer === undefined || node?.record.key === undefined) return
        const [was, is] = [nameOf(node.record.key), nameOf(newcomer.key)]
        await this.enrol(node, newcomer)
        this.options.say(
            `node ${id}: enrolled anew with key ${is}: key ${was} was not there, and is closed`
        )
    }

    private async hearAck(node: KnownNode, payload: Uint8Array): Promise<void> {
        const heard = await this.opened(node, "ack", payload)
        if (heard === undefined) return
        const { id } = node
        const [name, value] = readPair(heard.plaintext) ?? []
        const time = answerTo(heard.plaintext, this.options.nowMs())
        if (time !== undefined) await this.tell(node, time)
        else if (name === COMMAND_ALIVE && Number.isSafeInteger(value)) {
            if (this.incumbents.isAnswer(id, value)) this.isThere(node)
        } else if (name === COMMAND_ROLLOVER && value instanceof Uint8Array)
            await this.rollOver(node, value)
        else this.refuse(node, "malformed")
    }

    private async opened(
        node: KnownNode,
        topic: "up" | "ack",
        payload: Uint8Array
    ): Promise<Heard | undefined> {
        const { id, record } = node
        const opened = node.open(topic, payload)
        if (opened === undefined) {
            this.refuse(node, record.revoked === undefined ? "forgedReport" : "revoked")
            return undefined
        }
        const { boot, kind, number, plaintext, isCurrent } = opened
        const next = isCurrent ? node.heardFrom(boot) : undefined
        if (next !== undefined) {
            const isFirst = record.session?.answer !== undefined
            await this.remember(node, next, [], false)
            // Nobody else could have learned the session's secret: no need to wait for its answer.
            if (isFirst) this.isThere(node)
        }
        return { id, boot, kind, number, plaintext }
    }

    /** The node is told the generation that is known now, whether that is news or not: its message or our answer may have been lost. */
    private async rollOver(node: KnownNode, message: Uint8Array): Promise<void> {
        const { id, record } = node
        const usesOf = (key: NodeKey) => this.store.uses(id, key)
        const verdict = await judgeRollover(id, record, message, usesOf)
        if ("refused" in verdict) return this.refuse(node, verdict.refused, verdict.detail)
        if ("key" in verdict) {
            const { key, signer, uses } = verdict
            const { algorithm, publicKey } = key
            await this.change(node, { ...record, key, previousKey: signer }, [], {
                writes: [putUses(id, signer, uses)],
                event: {
                    kind: "key change",
                    timeMs: this.timeMs(),
                    node: id,
                    algorithm,
                    publicKey,
                    replaces: sha256(signer.publicKey),
                },
            })
        }
        await this.tellGeneration(node)
    }

    private async tellGeneration(node: KnownNode): Promise<void> {
        const answer = { [COMMAND_ROLLOVER]: node.record.key?.generation ?? 0 }
        await this.tell(node, Buffer.from(encode(answer)))
    }

    /** @param dueMs what it was asked for: it may have enrolled since, or be asked too often */
    private async askToRenew(id: string, dueMs: number): Promise<void> {
        const node = await this.known(id)
        const session = node?.record.session
        const nowMs = this.options.nowMs()
        const isOver = session?.renewMs !== dueMs || session.expiresMs <= nowMs
        const drop = removeDue(id, dueMs)
        if (node === undefined || isOver) return this.store.database.batch([drop], { sync: false })
        const renewMs = Math.floor(nowMs) + ASK_AGAIN_MS
        const next = { ...node.record, session: { ...session, renewMs } }
        await this.remember(node, next, [drop, putDue(id, renewMs)], false)
        await this.tell(node, Buffer.from(encode({ [COMMAND_ENROL]: 1 })))
    }

    /** In the node's turn. False when it cannot be told anything. */
    private async tell(node: KnownNode, plaintext: Buffer): Promise<boolean> {
        if (!node.canBeTold) return false
        const reserved = node.reserved()
        if (reserved !== undefined) await this.remember(node, reserved, [], true)
        const { topic, payload } = node.sealed(plaintext)
        this.options.publish(topic, payload)
        return true
    }

    private answerRefused({ id, record }: KnownNode, proof: Proof, reason: number): void {
        const { nodeNonce } = proof
        if (record.claimSecret === undefined) return
        const mac = enrolmentMac(record.claimSecret, proof, refusalMacInput(nodeNonce, reason))
        this.options.publish(enrolDownTopic(id), refusedMessage(nodeNonce, reason, mac))
    }

    private refuse(node: { id: string } | undefined, name: RefusalName, detail = ""): void {
        this.refusals.count(node?.id, name, this.timeMs(), detail)
        if (node !== undefined && (name === "secondDevice" || name === "repeatedIndex"))
            this.options.say(`node ${node.id}: ${name}: ${detail}`)
    }

    private async change(
        node: KnownNode,
        record: NodeRecord,
        grants: Grant[],
        { writes, ...step }: Step
    ): Promise<void> {
        await this.group.commit({ ...step, writes: [...writes, putNode(node.id, record)], grants })
        node.record = record
    }

    private async remember(
        node: KnownNode,
        record: NodeRecord,
        writes: Write[],
        isForSure: boolean
    ): Promise<void> {
        const all = [...writes, putNode(node.id, record)]
        if (isForSure) await this.group.commit({ writes: all })
        else await this.group.write(all)
        node.record = record
    }

    /** Only in the node's turn: else there might be two of it, and one out of date. */
    private async known(id: string): Promise<KnownNode | undefined> {
        const found = this.nodesInMemory.get(id)
        if (found !== undefined) return found
        const record = await this.store.node(id)
        if (record === undefined) return undefined
        const node = new KnownNode(id, record)
        this.nodesInMemory.set(id, node)
        return node
    }

    private async recordOf(id: string): Promise<NodeRecord | undefined> {
        return this.nodesInMemory.get(id)?.record ?? this.store.node(id)
    }

    private async statusOf(id: string, record: NodeRecord): Promise<NodeStatus> {
        const kept = await this.store.refusals(id)
        return statusOf(id, record, sum(kept, this.refusals.of(id)))
    }

    private async keepRefusals(): Promise<void> {
        if (!this.refusals.hasNews) return
        await this.store.addRefusals(this.refusals.all, this.refusals.take())
    }

    private timeMs(): number {
        return Math.floor(this.options.nowMs())
    }
}

function hex(bytes: Buffer): string {
    return bytes.toString("hex")
}
