/** A set of sequence numbers that grows upwards, as a few ranges: `3-17,20`. When there are too many, the nearest two become one. */

/** As text 88 characters at most: within what a receiver takes. */
export const RANGES_MAX = 4

export class SequenceRanges {
    private readonly first: number[] = []
    private readonly last: number[] = []

    isEmpty(): boolean {
        return this.first.length === 0
    }

    /** Numbers may come in any order; a number between two ranges that were made one is taken to be in. */
    add(sequence: number): void {
        let at = 0
        while (at < this.first.length && this.last[at] + 1 < sequence) at++
        if (at < this.first.length && sequence >= this.first[at] - 1) {
            if (sequence < this.first[at]) this.first[at] = sequence
            if (sequence > this.last[at]) this.last[at] = sequence
            if (at + 1 < this.first.length && this.first[at + 1] === this.last[at] + 1)
                this.mergeWithNext(at)
            return
        }
        this.first.insert(at, 1)
        this.last.insert(at, 1)
        this.first[at] = sequence
        this.last[at] = sequence
        if (this.first.length > RANGES_MAX) this.mergeWithNext(this.narrowestGap())
    }

    /** `3-17,20` */
    toText(): string {
        let text = ""
        for (let i = 0; i < this.first.length; ++i) {
            if (i > 0) text = text + ","
            text = text + this.first[i]
            if (this.last[i] > this.first[i]) text = text + "-" + this.last[i]
        }
        return text
    }

    private mergeWithNext(at: number): void {
        this.last[at] = this.last[at + 1]
        this.first.insert(at + 1, -1)
        this.last.insert(at + 1, -1)
    }

    private narrowestGap(): number {
        let best = 0
        for (let i = 1; i + 1 < this.first.length; ++i)
            if (this.first[i + 1] - this.last[i] < this.first[best + 1] - this.last[best]) best = i
        return best
    }
}
