/** Puts the files of a model into its folder, all or none: they are written beside it and change places with it at the end. */
import {
    cpSync,
    mkdirSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { InputError } from "../table/input-error"

/** Other files of the folder, such as a README.md, stay. @throws InputError */
export function writeModelFolder(folder: string, files: Record<string, string | Uint8Array>): void {
    const target = resolve(folder)
    const fresh = join(dirname(target), `.${basename(target)}.${process.pid}.new`)
    const old = join(dirname(target), `.${basename(target)}.${process.pid}.old`)
    const replaces = isModelFolder(folder)
    try {
        mkdirSync(dirname(target), { recursive: true })
        mkdirSync(fresh)
        if (replaces) cpSync(target, fresh, { recursive: true })
        for (const [name, content] of Object.entries(files))
            writeFileSync(join(fresh, name), content)
        if (replaces) renameSync(target, old)
        try {
            renameSync(fresh, target)
        } catch (e) {
            if (replaces) renameSync(old, target)
            throw e
        }
        rmSync(old, { recursive: true, force: true })
    } catch (e) {
        rmSync(fresh, { recursive: true, force: true })
        throw new InputError(`${folder}: cannot be written (${(e as NodeJS.ErrnoException).code})`)
    }
}

/** False where nothing is. A folder of anything else is not ours to replace. */
function isModelFolder(folder: string): boolean {
    const stat = statSync(folder, { throwIfNoEntry: false })
    if (stat === undefined) return false
    if (!stat.isDirectory()) throw new InputError(`${folder}: is not a folder`)
    const names = readdirSync(folder)
    if (names.length > 0 && !names.includes("recipe.json"))
        throw new InputError(`${folder}: holds something else than a model`)
    return true
}
