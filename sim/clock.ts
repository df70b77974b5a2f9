/**
 * The simulator's time. Everything in a run happens on one virtual clock, in order; a run either goes as fast as it can or is paced
 * by the wall clock. So a run in real time and one in virtual time differ in nothing that a node can see.
 */

export interface Scheduled {
    cancel(): void
}

class Event implements Scheduled {
    cancelled = false

    constructor(
        readonly timeMs: number,
        /** Events of one moment run in the order they were asked for. */
        readonly order: number,
        readonly run: () => void
    ) {}

    cancel(): void {
        this.cancelled = true
    }
}

export class Clock {
    private timeMs = 0
    private orders = 0
    /** A binary heap, earliest first. */
    private readonly heap: Event[] = []

    nowMs(): number {
        return this.timeMs
    }

    after(delayMs: number, run: () => void): Scheduled {
        return this.at(this.timeMs + Math.max(0, delayMs), run)
    }

    at(timeMs: number, run: () => void): Scheduled {
        const event = new Event(timeMs, this.orders++, run)
        this.push(event)
        return event
    }

    /** When the next event is due; undefined when none is. */
    nextMs(): number | undefined {
        while (this.heap.length > 0 && this.heap[0].cancelled) this.pop()
        return this.heap[0]?.timeMs
    }

    /** Runs the next event if it is due by `limitMs`; otherwise time goes on to `limitMs`. */
    step(limitMs: number): boolean {
        const next = this.nextMs()
        if (next === undefined || next > limitMs) {
            this.timeMs = Math.max(this.timeMs, limitMs)
            return false
        }
        const event = this.pop()
        this.timeMs = Math.max(this.timeMs, event.timeMs)
        event.run()
        return true
    }

    private push(event: Event): void {
        const { heap } = this
        let at = heap.length
        heap.push(event)
        while (at > 0) {
            const parent = (at - 1) >> 1
            if (before(heap[parent], event)) break
            heap[at] = heap[parent]
            at = parent
        }
        heap[at] = event
    }

    private pop(): Event {
        const { heap } = this
        const first = heap[0]
        const last = heap.pop() as Event
        if (heap.length === 0) return first
        let at = 0
        for (;;) {
            let child = at * 2 + 1
            if (child >= heap.length) break
            if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++
            if (before(last, heap[child])) break
            heap[at] = heap[child]
            at = child
        }
        heap[at] = last
        return first
    }
}

function before(a: Event, b: Event): boolean {
    return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order)
}
