/** A node in memory: its record, and what can be had from the record again. */
import { SessionKeys, type OpenedUp } from "../sealing/seal"
import { ackTopic, downTopic, upTopic } from "../../src/telemetry/contract/topics"
import type { NodeRecord } from "./node-record"

/** Retired boots of a session that are told from a new one. */
const BOOTS_MAX = 8
/** Of numbers of commands: one write to the store for each so many. */
const COMMANDS_BLOCK = 64

export class KnownNode {
    private keys: { secret: Buffer; keys: SessionKeys }[] = []
    /** What was taken of a block and not used is not used any more. */
    private nextCommand: number

    constructor(
        readonly id: string,
        public record: NodeRecord
    ) {
        this.nextCommand = record.commandsTo
    }

    /** By the present session, or by the one before. Undefined when neither opens it. */
    open(
        topic: "up" | "ack",
        payload: Uint8Array
    ): (OpenedUp & { isCurrent: boolean }) | undefined {
        const { session, previousSecret } = this.record
        const name = topic === "up" ? upTopic(this.id) : ackTopic(this.id)
        for (const secret of [session?.secret, previousSecret]) {
            const opened = secret && this.keysOf(secret).openUp(name, payload)
            if (opened) return { ...opened, isCurrent: secret === session?.secret }
        }
        return undefined
    }

    /** The record once this was heard under its present session; undefined when that changes nothing. */
    heardFrom(boot: string): NodeRecord | undefined {
        const { boots, session, previousSecret } = this.record
        const isKnownBoot = boots.includes(boot)
        if (isKnownBoot && session?.answer === undefined && previousSecret === undefined)
            return undefined
        return {
            ...this.record,
            boots: isKnownBoot ? boots : [boot, ...boots].slice(0, BOOTS_MAX),
            session: session && { ...session, answer: undefined },
            previousSecret: undefined,
        }
    }

    get canBeTold(): boolean {
        return this.record.session !== undefined && this.record.boots.length > 0
    }

    /** The record to be written before the next command is sealed; undefined when it need not be. */
    reserved(): NodeRecord | undefined {
        const { record, nextCommand } = this
        if (nextCommand < record.commandsTo) return undefined
        return { ...record, commandsTo: record.commandsTo + COMMANDS_BLOCK }
    }

    /** Under a number of its own, for the present boot: only if `canBeTold`, and there is nothing to reserve. */
    sealed(plaintext: Buffer): { topic: string; payload: Buffer } {
        const { session, boots, commandsTo } = this.record
        if (session === undefined || this.nextCommand >= commandsTo)
            throw new RangeError(`node ${this.id}: no session, or no number`)
        const topic = downTopic(this.id)
        const keys = this.keysOf(session.secret)
        const payload = keys.sealCommand(topic, boots[0], this.nextCommand++, plaintext)
        return { topic, payload }
    }

    /** Two sessions at most are in use. */
    private keysOf(secret: Buffer): SessionKeys {
        const found = this.keys.find(known => known.secret.equals(secret))
        if (found !== undefined) return found.keys
        const keys = new SessionKeys(secret)
        this.keys = [{ secret, keys }, ...this.keys].slice(0, 2)
        return keys
    }
}
