/** A detector's verdicts over streams: by the bytecode of a board in the simulator's runtime, or by the same class under Node. */
import { compileSources } from "../../image/compile"
import { sourcesOf } from "../../image/sources"
import { ticksFromValue } from "../../src/inference/model"
import { layoutFor, VERDICT_TOPIC } from "../verdict-program"
import { runToRestart } from "../vm-verdicts"
import type { DetectorFolder } from "./folder"
import { DETECTOR_CLASSES, detectorOf, type GeneratedDetector } from "./parameters"
import { detectorProgram, NEW_GROUP_AT } from "./program"

const ENTRY = "train/verdicts.ts"
const MODEL = "train/model.ts"

/** @param columns of each input its values, NaN where missing @returns index of the class, or UNKNOWN, by group and row */
export function hostVerdicts(generated: GeneratedDetector, groups: Float64Array[][]): Int16Array[] {
    const detector = detectorOf(generated)
    return groups.map(columns => {
        detector.reset()
        return Int16Array.from(columns[0], (_, row) =>
            detector.classify(
                generated.inputs.map((input, i) => ticksFromValue(input, columns[i][row]))
            )
        )
    })
}

/** As `hostVerdicts`. 3 s more where this detector was not compiled before. @throws Error when the program ends otherwise than it should */
export async function vmVerdicts(
    { text, identifier, generated }: DetectorFolder,
    groups: Float64Array[][]
): Promise<Int16Array[]> {
    const sources = sourcesOf([`src/inference/${DETECTOR_CLASSES[generated.kind].file}.ts`])
    sources.set(MODEL, text)
    sources.set(ENTRY, detectorProgram("./model", identifier, generated))
    const { bytes } = await compileSources(ENTRY, sources)
    const { rows: rowsPerMessage, verdictsAt, valuesAt } = layoutFor(generated.inputs.length)
    const verdicts = groups.map(([first]) => new Int16Array(first.length))
    let group = 0
    let asked = 0
    let told = 0

    function answer(topic: string, data: Uint8Array): void {
        if (topic !== VERDICT_TOPIC) return
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
        for (let i = 0; told < asked; ++i, ++told)
            verdicts[group][told] = view.getInt16(verdictsAt + 2 * i, true)
        while (group < groups.length && told === verdicts[group].length) {
            ++group
            asked = 0
            told = 0
        }
        const columns = groups.at(group) ?? []
        const rows = columns.length === 0 ? 0 : columns[0].length
        const count = Math.min(rowsPerMessage, rows - asked)
        view.setUint16(0, count, true)
        view.setUint16(NEW_GROUP_AT, asked === 0 ? 1 : 0, true)
        let at = valuesAt
        for (let i = 0; i < count; ++i, ++asked)
            for (const column of columns) {
                view.setFloat64(at, column[asked], true)
                at += 8
            }
    }

    runToRestart(bytes, answer)
    if (group !== groups.length) throw new Error(`the VM ended in group ${group}, row ${told}`)
    return verdicts
}
