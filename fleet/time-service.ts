/** Tells nodes the time: the answer to `{"time": uptime}` on a node's ack topic (contract/commands.ts), in the open or sealed. */
import { decode, encode } from "cborg"
import { COMMAND_TIME } from "../src/telemetry/contract/commands"
import { downTopic } from "../src/telemetry/contract/topics"

const ACK_TOPIC = /^mw\/([0-9a-f]{16})\/ack$/
const QUESTION_BYTES_MAX = 32

/** Of a node that speaks in the open. @param epochMs milliseconds since 1970, now; undefined for a message that asks for something else */
export function timeAnswer(
    topic: string,
    payload: Uint8Array,
    epochMs: number
): { topic: string; payload: Buffer } | undefined {
    const match = ACK_TOPIC.exec(topic)
    const answer = match && answerTo(payload, epochMs)
    return answer ? { topic: downTopic(match[1]), payload: answer } : undefined
}

/** What is inside, whether it is sealed or not; undefined for a question for something else. */
export function answerTo(question: Uint8Array, epochMs: number): Buffer | undefined {
    if (question.length > QUESTION_BYTES_MAX) return undefined
    let asked: unknown
    try {
        asked = decode(question, { strict: true, rejectDuplicateMapKeys: true })
    } catch {
        return undefined
    }
    const uptimeMs = (asked as Record<string, unknown> | null)?.[COMMAND_TIME]
    if (!Number.isSafeInteger(uptimeMs) || (uptimeMs as number) < 0) return undefined
    return Buffer.from(encode({ [COMMAND_TIME]: [uptimeMs, Math.round(epochMs)] }))
}
