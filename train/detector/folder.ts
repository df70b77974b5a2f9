/** A detector's folder read back: the generated data, and what it was made by. */
import { join } from "node:path"
import { InputError } from "../../table/input-error"
import { identifierOf } from "../generate"
import { modelIn, parsed, textOf } from "../model-folder"
import { DETECTOR_CLASSES, type GeneratedDetector } from "./parameters"
import type { DetectorRecipe } from "./recipe"

export interface DetectorFolder {
    folder: string
    recipe: DetectorRecipe
    generated: GeneratedDetector
    /** Of model.ts, and the name it exports. */
    text: string
    identifier: string
}

/** By its recipe, in which a tree's says nothing of a kind. @throws InputError when it is no model folder */
export function isDetectorFolder(folder: string): boolean {
    const { kind } = parsed(folder, "recipe.json", text => JSON.parse(text) as { kind?: string })
    return kind === "detector"
}

/** @throws InputError when it is no detector's folder, or not one this version makes */
export async function readDetectorFolder(folder: string): Promise<DetectorFolder> {
    const recipe = parsed(folder, "recipe.json", text => JSON.parse(text) as DetectorRecipe)
    const text = textOf(folder, "model.ts")
    const identifier = identifierOf(recipe.name)
    const generated = await modelIn<GeneratedDetector>(text, identifier).catch((e: Error) => {
        throw new InputError(`${join(folder, "model.ts")}: ${e.message.split("\n")[0]}`)
    })
    if (generated === undefined || !(generated.kind in DETECTOR_CLASSES))
        throw new InputError(`${join(folder, "model.ts")}: exports no detector "${identifier}"`)
    return { folder, recipe, generated, text, identifier }
}
