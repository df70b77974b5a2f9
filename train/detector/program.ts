/**
 * The program that runs a detector inside the DeviceScript VM over the rows it is handed, as ../verdict-program.ts does a tree: the same
 * messages, whose second word is 1 where the first row is of a new group, before which the detector forgets the stream.
 */
import { layoutFor, TWIN_DATA_AT, VERDICT_TOPIC } from "../verdict-program"
import { DETECTOR_CLASSES, type GeneratedDetector } from "./parameters"

export const NEW_GROUP_AT = 2

/** @param model path of its module @param identifier what it exports */
export function detectorProgram(
    model: string,
    identifier: string,
    { kind, inputs }: GeneratedDetector
): string {
    const { verdictsAt, valuesAt, bytes } = layoutFor(inputs.length)
    const { name, file } = DETECTOR_CLASSES[kind]
    return `import * as ds from "@devicescript/core"
import { ${identifier} as generated } from "${model}"
import { ticksFromValue } from "../src/inference/model"
import { ${name} } from "../src/inference/${file}"

const detector = new ${name}(generated)
const message = Buffer.alloc(${bytes})
const ticks: number[] = []
for (let i = 0; i < ${inputs.length}; ++i) ticks.push(0)
while (true) {
    const answer: Buffer = (ds as any)._twinMessage("${VERDICT_TOPIC}", message)
    const count = answer.getAt(${TWIN_DATA_AT}, "u16")
    if (count === 0) break
    if (answer.getAt(${TWIN_DATA_AT + NEW_GROUP_AT}, "u16") === 1) detector.reset()
    let at = ${TWIN_DATA_AT + valuesAt}
    for (let row = 0; row < count; ++row) {
        // The runtime takes a fiber that never rests for an endless loop, and many trees take long over a few rows.
        if (row % 4 === 0) await ds.sleep(1)
        for (let i = 0; i < ${inputs.length}; ++i) {
            ticks[i] = ticksFromValue(detector.inputs[i], answer.getAt(at, "f64"))
            at += 8
        }
        message.setAt(${verdictsAt} + 2 * row, "i16", detector.classify(ticks))
    }
}
ds.restart()
`
}
