/** The program that is measured: it says when each form begins and ends, and what its answers add up to. */
import { MISSING, UNKNOWN } from "../../src/inference/model"
import { classifyLines } from "../../train/generate"
import type { TickEnsemble } from "../../train/quantise"
import { CLASSES } from "./random-model"

export const PROGRAM = "bench/inference/measured.ts"
export const ROWS = 32
/** Of all rows, shared by the trees: half a second a form, after which the host's compiler has long done its best. */
export const ROUNDS = 1500
/** Objects come last, for the heap may not hold them. */
export type Form = "generated" | "packed" | "objects"

/** A forest takes so much longer. */
export function roundsOf(allRounds: number, trees: number): number {
    return Math.max(1, Math.round(allRounds / trees))
}

/** @param whole without it the generated form is empty: the difference in code is its size */
export function programOf(
    model: TickEnsemble,
    packed: Buffer,
    rows: number[][],
    whole: boolean,
    allRounds = ROUNDS
): string {
    const roots = model.trees.length
    const rounds = roundsOf(allRounds, roots)
    return `import * as ds from "@devicescript/core"
import { PackedModel } from "../../src/inference/packed"

const CLASSES = ${JSON.stringify(CLASSES)}
const INPUTS = ${JSON.stringify(model.inputs)}
const PACKED = hex\`${packed.toString("hex")}\`
const ROWS: number[][] = ${JSON.stringify(rows)}

function generated(ticks: number[]): number {
${whole ? classifyLines(model, CLASSES.length).join("\n") : "return ticks[0]"}
}

const model = new PackedModel({
    name: "any",
    classes: CLASSES,
    inputs: INPUTS,
    windowSamples: 1,
    samplesPerSecond: 0,
    classify: generated,
})
const refused = await model.replace(PACKED, async () => await ds.sleep(0))
if (refused !== "") throw new Error(refused)

interface Node {
    input: number
    threshold: number
    low?: Node
    high?: Node
}

function nodeAt(at: number): Node {
    const threshold = PACKED.getAt(at + 2, "i16")
    const input = PACKED[at]
    if (input === 255) return { input, threshold }
    const children = PACKED.getAt(at + 4, "u16")
    const low = nodeAt(children)
    const high = nodeAt(children + 6)
    return { input, threshold, low, high }
}

const roots: Node[] = []

function objects(ticks: number[]): number {
    const votes = CLASSES.map(() => 0)
    for (const root of roots) {
        let node = root
        while (node.low !== undefined) {
            const tick = ticks[node.input]
            if (tick === ${MISSING}) return ${UNKNOWN}
            node = tick <= node.threshold ? node.low : node.high
        }
        votes[node.threshold]++
    }
    let best = 0
    for (let i = 1; i < votes.length; ++i) if (votes[i] > votes[best]) best = i
    return best
}

interface Classifier {
    classify: (ticks: number[]) => number
}

async function measured(form: string, model: Classifier): Promise<void> {
    console.log("begin " + form)
    let sum = 0
    for (let round = 0; round < ${rounds}; ++round) {
        sum = 0
        for (let row = 0; row < ROWS.length; ++row) sum += (row + 1) * model.classify(ROWS[row])
        await ds.sleep(0)
    }
    console.log("end " + form + " " + sum)
}

await measured("warm-up", { classify: generated })
await measured("generated", { classify: generated })
await measured("packed", model)
for (let i = 0; i < ${roots}; ++i) {
    roots.push(nodeAt(PACKED.getAt(${14 + 20 * model.inputs.length} + i * 4, "u16")))
    await ds.sleep(0)
}
await measured("objects", { classify: objects })
ds.restart()
`
}
