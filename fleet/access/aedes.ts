/**
 * Access over the embedded broker (fleet/broker.ts): every user has a list of topics, and what is not on it is shut.
 *
 * Topics are compared as a whole, so no wildcard is ever on a list. Who publishes elsewhere is cut off; who subscribes elsewhere gets
 * SUBACK's 0x80 for that filter (MQTT 3.1.1, 3.9.3). What a session subscribed to earlier is looked at again whenever it is used.
 */
import type { AuthenticateError, Client } from "aedes"
import { timingSafeEqual } from "node:crypto"
import type { BrokerRules } from "../broker"
import type { Access, Grant, Refusal } from "../registrar/access"
import { sha256 } from "../sha256"
import { printable } from "./printable"

/** A node's longest message, a proof with its topic, is 2.6 kB; its longest CONNECT 0.6 kB. */
const PACKET_BYTES_MAX = 4096

// CONNACK return codes (MQTT 3.1.1, 3.2.2.3).
const IDENTIFIER_REJECTED = 2
const BAD_USER_NAME_OR_PASSWORD = 4
const NOT_AUTHORIZED = 5

/** @param user whoever it said it was, printable; empty when it said nothing */
export type OnRefused = (user: string, refusal: Refusal, detail: string) => void

type Known = Omit<Grant, "password"> & { passwordHash: Buffer }

/** aedes does not say in its types that a client has its last will here while it is asked who it is, and there afterwards. */
type Testator = Client & { _will?: { topic: string } | null; will?: object | null }

/** What an unknown user's password is compared with, to take as long as a known one's. */
const NOBODY = sha256("nobody")

export class AedesAccess implements Access {
    private readonly grants = new Map<string, Known>()
    /** The one session that a user has: a client that is not here any more may do nothing. */
    private readonly sessions = new Map<string, Client>()
    private readonly users = new WeakMap<Client, string>()

    /** @param nowMs milliseconds since 1970 */
    constructor(
        private readonly nowMs: () => number,
        private readonly onRefused: OnRefused
    ) {}

    /** For the broker that this is the access to. */
    readonly rules: BrokerRules = {
        packetBytesMax: PACKET_BYTES_MAX,
        authenticate: (client, user, password, done) => {
            const error = this.connects(client, user, password)
            done(error ?? null, error === undefined)
        },
        authorizePublish: (client, packet, done) => {
            // The last will was looked at when it was left, and may outlive the session's rights: it says that the node is gone.
            const isWill = client === null || packet === (client as Testator).will
            if (isWill || this.mayPublish(client, packet.topic)) done(null)
            else done(new Error("this topic is not its own"))
        },
        authorizeSubscribe: (client, subscription, done) => {
            const { topic } = subscription
            const may = this.maySubscribe(client, topic)
            if (!may) this.refuse(client, "foreignTopic", `subscribes to ${printable(topic)}`)
            done(null, may ? subscription : null)
        },
        authorizeForward: (client, packet) =>
            this.maySubscribe(client, packet.topic) ? packet : null,
        maySubscribe: (client, filter) => this.maySubscribe(client, filter),
        oversized: client => this.refuse(client, "oversized", `more than ${PACKET_BYTES_MAX} B`),
        left: client => {
            const user = this.users.get(client)
            if (user !== undefined && this.sessions.get(user) === client) this.sessions.delete(user)
        },
    }

    async grant(grants: readonly Grant[]): Promise<void> {
        const changed: string[] = []
        for (const { password, ...rest } of grants) {
            const known = { ...rest, passwordHash: sha256(password) }
            const before = this.grants.get(rest.user)
            this.grants.set(rest.user, known)
            if (before?.passwordHash.equals(known.passwordHash) === false) changed.push(rest.user)
        }
        await this.closeSessions(changed)
    }

    async withdraw(users: readonly string[]): Promise<void> {
        for (const user of users) this.grants.delete(user)
        await this.closeSessions(users)
    }

    private async closeSessions(users: readonly string[]): Promise<void> {
        const clients = users.flatMap(user => this.sessions.get(user) ?? [])
        for (const user of users) this.sessions.delete(user)
        await Promise.all(
            clients.map(client => new Promise<void>(closed => client.close(() => closed())))
        )
    }

    /** Undefined when it may come in. */
    private connects(
        client: Client,
        user: string | undefined,
        password: Buffer | undefined
    ): AuthenticateError | undefined {
        const name = user ?? ""
        const known = this.grants.get(name)
        const isRight = timingSafeEqual(
            sha256(password ?? ""),
            known === undefined ? NOBODY : known.passwordHash
        )
        const refuse = (refusal: Refusal, detail: string, returnCode: number) => {
            this.onRefused(printable(name), refusal, detail)
            return Object.assign(new Error(refusal), { returnCode })
        }
        if (known === undefined) return refuse("unknownUser", "connects", BAD_USER_NAME_OR_PASSWORD)
        if (!isRight) return refuse("wrongPassword", "connects", BAD_USER_NAME_OR_PASSWORD)
        const { clientId, publish } = known
        if (this.isOver(known))
            return refuse("expiredCredential", "connects", BAD_USER_NAME_OR_PASSWORD)
        if (client.id !== clientId)
            return refuse("foreignTopic", `client id ${printable(client.id)}`, IDENTIFIER_REJECTED)
        const will = (client as Testator)._will
        if (will && !publish.includes(will.topic))
            return refuse("foreignTopic", `last will on ${printable(will.topic)}`, NOT_AUTHORIZED)
        this.users.set(client, name)
        this.sessions.set(name, client)
        return undefined
    }

    private mayPublish(client: Client, topic: string): boolean {
        const known = this.knownOf(client)
        if (known === undefined) return false
        const may = known.publish.includes(topic)
        if (!may) this.refuse(client, "foreignTopic", `publishes on ${printable(topic)}`)
        return may
    }

    private maySubscribe(client: Client, filter: string): boolean {
        return this.knownOf(client)?.subscribe.includes(filter) === true
    }

    /** Undefined for a session that is over, was closed or taken over: what it sent before that may still be under way. */
    private knownOf(client: Client): Known | undefined {
        const user = this.users.get(client)
        if (user === undefined || this.sessions.get(user) !== client) return undefined
        const known = this.grants.get(user)
        // A session does not outlive its credential: the next word cuts it off, and it is told why when it connects again.
        return known === undefined || this.isOver(known) ? undefined : known
    }

    private isOver({ expiresMs = Infinity }: Known): boolean {
        return this.nowMs() >= expiresMs
    }

    private refuse(client: Client, refusal: Refusal, detail: string): void {
        this.onRefused(this.users.get(client) ?? "", refusal, detail)
    }
}
