/**
 * What a step of a node changes, made to last: the ledger's entry first, then the store, then the broker. Killed in between, the store
 * catches up from the ledger, and the broker from the store; nobody holds a credential that the ledger does not know of.
 *
 * Steps of many nodes that come while another group is being written go together: one flush of the ledger, one of the store.
 */
import { setImmediate } from "node:timers/promises"
import type { Event } from "../ledger/entry"
import type { Ledger } from "../ledger/ledger"
import type { Access, Grant } from "./access"
import { putCovered, type Database, type Write } from "./store"

export interface Step {
    event?: Event
    writes: Write[]
    grants?: Grant[]
    /** Users. */
    withdrawals?: string[]
}

interface Waiting {
    step: Step
    resolve: () => void
    reject: (error: unknown) => void
}

/** A batch of the ledger is bounded: 4,096 entries of at most 512 bytes are within it. */
const GROUP_MAX = 4096

export class GroupCommit {
    /** Grows with everything that is written. */
    writes = 0
    private waiting: Waiting[] = []
    private isRunning = false
    /** What is on the disk is not known after a write that failed. A new registrar looks. */
    private failure: Error | undefined

    constructor(
        private readonly ledger: Ledger,
        private readonly database: Database,
        private readonly access: Access
    ) {}

    /** Lasts when it returns. @throws Error when it could not be written, and then for everything after it */
    commit(step: Step): Promise<void> {
        return new Promise((resolve, reject) => {
            this.waiting.push({ step, resolve, reject })
            if (!this.isRunning) void this.run()
        })
    }

    /** What a power cut may cost. @throws Error as `commit`: what is in memory may be older than the store then */
    async write(writes: Write[]): Promise<void> {
        if (this.failure !== undefined) throw this.failure
        await this.batch(writes, false)
    }

    private async run(): Promise<void> {
        this.isRunning = true
        // Those who are about to ask as well.
        await setImmediate()
        while (this.waiting.length > 0) {
            const group = this.waiting.splice(0, GROUP_MAX)
            try {
                if (this.failure !== undefined) throw this.failure
                await this.writeSteps(group.map(({ step }) => step))
                for (const { resolve } of group) resolve()
            } catch (e) {
                const { message } = e as Error
                this.failure ??= new Error(`registrar: a write failed (${message}): open it again`)
                for (const { reject } of group) reject(e)
            }
        }
        this.isRunning = false
    }

    private async writeSteps(steps: Step[]): Promise<void> {
        const events = steps.flatMap(({ event }) => event ?? [])
        if (events.length > 0) this.ledger.append(events)
        const covered = events.length > 0 ? [putCovered(this.ledger.size)] : []
        const writes = steps.flatMap(step => step.writes)
        await this.batch([...writes, ...covered], true)
        const withdrawals = steps.flatMap(step => step.withdrawals ?? [])
        if (withdrawals.length > 0) await this.access.withdraw(withdrawals)
        const grants = steps.flatMap(step => step.grants ?? [])
        if (grants.length > 0) await this.access.grant(grants)
    }

    private async batch(writes: Write[], sync: boolean): Promise<void> {
        try {
            await this.database.batch(writes, { sync })
        } finally {
            this.writes++
        }
    }
}
