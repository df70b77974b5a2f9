/** How long to wait before the next attempt: exponential with full jitter, so that a fleet does not come back in one second. */
import { randomBuffer } from "@devicescript/crypto"

const CEILING_MS_MIN = 1000
const CEILING_MS_MAX = 300000
/** Only a session that held this long makes what follows a first failure. */
const STABLE_MS = 60000
/**
 * A session that ends may have ended for everybody, and with one second as the ceiling everybody would be back in that second. 32 s
 * keep 200 nodes below 20 connects a second.
 */
const CEILING_DOUBLINGS_AFTER_SESSION = 5

/** 0..65535, another on each chip. */
export function drawn(): number {
    const bytes = randomBuffer(2)
    return (bytes[0] << 8) | bytes[1]
}

/** Half of it to all of it, for what a whole fleet may have to do again. */
export function halfToAllMs(ms: number): number {
    return Math.floor((ms * (65536 + drawn())) / 131072)
}

/** 0..ceiling, where the ceiling doubles from 1 s to 5 min. `random` is 0..65535. */
export function backoffMs(doublings: number, random: number): number {
    let ceiling = CEILING_MS_MIN
    for (let i = 0; i < doublings && ceiling < CEILING_MS_MAX; ++i) ceiling = ceiling * 2
    return Math.floor((Math.min(ceiling, CEILING_MS_MAX) * random) / 65536)
}

export class Backoff {
    private doublings = 0

    /** The wait after an attempt that was a session for `onlineMs`; 0: it never became one. */
    nextMs(onlineMs: number, random: number): number {
        if (onlineMs >= STABLE_MS) this.doublings = 0
        if (onlineMs > 0) this.doublings = Math.max(this.doublings, CEILING_DOUBLINGS_AFTER_SESSION)
        const waitMs = backoffMs(this.doublings, random)
        this.doublings++
        return waitMs
    }
}
