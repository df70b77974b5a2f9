/** How a test on the host puts questions to our LMS code inside the VM. Both sides read this. */

/** Six characters: SIGNING_DATA_AT depends on it. */
export const SIGNING_TOPIC = "mw/lms"
/** Where the data starts in what `ds._twinMessage` returns: a 16-byte header, the topic, NUL. */
export const SIGNING_DATA_AT = 23
/** Either way: two bytes of length, big-endian, and the rest. The longest question is RFC 8554's second test case, 4,061 B. */
export const SIGNING_BYTES = 4200

/** The first byte of a question; then fields, each two bytes of length, big-endian, and so many bytes. */
export const ASK_END = 0
/** `[publicKey, message, signature]` -> the verdict's name */
export const ASK_VERIFY_LMS = 1
export const ASK_VERIFY_HSS = 2
/** `[LMS type and LM-OTS type, seed, identifier]` -> the public key; it is kept for `ASK_SIGN` */
export const ASK_KEY = 3
/** `[q, message]` -> the signature */
export const ASK_SIGN = 4
