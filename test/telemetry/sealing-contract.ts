/** What a test on the host may ask our sealing inside the VM, in the form of harness/asking-contract.ts. Both sides read this. */

/** `[key, block]` -> the block, encrypted */
export const ASK_BLOCK = 1
/** `[key]`, for the two that follow */
export const ASK_KEY = 2
/** `[nonce, associated, plaintext]` -> ciphertext and tag */
export const ASK_SEAL = 3
/** `[nonce, associated, sealed]` -> a plaintext, or that there is none */
export const ASK_OPEN = 4
/** `[secret, boot]`, for the two that follow */
export const ASK_SESSION = 5
/** `[topic, kind, number in four bytes, plaintext]` -> the message */
export const ASK_SEAL_MESSAGE = 6
/** `[topic, message]` -> a plaintext, or that there is none */
export const ASK_OPEN_COMMAND = 7
/** `[key, topic, message]` -> a plaintext, or that there is none */
export const ASK_OPEN_SEALED = 8

/** The first byte of an answer that may be none; after OPENED comes the plaintext. */
export const REFUSED = 0
export const OPENED = 1
