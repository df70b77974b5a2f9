/** The fleet's side of sealing (src/telemetry/contract/sealing.ts). */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto"
import {
    BOOT_BYTES,
    KEY_DOWN,
    KEY_UP,
    NONCE_BYTES,
    SEALED_COMMAND,
    SEALED_HEAD_HEX,
    TAG_BYTES,
    sealNonce,
} from "../../src/telemetry/contract/sealing"
import { encode } from "cborg"

const CIPHER = "aes-256-ccm"
const HEAD = Buffer.from(SEALED_HEAD_HEX, "hex")
const PROTECTED = Buffer.from("a1010b", "hex")

export interface Opened {
    /** 16 hex digits */
    boot: string
    kind: number
    number: number
    plaintext: Buffer
}

export class SessionKeys {
    private readonly up: Buffer
    private readonly down: Buffer

    constructor(secret: Uint8Array) {
        const key = (purpose: string) => Buffer.from(hkdfSync("sha256", secret, "", purpose, 32))
        this.up = key(KEY_UP)
        this.down = key(KEY_DOWN)
    }

    openUp(topic: string, payload: Uint8Array): Opened | undefined {
        const plaintext = openWith(this.up, topic, payload)
        if (plaintext === undefined) return undefined
        const nonce = Buffer.from(payload).subarray(HEAD.length, HEAD.length + NONCE_BYTES)
        return {
            boot: nonce.toString("hex", 0, BOOT_BYTES),
            kind: nonce[BOOT_BYTES],
            number: nonce.readUInt32BE(BOOT_BYTES + 1),
            plaintext,
        }
    }

    sealCommand(topic: string, boot: string, number: number, plaintext: Uint8Array): Buffer {
        const nonce = sealNonce(Buffer.from(boot, "hex"), SEALED_COMMAND, number)
        return sealWith(this.down, nonce, topic, plaintext)
    }
}

export function sealWith(
    key: Uint8Array,
    nonce: Uint8Array,
    topic: string,
    plaintext: Uint8Array
): Buffer {
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(aadOf(topic), { plaintextLength: plaintext.length })
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
    return Buffer.concat([HEAD, nonce, encode(Buffer.concat([ciphertext, cipher.getAuthTag()]))])
}

export function openWith(key: Uint8Array, topic: string, bytes: Uint8Array): Buffer | undefined {
    const sealed = Buffer.from(bytes)
    const at = HEAD.length + NONCE_BYTES
    if (!sealed.subarray(0, HEAD.length).equals(HEAD)) return undefined
    const headBytes = sealed[at] === 0x58 ? 2 : sealed[at] === 0x59 ? 3 : 1
    const body = sealed.subarray(at + headBytes)
    if (body.length < TAG_BYTES) return undefined
    if (!Buffer.from(encode(body)).equals(sealed.subarray(at))) return undefined
    const nonce = sealed.subarray(HEAD.length, at)
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    const ciphertext = body.subarray(0, -TAG_BYTES)
    decipher.setAuthTag(body.subarray(-TAG_BYTES))
    decipher.setAAD(aadOf(topic), { plaintextLength: ciphertext.length })
    try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()])
    } catch {
        return undefined
    }
}

function aadOf(topic: string): Buffer {
    return Buffer.from(encode(["Encrypt0", PROTECTED, Buffer.from(topic)]))
}
