/** What Bosch's simulated parts share: how they are written to, and how a count is found that compensation turns into a value. */
import { RegisterPart } from "./register-part"

/** Registers do not move on when written: in one transaction each byte has its register before it. Reading does move on. */
export abstract class PairWrittenPart extends RegisterPart {
    override write(bytes: Buffer): boolean {
        if (!this.isReady()) return false
        this.pointer = bytes[0]
        if (bytes.length === 1) return true
        if ((bytes.length & 1) !== 0) return false
        for (let at = 0; at < bytes.length; at += 2)
            if (!this.put(bytes[at], bytes[at + 1])) return false
        return true
    }
}

/** Where a steadily rising or falling function is `wanted`, in 0..`end`: the nearer end if nowhere. To 2^-33 of the range. */
export function inverse(of: (ticks: number) => number, wanted: number, end: number): number {
    const isRising = of(end) > of(0)
    let low = 0
    let high = end
    for (let turn = 0; turn < 33; ++turn) {
        const middle = (low + high) / 2
        if (of(middle) < wanted === isRising) low = middle
        else high = middle
    }
    return low
}

/** The nearest of the counts below `end` that have nothing in their `missingBits` lowest bits. */
export function nearestCount(ticks: number, missingBits: number, end: number): number {
    const step = 1 << missingBits
    return Math.min(Math.round(ticks / step) * step, end - step)
}
