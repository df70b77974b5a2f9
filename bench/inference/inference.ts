/** Verdicts a second in the VM, without GC stress, of one model in three forms: generated code, packed bytes, and a tree of objects. */
import assert from "node:assert/strict"
import { build } from "../../image/compile"
import { deviceBytes } from "../../image/packed-model"
import { sourcesOf } from "../../image/sources"
import { PackedModel } from "../../src/inference/packed"
import { RandomStream } from "../../sim/random"
import { packed as packedOf } from "../../train/packing"
import type { TickEnsemble } from "../../train/quantise"
import { runToEnd } from "../../test/harness/vm-suite"
import { PROGRAM, ROUNDS, ROWS, programOf, roundsOf, type Form } from "./program"
import { CLASSES, randomModel } from "./random-model"

/** Nodes in all, and the trees that they are shared among. */
const SIZES = [
    { nodes: 7, trees: 1 },
    { nodes: 31, trees: 1 },
    { nodes: 63, trees: 1 },
    { nodes: 630, trees: 10 },
]
/** Section descriptors of (offset, length) follow the header; the second is the functions' code. */
const CODE_LENGTH_AT = 32 + 8 + 4

export interface InferenceSize {
    nodes: number
    trees: number
    /** The call included. Undefined for objects that the heap can not hold. */
    generatedPerSecond: number
    packedPerSecond: number
    objectsPerSecond: number | undefined
    /** Over the tree of objects. */
    generatedRatio: number | undefined
    packedRatio: number | undefined
    /** Bytecode of the generated form. */
    generatedBytes: number
    packedBytes: number
}

/** @param rounds of all rows, in a measurement @throws Error when the forms do not agree with each other and with the reader under Node */
export async function measureInference(
    seed: number,
    onProgress: (share: number) => void = () => {},
    rounds = ROUNDS
): Promise<InferenceSize[]> {
    const sizes: InferenceSize[] = []
    for (const { nodes, trees } of SIZES) {
        sizes.push(await measure(seed, nodes, trees, rounds))
        onProgress(sizes.length / SIZES.length)
    }
    return sizes
}

async function measure(
    seed: number,
    nodes: number,
    trees: number,
    allRounds: number
): Promise<InferenceSize> {
    const random = new RandomStream(`bench/inference/${seed}/${nodes}`)
    const model = randomModel(random, nodes / trees, trees)
    const rows = Array.from({ length: ROWS }, () =>
        model.inputs.map(() => random.integer(65535) - 32767)
    )
    const packed = packedOf(model, CLASSES)
    const image = await imageOf(programOf(model, packed, rows, true, allRounds))
    const without = await imageOf(programOf(model, packed, rows, false, allRounds))
    const expected = await sumOf(model, packed, rows)

    const seconds = new Map<string, number>()
    let startMs = 0
    const { ended } = runToEnd(image, {
        onLine: line => {
            const [word, form, sum] = line.split(" ")
            if (word === "begin") startMs = performance.now()
            if (word !== "end") return
            seconds.set(form, (performance.now() - startMs) / 1000)
            assert.equal(Number(sum), expected, `${form} answers differently at ${nodes} nodes`)
        },
    })
    const perSecond = (form: Form): number | undefined => {
        const took = seconds.get(form)
        return took === undefined
            ? undefined
            : Math.round((ROWS * roundsOf(allRounds, trees)) / took)
    }
    const generated = perSecond("generated")
    const bytes = perSecond("packed")
    if (generated === undefined || bytes === undefined) throw new Error(`the VM ended: ${ended}`)
    const objects = perSecond("objects")
    const ratio = (speed: number) =>
        objects === undefined ? undefined : Math.round((speed / objects) * 100) / 100
    return {
        nodes,
        trees,
        generatedPerSecond: generated,
        packedPerSecond: bytes,
        objectsPerSecond: objects,
        generatedRatio: ratio(generated),
        packedRatio: ratio(bytes),
        generatedBytes: codeBytes(image) - codeBytes(without),
        packedBytes: packed.length,
    }
}

const ANY = { name: "any", windowSamples: 1, samplesPerSecond: 0, classify: () => 0 }

/** What every form must say: the answers, each weighted by its row, of one round. */
async function sumOf({ inputs }: TickEnsemble, packed: Buffer, rows: number[][]): Promise<number> {
    const reader = new PackedModel({ ...ANY, inputs, classes: CLASSES })
    const refused = await reader.replace(deviceBytes(packed), async () => {})
    assert.equal(refused, "")
    return rows.reduce((sum, ticks, row) => sum + (row + 1) * reader.classify(ticks), 0)
}

async function imageOf(program: string): Promise<Buffer> {
    const sources = sourcesOf(["src/inference/packed.ts", "src/inference/model.ts"])
    return await build(PROGRAM, sources.set(PROGRAM, program))
}

function codeBytes(image: Buffer): number {
    return image.readUInt32LE(CODE_LENGTH_AT)
}
