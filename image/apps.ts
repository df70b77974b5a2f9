/** The programs in src/: `main.ts` is the app `room`, `main<use>.ts` the app `<use>`. */
import { readdirSync } from "node:fs"
import { nearest } from "./nearest"
import { UsageError, inProject } from "./project"

export const DEFAULT_APP = "room"

/** App names and their entry points, relative to the project's root. */
export function apps(): Map<string, string> {
    const found = new Map<string, string>()
    for (const file of readdirSync(inProject("src")).sort()) {
        const match = /^main(\w*)\.ts$/.exec(file)
        if (match) found.set(match[1] === "" ? DEFAULT_APP : match[1], `src/${file}`)
    }
    return found
}

/** The entry point of an app. @throws UsageError that names those there are */
export function entryOf(app: string): string {
    const known = apps()
    const entry = known.get(app)
    if (entry !== undefined) return entry
    throw new UsageError(`no app "${app}"${nearest(app, [...known.keys()])}`)
}
