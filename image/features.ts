/** A program gets the code for the features of windows that its models name, and for none when they look at newest samples alone. */
import { readFileSync } from "node:fs"
import { BAND_PREFIX, FEATURES } from "../src/sensing/features"
import { inProject } from "./project"

const ALL = "src/sensing/features.ts"
const NEWEST = "src/sensing/newest.ts"
/** Its features are in the model's bytes, where they may change. */
const PACKED = "src/inference/packed.ts"
/** It takes the names from models, and the features from whatever file has them. */
const INFERENCE = "src/inference/inference.ts"
/** Where a model names its feature. */
const NAMED = /\bfeature:\s*"([^"]*)"/g
/** A variable, `{ feature }`, `["feature"]`; what follows is a type where one is declared. */
const NAMED_OTHERWISE = /\bfeature(?!:\s*("|string\b|Feature\b))\s*[:,}"'\]]/
const FEATURES_IMPORT = /from "[^"]*\/features"/
const BAND = "band"

/** Takes from features.ts what none of the program's models names; all stays where that is not plain. @param sources by path, changed */
export function leaveOutFeatures(sources: Map<string, string>): void {
    const text = sources.get(ALL)
    if (text === undefined || sources.has(PACKED)) return
    const named = new Set<string>()
    for (const [path, source] of sources) {
        if (path === ALL || path === INFERENCE) continue
        if (FEATURES_IMPORT.test(source) || NAMED_OTHERWISE.test(source)) return
        for (const [, name] of source.matchAll(NAMED))
            named.add(name.startsWith(BAND_PREFIX) ? BAND : name)
    }
    const known = [...FEATURES, BAND]
    if ([...named].some(name => !known.includes(name))) return
    const isNewest = [...named].every(name => name === "last")
    const kept = isNewest
        ? readFileSync(inProject(NEWEST), "utf8")
        : known.filter(name => !named.has(name)).reduce(withoutFeature, text)
    sources.set(ALL, kept)
}

/** Its case and its name, whose place stays, as those of the others are their kinds; of bands also the line that parses one. */
function withoutFeature(text: string, name: string): string {
    const kind = name.replace(/[A-Z]/g, "_$&").toUpperCase()
    return text
        .replace(new RegExp(` +case ${kind}:\\n.*\\n`), "")
        .replace(`\n    "${name}",\n`, `\n    "",\n`)
        .replace(name === BAND ? / +if \(name\.startsWith\(BAND_PREFIX\)\).*\n/ : "", "")
}
