/** What `draw` makes of a whole number, remembered for the last `capacity` asked for anew: bounded, and never different. */
export class Memo<T> {
    private readonly drawn = new Map<number, T>()

    constructor(
        private readonly capacity: number,
        private readonly draw: (key: number) => T
    ) {}

    at(key: number): T {
        const known = this.drawn.get(key)
        if (known !== undefined) return known
        const drawn = this.draw(key)
        // A Map remembers in which order its keys came.
        for (const oldest of this.drawn.keys()) {
            if (this.drawn.size < this.capacity) break
            this.drawn.delete(oldest)
        }
        this.drawn.set(key, drawn)
        return drawn
    }
}
