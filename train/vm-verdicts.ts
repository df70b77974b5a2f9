/** A model's verdicts from inside the DeviceScript VM: the same bytecode as on a board, in the simulator's runtime. */
import { compileSources } from "../image/compile"
import { sourcesOf } from "../image/sources"
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

/** 3 s, or at once when this model was compiled before. */
export async function verdictImage({ text, identifier, model }: ModelFolder) {
    const program = verdictProgram("./model", identifier, model.inputs.length)
    const sources = sourcesOf(["src/inference/model.ts"])
    sources.set(MODEL, text)
    sources.set(ENTRY, program)
    return await compileSources(ENTRY, sources)
}

/**
 * @param columns of each input of the model its values, NaN where missing
 * @returns of each row the index of its class, or UNKNOWN
 * @throws Error when the program ends otherwise than it should
 */
export function vmVerdicts(
    image: Uint8Array,
    model: Model,
    columns: Float64Array[],
    rows: number
): Int16Array {
    const { rows: rowsPerMessage, verdictsAt, valuesAt } = layoutFor(model.inputs.length)
    const verdicts = new Int16Array(rows)
    let asked = 0
    let told = 0

    function answer(topic: string, data: Uint8Array): void {
        if (topic !== VERDICT_TOPIC) return
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
        for (let i = 0; told < asked; ++i, ++told)
            verdicts[told] = view.getInt16(verdictsAt + 2 * i, true)
        const count = Math.min(rowsPerMessage, rows - asked)
        view.setUint16(0, count, true)
        let at = valuesAt
        for (let i = 0; i < count; ++i, ++asked)
            for (const column of columns) {
                view.setFloat64(at, column[asked], true)
                at += 8
            }
    }

    runToRestart(image, answer)
    if (told !== rows) throw new Error(`the VM ended after ${told} rows`)
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
