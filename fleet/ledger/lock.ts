/**
 * One writer at a time: a file with the process that writes. What a dead process left is taken over.
 *
 * A process is known by its number, the boot of the machine and its start (Linux; elsewhere by its number alone), so that another one
 * which got the same number later is not taken for it.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { InputError } from "../../table/input-error"

const ATTEMPTS = 3

/** Returns how to let go. @throws InputError when another process writes */
export function takeLock(path: string): () => void {
    mkdirSync(dirname(path), { recursive: true })
    const mine = `${path}.${process.pid}`
    const content = `${process.pid} ${birthOf(process.pid) ?? "?"}\n`
    // Linked, not written, into place: nobody ever sees half of it.
    writeFileSync(mine, content)
    try {
        for (let i = 0; i < ATTEMPTS; ++i) {
            if (linked(mine, path)) return () => letGo(path, content)
            clearStale(path, mine)
        }
    } finally {
        rmSync(mine, { force: true })
    }
    throw new InputError(`${path}: another process takes it at this moment`)
}

function linked(from: string, to: string): boolean {
    try {
        linkSync(from, to)
        return true
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "EEXIST") return false
        throw e
    }
}

function clearStale(path: string, mine: string): void {
    const holder = contentOf(path)
    if (holder === undefined) return
    const [pid, birth] = holder.trim().split(/ (.*)/)
    if (isAlive(Number(pid), birth))
        throw new InputError(
            `${path}: process ${pid} writes this ledger. Stop it first; if it is no writer, remove the file.`
        )
    // Renamed before it goes: of two that find it stale, one may be holding a new file with this name when the other removes it.
    const aside = `${mine}.stale`
    try {
        renameSync(path, aside)
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ENOENT") return
        throw e
    }
    if (contentOf(aside) !== holder) linked(aside, path)
    rmSync(aside, { force: true })
}

function letGo(path: string, content: string): void {
    if (contentOf(path) === content) rmSync(path, { force: true })
}

function contentOf(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8")
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined
        throw e
    }
}

function isAlive(pid: number, birth: string | undefined): boolean {
    // Empty, after a power cut.
    if (!Number.isSafeInteger(pid) || pid <= 0) return false
    try {
        process.kill(pid, 0)
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ESRCH") return false
    }
    const now = birthOf(pid)
    return now === undefined || birth === undefined || birth === "?" || now === birth
}

/** Boot and start of a process, where the system tells. */
function birthOf(pid: number): string | undefined {
    try {
        const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
        // After the name, which may hold anything: the 20th field is the start in ticks since boot.
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")
        return fields && `${boot} ${fields[19]}`
    } catch {
        return undefined
    }
}
