/** The trees on measured values, as the trainer grew them: what the int16 model is compared with, and what a report draws. */
import type { Ensemble } from "./ensemble"
import { jsonText } from "./json-text"

const FORMAT = 2

/** `feature` is an index into the recipe's inputs, `counts` are training rows by class. */
export function treeJson(trees: Ensemble): string {
    return jsonText({ format: FORMAT, trees })
}

/** @throws Error for another format */
export function treesFromJson(text: string): Ensemble {
    const { format, trees } = JSON.parse(text) as { format: number; trees: Ensemble }
    if (format !== FORMAT) throw new Error(`format ${format} is not ${FORMAT}`)
    return trees
}
