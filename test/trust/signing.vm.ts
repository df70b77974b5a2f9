/** Our LMS code inside the VM, for tests on the host: it asks for a question, answers it, and asks for the next. */
import * as ds from "@devicescript/core"
import { LmsKey } from "../../src/trust/lms-key"
import { lmsParameters } from "../../src/trust/lms-parameters"
import { verifyHss, verifyLms } from "../../src/trust/lms-verify"
import {
    ASK_END,
    ASK_KEY,
    ASK_SIGN,
    ASK_VERIFY_HSS,
    ASK_VERIFY_LMS,
    SIGNING_BYTES,
    SIGNING_DATA_AT,
    SIGNING_TOPIC,
} from "./signing-contract"

/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}
const channel = ds as unknown as TwinChannel

let key: LmsKey

function fieldsOf(question: Buffer): Buffer[] {
    const fields: Buffer[] = []
    let at = 1
    while (at < question.length) {
        const length = (question[at] << 8) | question[at + 1]
        fields.push(question.slice(at + 2, at + 2 + length))
        at += 2 + length
    }
    return fields
}

async function answered(question: Buffer): Promise<Buffer> {
    const fields = fieldsOf(question)
    switch (question[0]) {
        case ASK_VERIFY_LMS:
            return Buffer.from(await verifyLms(fields[0], fields[1], fields[2]))
        case ASK_VERIFY_HSS:
            return Buffer.from(await verifyHss(fields[0], fields[1], fields[2]))
        case ASK_KEY:
            key = new LmsKey(lmsParameters(fields[0][0], fields[0][1]), fields[1], fields[2])
            for (let q = 0; q < key.leafCount; ++q) await key.makeLeaf(q)
            return key.publicKey()
        case ASK_SIGN:
            return await key.sign(fields[0][0], fields[1])
        default:
            throw new Error(`question ${question[0]}`)
    }
}

let answer = hex``
const message = Buffer.alloc(SIGNING_BYTES)
while (true) {
    message[0] = answer.length >> 8
    message[1] = answer.length & 0xff
    message.blitAt(2, answer, 0, answer.length)
    const said = channel._twinMessage(SIGNING_TOPIC, message)
    const length = (said[SIGNING_DATA_AT] << 8) | said[SIGNING_DATA_AT + 1]
    if (said[SIGNING_DATA_AT + 2] === ASK_END) break
    answer = await answered(said.slice(SIGNING_DATA_AT + 2, SIGNING_DATA_AT + 2 + length))
    await ds.sleep(0)
}
ds.restart()
