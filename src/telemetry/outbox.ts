/** Reports from when they are written until the session takes them. In RAM, bounded: the oldest makes room for the newest. */
export class Outbox {
    /** Reports dropped to make room, since boot. */
    lost = 0
    private readonly waiting: Buffer[] = []

    constructor(private readonly capacity: number) {}

    /** Reports that wait. */
    count(): number {
        return this.waiting.length
    }

    push(report: Buffer): void {
        if (this.waiting.length >= this.capacity) {
            this.waiting.shift()
            this.lost++
        }
        this.waiting.push(report)
    }

    /** The oldest report that waits, taken out; undefined when none does. */
    take(): Buffer | undefined {
        return this.waiting.shift()
    }
}
