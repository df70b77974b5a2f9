/** A model folder judged by a recording: what its code answers to every row, in the VM or under Node. */
import assert from "node:assert/strict"
import { functionExpressionBytes } from "../image/functions"
import { deviceBytes } from "../image/packed-model"
import { Inference } from "../src/inference/inference"
import type { Model } from "../src/inference/model"
import { PackedModel } from "../src/inference/packed"
import { shown, textColumn } from "../table/columns"
import type { Table } from "../table/csv"
import { InputError } from "../table/input-error"
import { measurandOfColumn } from "../table/measurands"
import { nodesOf, verdictOfRow } from "./ensemble"
import { evaluate, type Evaluation } from "./evaluation"
import { examplesOf } from "./examples"
import type { ModelFolder } from "./model-folder"
import type { Mapping } from "../table/meanings"
import type { RecipeInput } from "./recipe"
import { type Form, samplesFor, verdictImage, vmVerdicts } from "./vm-verdicts"

export type Runtime = "vm" | "host"

export interface Judgement extends Evaluation {
    classes: string[]
    trees: number
    /** Of all trees. */
    nodes: number
    /** Of the packed form; null where the folder has none. */
    modelBytes: number | null
    /** Bytecode of the generated `classify`, the one function expression of the program. */
    codeBytes: number
    /** Rows told otherwise than by the trees on measured values. */
    changedVsFloat: number
    runtime: Runtime
    form: Form
}

export interface Verdicts {
    judgement: Judgement
    /** Class indices, row by row or window by window; a verdict may be UNKNOWN. */
    truths: Int32Array
    verdicts: ArrayLike<number>
    /** Of each the row it is of, or the last of its window. */
    rows: Int32Array
}

/** @param label default: the one it was trained by @throws InputError */
export async function judge(
    model: ModelFolder,
    table: Table,
    label: string | undefined,
    runtime: Runtime,
    form: Form = "generated"
): Promise<Verdicts> {
    const { recipe, trees, packed } = model
    if (form === "packed" && packed === null)
        throw new InputError(`${model.folder}: has no model.bin; motewise train makes one`)
    const truth = label ?? recipe.label
    // Before the inputs: whoever names the wrong column for the truth has most likely the wrong file.
    textColumn(table, truth)
    const used = usedInputs(model.model, table, recipe.inputs)
    const inputs = recipe.inputs.map(input => used.get(input) ?? input)
    const examples = examplesOf(table, { ...recipe, inputs, label: truth }, [...used.values()])
    const { columns, classes: truths, rows, samples } = examples
    const generated = await verdictImage(model, "generated")
    const image = form === "generated" ? generated : await verdictImage(model, form)
    const verdicts =
        runtime === "vm"
            ? vmVerdicts(image.bytes, model.model, samples, truths.length)
            : hostVerdicts(await formOf(model, form), samples, truths.length)
    let changedVsFloat = 0
    for (let i = 0; i < truths.length; ++i)
        if (verdicts[i] !== verdictOfRow(trees, columns, i)) ++changedVsFloat
    const judgement: Judgement = {
        ...evaluate(truths, verdicts, recipe.classes.length),
        classes: model.model.classes,
        trees: trees.length,
        nodes: nodesOf(trees),
        modelBytes: packed?.length ?? null,
        codeBytes: functionExpressionBytes(generated.bytes),
        changedVsFloat,
        runtime,
        form,
    }
    return { judgement, truths, verdicts, rows }
}

async function formOf({ folder, model, packed }: ModelFolder, form: Form): Promise<Model> {
    if (form === "generated") return model
    assert(packed !== null, "it was asked for before")
    const reader = new PackedModel(model)
    const refused = await reader.replace(deviceBytes(packed), async () => {})
    if (refused !== "") throw new InputError(`${folder}/model.bin: is refused: ${refused}`)
    return reader
}

function hostVerdicts(model: Model, samples: Map<string, Float64Array>, count: number): Int16Array {
    const inference = new Inference(model)
    const columns = inference.measurands.map(measurand => samplesFor(samples, measurand))
    let at = 0
    return Int16Array.from({ length: count }, () => {
        for (let i = 0; i < model.windowSamples; ++i, ++at)
            columns.forEach((column, j) => inference.windows[j].push(column[at]))
        return inference.infer()
    })
}

/** Inputs of the recipe that the model looks at, each with its column here: by its name in the recording, else by what a column is said to measure. */
function usedInputs(
    model: Model,
    table: Table,
    inputs: RecipeInput[]
): Map<RecipeInput, RecipeInput> {
    const used = inputs.filter(({ measurand, feature }) =>
        model.inputs.some(input => input.measurand === measurand && input.feature === feature)
    )
    return new Map(used.map(input => [input, { ...input, column: columnOf(table, input) }]))
}

/** @throws InputError when there is none for it */
export function columnOf(table: Table, { column, measurand }: Mapping): string {
    const found = [
        column,
        ...table.header.filter(name => measurandOfColumn(name) === measurand),
    ].find(name => table.header.includes(name))
    if (found !== undefined) return found
    throw new InputError(
        `${table.file}: no column ${shown(column)} for ${measurand}, there are ${table.header.map(shown).join(", ")}`
    )
}
