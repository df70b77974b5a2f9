/** A store in RAM that counts, and fails as told. */
import { Store } from "../../src/telemetry/store"

export class MemoryStore implements Store {
    writes = 0
    /** Takes no more, and says nothing. */
    full = false
    private readonly keys: string[] = []
    private readonly values: Buffer[] = []

    async read(key: string): Promise<Buffer | undefined> {
        const at = this.keys.indexOf(key)
        return at < 0 ? undefined : this.values[at]
    }

    async write(key: string, value: Buffer): Promise<boolean> {
        this.writes++
        if (this.full) return false
        let at = this.keys.indexOf(key)
        if (at < 0) {
            at = this.keys.length
            this.keys.push(key)
            this.values.push(value)
        }
        this.values[at] = value
        return true
    }
}
