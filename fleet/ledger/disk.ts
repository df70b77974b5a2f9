/**
 * What the ledger asks of a disk, few things so that a test can cut the power in each of them.
 *
 * Paths are the ledger's own, with slashes. Everything waits: a batch is one write and one flush, and the ledger has nothing to do
 * before they are done.
 */
import {
    closeSync,
    existsSync,
    fdatasyncSync,
    fstatSync,
    fsyncSync,
    ftruncateSync,
    mkdirSync,
    openSync,
    readSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    writeSync,
} from "node:fs"
import { dirname, join } from "node:path"

export interface Disk {
    /** Up to `length` bytes from `start`, or all; undefined when there is no such file. */
    read(path: string, start?: number, length?: number): Buffer | undefined
    /** Undefined when there is no such file. */
    length(path: string): number | undefined
    /** Names of files and folders, empty when there is no such folder. */
    list(folder: string): string[]
    /** Puts a file in place as a whole, or not at all: written beside, flushed, renamed. Its name is safe only after syncFolder. */
    replace(path: string, bytes: Uint8Array): void
    rename(from: string, to: string): void
    append(path: string, bytes: Uint8Array): void
    truncate(path: string, length: number): void
    /** What was appended or truncated is on the disk when this returns. */
    sync(path: string): void
    /** What was put into, or removed from, this folder too. */
    syncFolder(folder: string): void
    remove(path: string): void
    close(): void
}

const TEMPORARY = ".new"

export class FolderDisk implements Disk {
    /** The one file that is appended to, kept open. */
    private open: { path: string; fd: number } | undefined

    constructor(private readonly root: string) {}

    read(path: string, start = 0, length?: number): Buffer | undefined {
        let fd: number
        try {
            fd = openSync(join(this.root, path), "r")
        } catch (e) {
            return undefinedIfAbsent(e)
        }
        try {
            const bytes = Buffer.alloc(Math.max(0, length ?? fstatSync(fd).size - start))
            let at = 0
            while (at < bytes.length) {
                const count = readSync(fd, bytes, at, bytes.length - at, start + at)
                if (count === 0) break
                at += count
            }
            return bytes.subarray(0, at)
        } finally {
            closeSync(fd)
        }
    }

    length(path: string): number | undefined {
        return statSync(join(this.root, path), { throwIfNoEntry: false })?.size
    }

    list(folder: string): string[] {
        try {
            return readdirSync(join(this.root, folder))
        } catch (e) {
            return undefinedIfAbsent(e) ?? []
        }
    }

    replace(path: string, bytes: Uint8Array): void {
        const full = join(this.root, path)
        if (this.open?.path === path) this.close()
        this.makeFolder(dirname(path))
        const fd = openSync(full + TEMPORARY, "w")
        try {
            writeAll(fd, bytes)
            fdatasyncSync(fd)
        } finally {
            closeSync(fd)
        }
        renameSync(full + TEMPORARY, full)
    }

    rename(from: string, to: string): void {
        if (this.open?.path === from) this.close()
        renameSync(join(this.root, from), join(this.root, to))
    }

    append(path: string, bytes: Uint8Array): void {
        writeAll(this.fdOf(path), bytes)
    }

    truncate(path: string, length: number): void {
        ftruncateSync(this.fdOf(path), length)
    }

    sync(path: string): void {
        fdatasyncSync(this.fdOf(path))
    }

    syncFolder(folder: string): void {
        // Windows has no such thing: its file system orders names by itself.
        if (process.platform === "win32") return
        const fd = openSync(join(this.root, folder), "r")
        try {
            fsyncSync(fd)
        } finally {
            closeSync(fd)
        }
    }

    remove(path: string): void {
        rmSync(join(this.root, path), { force: true, recursive: true })
    }

    close(): void {
        if (this.open !== undefined) closeSync(this.open.fd)
        this.open = undefined
    }

    private fdOf(path: string): number {
        if (this.open?.path !== path) {
            this.close()
            this.makeFolder(dirname(path))
            this.open = { path, fd: openSync(join(this.root, path), "a") }
        }
        return this.open.fd
    }

    /** A new folder is itself a name in the one above it. */
    private makeFolder(folder: string): void {
        if (existsSync(join(this.root, folder))) return
        if (folder !== ".") this.makeFolder(dirname(folder))
        mkdirSync(join(this.root, folder), { recursive: true })
        if (folder !== ".") this.syncFolder(dirname(folder))
    }
}

function writeAll(fd: number, bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) at += writeSync(fd, bytes, at)
}

function undefinedIfAbsent(error: unknown): undefined {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return undefined
    throw error
}
