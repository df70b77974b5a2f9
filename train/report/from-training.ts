/** What a training knows, as the facts of a report. */
import {
    INPUT_BYTES,
    CHECKSUM_BYTES,
    HEADER_BYTES,
    NODE_BYTES,
    ROOT_BYTES,
} from "../../src/inference/packed"
import type { TickTree } from "../quantise"
import type { Recipe } from "../recipe"
import type { Selection } from "../selection"
import { nodeCount, type TreeNode } from "../tree"
import { estimatedCodeBytes } from "./code-estimate"
import type { JudgedRows, ReportFacts } from "./facts"

/** image/budget.ts holds images to it. */
const CODE_BYTES_MAX = 48 * 1024

export interface Trained {
    recipe: Recipe
    selection: Selection
    tickTree: TickTree
    training: JudgedRows
    holdout?: JudgedRows
    /** Text of model.ts. */
    module: string
}

export function reportFactsOf(trained: Trained): ReportFacts {
    const { recipe, selection, tickTree, training, holdout, module } = trained
    const { curve, least, chosen, tree } = selection
    return {
        name: recipe.name,
        classes: recipe.classes.map(({ name }) => name),
        inputs: recipe.inputs.map(({ measurand, feature }, i) => {
            const used = tickTree.inputs[tickTree.columns.indexOf(i)]
            return { measurand, feature, step: used?.step }
        }),
        trees: [{ root: tree, weight: 1 }],
        rowIs: recipe.window === undefined ? "row" : "window",
        training,
        holdout,
        selection: { curve, least, chosen },
        folds:
            recipe.groupBy === undefined
                ? `${recipe.blocks} blocks of each class's time`
                : `groups alike in ${recipe.groupBy.join(", ")}`,
        sizes: {
            nodes: nodeCount(tree),
            modelBytes: packedBytes(tree, tickTree.inputs.length),
            codeBytes: estimatedCodeBytes(module),
            codeIsEstimated: true,
            codeBytesMax: CODE_BYTES_MAX,
        },
    }
}

/** As src/inference/packed.ts lays it out: a surrogate is a node more. */
function packedBytes(root: TreeNode, inputs: number): number {
    const nodes = nodeCount(root) + surrogatesIn(root)
    return HEADER_BYTES + INPUT_BYTES * inputs + ROOT_BYTES + NODE_BYTES * nodes + CHECKSUM_BYTES
}

function surrogatesIn({ split }: TreeNode): number {
    if (split === undefined) return 0
    const own = split.surrogate === undefined ? 0 : 1
    return own + surrogatesIn(split.low) + surrogatesIn(split.high)
}
