/** The host's side of a program that answers questions inside the VM (test/answering.ts): questions go in, answers come out, each with the time that it took. */
import { compile } from "../../image/compile"
import { Flash } from "../../sim/flash"
import { FLASH_BYTES } from "../../sim/provision"
import { Vm } from "../../sim/vm/vm"
import { ASK_END, ASKING_BYTES, ASKING_TOPIC } from "./asking-contract"

const DEVICE_ID = "000000000000001c"
/** `ds.restart()` is a panic with code 0. */
const RESTARTED = 0

/** @param fields each of less than 64 kB */
export function question(kind: number, ...fields: Uint8Array[]): Buffer {
    const parts = fields.map(field => [Buffer.from([field.length >> 8, field.length]), field])
    return Buffer.concat([Buffer.from([kind]), ...parts.flat()])
}

export interface Answer {
    bytes: Buffer
    /** Real time, of this machine as it is loaded. */
    tookMs: number
    /** Of the VM's heap, garbage included. */
    heapBytes: number
}

/**
 * One answer for each question, from one VM.
 * @param program such as test/trust/signing.vm.ts @throws Error when it stops, with the question it stopped at
 */
export async function askProgram(program: string, questions: Iterable<Buffer>): Promise<Answer[]> {
    const { bytes } = await compile(program)
    const flash = new Flash()
    const iterator = questions[Symbol.iterator]()
    const answers: Answer[] = []
    const lines: string[] = []
    let asked: Buffer | undefined
    let askedMs = 0
    let ended: number | undefined
    let timeMs = 0
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: bytes => void bytes.fill(7),
            flashBytes: FLASH_BYTES,
            loadFlash: () => flash.load(),
            saveFlash: image => flash.save(image),
            print: line => void lines.push(line),
            panic: code => (ended ??= code),
            sendFrame: () => {},
            answer: (topic, data) => {
                if (topic !== ASKING_TOPIC) return
                const length = (data[0] << 8) | data[1]
                if (asked !== undefined)
                    answers.push({
                        bytes: Buffer.from(data.slice(2, 2 + length)),
                        tookMs: performance.now() - askedMs,
                        heapBytes: vm.heapUse()?.usedBytes ?? 0,
                    })
                const next = iterator.next()
                asked = next.done === true ? Buffer.from([ASK_END]) : next.value
                if (asked.length + 2 > ASKING_BYTES) throw new Error("a question too long")
                data.set([asked.length >> 8, asked.length & 0xff])
                data.set(asked, 2)
                askedMs = performance.now()
            },
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        DEVICE_ID
    )
    vm.start()
    vm.deploy(bytes)
    while (ended === undefined) timeMs += Math.max(1, vm.process())
    if (ended !== RESTARTED)
        throw new Error(
            `stopped with ${ended} at question ${answers.length}: ${asked?.toString("hex")}\n${lines.slice(-12).join("\n")}`
        )
    return answers
}
