/** How a test on the host puts questions to our MQTT code inside the VM. Both sides read this. */

/** Six characters: ECHO_DATA_AT depends on it. */
export const ECHO_TOPIC = "mw/ech"
/** Where the data starts in what `ds._twinMessage` returns: a 16-byte header, the topic, NUL. */
export const ECHO_DATA_AT = 23
/** Either way: two bytes of length, big-endian, and the rest. */
export const ECHO_BYTES = 2000

/** The first byte of a question. All numbers are big-endian; a string is two bytes of length and UTF-8. */
export const ASK_END = 0
/** `[cut, stream...]` -> for each packet `[type, flags, length 2, what our writer makes of it...]`; no writer: its body */
export const ASK_PARSE = 1
/** `[keepalive 2, client id, will topic, will message]` -> CONNECT */
export const ASK_CONNECT = 2
/** `[retain + 2 dup, id 2, topic, payload...]` -> PUBLISH */
export const ASK_PUBLISH = 3
/** `[id 2, filters...]` -> SUBSCRIBE */
export const ASK_SUBSCRIBE = 4
/** `[id 2]` -> PUBACK, PINGREQ, DISCONNECT */
export const ASK_SHORT = 5
/**
 * `[cut, connack length, connack..., stream...]`: a server goes on with that, after it has said the former if there is no session now
 * -> `[1 if the session ended it, reason...]`
 */
export const ASK_SESSION = 6
