/**
 * How a node with a claim gets into its fleet and stays in it: it makes its key, enrols by its claim, connects with the credential, and
 * when the broker does not let it in any more, or the fleet asks, enrols again with the same key. Sampling goes on beside all of it.
 */
import * as ds from "@devicescript/core"
import { Backoff, drawn, halfToAllMs } from "../mqtt/backoff"
import { Broker } from "../mqtt/broker"
import { Link } from "../mqtt/link"
import { Publish } from "../mqtt/packets"
import { Session } from "../mqtt/session"
import { COMMAND_ENROL, COMMAND_ROLLOVER } from "../telemetry/contract/commands"
import {
    ALGORITHM_ES256,
    ALGORITHM_HSS_LMS,
    NODE_NONCE_BYTES,
    REFUSED_PROOF,
    REFUSED_STALE_NONCE,
    claimUser,
} from "../telemetry/contract/enrolment"
import { enrolDownTopic, enrolUpTopic } from "../telemetry/contract/topics"
import { Store } from "../telemetry/store"
import { Claim, claimPassword } from "../trust/claim"
import { ClaimedRandom } from "../trust/claimed-random"
import { Credential, readCredential, writeCredential } from "../trust/credential"
import { Enrolment, EnrolmentState } from "../trust/enrolment"
import { IdentityError, IdentityFactory, IdentityProvider } from "../trust/identity"
import { Command } from "./commands"
import { KEEP_ALIVE_SECONDS, Uplink } from "./uplink"

/** A broker that was restarted may not know its users for a moment: one refusal is none. */
export const NOT_AUTHORISED_MAX = 2
/** How often it is looked whether a message has gone unanswered for long enough. */
const TURN_MS = 1000
/** A refusal that will not be another one in a minute costs a signature each time: the next attempt comes half of it to all of it later. */
const REFUSED_FOR_GOOD_MS = 3600000

/** A signature, and a little around it. */
const RESERVE_BYTES = 1536

export interface MembershipOptions {
    claim: Claim
    store: Store
    random: ClaimedRandom
    broker: Broker
    uplink: Uplink
    /** The uplink's link has it, too. */
    backoff: Backoff
    identity: IdentityFactory
}

export class Membership {
    private readonly enrolment: Enrolment
    private identity: IdentityProvider
    private credential: Credential
    /** Of the claim, while it enrols. */
    private session: Session
    private link: Link
    private connects = 0
    private isRollingOver = false
    private isLeaving = false
    /** A heap of 40 kB has 14 to spare then, but no 1.5 in one piece: so they are kept free from boot to the first signature, which keeps them. */
    private reserve = Buffer.alloc(RESERVE_BYTES)

    constructor(private readonly options: MembershipOptions) {
        this.enrolment = new Enrolment(options.claim)
        options.uplink.onCommand = this.command
    }

    /** Until `leave`. Run it in a fiber of its own; it throws nothing. */
    async run(): Promise<void> {
        const { claim, store, uplink } = this.options
        const known = await readCredential(store, claim)
        if (known !== undefined) this.adopt(known)
        await this.startIdentity()
        for (;;) {
            if (this.credential !== undefined) {
                const rollOver = this.rollOverIfDue
                rollOver.start()
                await uplink.link.run()
                if (this.isLeaving) return
            }
            await this.enrol()
        }
    }

    /** Ends `run`, if there is a session; and there is no other. */
    leave(): void {
        this.isLeaving = true
        this.options.uplink.link.leave()
    }

    /** It has no credential, or is about to have another. */
    isEnrolling(): boolean {
        return this.credential === undefined || this.link !== undefined
    }

    /** One attempt, and how long to wait after it. */
    private async enrol(): Promise<void> {
        const { enrolment } = this
        const { claim, random, broker, backoff, uplink } = this.options
        if (this.identity === undefined) await this.startIdentity()
        if (this.identity !== undefined) {
            this.session = new Session(
                {
                    clientId: `mw-${claimUser(claim.id)}`,
                    keepAliveSeconds: KEEP_ALIVE_SECONDS,
                    isClean: true,
                    userName: claimUser(claim.id),
                    password: claimPassword(claim),
                },
                enrolDownTopic(claim.id),
                this.heard
            )
            this.link = new Link(broker, this.session, this.turn, {
                backoff,
                notAuthorisedMax: NOT_AUTHORISED_MAX,
                turnMs: TURN_MS,
            })
            this.connects = 0
            enrolment.start(random.bytes(NODE_NONCE_BYTES))
            await this.link.run()
            this.session = undefined
            this.link = undefined
        }
        const { state, refusal } = enrolment
        if (state === EnrolmentState.Enrolled) {
            await this.keep(enrolment.credential)
            return
        }
        if (state === EnrolmentState.Refused) console.error(`enrolment: refused (${refusal})`)
        else console.log(`enrolment: no answer`)
        // Asked to enrol while its credential was good, it goes on with that.
        if (this.credential !== undefined && !uplink.isRefused()) return
        const mayChange = refusal === REFUSED_STALE_NONCE || refusal === REFUSED_PROOF
        if (state === EnrolmentState.Refused && !mayChange)
            await ds.sleep(halfToAllMs(REFUSED_FOR_GOOD_MS))
        else await ds.sleep(backoff.nextMs(0, drawn()))
    }

    /** The claim's session has something new, or a second has passed. */
    private async turn(): Promise<void> {
        const { session, enrolment } = this
        if (session.connects > this.connects) {
            this.connects = session.connects
            enrolment.reconnected()
        }
        if (enrolment.state === EnrolmentState.Signing) await this.prove()
        if (session.canPublishOnce()) {
            const message = enrolment.say(ds.millis())
            if (message !== undefined)
                session.publishOnce(enrolUpTopic(this.options.claim.id), message, false)
        }
        if (enrolment.isOver()) this.link.leave()
    }

    private heard(message: Publish): void {
        this.enrolment.hear(message.payload)
    }

    /** @throws IdentityError: nothing was proved, and the next connection tries again */
    private async prove(): Promise<void> {
        this.reserve = undefined
        try {
            await this.sign()
        } catch (e) {
            const { fault } = e as IdentityError
            const { succession } = this.identity
            if (fault !== "exhausted" || succession === undefined) throw e
            // The fleet learns of the next key by this enrolment, as it would of a first one.
            await succession.rollover()
            await succession.switchKey()
            this.options.uplink.tellRollover(undefined)
            await this.sign()
        }
    }

    private async sign(): Promise<void> {
        const { identity, enrolment } = this
        const { succession } = identity
        const generation = succession === undefined ? 0 : succession.generation()
        const statement = enrolment.toSign(generation, await identity.publicKey())
        const algorithm = identity.algorithm.startsWith("LMS_")
            ? ALGORITHM_HSS_LMS
            : ALGORITHM_ES256
        enrolment.prove(algorithm, await identity.sign(statement))
    }

    private async keep(credential: Credential): Promise<void> {
        const { claim, store } = this.options
        this.adopt(credential)
        if (await writeCredential(store, claim, credential)) console.log("enrolment: enrolled")
        else console.error("enrolment: the credential is not kept")
    }

    private adopt(credential: Credential): void {
        this.credential = credential
        this.options.uplink.useCredential(credential.secret, credential.token)
    }

    private async startIdentity(): Promise<void> {
        const { identity, store, random, claim } = this.options
        try {
            this.identity = await identity({ store, random, nodeId: claim.nodeId })
        } catch (e) {
            console.error((e as Error).message)
        }
    }

    /** In a fiber of its own: to make a key takes seconds. */
    private async rollOverIfDue(): Promise<void> {
        const { identity } = this
        if (identity === undefined || this.isRollingOver) return
        const { succession } = identity
        if (succession === undefined || !succession.isRolloverDue()) return
        this.isRollingOver = true
        try {
            this.options.uplink.tellRollover(await succession.rollover())
        } catch (e) {
            console.error((e as Error).message)
        }
        this.isRollingOver = false
    }

    private command({ name, value }: Command): void {
        if (name === COMMAND_ENROL) {
            this.options.uplink.link.leave()
        } else if (name === COMMAND_ROLLOVER) {
            const switchTo = this.switchTo
            switchTo.start(value)
        } else console.log(`down: ${name}, not understood`)
    }

    /** The fleet knows the key of this generation: when it is the next one, it is the one that signs from here on. */
    private async switchTo(generation: number): Promise<void> {
        const { succession } = this.identity
        if (succession === undefined || generation !== succession.generation() + 1) return
        try {
            await succession.switchKey()
            this.options.uplink.tellRollover(undefined)
            console.log(`identity: key ${generation} signs`)
        } catch (e) {
            console.error((e as Error).message)
        }
    }
}
