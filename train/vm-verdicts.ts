/** A model's verdicts from inside the DeviceScript VM: the same bytecode as on a board, in the simulator's runtime. */
import assert from "node:assert/strict"
import { compileSources } from "../image/compile"
import { sourcesOf } from "../image/sources"
import { Inference } from "../src/inference/inference"
import type { Model } from "../src/inference/model"
import { Flash } from "../sim/flash"
import { FLASH_BYTES } from "../sim/provision"
import { RandomStream } from "../sim/random"
import { Vm } from "../sim/vm/vm"
import { layoutFor, VERDICT_TOPIC, verdictProgram } from "./verdict-program"
import type { ModelFolder } from "./model-folder"

const DEVICE_ID = "0000000000001234"
const ENTRY = "train/verdicts.ts"
const MODEL = "train/model.ts"
/** `ds.restart()` is a panic with code 0. */
const RESTARTED = 0

/** Of the same model: code, or the bytes of model.bin. */
export type Form = "generated" | "packed"

/** 3 s, or at once when this model was compiled before. */
export async function verdictImage({ text, identifier, model, packed }: ModelFolder, form: Form) {
    const bytes = form === "packed" ? packed : null
    const program = verdictProgram("./model", identifier, measurandsOf(model).length, bytes)
    const sources = sourcesOf(["src/inference/inference.ts", "src/inference/packed.ts"])
    sources.set(MODEL, text)
    sources.set(ENTRY, program)
    return await compileSources(ENTRY, sources)
}

/**
 * @param samples by measurand, `windowSamples` to a verdict, NaN where missing
 * @returns of each row, or window, the index of its class, or UNKNOWN
 * @throws Error when the program ends otherwise than it should
 */
export function vmVerdicts(
    image: Uint8Array,
    model: Model,
    samples: Map<string, Float64Array>,
    count: number
): Int16Array {
    const columns = measurandsOf(model).map(measurand => samplesFor(samples, measurand))
    const { rows: rowsPerMessage, verdictsAt, valuesAt } = layoutFor(columns.length)
    const rows = count * model.windowSamples
    const verdicts = new Int16Array(count)
    let asked = 0
    let told = 0

    function answer(topic: string, data: Uint8Array): void {
        if (topic !== VERDICT_TOPIC) return
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
        const due = Math.floor(asked / model.windowSamples)
        for (let i = 0; told < due; ++i, ++told)
            verdicts[told] = view.getInt16(verdictsAt + 2 * i, true)
        const more = Math.min(rowsPerMessage, rows - asked)
        view.setUint16(0, more, true)
        let at = valuesAt
        for (let i = 0; i < more; ++i, ++asked)
            for (const column of columns) {
                view.setFloat64(at, column[asked], true)
                at += 8
            }
    }

    runToRestart(image, answer)
    if (told !== count) throw new Error(`the VM ended after ${told} verdicts`)
    return verdicts
}

/**
 * Runs a program that ends by `ds.restart()`, in no real time.
 * @param answer to each of its messages, in place
 * @throws Error when it ends otherwise
 */
export function runToRestart(
    image: Uint8Array,
    answer: (topic: string, data: Uint8Array) => void
): void {
    const lines: string[] = []
    const flash = new Flash()
    const random = new RandomStream("verdicts")
    let timeMs = 0
    let ended: number | undefined
    const vm = new Vm(
        {
            nowMs: () => Math.floor(timeMs),
            fillRandom: bytes => random.fill(bytes),
            flashBytes: FLASH_BYTES,
            loadFlash: () => flash.load(),
            saveFlash: saved => flash.save(saved),
            print: line => void lines.push(line),
            panic: code => (ended ??= code),
            sendFrame: () => {},
            answer,
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        DEVICE_ID
    )
    vm.start()
    vm.deploy(image)
    while (ended === undefined) timeMs += Math.max(vm.process(), 1)
    if (ended !== RESTARTED) throw new Error(`the VM ended with ${ended}:\n${lines.join("\n")}`)
}

/** What the model looks at, as Inference counts it. */
function measurandsOf(model: Model): string[] {
    return new Inference(model).measurands
}

export function samplesFor(samples: Map<string, Float64Array>, measurand: string): Float64Array {
    const found = samples.get(measurand)
    assert(found !== undefined, `no samples of ${measurand}`)
    return found
}
