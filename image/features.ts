/** A program gets the code for features of windows only when a model of its own asks for one. */
import { readFileSync } from "node:fs"
import { inProject } from "./project"

const FEATURES = "src/sensing/features.ts"
const NEWEST = "src/sensing/newest.ts"
/** Its features are in the model's bytes, where they may change. */
const PACKED = "src/inference/packed.ts"
/** Where a model names its feature; what follows is a type where one is declared. */
const OTHER_FEATURE = /\bfeature:(?!\s*("last"|string\b|Feature\b))/
const FEATURES_IMPORT = /from "[^"]*\/features"/

/** Puts newest.ts in place of features.ts when that is all the program's models look at. @param sources by path, changed */
export function leaveOutFeatures(sources: Map<string, string>): void {
    if (!sources.has(FEATURES) || sources.has(PACKED)) return
    for (const [path, text] of sources)
        if (
            OTHER_FEATURE.test(text) ||
            (FEATURES_IMPORT.test(text) && path !== "src/inference/inference.ts")
        )
            return
    sources.set(FEATURES, readFileSync(inProject(NEWEST), "utf8"))
}
