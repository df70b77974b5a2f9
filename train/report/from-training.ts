/** What a training knows, as the facts of a report. */
import { nodesOf } from "../ensemble"
import type { TickEnsemble } from "../quantise"
import type { Recipe } from "../recipe"
import type { Selection } from "../selection"
import { estimatedCodeBytes } from "./code-estimate"
import type { JudgedRows, ReportFacts } from "./facts"

/** image/budget.ts holds images to it. */
const CODE_BYTES_MAX = 48 * 1024

export interface Trained {
    recipe: Recipe
    selection: Selection
    model: TickEnsemble
    /** Of model.bin. */
    modelBytes: number
    training: JudgedRows
    holdout?: JudgedRows
    /** Text of model.ts. */
    module: string
}

export function reportFactsOf(trained: Trained): ReportFacts {
    const { recipe, selection, model, modelBytes, training, holdout, module } = trained
    const { curve, least, chosen, ensemble } = selection
    return {
        name: recipe.name,
        classes: recipe.classes.map(({ name }) => name),
        inputs: recipe.inputs.map(({ measurand, feature }, i) => {
            const used = model.inputs[model.columns.indexOf(i)]
            return { measurand, feature, step: used?.step }
        }),
        trees: ensemble,
        rowIs: recipe.window === undefined ? "row" : "window",
        training,
        holdout,
        selection: { curve, least, chosen },
        folds:
            recipe.groupBy === undefined
                ? `${recipe.blocks} blocks of each class's time`
                : `groups alike in ${recipe.groupBy.join(", ")}`,
        sizes: {
            nodes: nodesOf(ensemble),
            modelBytes,
            // What it is estimated by are single trees.
            codeBytes: ensemble.length === 1 ? estimatedCodeBytes(module) : undefined,
            codeIsEstimated: true,
            codeBytesMax: CODE_BYTES_MAX,
        },
    }
}
