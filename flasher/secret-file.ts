/** Files that hold a secret: read whole, told of when others may read them too, and never quoted. */
import { readFileSync, statSync } from "node:fs"
import { UsageError } from "../image/project"

const OTHERS = 0o077

const REASONS: Record<string, string> = {
    ENOENT: "no such file",
    EISDIR: "is a folder",
    EACCES: "may not be read by you",
    ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8: save it as UTF-8",
}

/**
 * Its text, without the mark that some editors put before UTF-8.
 * @param option that named it, for faults
 * @param warn hears that others may read it
 * @throws UsageError that says why it cannot be read
 */
export function readSecretFile(
    option: string,
    path: string,
    warn: (line: string) => void,
    platform: NodeJS.Platform = process.platform
): string {
    let text: string
    try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path))
    } catch (e) {
        const { code = "", message } = e as NodeJS.ErrnoException
        throw new UsageError(`${option} ${path}: ${REASONS[code] ?? message}`)
    }
    const stats = statSync(path)
    // A pipe is read once and gone; Windows tells nothing by its modes.
    if (platform !== "win32" && stats.isFile() && (stats.mode & OTHERS) !== 0)
        warn(`${path} holds a secret and may be read by others: chmod 600 ${path}`)
    return text
}
