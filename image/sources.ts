/** The files that entry points are made of: they, and what they import by relative path, all the way down. */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import { ROOT, inProject } from "./project"

const RELATIVE_IMPORT = /^\s*(?:import|export)\s(?:[^"';]*?from\s*)?"(\.[^"]+)"/gm

/** Paths relative to the project's root, sorted, each with its text. Imports that lead nowhere are left to the compiler to report. */
export function sourcesOf(entries: string[]): Map<string, string> {
    const found = new Map<string, string>()
    const open = entries.map(entry => normalize(entry))
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
        if (found.has(path)) continue
        const text = readFileSync(join(ROOT, path), "utf8")
        found.set(path, text)
        for (const [, target] of text.matchAll(RELATIVE_IMPORT)) {
            const base = relative(ROOT, join(ROOT, dirname(path), target))
            const file = [`${base}.ts`, join(base, "index.ts")].find(f => existsSync(join(ROOT, f)))
            if (file !== undefined) open.push(file)
        }
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const PACKAGE_IMPORT = /^\s*(?:import|export)\s(?:[^"';]*?from\s*)?"([^."][^"]*)"/gm

/** The sources of the npm packages, other than DeviceScript's own, that these sources import, by path. */
export function librarySources(sources: Map<string, string>): Map<string, string> {
    const found = new Map<string, string>()
    for (const text of sources.values())
        for (const [, name] of text.matchAll(PACKAGE_IMPORT)) {
            const folder = join("node_modules", name)
            if (
                name.startsWith("@devicescript/") ||
                !existsSync(join(ROOT, folder, "package.json"))
            )
                continue
            for (const file of readdirSync(join(ROOT, folder), {
                recursive: true,
                encoding: "utf8",
            }))
                if (file.endsWith(".ts"))
                    found.set(join(folder, file), readFileSync(join(ROOT, folder, file), "utf8"))
        }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The sources of DeviceScript's own packages, which are there once anything was compiled; not their declarations. */
export function runtimeSources(): string[] {
    const folder = inProject("node_modules/@devicescript")
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter(
            file =>
                file.endsWith(".ts") &&
                !file.endsWith(".d.ts") &&
                /^[^\\/]+[\\/]src[\\/]/.test(file)
        )
        .map(file => readFileSync(join(folder, file), "utf8"))
}
