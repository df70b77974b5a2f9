/**
 * How what a node and its fleet say to each other is sealed: COSE_Encrypt0 (RFC 9052 §5.2), untagged, with AES-CCM-16-64-256 (RFC 9053
 * §4.2), in its one encoding: `83 43a1010b a1054d<nonce> <bstr>`. What is authenticated with it is the topic it is published on, as
 * external_aad, so that nothing sealed for one topic opens on another.
 *
 * The nonce is the boot's 8 random bytes, a byte for what it counts, and a 32-bit number. Each direction has a key of its own.
 */
import { joined, u32 } from "./bytes"

export const SESSION_SECRET_BYTES = 32
/** HKDF-SHA-256 of the session's secret, without salt, gives a key of 32 bytes for each of these. */
export const KEY_UP = "motewise-up-1"
export const KEY_DOWN = "motewise-down-1"

/** COSE algorithm 11: a tag of 64 bits, a key of 256. */
export const AES_CCM_16_64_256 = 11
export const NONCE_BYTES = 13
export const TAG_BYTES = 8
export const BOOT_BYTES = 8

/** A report of this boot: the number is its sequence number, which is not told again inside. */
export const SEALED_REPORT = 0
/** All else that a node says, alarms of an earlier boot among it: numbered on its own, 0, 1, 2, ... */
export const SEALED_OTHER = 1
/**
 * A command: of the boot that it is for, and its number grows for ever, whatever boot. So it is worth nothing to a later boot, and
 * a node takes each once by remembering one number, in RAM.
 */
export const SEALED_COMMAND = 2

/** `43 a1010b`, `a1 05 4d`: what comes before the nonce; after it, the ciphertext as a byte string. */
export const SEALED_HEAD_HEX = "8343a1010ba1054d"
/** Head, nonce, and the head of a ciphertext of 24 to 255 bytes (one more from 256 on). */
export const SEALED_EXTRA_BYTES = 8 + NONCE_BYTES + 2 + TAG_BYTES

/** @param boot 8 bytes @param kind one of SEALED_* @param number 0..2^32-1, once for each boot and kind */
export function sealNonce(boot: Buffer, kind: number, number: number): Buffer {
    return joined([boot, Buffer.from([kind]), u32(number)])
}
