/** The far end of src/telemetry/contract/sealing.ts: COSE_Encrypt0 by OpenSSL, and the two keys of a node's session. */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto"
import { encode } from "cborg"
import { ENROLMENT_BYTES_MAX } from "../../src/telemetry/contract/enrolment"
import {
    BOOT_BYTES,
    KEY_DOWN,
    KEY_UP,
    NONCE_BYTES,
    SEALED_COMMAND,
    SEALED_HEAD_HEX,
    SEALED_OTHER,
    SEALED_REPORT,
    SESSION_SECRET_BYTES,
    TAG_BYTES,
    sealNonce,
} from "../../src/telemetry/contract/sealing"

const KEY_BYTES = 32
const HEAD = Buffer.from(SEALED_HEAD_HEX, "hex")
/** `{1: 11}`, which the head has in it. */
const PROTECTED = Buffer.from("a1010b", "hex")
const LENGTH_AT = HEAD.length + NONCE_BYTES
/** A rollover is the longest that a node says, and no longer than its proof. */
const SEALED_BYTES_MAX = ENROLMENT_BYTES_MAX
const CIPHER = "aes-256-ccm"

export interface Opened {
    nonce: Buffer
    plaintext: Buffer
}

/** @param nonce 13 bytes, never before under this key @param topic on which it is published, and nowhere else does it open */
export function sealWith(
    key: Uint8Array,
    nonce: Uint8Array,
    topic: string,
    plaintext: Uint8Array
): Buffer {
    if (nonce.length !== NONCE_BYTES) throw new RangeError(`a nonce of ${nonce.length} B`)
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(encStructure(topic), { plaintextLength: plaintext.length })
    const ciphertext = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
    return Buffer.concat([HEAD, nonce, encode(Buffer.concat(ciphertext))])
}

/** Undefined for anything but the one encoding of a message that this key has sealed for this topic. */
export function openWith(key: Uint8Array, topic: string, message: Uint8Array): Opened | undefined {
    if (message.length > SEALED_BYTES_MAX) return undefined
    const bytes = Buffer.from(message)
    const sealed = ciphertextOf(bytes)
    if (sealed === undefined) return undefined
    const nonce = bytes.subarray(HEAD.length, LENGTH_AT)
    const length = sealed.length - TAG_BYTES
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(sealed.subarray(length))
    decipher.setAAD(encStructure(topic), { plaintextLength: length })
    try {
        // It is here that OpenSSL looks at the tag, and gives out nothing when it is another.
        const plaintext = decipher.update(sealed.subarray(0, length))
        decipher.final()
        return { nonce, plaintext }
    } catch {
        return undefined
    }
}

/** What a node said, and which of all that it said it is. */
export interface OpenedUp {
    /** 16 hex digits. */
    boot: string
    /** SEALED_REPORT or SEALED_OTHER. */
    kind: number
    /** Of a report its sequence number. */
    number: number
    plaintext: Buffer
}

/** What one session's secret gives. Whoever holds it remembers what it has heard: a message said again opens again. */
export class SessionKeys {
    private readonly up: Buffer
    private readonly down: Buffer
    private lastCommand = -1

    /** @param secret 32 bytes @throws RangeError for another length */
    constructor(secret: Uint8Array) {
        if (secret.length !== SESSION_SECRET_BYTES)
            throw new RangeError(`a session's secret of ${secret.length} B`)
        this.up = derived(secret, KEY_UP)
        this.down = derived(secret, KEY_DOWN)
    }

    /** Undefined for what this session's node has not sealed for this topic. */
    openUp(topic: string, payload: Uint8Array): OpenedUp | undefined {
        const opened = openWith(this.up, topic, payload)
        if (opened === undefined) return undefined
        const { nonce, plaintext } = opened
        const kind = nonce[BOOT_BYTES]
        if (kind !== SEALED_REPORT && kind !== SEALED_OTHER) return undefined
        return {
            boot: nonce.toString("hex", 0, BOOT_BYTES),
            kind,
            number: nonce.readUInt32BE(BOOT_BYTES + 1),
            plaintext,
        }
    }

    /**
     * @param boot the node's present one, 16 hex digits
     * @param number never before for this node, and greater than all before: it is the caller who remembers, through a crash too
     * @throws RangeError for a number that this session has gone past: two commands under one would give both away
     */
    sealCommand(topic: string, boot: string, number: number, plaintext: Uint8Array): Buffer {
        const isNumber = Number.isInteger(number) && number > this.lastCommand
        if (!isNumber || number > 0xffffffff)
            throw new RangeError(`command ${number} after ${this.lastCommand}`)
        const bytes = Buffer.from(boot, "hex")
        if (bytes.length !== BOOT_BYTES || boot.length !== 2 * BOOT_BYTES)
            throw new RangeError(`boot "${boot}" is not 16 hex digits`)
        this.lastCommand = number
        return sealWith(this.down, sealNonce(bytes, SEALED_COMMAND, number), topic, plaintext)
    }
}

/** The byte string that fills the message to its end, its head as short as can be. */
function ciphertextOf(message: Buffer): Buffer | undefined {
    for (let at = LENGTH_AT + 1; at <= LENGTH_AT + 3; ++at) {
        const length = message.length - at
        if (length < TAG_BYTES) return undefined
        const start = Buffer.concat([HEAD, message.subarray(HEAD.length, LENGTH_AT), head(length)])
        if (start.length === at && message.subarray(0, at).equals(start))
            return message.subarray(at)
    }
    return undefined
}

/** Of a byte string of less than 64 kB (RFC 8949 §4.2.1). */
function head(length: number): Buffer {
    if (length < 24) return Buffer.from([0x40 | length])
    return Buffer.from(length < 256 ? [0x58, length] : [0x59, length >> 8, length & 0xff])
}

/** What is authenticated beside the plaintext (RFC 9052 §5.3). */
function encStructure(topic: string): Uint8Array {
    return encode(["Encrypt0", PROTECTED, Buffer.from(topic)])
}

function derived(secret: Uint8Array, purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), purpose, KEY_BYTES))
}
