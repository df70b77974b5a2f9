/** The last `capacity` samples of one measurand, oldest first out. A gap is kept as NaN, so that time stays time. */
export class Window {
    /** Samples pushed, at most `capacity`. */
    filled = 0
    /** A ring: of a full window the oldest is at `next`, and those after it follow, round the end. */
    readonly samples: number[] = []
    next = 0
    /** Of its samples as they are, once somebody has asked for it: see moments.ts. */
    mean: number | undefined = undefined

    constructor(readonly capacity: number) {
        for (let i = 0; i < capacity; ++i) this.samples.push(NaN)
    }

    push(value: number): void {
        this.mean = undefined
        this.samples[this.next] = value
        this.next++
        if (this.next === this.capacity) this.next = 0
        if (this.filled < this.capacity) this.filled++
    }

    /** As it was before the first sample. */
    clear(): void {
        this.fill(0)
    }

    /** The first `count` places of `samples` have been written, and there are no others. */
    fill(count: number): void {
        this.mean = undefined
        this.filled = count
        this.next = count === this.capacity ? 0 : count
    }

    /** The sample `age` rounds ago, 0 for the newest; NaN for a gap or before the first. */
    at(age: number): number {
        if (age >= this.filled) return NaN
        let index = this.next - 1 - age
        if (index < 0) index += this.capacity
        return this.samples[index]
    }
}
