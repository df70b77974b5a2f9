/** Where programs are on this machine. */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

const SUFFIXES = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""]
/** Debian puts servers where a user's path does not lead. */
const BESIDE_THE_PATH = process.platform === "win32" ? [] : ["/usr/sbin"]

/** The path of the first of these programs that is there; undefined when none is. */
export function findProgram(...names: string[]): string | undefined {
    const folders = (process.env.PATH ?? "").split(delimiter).concat(BESIDE_THE_PATH)
    for (const name of names)
        for (const folder of folders)
            for (const suffix of SUFFIXES) {
                const path = join(folder, name + suffix)
                if (existsSync(path)) return path
            }
    return undefined
}
