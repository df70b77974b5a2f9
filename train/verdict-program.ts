/**
 * The program that asks a model, inside the DeviceScript VM, for the verdict of every row it is handed. Rows and verdicts go over the
 * channel of src/node/bus.ts, whose message the host answers in place: a few kB a time, so ten thousand rows need no larger heap.
 *
 * A message is `[count u16, free u16, count verdicts i16, count rows of inputs f64]`, little-endian. The host writes count and values;
 * in the next message it finds the verdicts. Count 0 is the end. A value that is missing is NaN. The program makes the ticks itself,
 * as a node does.
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

export function layoutFor(inputs: number): MessageLayout {
    const rows = Math.max(1, Math.floor((MESSAGE_BYTES - HEADER_BYTES) / (2 + 8 * inputs)))
    const valuesAt = HEADER_BYTES + 2 * rows
    return { rows, verdictsAt: HEADER_BYTES, valuesAt, bytes: valuesAt + 8 * inputs * rows }
}

/** @param model path of its module @param identifier what it exports */
export function verdictProgram(model: string, identifier: string, inputs: number): string {
    const { verdictsAt, valuesAt, bytes } = layoutFor(inputs)
    return `import * as ds from "@devicescript/core"
import { ${identifier} as generated } from "${model}"
import { Model, ticksFromValue } from "../src/inference/model"

const model: Model = generated
const message = Buffer.alloc(${bytes})
const ticks: number[] = []
for (let i = 0; i < ${inputs}; ++i) ticks.push(0)
while (true) {
    const answer: Buffer = (ds as any)._twinMessage("${VERDICT_TOPIC}", message)
    const count = answer.getAt(${TWIN_DATA_AT}, "u16")
    if (count === 0) break
    // The runtime takes a fiber that never rests for an endless loop.
    await ds.sleep(1)
    let at = ${TWIN_DATA_AT + valuesAt}
    for (let row = 0; row < count; ++row) {
        for (let i = 0; i < ${inputs}; ++i) {
            ticks[i] = ticksFromValue(model.inputs[i], answer.getAt(at, "f64"))
            at += 8
        }
        message.setAt(${verdictsAt} + 2 * row, "i16", model.classify(ticks))
    }
}
ds.restart()
`
}
