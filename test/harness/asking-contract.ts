/** How a test on the host puts questions to a program inside the VM. Both sides read this. */

/** Six characters: ASKING_DATA_AT depends on it. */
export const ASKING_TOPIC = "mw/ask"
/** Where the data starts in what `ds._twinMessage` returns: a 16-byte header, the topic, NUL. */
export const ASKING_DATA_AT = 23
/** Either way: two bytes of length, big-endian, and the rest. The longest question is RFC 8554's second test case, 4,061 B. */
export const ASKING_BYTES = 4200

/** The first byte of a question; then fields, each two bytes of length, big-endian, and so many bytes. */
export const ASK_END = 0
