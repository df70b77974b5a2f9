/**
 * The node's side of enrolment and of its session, on the host: for tests of the registrar, and for benches that need more nodes than
 * this machine can run firmware for. It has no timers and no sockets: whoever has them hands in what came, and sends what it gives.
 */
import { createHmac, hkdfSync } from "node:crypto"
import { decode, encode } from "cborg"
import { COMMAND_ALIVE } from "../../src/telemetry/contract/commands"
import {
    CLAIM_PASSWORD,
    CREDENTIAL,
    ENROLMENT_VERSION,
    HELLO,
    KEY_ENROLMENT_MAC,
    KEY_ENROLMENT_SEAL,
    MAC_BYTES,
    NODE_NONCE_BYTES,
    NONCE,
    PROOF,
    REFUSED,
    claimUser,
    proofMacInput,
    proofStatement,
    refusalMacInput,
} from "../../src/telemetry/contract/enrolment"
import {
    BOOT_BYTES,
    KEY_DOWN,
    KEY_UP,
    SEALED_COMMAND,
    SEALED_OTHER,
    SEALED_REPORT,
    sealNonce,
} from "../../src/telemetry/contract/sealing"
import { ackTopic, downTopic, enrolDownTopic, upTopic } from "../../src/telemetry/contract/topics"
import { openWith, sealWith } from "../../fleet/sealing/seal"
import type { Claim } from "../../fleet/registrar/claim"
import type { HostIdentity } from "./host-identity"

/** What came of a message on `enrol/down`. */
export type Step =
    /** To be published on `enrol/up`; to be sent again, the same, when nothing comes. */
    | { proof: Buffer }
    | { credential: Buffer }
    /** One of REFUSED_*. */
    | { refused: number }

interface NodeSession {
    credential: Buffer
    up: Buffer
    down: Buffer
}

export class HostNode {
    readonly id: string
    session: NodeSession | undefined
    private readonly claimSecret: Buffer
    private nodeNonce: Buffer = Buffer.alloc(0)
    private registrarNonce: Buffer = Buffer.alloc(0)
    private boot: Buffer
    private sequence = 0
    private others = 0
    private lastCommand = -1

    constructor(
        claim: Claim,
        public identity: HostIdentity,
        private readonly random: (n: number) => Buffer
    ) {
        this.id = claim.id
        this.claimSecret = Buffer.from(claim.secret, "hex")
        this.boot = random(BOOT_BYTES)
    }

    /** With the claim. */
    get claimUser(): string {
        return claimUser(this.id)
    }

    get claimPassword(): string {
        return derived(this.claimSecret, "", CLAIM_PASSWORD).toString("hex", 0, 16)
    }

    /** With the credential, as user `id`. */
    get password(): string | undefined {
        return this.session?.credential.toString("hex")
    }

    /** Loses what is in RAM. */
    reboot(): void {
        this.boot = this.random(BOOT_BYTES)
        this.sequence = 0
        this.others = 0
        this.lastCommand = -1
    }

    /** Begins an enrolment: for `enrol/up`. */
    hello(): Buffer {
        this.nodeNonce = this.random(NODE_NONCE_BYTES)
        return Buffer.from(encode([ENROLMENT_VERSION, HELLO, this.nodeNonce]))
    }

    /** Takes what came on `enrol/down`; undefined for what is not for this enrolment, or not genuine. */
    hearEnrolment(payload: Uint8Array): Step | undefined {
        const [, type, nodeNonce, content, mac] = decode(payload) as [
            number,
            number,
            Uint8Array,
            never,
            Uint8Array,
        ]
        if (!this.nodeNonce.equals(nodeNonce)) return undefined
        if (type === NONCE) return { proof: this.proof(Buffer.from(content)) }
        if (type === REFUSED) {
            const expected = this.mac(refusalMacInput(this.nodeNonce, content))
            return expected.equals(mac) ? { refused: content } : undefined
        }
        if (type !== CREDENTIAL) return undefined
        const opened = openWith(
            this.keyOf(KEY_ENROLMENT_SEAL),
            enrolDownTopic(this.id),
            Buffer.from(content)
        )
        if (opened === undefined) return undefined
        const [secret, credential] = (decode(opened.plaintext) as Uint8Array[]).map(bytes =>
            Buffer.from(bytes)
        )
        const key = (purpose: string) => derived(secret, "", purpose)
        this.session = { credential, up: key(KEY_UP), down: key(KEY_DOWN) }
        return { credential }
    }

    /** A proof for a nonce of the registrar's, signed now. */
    proof(registrarNonce: Buffer): Buffer {
        this.registrarNonce = registrarNonce
        const { algorithm, generation } = this.identity
        const publicKey = this.identity.publicKey()
        const id = Buffer.from(this.id, "hex")
        const statement = proofStatement(id, this.nodeNonce, registrarNonce, generation, publicKey)
        const signature = this.identity.sign(statement)
        const mac = this.mac(proofMacInput(statement, signature))
        const head = [ENROLMENT_VERSION, PROOF, this.nodeNonce, registrarNonce, algorithm]
        return Buffer.from(encode([...head, generation, publicKey, signature, mac]))
    }

    /** For `up`. @param plaintext a report */
    report(plaintext: Uint8Array): Buffer {
        return this.sealed(upTopic(this.id), SEALED_REPORT, this.sequence++, plaintext)
    }

    /** For `ack`: a question, or an answer to a command. */
    say(name: string, value: unknown): Buffer {
        const plaintext = encode({ [name]: value })
        return this.sealed(ackTopic(this.id), SEALED_OTHER, this.others++, plaintext)
    }

    /** What a command on `down` says; undefined when it is not for this boot, not newer than the last, or not genuine. */
    hearCommand(payload: Uint8Array): [name: string, value: unknown] | undefined {
        const { session } = this
        const opened = session && openWith(session.down, downTopic(this.id), payload)
        if (opened === undefined) return undefined
        const number = opened.nonce.readUInt32BE(BOOT_BYTES + 1)
        const isOurs = opened.nonce.equals(sealNonce(this.boot, SEALED_COMMAND, number))
        if (!isOurs || number <= this.lastCommand) return undefined
        this.lastCommand = number
        return Object.entries(decode(opened.plaintext) as Record<string, unknown>)[0]
    }

    /** What there is to be said on `ack` to a command; undefined for one that asks for no answer. */
    answerTo([name, value]: [name: string, value: unknown]): Buffer | undefined {
        return name === COMMAND_ALIVE ? this.say(COMMAND_ALIVE, value) : undefined
    }

    private sealed(topic: string, kind: number, number: number, plaintext: Uint8Array): Buffer {
        if (this.session === undefined) throw new RangeError(`node ${this.id}: has no session`)
        const nonce = sealNonce(this.boot, kind, number)
        return sealWith(this.session.up, nonce, topic, Buffer.from(plaintext))
    }

    private mac(input: Uint8Array): Buffer {
        const key = this.keyOf(KEY_ENROLMENT_MAC)
        return createHmac("sha256", key).update(input).digest().subarray(0, MAC_BYTES)
    }

    private keyOf(purpose: string): Buffer {
        const salt = Buffer.concat([this.nodeNonce, this.registrarNonce])
        return derived(this.claimSecret, salt, purpose)
    }
}

function derived(secret: Uint8Array, salt: Uint8Array | string, purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", secret, salt, purpose, 32))
}
