/** What the program of the power-cut tests, signer.vm.ts, tells its host, and is told. Both sides read this. */

/** Six characters: SIGNER_DATA_AT depends on it. */
export const SIGNER_TOPIC = "mw/sig"
/** Where the data starts in what `ds._twinMessage` returns: a 16-byte header, the topic, NUL. */
export const SIGNER_DATA_AT = 23
export const SIGNER_NODE_ID_HEX = "0123456789abcdef"

/** The first byte of what it tells. It is answered in place, with `[messages to sign, whether to roll over, messages after that, LMS type, LM-OTS type]`. */
export const TELL_PLAN = 0
/** `[message of 4 bytes, signature...]` */
export const TELL_SIGNED = 1
/** `[rollover message...]` */
export const TELL_ROLLOVER = 2
/** `[public key...]`, whenever it is another */
export const TELL_KEY = 3
/** All is signed. */
export const TELL_DONE = 4
/** `[text...]`, and nothing more is told */
export const TELL_FAULT = 5
