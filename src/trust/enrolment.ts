/**
 * The node's side of an enrolment (contract/enrolment.ts) as a table of states: no socket, no clock, no key of its own.
 *
 * | state    | on                                  | becomes  | and                                        |
 * |----------|-------------------------------------|----------|--------------------------------------------|
 * | any      | start()                             | Asking   | HELLO, with a new nonce                    |
 * | Asking   | NONCE                               | Signing  | somebody has to sign `toSign`              |
 * | Signing  | prove()                             | Proving  | PROOF                                      |
 * | Proving  | CREDENTIAL that opens               | Enrolled | `credential`                               |
 * | Proving  | REFUSED by who has the claim secret | Refused  | `refusal`                                  |
 * | A., P.   | 10 s of silence                     | the same | the same message again, twice              |
 * | A., P.   | 10 s of silence after the third     | Silent   |                                            |
 * | any      | anything else                       | the same | `passedOver` counts it                     |
 *
 * A proof is said again, never signed again, for a key has 28 signatures.
 */
import { hmac, sha256Hkdf } from "@devicescript/crypto"
import { CborWriter } from "../telemetry/cbor"
import { CborReader } from "../telemetry/cbor-reader"
import { joined } from "../telemetry/contract/bytes"
import {
    CREDENTIAL,
    CREDENTIAL_BYTES_MAX,
    ENROLMENT_VERSION,
    HELLO,
    KEY_ENROLMENT_MAC,
    KEY_ENROLMENT_SEAL,
    MAC_BYTES,
    NODE_NONCE_BYTES,
    NONCE,
    PROOF,
    REFUSED,
    REGISTRAR_NONCE_BYTES,
    proofStatement,
    refusalMacInput,
} from "../telemetry/contract/enrolment"
import { SEALED_EXTRA_BYTES, SESSION_SECRET_BYTES } from "../telemetry/contract/sealing"
import { enrolDownTopic } from "../telemetry/contract/topics"
import { openSealed } from "../telemetry/cose"
import { Claim } from "./claim"
import { Credential } from "./credential"

export enum EnrolmentState {
    Idle,
    Asking,
    Signing,
    Proving,
    Enrolled,
    Refused,
    Silent,
}

const SILENCE_MS = 10000
const TIMES_SAID_MAX = 3
const HELLO_BYTES = 20
/** All of a proof before its signature, but the public key's own bytes. */
const PROOF_HEAD_EXTRA_BYTES_MAX = 53
/** Secret and credential, each with the head of a byte string, and of their array. */
const SEALED_BYTES_MAX =
    SEALED_EXTRA_BYTES + 1 + 1 + 2 + SESSION_SECRET_BYTES + 2 + CREDENTIAL_BYTES_MAX

export class Enrolment {
    state = EnrolmentState.Idle
    /** Messages that were malformed, forged, or not awaited; since boot. */
    passedOver = 0
    /** One of REFUSED_*, once it is Refused. */
    refusal: number
    /** Once it is Enrolled. */
    credential: Credential
    private nodeNonce: Buffer
    private registrarNonce: Buffer
    private generation: number
    private publicKey: Buffer
    /** What is said until it is answered, in pieces. */
    private message: Buffer[]
    private timesSaid = 0
    private saidMs: number

    constructor(private readonly claim: Claim) {}

    /** Begins, from wherever it was. @param nodeNonce 16 bytes that nobody can guess, new each time */
    start(nodeNonce: Buffer): void {
        this.nodeNonce = nodeNonce
        this.registrarNonce = undefined
        this.publicKey = undefined
        this.credential = undefined
        this.refusal = undefined
        const writer = new CborWriter(Buffer.alloc(HELLO_BYTES))
        begin(writer, 3, HELLO, nodeNonce)
        this.awaitAnswer(EnrolmentState.Asking, [writer.bytes])
    }

    /** What is to be said now, on the node's enrolment topic, in pieces; undefined for nothing. */
    say(nowMs: number): Buffer[] | undefined {
        if (this.state !== EnrolmentState.Asking && this.state !== EnrolmentState.Proving)
            return undefined
        if (this.timesSaid > 0 && nowMs - this.saidMs < SILENCE_MS) return undefined
        if (this.timesSaid === TIMES_SAID_MAX) {
            this.end(EnrolmentState.Silent)
            return undefined
        }
        this.timesSaid++
        this.saidMs = nowMs
        return this.message
    }

    /** Whatever was said may not have arrived: it is said again at once, if it may still be. */
    reconnected(): void {
        this.saidMs = -SILENCE_MS
    }

    /** There is nothing more to say or to hear. */
    isOver(): boolean {
        const { state } = this
        return (
            state === EnrolmentState.Enrolled ||
            state === EnrolmentState.Refused ||
            state === EnrolmentState.Silent
        )
    }

    /** What came on the registrar's topic. */
    hear(message: Buffer): void {
        if (!this.take(message)) this.passedOver++
    }

    /** What the node's key is to sign, when it is Signing. @param generation of that key */
    toSign(generation: number, publicKey: Buffer): Buffer {
        this.generation = generation
        this.publicKey = publicKey
        return this.statement()
    }

    /**
     * @param algorithm one of ALGORITHM_*
     * @param signature of `toSign`: not copied, for a heap has no second 1.4 kB to spare, and to be left as it is until the end
     */
    prove(algorithm: number, signature: Buffer): void {
        // The parts of `proofMacInput`.
        const mac = hmac(this.key(KEY_ENROLMENT_MAC), "sha256", this.statement(), signature)
        const headBytesMax = PROOF_HEAD_EXTRA_BYTES_MAX + this.publicKey.length
        const head = new CborWriter(Buffer.alloc(headBytesMax))
        begin(head, 9, PROOF, this.nodeNonce)
        head.byteString(this.registrarNonce)
        head.integer(algorithm)
        head.integer(this.generation)
        head.byteString(this.publicKey)
        head.byteStringHead(signature.length)
        const tail = new CborWriter(Buffer.alloc(1 + MAC_BYTES))
        tail.byteString(mac.slice(0, MAC_BYTES))
        const message = [head.bytes.slice(0, head.length), signature, tail.bytes]
        this.awaitAnswer(EnrolmentState.Proving, message)
    }

    private take(message: Buffer): boolean {
        const { state } = this
        if (state !== EnrolmentState.Asking && state !== EnrolmentState.Proving) return false
        const reader = new CborReader(message)
        const items = reader.array()
        const version = reader.unsigned()
        const kind = reader.unsigned()
        const nodeNonce = reader.byteString(NODE_NONCE_BYTES)
        if (reader.failed || version !== ENROLMENT_VERSION || !isSame(nodeNonce, this.nodeNonce))
            return false
        if (state === EnrolmentState.Asking)
            return kind === NONCE && items === 4 && this.takeNonce(reader)
        if (kind === REFUSED) return items === 5 && this.takeRefusal(reader)
        return kind === CREDENTIAL && items === 4 && this.takeCredential(reader)
    }

    private takeNonce(reader: CborReader): boolean {
        const registrarNonce = reader.byteString(REGISTRAR_NONCE_BYTES)
        if (!reader.isDone() || registrarNonce.length !== REGISTRAR_NONCE_BYTES) return false
        this.registrarNonce = registrarNonce
        this.state = EnrolmentState.Signing
        this.message = undefined
        return true
    }

    private takeRefusal(reader: CborReader): boolean {
        const refusal = reader.unsigned()
        const mac = reader.byteString(MAC_BYTES)
        if (!reader.isDone() || refusal > 255) return false
        const input = refusalMacInput(this.nodeNonce, refusal)
        const expected = hmac(this.key(KEY_ENROLMENT_MAC), "sha256", input).slice(0, MAC_BYTES)
        if (!isSame(mac, expected)) return false
        this.refusal = refusal
        this.end(EnrolmentState.Refused)
        return true
    }

    private takeCredential(reader: CborReader): boolean {
        const sealed = reader.byteString(SEALED_BYTES_MAX)
        if (!reader.isDone()) return false
        const topic = enrolDownTopic(this.claim.id)
        const opened = openSealed(this.key(KEY_ENROLMENT_SEAL), topic, sealed)
        if (opened === undefined) return false
        const inner = new CborReader(opened)
        if (inner.array() !== 2) return false
        const secret = inner.byteString(SESSION_SECRET_BYTES)
        const token = inner.byteString(CREDENTIAL_BYTES_MAX)
        if (!inner.isDone() || secret.length !== SESSION_SECRET_BYTES || token.length === 0)
            return false
        this.credential = { secret, token }
        this.end(EnrolmentState.Enrolled)
        return true
    }

    private statement(): Buffer {
        return proofStatement(
            this.claim.nodeId,
            this.nodeNonce,
            this.registrarNonce,
            this.generation,
            this.publicKey
        )
    }

    private key(purpose: string): Buffer {
        return sha256Hkdf(this.claim.secret, purpose, joined([this.nodeNonce, this.registrarNonce]))
    }

    private awaitAnswer(state: EnrolmentState, message: Buffer[]): void {
        this.state = state
        this.message = message
        this.timesSaid = 0
    }

    private end(state: EnrolmentState): void {
        this.state = state
        this.message = undefined
    }
}

/** The first items of a message. */
function begin(writer: CborWriter, items: number, kind: number, nodeNonce: Buffer): void {
    writer.array(items)
    writer.integer(ENROLMENT_VERSION)
    writer.integer(kind)
    writer.byteString(nodeNonce)
}

function isSame(a: Buffer, b: Buffer): boolean {
    return a.toString("hex") === b.toString("hex")
}
