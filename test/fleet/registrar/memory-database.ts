/** A database in memory that keeps its promises as LevelDB does: after a power cut it is as it was at some moment since the last sync. */
import type { Database, Write } from "../../../fleet/registrar/store"
import type { Fate } from "../ledger/memory-disk"

export class MemoryDatabase implements Database {
    private values = new Map<string, Buffer>()
    private durable = new Map<string, Buffer>()

    async get(key: string): Promise<Buffer | undefined> {
        return this.values.get(key)
    }

    async batch(writes: Write[], { sync }: { sync: boolean }): Promise<void> {
        for (const write of writes)
            if (write.type === "put") this.values.set(write.key, write.value)
            else this.values.delete(write.key)
        if (sync) this.durable = new Map(this.values)
    }

    async *iterator({
        gt,
        lt,
        limit = Infinity,
    }: {
        gt: string
        lt: string
        limit?: number
    }): AsyncGenerator<[string, Buffer]> {
        const keys = [...this.values.keys()].filter(key => key > gt && key < lt).sort()
        for (const key of keys.slice(0, limit)) yield [key, this.values.get(key) as Buffer]
    }

    async close(): Promise<void> {}

    afterPowerCut(fate: Fate): MemoryDatabase {
        const next = new MemoryDatabase()
        next.values = new Map(fate === "kept" ? this.values : this.durable)
        next.durable = new Map(next.values)
        return next
    }
}
