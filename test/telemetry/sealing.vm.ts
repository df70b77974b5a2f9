/** Our sealing inside the VM, for tests on the host. */
import { encryptBlock } from "../../src/telemetry/aes-block"
import { Ccm } from "../../src/telemetry/ccm"
import { openSealed } from "../../src/telemetry/cose"
import { Sealer } from "../../src/telemetry/sealer"
import { answerAll, fieldsOf } from "../answering"
import {
    ASK_BLOCK,
    ASK_KEY,
    ASK_OPEN,
    ASK_OPEN_COMMAND,
    ASK_OPEN_SEALED,
    ASK_SEAL,
    ASK_SEAL_MESSAGE,
    ASK_SESSION,
    OPENED,
    REFUSED,
} from "./sealing-contract"

let ccm: Ccm
let sealer: Sealer

async function answered(question: Buffer): Promise<Buffer> {
    const fields = fieldsOf(question)
    switch (question[0]) {
        case ASK_BLOCK:
            return encryptBlock(fields[0], fields[1])
        case ASK_KEY:
            ccm = new Ccm(fields[0])
            return hex``
        case ASK_SEAL:
            return ccm.seal(fields[0], fields[1], fields[2])
        case ASK_OPEN:
            return told(ccm.open(fields[0], fields[1], fields[2]))
        case ASK_SESSION:
            sealer = new Sealer(fields[0], fields[1])
            return hex``
        case ASK_SEAL_MESSAGE:
            return sealer.seal(
                fields[0].toString("utf-8"),
                fields[1][0],
                unsigned(fields[2]),
                fields[3]
            )
        case ASK_OPEN_COMMAND:
            return told(sealer.openCommand(fields[0].toString("utf-8"), fields[1]))
        case ASK_OPEN_SEALED:
            return told(openSealed(fields[0], fields[1].toString("utf-8"), fields[2]))
        default:
            throw new Error(`question ${question[0]}`)
    }
}

function told(plaintext: Buffer | undefined): Buffer {
    if (plaintext === undefined) return Buffer.from([REFUSED])
    return Buffer.concat(Buffer.from([OPENED]), plaintext)
}

function unsigned(bytes: Buffer): number {
    let value = 0
    for (let i = 0; i < bytes.length; ++i) value = value * 256 + bytes[i]
    return value
}

await answerAll(answered)
