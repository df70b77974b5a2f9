/**
 * Upstream's firmware for a board, the VM itself: a file that somebody gives, or the one that the board file's `$fwUrl` names, kept by its
 * hash in .motewise/runtime. Upstream signs none of its releases, so what is kept is what was fetched first; its SHA-256 is told.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { BoardFile } from "../image/boards"
import { inProject, UsageError } from "../image/project"
import { FlashError } from "./flash-error"

const KEPT = inProject(".motewise/runtime")
const FETCH_MS_MAX = 120_000
const BYTES_MAX = 8 * 1024 * 1024

export interface RuntimeFile {
    bytes: Buffer
    sha256: string
    /** Its path, or its URL. */
    from: string
}

export interface RuntimeSource {
    /** Where fetched ones are kept. */
    folder?: string
    /** Nothing may be written, not even what was fetched. */
    isDry?: boolean
    fetch?: typeof fetch
}

/** @throws UsageError for a file that is not there @throws FlashError when it can not be fetched */
export async function runtimeFor(
    board: BoardFile,
    file: string | undefined,
    { folder = KEPT, isDry = false, fetch: get = fetch }: RuntimeSource = {}
): Promise<RuntimeFile> {
    if (file !== undefined) {
        if (!existsSync(file)) throw new UsageError(`--runtime ${file}: no such file`)
        // The size before the bytes: what is no runtime may be as large as a disk.
        const stats = statSync(file)
        if (!stats.isFile() || stats.size > BYTES_MAX)
            throw new UsageError(
                `--runtime ${file}: no runtime, which is a file of at most ${BYTES_MAX / 2 ** 20} MB`
            )
        return named(readFileSync(file), file)
    }
    const url = board.$fwUrl
    if (url === undefined)
        throw new UsageError(
            `boards/${board.id}.board.json names no $fwUrl: give the runtime with --runtime FILE`
        )
    const name = url.slice(url.lastIndexOf("/") + 1)
    const pointer = join(folder, `${name}.sha256`)
    const kept = keptBy(pointer, folder)
    if (kept !== undefined) return named(kept, url)
    const fetched = named(await fetched200(url, get), url)
    if (!isDry) {
        mkdirSync(folder, { recursive: true })
        writeWhole(join(folder, fetched.sha256), fetched.bytes)
        writeWhole(pointer, fetched.sha256)
    }
    return fetched
}

function named(bytes: Buffer, from: string): RuntimeFile {
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), from }
}

/** Undefined when none is kept, or it is not what it was. */
function keptBy(pointer: string, folder: string): Buffer | undefined {
    if (!existsSync(pointer)) return undefined
    const sha256 = readFileSync(pointer, "utf8")
    const path = join(folder, sha256)
    if (!/^[0-9a-f]{64}$/.test(sha256) || !existsSync(path)) return undefined
    const kept = named(readFileSync(path), path)
    return kept.sha256 === sha256 ? kept.bytes : undefined
}

async function fetched200(url: string, get: typeof fetch): Promise<Buffer> {
    const failed = (why: string) =>
        new FlashError(
            `the runtime could not be fetched (${why}). Download ${url} where there is a network, and give it with --runtime FILE`
        )
    let response: Response
    let bytes: Buffer
    try {
        response = await get(url, { signal: AbortSignal.timeout(FETCH_MS_MAX) })
        bytes = Buffer.from(await response.arrayBuffer())
    } catch (e) {
        const { cause, message } = e as Error & { cause?: Error & { code?: string } }
        throw failed(cause?.code ?? cause?.message ?? message)
    }
    if (!response.ok) throw failed(`HTTP ${response.status}`)
    if (bytes.length > BYTES_MAX) throw failed(`${bytes.length} B are too many`)
    return bytes
}

function writeWhole(path: string, content: string | Buffer): void {
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, content)
    renameSync(draft, path)
}
