/** Tells nodes the time: the answer to `{"time": uptime}` on a node's ack topic (contract/commands.ts). */
import { decode, encode } from "cborg"
import { COMMAND_TIME } from "../src/telemetry/contract/commands"
import { downTopic } from "../src/telemetry/contract/topics"

const ACK_TOPIC = /^mw\/([0-9a-f]{16})\/ack$/
const QUESTION_BYTES_MAX = 32

/** @param epochMs milliseconds since 1970, now; undefined for a message that asks for something else */
export function timeAnswer(
    topic: string,
    payload: Uint8Array,
    epochMs: number
): { topic: string; payload: Buffer } | undefined {
    const match = ACK_TOPIC.exec(topic)
    if (match === null || payload.length > QUESTION_BYTES_MAX) return undefined
    let question: unknown
    try {
        question = decode(payload, { strict: true, rejectDuplicateMapKeys: true })
    } catch {
        return undefined
    }
    const uptimeMs = (question as Record<string, unknown> | null)?.[COMMAND_TIME]
    if (!Number.isSafeInteger(uptimeMs) || (uptimeMs as number) < 0) return undefined
    const answer = encode({ [COMMAND_TIME]: [uptimeMs, Math.round(epochMs)] })
    return { topic: downTopic(match[1]), payload: Buffer.from(answer) }
}
