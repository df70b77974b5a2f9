/**
 * What a node says to its fleet and hears from it, in one session: its state, its reports, questions and answers. Between a node with a
 * claim and its fleet all but the state is sealed (contract/sealing.ts), when it is handed to the session and never again.
 */
import * as ds from "@devicescript/core"
import { Broker } from "../mqtt/broker"
import { Link, LinkOptions } from "../mqtt/link"
import { ConnectOptions, Publish } from "../mqtt/packets"
import { Session, SessionState } from "../mqtt/session"
import { COMMAND_ALIVE } from "../telemetry/contract/commands"
import { SEALED_OTHER, SEALED_REPORT } from "../telemetry/contract/sealing"
import { ackTopic, downTopic, stateTopic, upTopic } from "../telemetry/contract/topics"
import { Form, Outbox } from "../telemetry/outbox"
import { Sealer } from "../telemetry/sealer"
import { Command, encodeAnswer, encodeRollover, parseCommand } from "./commands"
import { WallClock } from "./wall-clock"

export const KEEP_ALIVE_SECONDS = 60
/** What the broker acknowledges and is no report: the birth, questions, answers. */
const NO_REPORT = -2
/** Further ones are not answered: who asked asks again. */
const ANSWERS_MAX = 4
/** The broker has it since it acknowledged it; a fleet that lost it is told again. */
const ROLLOVER_AGAIN_MS = 600000

export interface UplinkOptions {
    /** 16 hex digits. */
    id: string
    /** 8 bytes. */
    boot: Buffer
    broker: Broker
    /** It says nothing but its state until it has a secret. */
    isSealed: boolean
    outbox: Outbox
    /** The report of an alarm as flash keeps it, which says itself which one it is. */
    retell: (alarm: Buffer) => Buffer
    /** The retained state: "online", and what there is to know beside it. */
    birth: () => Buffer
    onOnline: () => void
    /** The broker has this alarm, or, ROUTINE, a report that is none. */
    onAcknowledged: (alarm: number) => void
}

export class Uplink {
    readonly link: Link
    readonly wallClock = new WallClock()
    /** Reports that the session has and the broker has not acknowledged. */
    inFlight = 0
    /** Called with a command that is none of this room. */
    onCommand: (command: Command) => void
    private readonly session: Session
    private births = 0
    private sealer: Sealer
    private secretHex: string
    /** Of SEALED_OTHER, the next number; it goes on under another secret. */
    private nextOther = 0
    private readonly answers: Buffer[] = []
    private rollover: Buffer
    private rolloverDueMs: number

    constructor(
        private readonly options: UplinkOptions,
        linkOptions: LinkOptions
    ) {
        const { id, isSealed, broker } = options
        const connect: ConnectOptions = {
            clientId: `mw-${id}`,
            keepAliveSeconds: KEEP_ALIVE_SECONDS,
            will: { topic: stateTopic(id), message: `{"state":"offline"}` },
        }
        if (isSealed) connect.userName = id
        // DeviceScript binds a method when it is taken: no arrow is needed, and none may name `this` here.
        this.session = new Session(connect, downTopic(id), this.heard)
        this.session.onAcknowledged = this.acknowledged
        this.link = new Link(broker, this.session, this.refill, linkOptions)
    }

    isOnline(): boolean {
        return this.session.state === SessionState.Online
    }

    /** The broker did not let it in the last time, for who it says it is. */
    isRefused(): boolean {
        return this.session.notAuthorised > 0
    }

    /** From the next connection on. What the session has is sealed already, under the secret before; what waits will be under this. */
    useCredential(secret: Buffer, token: Buffer): void {
        const secretHex = secret.toString("hex")
        // Another sealer of the same secret would take commands that this one has taken.
        if (secretHex !== this.secretHex) this.sealer = new Sealer(secret, this.options.boot)
        this.secretHex = secretHex
        this.session.changePassword(token.toString("hex"))
    }

    /** The state has changed. */
    tellState(): void {
        this.births = 0
    }

    /** Tells of the next key, again and again, until it is called with undefined. */
    tellRollover(rollover: Buffer | undefined): void {
        this.rollover = rollover
        this.rolloverDueMs = 0
        this.link.wake()
    }

    /** The session has room: the birth that takes back the last will, the question for the time, then what waits. */
    private async refill(): Promise<void> {
        const { session, wallClock } = this
        const { id, isSealed, birth, onOnline } = this.options
        if (isSealed && this.sealer === undefined) throw new Error("no secret to seal with")
        while (session.canPublish()) {
            const uptimeMs = ds.millis()
            if (this.births < session.connects) {
                this.births = session.connects
                session.publish(stateTopic(id), birth(), true, NO_REPORT)
                onOnline()
            } else if (wallClock.isDue(uptimeMs)) {
                this.say(wallClock.ask(uptimeMs))
            } else if (this.answers.length > 0) {
                this.say(this.answers.shift())
            } else if (this.rollover !== undefined && uptimeMs >= this.rolloverDueMs) {
                this.rolloverDueMs = uptimeMs + ROLLOVER_AGAIN_MS
                this.say(encodeRollover(this.rollover))
            } else if (!this.report()) return
        }
    }

    /** Hands the next report to the session. False when none waits. */
    private report(): boolean {
        const { id, outbox, retell } = this.options
        const next = outbox.take()
        if (next === undefined) return false
        const topic = upTopic(id)
        this.inFlight++
        const bytes =
            next.form === Form.Report
                ? this.sealed(topic, SEALED_REPORT, next.sequence, next.bytes)
                : this.sealedOther(topic, retell(next.bytes))
        this.session.publish(topic, bytes, false, next.alarm)
        return true
    }

    private say(plaintext: Buffer): void {
        const topic = ackTopic(this.options.id)
        this.session.publish(topic, this.sealedOther(topic, plaintext), false, NO_REPORT)
    }

    private sealedOther(topic: string, plaintext: Buffer): Buffer {
        this.nextOther++
        return this.sealed(topic, SEALED_OTHER, this.nextOther - 1, plaintext)
    }

    private sealed(topic: string, kind: number, number: number, plaintext: Buffer): Buffer {
        if (!this.options.isSealed) return plaintext
        return this.sealer.seal(topic, kind, number, plaintext)
    }

    /** The broker has a PUBLISH; `alarm` is its number, ROUTINE or NO_REPORT. */
    private acknowledged(alarm: number): void {
        if (alarm === NO_REPORT) return
        this.inFlight--
        this.options.onAcknowledged(alarm)
    }

    private heard(message: Publish): void {
        const { id, isSealed } = this.options
        const { payload } = message
        const plaintext = isSealed ? this.sealer.openCommand(downTopic(id), payload) : payload
        if (plaintext === undefined) {
            console.log(`down: ${payload.length} B, not sealed for this node, or not new`)
            return
        }
        if (this.wallClock.answer(plaintext, ds.millis())) return
        const command = isSealed ? parseCommand(plaintext) : undefined
        if (command === undefined) console.log(`down: ${payload.length} B, not understood`)
        else if (command.name === COMMAND_ALIVE) this.answer(command)
        else this.onCommand(command)
    }

    private answer({ name, value }: Command): void {
        if (this.answers.length < ANSWERS_MAX) this.answers.push(encodeAnswer(name, value))
    }
}
