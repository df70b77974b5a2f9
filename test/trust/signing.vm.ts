/** Our LMS code inside the VM, for tests on the host. */
import { LmsKey } from "../../src/trust/lms-key"
import { lmsParameters } from "../../src/trust/lms-parameters"
import { verifyHss, verifyLms } from "../../src/trust/lms-verify"
import { answerAll, fieldsOf } from "../answering"
import { ASK_KEY, ASK_SIGN, ASK_VERIFY_HSS, ASK_VERIFY_LMS } from "./signing-contract"

let key: LmsKey

async function signed(q: number, message: Buffer): Promise<Buffer> {
    const signature = Buffer.alloc(key.parameters.signatureBytes)
    await key.sign(q, message, signature, 0)
    return signature
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
            return await signed(fields[0][0], fields[1])
        default:
            throw new Error(`question ${question[0]}`)
    }
}

await answerAll(answered)
