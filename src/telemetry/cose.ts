/** COSE_Encrypt0 with AES-CCM-16-64-256, in the one encoding of contract/sealing.ts: anything else is not opened. */
import { CborWriter } from "./cbor"
import { Ccm } from "./ccm"
import { NONCE_BYTES, SEALED_HEAD_HEX, TAG_BYTES } from "./contract/sealing"

const HEAD = Buffer.from(SEALED_HEAD_HEX, "hex")
/** `{1: 11}`: the protected header. */
const PROTECTED = hex`a1010b`
const LENGTH_AT = HEAD.length + NONCE_BYTES
/** Array, "Encrypt0", protected header, head of the topic. */
const ENC_STRUCTURE_EXTRA_BYTES = 1 + 9 + 4 + 3

/** A message that has the right form; whether it is genuine, nobody knows yet. */
export interface Sealed {
    nonce: Buffer
    /** With its tag. */
    ciphertext: Buffer
}

/** @param nonce 13 bytes, never before under this key @param topic on which it is published, and nowhere else does it open */
export function sealEncrypt0(ccm: Ccm, nonce: Buffer, topic: string, plaintext: Buffer): Buffer {
    const ciphertext = ccm.seal(nonce, encStructure(topic), plaintext)
    const writer = new CborWriter(Buffer.alloc(LENGTH_AT + 3 + ciphertext.length))
    writer.encoded(HEAD)
    writer.encoded(nonce)
    writer.byteString(ciphertext)
    return writer.bytes.slice(0, writer.length)
}

/** Undefined for anything that is not in that form. */
export function parseSealed(bytes: Buffer): Sealed | undefined {
    if (bytes.length <= LENGTH_AT) return undefined
    for (let i = 0; i < HEAD.length; ++i) if (bytes[i] !== HEAD[i]) return undefined
    const at = ciphertextAt(bytes)
    if (at < 0 || bytes.length - at < TAG_BYTES) return undefined
    return { nonce: bytes.slice(HEAD.length, LENGTH_AT), ciphertext: bytes.slice(at) }
}

/** The plaintext; undefined when it is not genuine. */
export function openEncrypt0(ccm: Ccm, topic: string, sealed: Sealed): Buffer | undefined {
    return ccm.open(sealed.nonce, encStructure(topic), sealed.ciphertext)
}

/** For a key that opens one message and no more. @param key 32 bytes; undefined for whatever is not genuine */
export function openSealed(key: Buffer, topic: string, bytes: Buffer): Buffer | undefined {
    const sealed = parseSealed(bytes)
    return sealed === undefined ? undefined : openEncrypt0(new Ccm(key), topic, sealed)
}

/** Where the byte string begins that fills the message to its end, its head as short as can be; -1 when there is none. */
function ciphertextAt(bytes: Buffer): number {
    const head = bytes[LENGTH_AT]
    let at = LENGTH_AT + 1
    let length = head - 0x40
    if (head === 0x58 && bytes.length > at) {
        length = bytes[at]
        at++
        if (length < 24) return -1
    } else if (head === 0x59 && bytes.length > at + 1) {
        length = (bytes[at] << 8) | bytes[at + 1]
        at += 2
        if (length < 256) return -1
    } else if (length > 23) return -1
    return bytes.length - at === length ? at : -1
}

/** What is authenticated beside the plaintext (RFC 9052 §5.3). */
function encStructure(topic: string): Buffer {
    const external = Buffer.from(topic)
    const writer = new CborWriter(Buffer.alloc(ENC_STRUCTURE_EXTRA_BYTES + external.length))
    writer.array(3)
    writer.text("Encrypt0")
    writer.byteString(PROTECTED)
    writer.byteString(external)
    return writer.bytes.slice(0, writer.length)
}
