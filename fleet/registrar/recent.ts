/** The things that were used last, by name, and at most so many. */

export class Recent<T> {
    private readonly things = new Map<string, T>()

    constructor(private readonly capacity: number) {}

    get(name: string): T | undefined {
        const thing = this.things.get(name)
        if (thing !== undefined) this.set(name, thing)
        return thing
    }

    set(name: string, thing: T): void {
        // A map keeps the order in which names came: this one comes last now.
        this.things.delete(name)
        this.things.set(name, thing)
        if (this.things.size <= this.capacity) return
        for (const [oldest] of this.things) {
            this.things.delete(oldest)
            break
        }
    }
}
