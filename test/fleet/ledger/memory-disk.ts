/**
 * A disk in memory whose power can be cut at any byte it is asked to write. What was flushed stays; of what was not, the bytes written
 * so far stay or go, and so do names.
 */
import type { Disk } from "../../../fleet/ledger/disk"

export class PowerCut extends Error {}

/** What becomes of bytes and names that were not flushed. */
export type Fate = "kept" | "lost"

export class MemoryDisk implements Disk {
    /** As the program sees it, and as it is on the platter. */
    private files = new Map<string, Buffer>()
    private flushed = new Map<string, Buffer>()
    private durable = new Map<string, Buffer>()
    /** Bytes that can be written, and other changes made, until the power fails. */
    budget = Infinity
    flushes = 0
    spent = 0
    /** Where in `spent` each write began, and how long it was. */
    readonly writes: { start: number; length: number }[] = []

    read(path: string, start = 0, length = Infinity): Buffer | undefined {
        const file = this.files.get(path)
        return file && Buffer.from(file.subarray(start, start + length))
    }

    length(path: string): number | undefined {
        return this.files.get(path)?.length
    }

    list(folder: string): string[] {
        const names = [...this.files.keys()]
            .filter(path => path.startsWith(`${folder}/`))
            .map(path => path.slice(folder.length + 1).split("/")[0])
        return [...new Set(names)]
    }

    replace(path: string, bytes: Uint8Array): void {
        this.remove(`${path}.new`)
        this.append(`${path}.new`, bytes)
        this.sync(`${path}.new`)
        this.rename(`${path}.new`, path)
    }

    rename(from: string, to: string): void {
        this.spend(1)
        for (const files of [this.files, this.flushed]) {
            const file = files.get(from)
            if (file !== undefined) files.set(to, file)
            files.delete(from)
        }
    }

    append(path: string, bytes: Uint8Array): void {
        const before = this.files.get(path) ?? Buffer.alloc(0)
        this.writes.push({ start: this.spent, length: bytes.length })
        const written = Math.min(bytes.length, this.budget)
        this.files.set(path, Buffer.concat([before, bytes.subarray(0, written)]))
        this.spend(bytes.length)
    }

    truncate(path: string, length: number): void {
        this.spend(1)
        this.files.set(path, (this.files.get(path) ?? Buffer.alloc(0)).subarray(0, length))
    }

    sync(path: string): void {
        this.spend(1)
        this.flushes++
        const file = this.files.get(path) ?? Buffer.alloc(0)
        this.flushed.set(path, file)
        // Its name was there before.
        if (this.durable.has(path)) this.durable.set(path, file)
    }

    syncFolder(folder: string): void {
        this.spend(1)
        const isIn = (path: string) =>
            (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".") === folder
        for (const path of this.durable.keys())
            if (isIn(path) && !this.files.has(path)) this.durable.delete(path)
        for (const path of this.files.keys())
            if (isIn(path)) this.durable.set(path, this.flushed.get(path) ?? Buffer.alloc(0))
    }

    remove(path: string): void {
        this.spend(1)
        for (const name of [...this.files.keys()])
            if (name === path || name.startsWith(`${path}/`)) {
                this.files.delete(name)
                this.flushed.delete(name)
            }
    }

    close(): void {}

    /** The disk that the next boot finds. */
    afterPowerCut(fate: Fate): MemoryDisk {
        const next = new MemoryDisk()
        const survivors = fate === "kept" ? this.files : this.durable
        for (const [path, file] of survivors) {
            next.files.set(path, file)
            next.flushed.set(path, file)
            next.durable.set(path, file)
        }
        return next
    }

    private spend(cost: number): void {
        this.spent += cost
        this.budget -= cost
        if (this.budget < 0) {
            this.budget = 0
            throw new PowerCut()
        }
    }
}
