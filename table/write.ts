/** A file written whole or not at all. */
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { InputError } from "./input-error"

/** Written beside its place and moved there at the end. @throws InputError when it cannot be */
export function writeWhole(file: string, text: string): void {
    const draft = `${file}.${process.pid}`
    try {
        writeFileSync(draft, text)
        renameSync(draft, file)
    } catch (e) {
        rmSync(draft, { force: true })
        throw new InputError(`${file}: cannot be written (${(e as NodeJS.ErrnoException).code})`)
    }
}
