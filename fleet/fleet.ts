/**
 * A fleet that runs: the broker that nodes speak to, the registrar that knows them, the ledger with its checkpoints and anchors, and the
 * twin of what they say.
 *
 * It has no timers: whoever runs it calls `tick` every second of its time. What a kill interrupts is made good on opening again.
 */
import { hash, randomBytes } from "node:crypto"
import { join } from "node:path"
import { Anchoring, type AnchorState } from "./chain/anchoring"
import { ChainError, type Chain } from "./chain/chain"
import type { OnRefused } from "./access/aedes"
import type { FleetBroker } from "./brokers/fleet-broker"
import { Manifest } from "./claims"
import { checkPublicKey, manifestPath, refuseNoFleet } from "./folder"
import { HssKey, type HssOptions } from "./keys/hss"
import { hssIndex } from "./keys/hss-verify"
import type { TreeHead } from "./ledger/checkpoint"
import { FolderDisk } from "./ledger/disk"
import { Ledger } from "./ledger/ledger"
import { latestCheckpoint } from "./ledger/snapshot"
import { Registrar, type NodeStatus } from "./registrar/registrar"
import type { Counts } from "./registrar/refusals"
import { Twin, type HeardReport } from "./twin"

const CHECKPOINT_EVERY_MS = 60_000
/** Of the time, at most this share goes into counting nodes. */
const COUNTING_SHARE = 0.05
const FLAGGED_MAX = 10

export interface FleetOptions {
    folder: string
    /** Called once the folder is ours. @param clientId of the fleet's session, at a broker that is another process */
    openBroker: (onRefused: OnRefused, clientId: string) => Promise<FleetBroker>
    /** Called again until it succeeds; gives undefined where none is wanted. */
    openChain?: () => Promise<Chain | undefined>
    /** Milliseconds since 1970. */
    nowMs?: () => number
    /** Bytes that nobody can guess. */
    random?: (n: number) => Buffer
    /** Hears what a person should know: no secret is in it. */
    say?: (line: string) => void
    onProgress?: HssOptions["onProgress"]
    /** From two thirds of it on, a node is asked to enrol again; 30 days. */
    credentialLifeMs?: number
    /** A report came; not a duplicate. */
    onReport?: (id: string, heard: HeardReport) => void
}

/** Of all nodes, as they were counted last. */
export interface Counted {
    claimed: number
    enrolled: number
    revoked: number
    /** Ids of those that a person must look at, the first few. */
    flagged: string[]
}

export interface FleetStatus {
    broker: { url: string; told: string; isConnected: boolean; isShut: boolean }
    nodes: Counted & { online: number; heard: number }
    /** Refused since the fleet was first opened, by name. */
    refusals: Counts
    ledger: { entries: number }
    checkpoint: { entries: number; timeMs: number } | null
    anchor: { chain: string; state: AnchorState; entries: number; timeMs: number } | null
}

export class Fleet {
    readonly twin: Twin
    /** When each node was heard last. */
    private readonly heardMs = new Map<string, number>()
    private counted: Counted = { claimed: 0, enrolled: 0, revoked: 0, flagged: [] }
    private countNextMs = 0
    /** Of the registrar, when it was counted last. */
    private writesCounted = -1
    private head: TreeHead | undefined
    private headMs = 0
    private checkpointNextMs: number
    private chain: Chain | undefined
    private anchoring: Anchoring | undefined
    private anchored: FleetStatus["anchor"] = null
    private isLateSaid = false
    private anchorRun: Promise<void> | undefined
    private hearing = new Set<Promise<void>>()
    private isTicking = false
    private failure: unknown

    private constructor(
        private readonly options: Required<Omit<FleetOptions, "onProgress" | "credentialLifeMs">>,
        private readonly ledger: Ledger,
        private readonly key: HssKey,
        private readonly broker: FleetBroker,
        readonly registrar: Registrar,
        private readonly manifest: Manifest
    ) {
        this.twin = new Twin(options.nowMs, options.onReport)
        this.checkpointNextMs = options.nowMs() + CHECKPOINT_EVERY_MS
    }

    /** 2 to 3 s. @throws InputError when another process runs it, or what is in the folder cannot be used */
    static async open(given: FleetOptions): Promise<Fleet> {
        const options = { ...DEFAULTS, ...given }
        const { folder, say, nowMs, random, openBroker } = options
        refuseNoFleet(folder)
        const opened: (() => unknown)[] = []
        let fleet: Fleet | undefined
        try {
            // First: it is what two that run one fleet would meet at.
            const ledger = Ledger.open(folder, { say })
            opened.push(() => ledger.close())
            const key = await openKey(folder, given.onProgress)
            opened.push(() => key.close())
            const broker = await openBroker(
                (user, refusal, detail) => fleet?.refused(user, refusal, detail),
                clientIdOf(key.publicKey())
            )
            opened.push(() => broker.close())
            const { access } = broker
            const publish = (topic: string, payload: Buffer) => broker.publish(topic, payload)
            const registrar = await Registrar.open({
                folder,
                ledger,
                access,
                publish,
                nowMs,
                random,
                say,
                credentialLifeMs: given.credentialLifeMs,
            })
            opened.push(() => registrar.close())
            const manifest = new Manifest(manifestPath(folder), say)
            const made = new Fleet(options, ledger, key, broker, registrar, manifest)
            fleet = made
            await made.takeClaims()
            await made.checkpoint()
            await made.count()
            await broker.start((topic, payload) => made.hear(topic, payload))
            made.anchor()
            return made
        } catch (e) {
            for (const close of opened.reverse()) await close()
            throw e
        }
    }

    /** Every second. @throws Error when something could not be written down: then close it, and open it again */
    async tick(): Promise<void> {
        if (this.failure !== undefined) throw this.failure
        if (this.isTicking) return
        this.isTicking = true
        try {
            await this.takeClaims()
            await this.broker.tick()
            await this.registrar.tick()
            const nowMs = this.options.nowMs()
            if (nowMs >= this.countNextMs && this.registrar.writes !== this.writesCounted)
                await this.count()
            if (nowMs >= this.checkpointNextMs) {
                this.checkpointNextMs = nowMs + CHECKPOINT_EVERY_MS
                await this.checkpoint()
                this.anchor()
            }
        } finally {
            this.isTicking = false
        }
    }

    /** What was heard and is not yet dealt with; undefined when there is nothing. */
    settle(): Promise<void> | undefined {
        if (this.hearing.size === 0) return undefined
        return Promise.allSettled(this.hearing).then(() => undefined)
    }

    status(): FleetStatus {
        const { broker, counted, twin, head, ledger } = this
        const { url, told, isConnected, isShut } = broker
        const online = [...twin.nodes.values()].filter(node => node.online).length
        return {
            broker: { url, told, isConnected, isShut },
            nodes: { ...counted, online, heard: this.heardMs.size },
            refusals: this.registrar.counters(),
            ledger: { entries: ledger.size },
            checkpoint: head ? { entries: head.size, timeMs: this.headMs } : null,
            anchor: this.anchored,
        }
    }

    /** What is known of a node beside its enrolment: undefined before it was heard. */
    seen(id: string): Seen {
        const node = this.twin.nodes.get(id)
        return {
            online: node?.online === true,
            heardMs: this.heardMs.get(id),
            verdict: node?.verdict,
            reported: Object.fromEntries(node?.reported ?? []),
        }
    }

    /** @throws InputError when there is no such node, or no such reason */
    async revoke(id: string, reason: string): Promise<boolean> {
        const isNews = await this.registrar.revoke(id, reason)
        this.countNextMs = 0
        return isNews
    }

    /** With all that was begun, and a checkpoint of it. */
    async close(): Promise<void> {
        const { broker, registrar, ledger, key } = this
        await broker.close()
        await Promise.allSettled(this.hearing)
        try {
            await registrar.close()
            if (this.failure === undefined) await this.checkpoint()
            await this.anchorRun
            this.anchor()
            await this.anchorRun
        } finally {
            ledger.close()
            await key.close()
            await this.chain?.close()
        }
    }

    private refused(...refusal: Parameters<OnRefused>): void {
        this.registrar.refusedAtBroker(...refusal).catch(e => this.fail(e))
    }

    private hear(topic: string, payload: Buffer): void {
        const heard = this.heard(topic, payload).catch(e => this.fail(e))
        this.hearing.add(heard)
        void heard.finally(() => this.hearing.delete(heard))
    }

    private async heard(topic: string, payload: Buffer): Promise<void> {
        // In the open: who speaks it is who the broker says it is.
        if (topic.endsWith("/state")) return this.twin.hear(topic, payload)
        const heard = await this.registrar.hear(topic, payload)
        if (heard === undefined) return
        this.heardMs.set(heard.id, this.options.nowMs())
        this.twin.hearSealed(heard.id, heard)
    }

    /** The next tick tells. */
    private fail(e: unknown): void {
        this.failure ??= e
    }

    private async takeClaims(): Promise<void> {
        for (;;) {
            const claims = this.manifest.readNew()
            if (claims.length === 0) return
            const count = await this.registrar.addClaims(claims)
            if (count > 0) this.options.say(`claims: ${count} new ${count === 1 ? "one" : "ones"}`)
            if (count > 0) this.countNextMs = 0
        }
    }

    private async count(): Promise<void> {
        const startMs = performance.now()
        this.writesCounted = this.registrar.writes
        const counted: Counted = { claimed: 0, enrolled: 0, revoked: 0, flagged: [] }
        for await (const { id, state, flags } of this.registrar.nodes()) {
            counted[state]++
            const isFlagged = Object.keys(flags).length > 0
            if (isFlagged && counted.flagged.length < FLAGGED_MAX) counted.flagged.push(id)
        }
        this.counted = counted
        const tookMs = performance.now() - startMs
        this.countNextMs = this.options.nowMs() + tookMs / COUNTING_SHARE
    }

    private async checkpoint(): Promise<void> {
        const { ledger, key, head, options } = this
        if (ledger.size === 0 || head?.size === ledger.size) return
        this.head = await ledger.checkpoint(key)
        this.headMs = options.nowMs()
    }

    /** Beside all else: it never keeps a node waiting. */
    private anchor(): void {
        this.anchorRun ??= this.keepUp()
            .catch(e => this.fail(e))
            .finally(() => (this.anchorRun = undefined))
    }

    private async keepUp(): Promise<void> {
        this.anchoring ??= await this.openedChain()
        const { anchoring, chain, head, anchored } = this
        if (anchoring === undefined || chain === undefined || head === undefined) return
        const state = await anchoring.keepUp(head)
        const { entries, timeMs } =
            state === "anchored"
                ? { entries: head.size, timeMs: this.options.nowMs() }
                : (anchored ?? { entries: 0, timeMs: 0 })
        this.anchored = { chain: chain.name, state, entries, timeMs }
    }

    private async openedChain(): Promise<Anchoring | undefined> {
        const { openChain, say } = this.options
        try {
            this.chain = await openChain()
        } catch (e) {
            if (!(e instanceof ChainError)) throw e
            if (!this.isLateSaid)
                say(`chain ${e.message}: anchors are late, and tried every minute`)
            this.isLateSaid = true
            return undefined
        }
        const { chain } = this
        if (chain === undefined) return undefined
        if (this.isLateSaid) say(`chain ${chain.name}: it answers now`)
        return new Anchoring(chain, say)
    }
}

export interface Seen {
    online: boolean
    heardMs?: number
    verdict?: string
    reported: Record<string, number>
}

export type NodeSeen = NodeStatus & Seen

const DEFAULTS = {
    openChain: async () => undefined,
    nowMs: () => Date.now(),
    random: (n: number) => randomBytes(n),
    say: () => {},
    onReport: () => {},
}

/** Never below what the ledger has seen: the file may be an old copy that somebody put back. */
async function openKey(folder: string, onProgress: HssOptions["onProgress"]): Promise<HssKey> {
    const key = await HssKey.open(join(folder, "keys", "fleet.key"), { onProgress })
    try {
        checkPublicKey(folder, key.publicKey())
        const last = latestCheckpoint(new FolderDisk(join(folder, "ledger")))
        if (last !== undefined)
            await key.floor(hssIndex(key.publicKey(), last.checkpoint.signature) + 1)
        return key
    } catch (e) {
        await key.close()
        throw e
    }
}

/** One a fleet: at a broker that two fleets share, the same one would throw the other out. */
function clientIdOf(publicKey: Buffer): string {
    return `motewise-fleet-${hash("sha256", publicKey).slice(0, 12)}`
}
