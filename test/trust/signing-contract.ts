/** What a test on the host may ask our LMS code inside the VM, in the form of harness/asking-contract.ts. Both sides read this. */

/** `[publicKey, message, signature]` -> the verdict's name */
export const ASK_VERIFY_LMS = 1
export const ASK_VERIFY_HSS = 2
/** `[LMS type and LM-OTS type, seed, identifier]` -> the public key; it is kept for `ASK_SIGN` */
export const ASK_KEY = 3
/** `[q, message]` -> the signature */
export const ASK_SIGN = 4
