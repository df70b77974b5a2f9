/** One thing at a time for each name, and the names beside each other. */

export class Turns {
    private readonly last = new Map<string, Promise<unknown>>()

    /** Runs when all that was given before with this name is done, well or badly. */
    take<T>(name: string, task: () => Promise<T>): Promise<T> {
        const before = this.last.get(name) ?? Promise.resolve()
        const run = before.then(task, task)
        this.last.set(name, run)
        const forget = () => {
            if (this.last.get(name) === run) this.last.delete(name)
        }
        run.then(forget, forget)
        return run
    }

    /** All that was given so far, well or badly. */
    async done(): Promise<void> {
        await Promise.allSettled(this.last.values())
    }
}
