/** A model folder read back: the generated code, what it was made by, and the trees it came from. */
import { existsSync, readFileSync } from "node:fs"
import { transform } from "esbuild"
import { join } from "node:path"
import type { Model } from "../src/inference/model"
import { InputError } from "../table/input-error"
import type { Ensemble } from "./ensemble"
import { identifierOf } from "./generate"
import type { Recipe } from "./recipe"
import { treesFromJson } from "./tree-file"

export interface ModelFolder {
    folder: string
    recipe: Recipe
    trees: Ensemble
    model: Model
    /** Of model.ts, and the name it exports. */
    text: string
    identifier: string
    /** model.bin; null where there is none. */
    packed: Buffer | null
}

/** @throws InputError when it is no model folder, or not one this version makes */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
    const recipe = parsed(folder, "recipe.json", text => JSON.parse(text) as Recipe)
    const trees = parsed(folder, "tree.json", treesFromJson)
    const text = textOf(folder, "model.ts")
    const identifier = identifierOf(recipe.name)
    const model = await modelIn(text, identifier).catch((e: Error) => {
        throw new InputError(`${join(folder, "model.ts")}: ${e.message.split("\n")[0]}`)
    })
    if (typeof model?.classify !== "function")
        throw new InputError(`${join(folder, "model.ts")}: exports no model "${identifier}"`)
    const binary = join(folder, "model.bin")
    const packed = existsSync(binary) ? readFileSync(binary) : null
    return { folder, recipe, trees, model, text, identifier, packed }
}

/** A generated model imports nothing, so its text is all there is to run. As an URL, for a file would be kept after the first read. */
export async function modelIn<T = Model>(text: string, identifier: string): Promise<T | undefined> {
    const { code } = await transform(text, { loader: "ts", format: "esm" })
    const module: unknown = await import(
        `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
    )
    return (module as Record<string, T>)[identifier]
}

export function parsed<T>(folder: string, name: string, parse: (text: string) => T): T {
    const text = textOf(folder, name)
    try {
        return parse(text)
    } catch {
        throw new InputError(`${join(folder, name)}: is not what motewise train writes`)
    }
}

export function textOf(folder: string, name: string): string {
    try {
        return readFileSync(join(folder, name), "utf8")
    } catch (e) {
        const { code } = e as NodeJS.ErrnoException
        throw new InputError(
            code === "ENOENT"
                ? `${folder}: is no model folder: it has no ${name}; motewise train makes one`
                : `${join(folder, name)}: cannot be read (${code})`
        )
    }
}
