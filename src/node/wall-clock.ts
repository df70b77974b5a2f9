/**
 * The time of day, learned over MQTT: the node asks with its uptime, the fleet answers with both, and half the round trip is taken
 * off. What was asked long ago is worth nothing and is not taken. Sequence numbers know nothing of it: a jump reorders nothing.
 */
import { CborReader } from "../telemetry/cbor-reader"
import { CborWriter } from "../telemetry/cbor"
import { COMMAND_TIME } from "../telemetry/contract/commands"

/** A board's crystal drifts 20 to 50 ppm: under 0.2 s an hour. */
const ASK_AGAIN_MS = 3600000
/** Without an answer the next question comes after a minute, then two, four ...: a broker without a fleet is not asked for ever. */
const RETRY_MS_MIN = 60000
/** An error of at most half of it. */
const ROUND_TRIP_MS_MAX = 10000

export class WallClock {
    /** Milliseconds from 1970 to boot; undefined until it is learned. */
    private bootEpochMs: number
    private askedMs: number
    private dueMs = 0
    private retryMs = RETRY_MS_MIN

    /** It is time to ask. */
    isDue(uptimeMs: number): boolean {
        return uptimeMs >= this.dueMs
    }

    /** The question, for the node's ack topic. */
    ask(uptimeMs: number): Buffer {
        this.askedMs = uptimeMs
        this.dueMs = uptimeMs + this.retryMs
        if (this.retryMs < ASK_AGAIN_MS) this.retryMs = this.retryMs * 2
        const writer = new CborWriter(Buffer.alloc(16))
        writer.map(1)
        writer.text(COMMAND_TIME)
        writer.integer(uptimeMs)
        return writer.bytes.slice(0, writer.length)
    }

    /** Takes the answer; false for anything that is none, or is to another question, or too late. */
    answer(command: Buffer, uptimeMs: number): boolean {
        const reader = new CborReader(command)
        if (reader.map() !== 1 || reader.text(COMMAND_TIME.length) !== COMMAND_TIME) return false
        if (reader.array() !== 2) return false
        const askedMs = reader.unsigned()
        const epochMs = reader.unsigned()
        if (!reader.isDone() || this.askedMs === undefined || askedMs !== this.askedMs) return false
        const roundTripMs = uptimeMs - askedMs
        this.askedMs = undefined
        if (roundTripMs > ROUND_TRIP_MS_MAX) return false
        this.bootEpochMs = epochMs + roundTripMs / 2 - uptimeMs
        this.dueMs = uptimeMs + ASK_AGAIN_MS
        this.retryMs = RETRY_MS_MIN
        return true
    }

    /** Milliseconds since 1970 at this uptime; undefined until it is learned. */
    epochMs(uptimeMs: number): number | undefined {
        return this.bootEpochMs === undefined ? undefined : this.bootEpochMs + uptimeMs
    }
}
