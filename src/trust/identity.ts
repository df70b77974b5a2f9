/** Who a node is: a key that only it can sign with, in software or in a chip. What asks for signatures knows no more than this. */

import { Store } from "../telemetry/store"
import { ClaimedRandom } from "./claimed-random"

export interface IdentityProvider {
    /** What the key is, by its registered name: `LMS_SHA256_M24_H5/LMOTS_SHA256_N24_W4`. */
    readonly algorithm: string
    publicKey(): Promise<Buffer>
    /** To be used before the next one, which may take its place. @throws IdentityError, and then nothing was signed */
    sign(message: Buffer): Promise<Buffer>
    /** Messages that can still be signed with this key; -1 when there is no such limit. */
    remaining(): Promise<number>
    /** Bytes that nobody can guess. */
    random(n: number): Promise<Buffer>
    /** How a key that is used up passes to the next; none for one that lasts. */
    readonly succession?: Succession
}

export interface Succession {
    /** Of the key that signs: 0, and one more at each rollover. */
    generation(): number
    isRolloverDue(): boolean
    /** The message that makes the next key known, signed by this one (contract/rollover.ts). @throws IdentityError */
    rollover(): Promise<Buffer>
    /** From then on the next key signs. @throws IdentityError */
    switchKey(): Promise<void>
}

/** What a node has to make an identity of. */
export interface IdentitySeat {
    store: Store
    random: ClaimedRandom
    /** 8 bytes */
    nodeId: Buffer
}

/** An identity that can sign: it was found, or made. @throws IdentityError */
export type IdentityFactory = (seat: IdentitySeat) => Promise<IdentityProvider>

export type IdentityFault =
    /** It was not started, or has no next key to switch to. */
    | "notReady"
    /** What was written cannot be read back. */
    | "store"
    /** The key has no signature left but those for its successor. */
    | "exhausted"
    /** What is to be signed is no buffer. */
    | "notBytes"
    /** The chip holds no key for ever yet: somebody has to run provision-se on it, once. */
    | "notProvisioned"
    /** The chip did not do it, or is not there; the detail says why. */
    | "chip"
    /** What holds the key does not answer, or not in time. */
    | "noAnswer"
    /** It answers, and what it says cannot be what was asked for. */
    | "garbled"
    /** Others have what it takes, for now. */
    | "busy"
    /** The SIM waits for its PIN or PUK. */
    | "locked"
    /** There is no SIM, or one that failed. */
    | "noSim"
    /** The SIM has no applet that keeps keys. */
    | "noApplet"
    /** There is no key yet, or not where it was looked for. */
    | "noKey"
    /** It was understood, and is not done. */
    | "refused"

export class IdentityError extends Error {
    constructor(
        readonly fault: IdentityFault,
        detail: string
    ) {
        super(`identity: ${fault}: ${detail}`)
    }
}
