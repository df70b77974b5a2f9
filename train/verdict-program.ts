/**
 * The program that asks a model, inside the DeviceScript VM, for its verdicts on the samples it is handed, one for each row, or for each
 * window of `windowSamples` rows. Rows and verdicts go over the channel of src/node/bus.ts, whose message the host answers in place: a few kB a time, so ten thousand rows need no larger heap.
 *
 * A message is `[rows u16, free u16, verdicts i16, rows of the measurands' values f64]`, little-endian. The host writes rows and values;
 * in the next message it finds the verdicts that they completed. Rows 0 is the end. A value that is missing is NaN. Windows, features and
 * ticks are the program's affair, as they are a node's.
 */

/** Six characters: the data of a twin message follows a 16-byte header, the topic and NUL. */
export const VERDICT_TOPIC = "mw/row"
export const TWIN_DATA_AT = 23
const HEADER_BYTES = 4
const MESSAGE_BYTES = 2048

export interface MessageLayout {
    rows: number
    verdictsAt: number
    valuesAt: number
    bytes: number
}

export function layoutFor(measurands: number): MessageLayout {
    const rows = Math.max(1, Math.floor((MESSAGE_BYTES - HEADER_BYTES) / (2 + 8 * measurands)))
    const valuesAt = HEADER_BYTES + 2 * rows
    return { rows, verdictsAt: HEADER_BYTES, valuesAt, bytes: valuesAt + 8 * measurands * rows }
}

const GENERATED = `
const model: Model = generated`

function packedModel(bytes: Uint8Array): string {
    return `import { PackedModel } from "../src/inference/packed"

const model = new PackedModel(generated)
const refused = await model.replace(hex\`${Buffer.from(bytes).toString("hex")}\`, async () => await ds.sleep(0))
if (refused !== "") throw new Error(refused)`
}

/**
 * @param model path of its module @param identifier what it exports @param measurands how many it looks at
 * @param packed bytes that take the place of the generated code
 */
export function verdictProgram(
    model: string,
    identifier: string,
    measurands: number,
    packed: Uint8Array | null
): string {
    const { verdictsAt, valuesAt, bytes } = layoutFor(measurands)
    return `import * as ds from "@devicescript/core"
import { ${identifier} as generated } from "${model}"
import { Inference } from "../src/inference/inference"
import { Model } from "../src/inference/model"
${packed === null ? GENERATED : packedModel(packed)}
const inference = new Inference(model)
const windows = inference.windows
const message = Buffer.alloc(${bytes})
let filled = 0
while (true) {
    const answer: Buffer = (ds as any)._twinMessage("${VERDICT_TOPIC}", message)
    const rows = answer.getAt(${TWIN_DATA_AT}, "u16")
    if (rows === 0) break
    // The runtime takes a fiber that never rests for an endless loop.
    await ds.sleep(1)
    let from = ${TWIN_DATA_AT + valuesAt}
    let to = ${verdictsAt}
    for (let row = 0; row < rows; ++row) {
        for (let i = 0; i < ${measurands}; ++i) {
            windows[i].push(answer.getAt(from, "f64"))
            from += 8
        }
        filled++
        if (filled === model.windowSamples) {
            filled = 0
            message.setAt(to, "i16", inference.infer())
            to += 2
            await ds.sleep(0)
        }
    }
}
ds.restart()
`
}
