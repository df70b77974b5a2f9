/** The VM's side of harness/asking-host.ts: it asks for a question, answers it, and asks for the next. VM only. */
import * as ds from "@devicescript/core"
import { ASK_END, ASKING_BYTES, ASKING_DATA_AT, ASKING_TOPIC } from "./harness/asking-contract"

/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}
const channel = ds as unknown as TwinChannel

/** Of a question, or of what is written like one. */
export function fieldsOf(question: Buffer): Buffer[] {
    const fields: Buffer[] = []
    let at = 1
    while (at < question.length) {
        const length = (question[at] << 8) | question[at + 1]
        fields.push(question.slice(at + 2, at + 2 + length))
        at += 2 + length
    }
    return fields
}

/** Answers all questions, then ends the program. */
export async function answerAll(answered: (question: Buffer) => Promise<Buffer>): Promise<void> {
    let answer = hex``
    const message = Buffer.alloc(ASKING_BYTES)
    while (true) {
        message[0] = answer.length >> 8
        message[1] = answer.length & 0xff
        message.blitAt(2, answer, 0, answer.length)
        const said = channel._twinMessage(ASKING_TOPIC, message)
        const length = (said[ASKING_DATA_AT] << 8) | said[ASKING_DATA_AT + 1]
        if (said[ASKING_DATA_AT + 2] === ASK_END) break
        answer = await answered(said.slice(ASKING_DATA_AT + 2, ASKING_DATA_AT + 2 + length))
        await ds.sleep(0)
    }
    ds.restart()
}
