/**
 * Access over mosquitto's dynamic security: a client and a role of the same name for each user. The role allows its topics one by one
 * and denies all others, so that a broker whose default is to allow shuts them all the same. The client id is bound to the user.
 *
 * Mosquitto keeps both, so they outlive us: the client's description is a digest of the grant, and a grant that stands there already is
 * not made again, for a change ends the session. It knows no time: who expires is disabled by `tick`.
 *
 * It writes all it knows to its file after every command: good for some thousands of nodes, not for a million.
 */
import { hash } from "node:crypto"
import type { Access, Grant } from "../registrar/access"
import type { Answer, Command, DynamicSecurity } from "./dynamic-security"

/** By this name of a client we know which are ours. */
const OURS = "motewise"
const PAGE = 100
const ALREADY_THERE = / already exists$/

interface Known {
    digest: string
    expiresMs: number
    isDisabled: boolean
}

interface Listed {
    username: string
    textname?: string
    textdescription?: string
    disabled?: boolean
}

export class MosquittoAccess implements Access {
    private readonly known = new Map<string, Known>()

    private constructor(
        private readonly security: DynamicSecurity,
        private readonly nowMs: () => number
    ) {}

    /** Learns what it granted in an earlier life. @param nowMs milliseconds since 1970 */
    static async open(security: DynamicSecurity, nowMs: () => number): Promise<MosquittoAccess> {
        const access = new MosquittoAccess(security, nowMs)
        for (let offset = 0, total = 1; offset < total; offset += PAGE) {
            const page = { command: "listClients", verbose: true, count: PAGE, offset }
            const [{ data }] = await security.run([page])
            const listed = data as { totalCount: number; clients: Listed[] }
            total = listed.totalCount
            for (const { username, textname, textdescription = "", disabled } of listed.clients)
                if (textname === OURS)
                    access.known.set(username, {
                        digest: textdescription,
                        expiresMs: Infinity,
                        isDisabled: disabled === true,
                    })
        }
        return access
    }

    /** May this user connect now? Undefined for one that we did not grant anything. */
    isEnabled(user: string): boolean | undefined {
        const known = this.known.get(user)
        return known && !known.isDisabled
    }

    async grant(grants: readonly Grant[]): Promise<void> {
        await Promise.all(grants.map(grant => this.grantOne(grant)))
    }

    async withdraw(users: readonly string[]): Promise<void> {
        const ours = users.filter(user => this.known.delete(user))
        await this.run(
            ours.flatMap(user => [
                // To disable ends the session; deleting does too, in the version this was tried with.
                { command: "disableClient", username: user },
                { command: "deleteClient", username: user },
                { command: "deleteRole", rolename: user },
            ])
        )
    }

    /** Shuts out whose time is over. Now and then. */
    async tick(): Promise<void> {
        const late = [...this.known].filter(
            ([, { expiresMs, isDisabled }]) => !isDisabled && expiresMs <= this.nowMs()
        )
        for (const [, known] of late) known.isDisabled = true
        await this.run(late.map(([username]) => ({ command: "disableClient", username })))
    }

    private async grantOne(grant: Grant): Promise<void> {
        const { user, password, clientId, expiresMs = Infinity } = grant
        const digest = digestOf(grant)
        const before = this.known.get(user)
        const isDisabled = this.nowMs() >= expiresMs
        this.known.set(user, { digest, expiresMs, isDisabled })
        const commands: Command[] = []
        if (before?.digest !== digest) {
            const role = { rolename: user, acls: aclsOf(grant) }
            const client = {
                username: user,
                password,
                clientid: clientId,
                textname: OURS,
                textdescription: digest,
                roles: [{ rolename: user }],
            }
            // The first of each fails when it is there, and then the second puts it right.
            if (before === undefined)
                commands.push(
                    { command: "createRole", ...role },
                    { command: "createClient", ...client }
                )
            const made = await this.run(commands.splice(0))
            if (before !== undefined || made.some(isThere))
                commands.push(
                    { command: "modifyRole", ...role },
                    { command: "modifyClient", ...client }
                )
        }
        if (isDisabled) commands.push({ command: "disableClient", username: user })
        else if (before?.isDisabled === true)
            commands.push({ command: "enableClient", username: user })
        await this.run(commands)
    }

    /** @throws Error when the broker refuses what it was asked; never with what was asked, which holds passwords */
    private async run(commands: Command[]): Promise<Answer[]> {
        if (commands.length === 0) return []
        const answers = await this.security.run(commands)
        const isHarmless = (answer: Answer) =>
            answer.error === undefined || isThere(answer) || answer.error.endsWith(" not found")
        const failed = answers.find(answer => !isHarmless(answer))
        if (failed !== undefined)
            throw new Error(`mosquitto's dynamic security: ${failed.command}: ${failed.error}`)
        return answers
    }
}

function isThere({ error }: Answer): boolean {
    return error !== undefined && ALREADY_THERE.test(error)
}

/** Of all but the time, which mosquitto does not know of. The password is long and random: its hash tells nothing of it. */
function digestOf({ user, password, clientId, publish, subscribe }: Grant): string {
    return hash("sha256", JSON.stringify([user, password, clientId, publish, subscribe]))
}

const LISTED = 1
const ELSE = 0

function aclsOf({ publish, subscribe }: Grant): object[] {
    const acl = (acltype: string, topic: string, allow: boolean, priority: number) => ({
        acltype,
        topic,
        allow,
        priority,
    })
    const everything = ["#", "$SYS/#", "$CONTROL/#"]
    return [
        ...publish.map(topic => acl("publishClientSend", topic, true, LISTED)),
        ...subscribe.flatMap(topic => [
            acl("subscribeLiteral", topic, true, LISTED),
            acl("publishClientReceive", topic, true, LISTED),
        ]),
        ...everything.flatMap(topic =>
            ["publishClientSend", "publishClientReceive", "subscribePattern"].map(type =>
                acl(type, topic, false, ELSE)
            )
        ),
    ]
}
