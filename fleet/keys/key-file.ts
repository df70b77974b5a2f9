/**
 * Where the fleet's private key lies: one small file, for its owner's eyes only, that is replaced whole and is on the disk before anybody
 * goes on. One process has it open at a time.
 */
import {
    closeSync,
    fsyncSync,
    linkSync,
    openSync,
    readFileSync,
    realpathSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { InputError } from "../../table/input-error"

const OWNER_ONLY = 0o600
/** Locks of this process: its own id in a lock that is not among them was left by one that was killed. */
const held = new Set<string>()

/** A key file that can not be used; the message says which, why, and what to do, and nothing that is in it. */
export class KeyFileError extends InputError {}

export class KeyFile {
    readonly path: string
    private readonly lock: string

    /** @throws KeyFileError when another process that lives has it open */
    constructor(path: string) {
        this.path = realPath(path)
        this.lock = `${this.path}.lock`
        this.take()
    }

    /** @throws KeyFileError when it can not be read */
    read(): string {
        try {
            return readFileSync(this.path, "utf8")
        } catch (e) {
            throw new KeyFileError(`${this.path}: cannot be read: ${(e as Error).message}`)
        }
    }

    /** On the disk, name and all, when it returns. Power lost before that leaves the file as it was. */
    replace(text: string): void {
        // Always the same name: what a killed process left of a secret is written over.
        const draft = `${this.path}.new`
        try {
            const file = openSync(draft, "w", OWNER_ONLY)
            try {
                writeFileSync(file, text)
                fsyncSync(file)
            } finally {
                closeSync(file)
            }
            renameSync(draft, this.path)
        } catch (e) {
            rmSync(draft, { force: true })
            throw e
        }
        syncFolder(dirname(this.path))
    }

    close(): void {
        if (held.delete(this.lock)) rmSync(this.lock, { force: true })
    }

    /** The lock comes into being with its content, by a link: an empty one would look abandoned. */
    private take(): void {
        if (held.has(this.lock)) throw this.inUse(String(process.pid))
        const draft = `${this.lock}.${process.pid}`
        try {
            writeFileSync(draft, `${process.pid}\n`, { mode: OWNER_ONLY })
            if (!this.links(draft)) {
                const pid = readFileSync(this.lock, "utf8")
                if (isAlive(Number(pid))) throw this.inUse(pid)
                this.removeAbandoned(pid)
                if (!this.links(draft)) throw this.inUse("another")
            }
            held.add(this.lock)
        } catch (e) {
            if (e instanceof KeyFileError) throw e
            throw new KeyFileError(`${this.lock}: cannot be made: ${(e as Error).message}`)
        } finally {
            rmSync(draft, { force: true })
        }
    }

    /** By a rename, which only one process can do: what another took up in the meantime is put back. */
    private removeAbandoned(pid: string): void {
        const removed = `${this.lock}.${process.pid}.abandoned`
        renameSync(this.lock, removed)
        try {
            const found = readFileSync(removed, "utf8")
            if (found === pid) return
            linkSync(removed, this.lock)
            throw this.inUse(found)
        } finally {
            rmSync(removed, { force: true })
        }
    }

    /** False when the lock is there already. */
    private links(draft: string): boolean {
        try {
            linkSync(draft, this.lock)
            return true
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code === "EEXIST") return false
            throw e
        }
    }

    private inUse(pid: string): KeyFileError {
        return new KeyFileError(
            `${this.path}: process ${pid.trim()} has it open; two that sign with one key would break it. ` +
                `If that process is none of ours, delete ${this.lock}`
        )
    }
}

/** One name for one file, or a process would not know its own locks. @throws KeyFileError when its folder is not there */
function realPath(path: string): string {
    try {
        return join(realpathSync(dirname(path)), basename(path))
    } catch (e) {
        throw new KeyFileError(`${path}: ${(e as Error).message}`)
    }
}

function isAlive(pid: number): boolean {
    // A container gives the same id again to what it restarts.
    if (pid === process.pid || !Number.isInteger(pid) || pid <= 0) return false
    try {
        process.kill(pid, 0)
        return true
    } catch (e) {
        return (e as NodeJS.ErrnoException).code === "EPERM"
    }
}

function syncFolder(path: string): void {
    const folder = openSync(path, "r")
    try {
        fsyncSync(folder)
    } finally {
        closeSync(folder)
    }
}
