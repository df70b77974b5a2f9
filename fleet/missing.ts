/** Sequence numbers that were passed over, as ranges: a day's outage at a report a second is one range, not 86,400 numbers. */

/** A node that makes more holes than this has its oldest closed: they count as lost for good. */
const RANGES_MAX = 1024

export class Missing {
    /** Inclusive, ascending, apart from each other. */
    private readonly ranges: [first: number, last: number][] = []
    /** Of holes that were closed. */
    private given = 0

    /** Numbers above all that were added before. */
    add(first: number, last: number): void {
        if (first > last) return
        this.ranges.push([first, last])
        if (this.ranges.length > RANGES_MAX) {
            const [oldest] = this.ranges.splice(0, 1)
            this.given += oldest[1] - oldest[0] + 1
        }
    }

    /** False when it was not missing. */
    delete(sequence: number): boolean {
        const at = this.ranges.findIndex(([first, last]) => sequence >= first && sequence <= last)
        if (at < 0) return false
        const [first, last] = this.ranges[at]
        const rest: [number, number][] = []
        if (first < sequence) rest.push([first, sequence - 1])
        if (last > sequence) rest.push([sequence + 1, last])
        this.ranges.splice(at, 1, ...rest)
        return true
    }

    count(): number {
        return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, this.given)
    }

    /** Of the missing, how many lie in any of these ranges, which are ascending and apart. */
    countIn(others: [first: number, last: number][]): number {
        let count = 0
        for (const [first, last] of this.ranges)
            for (const [from, to] of others)
                count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1)
        return count
    }
}
