/** The programs there are. In src/ `main.ts` is the app `room`, `main<use>.ts` the app `<use>`; in examples/ each is its own. */
import { existsSync, readdirSync } from "node:fs"
import { basename, relative, resolve } from "node:path"
import { nearest } from "./nearest"
import { ROOT, UsageError, inProject } from "./project"

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

/** The app whose entry point this is. */
export function appOf(entry: string): string {
    return [...apps()].find(([, file]) => file === entry)?.[0] ?? entry
}

/** The entry point of an app. @throws UsageError that names those there are */
export function entryOf(app: string): string {
    const known = apps()
    const entry = known.get(app)
    if (entry !== undefined) return entry
    throw new UsageError(`no app "${app}"${nearest(app, [...known.keys()])}`)
}

/** The examples, by the names of their files. */
export function examples(): string[] {
    return readdirSync(inProject("examples"))
        .filter(file => file.endsWith(".ts"))
        .map(file => basename(file, ".ts"))
        .sort()
}

/** The entry point that somebody means by a file's path or an example's name. @throws UsageError */
export function programFile(name: string): string {
    if (examples().includes(name)) return `examples/${name}.ts`
    const path = relative(ROOT, resolve(name)).replaceAll("\\", "/")
    if (!name.endsWith(".ts") || !existsSync(resolve(name)))
        throw new UsageError(`no program "${name}"${nearest(name, examples())}`)
    if (path.startsWith("..") || resolve(ROOT, path) !== resolve(name))
        throw new UsageError(`${name} is not in this project: put it into src/ or examples/`)
    return path
}
