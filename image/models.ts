/** The model that a program names: its classes are what a recording's labels must be. */
import { readFileSync } from "node:fs"
import { dirname } from "node:path"
import { pathToFileURL } from "node:url"
import type { Model } from "../src/inference/model"
import { UsageError, inProject } from "./project"

const MODEL_IMPORT = /import\s*\{\s*(\w+)\s*\}\s*from\s*"([^"]*models\/[^"]+)"/

/** @param entry relative to the project's root @throws UsageError when the program imports no model */
export async function modelOf(entry: string): Promise<Model> {
    const match = MODEL_IMPORT.exec(readFileSync(inProject(entry), "utf8"))
    if (match === null) throw new UsageError(`${entry} imports no model from models/`)
    const [, name, path] = match
    const module = await import(pathToFileURL(inProject(dirname(entry), `${path}.ts`)).href)
    return module[name] as Model
}
