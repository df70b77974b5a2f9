/** A model folder judged by a recording: what its code answers to every row, in the VM or under Node. */
import { functionExpressionBytes } from "../image/functions"
import { type Model, ticksFromValue, UNKNOWN } from "../src/inference/model"
import { numberColumn, shown } from "../table/columns"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import { measurandOfColumn } from "../table/measurands"
import { evaluate, type Evaluation } from "./evaluation"
import { truthsOf } from "./examples"
import type { ModelFolder } from "./model-folder"
import type { RecipeInput } from "./recipe"
import { classOfRow, nodeCount } from "./tree"
import { verdictImage, vmVerdicts } from "./vm-verdicts"

export type Runtime = "vm" | "host"

export interface Judgement extends Evaluation {
    classes: string[]
    nodes: number
    /** Of the packed form; null where the folder has none. */
    modelBytes: number | null
    /** Bytecode of the generated `classify`, the one function expression of the program. */
    codeBytes: number
    /** Rows told otherwise than by the tree on measured values. */
    changedVsFloat: number
    runtime: Runtime
}

export interface Verdicts {
    judgement: Judgement
    /** Class indices, row by row; a verdict may be UNKNOWN. */
    truths: Int32Array
    verdicts: ArrayLike<number>
}

/** @param label default: the one it was trained by @throws InputError */
export async function judge(
    model: ModelFolder,
    table: Table,
    label: string | undefined,
    runtime: Runtime
): Promise<Verdicts> {
    const { recipe, tree, modelBytes } = model
    const truths = truthsOf(table, label ?? recipe.label, recipe.classes)
    const columns = columnsOf(model.model, table, recipe.inputs)
    const image = await verdictImage(model)
    const verdicts =
        runtime === "vm"
            ? vmVerdicts(image.bytes, model.model, columns, truths.length)
            : hostVerdicts(model.model, columns, truths.length)
    // The tree counts the inputs of the recipe, the model those it uses.
    const treeColumns = recipe.inputs.map(
        ({ measurand }) =>
            columns[model.model.inputs.findIndex(input => input.measurand === measurand)]
    )
    let changedVsFloat = 0
    for (let row = 0; row < truths.length; ++row)
        if (verdicts[row] !== (classOfRow(tree, treeColumns, row) ?? UNKNOWN)) ++changedVsFloat
    const judgement: Judgement = {
        ...evaluate(truths, verdicts, recipe.classes.length),
        classes: model.model.classes,
        nodes: nodeCount(tree),
        modelBytes,
        codeBytes: functionExpressionBytes(image.bytes),
        changedVsFloat,
        runtime,
    }
    return { judgement, truths, verdicts }
}

function hostVerdicts(model: Model, columns: Float64Array[], rows: number): Int16Array {
    return Int16Array.from({ length: rows }, (_, row) =>
        model.classify(model.inputs.map((input, i) => ticksFromValue(input, columns[i][row])))
    )
}

/** By the name in the recording it was trained on, else by what a column is said to measure. */
export function columnsOf(
    model: Pick<Model, "inputs">,
    table: Table,
    inputs: RecipeInput[]
): Float64Array[] {
    return model.inputs.map(({ measurand }) => {
        const known = inputs.find(input => input.measurand === measurand)?.column ?? measurand
        const column = [
            known,
            ...table.header.filter(name => measurandOfColumn(name) === measurand),
        ].find(name => table.header.includes(name))
        if (column !== undefined) return numberColumn(table, column)
        throw new InputError(
            `${table.file}: no column ${shown(known)} for ${measurand}, there are ${table.header.map(shown).join(", ")}`
        )
    })
}
