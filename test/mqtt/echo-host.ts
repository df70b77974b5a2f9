/** The host's side of echo.vm.ts: questions go in, answers come out, and a panic tells which question it was. */
import { compile } from "../../image/compile"
import { Flash } from "../../sim/flash"
import { FLASH_BYTES } from "../../sim/provision"
import { Vm } from "../../sim/vm/vm"
import { ASK_END, ECHO_BYTES, ECHO_TOPIC } from "./echo-contract"

const DEVICE_ID = "00000000000000ec"

export function word(value: number): Buffer {
    return Buffer.from([value >> 8, value & 0xff])
}

export function string(text: string): Buffer {
    const bytes = Buffer.from(text)
    return Buffer.concat([word(bytes.length), bytes])
}

/** One answer for each question, from one VM. @throws Error when the program stops, with the question it stopped at, or has leaked */
export async function ask(questions: Iterable<Buffer>): Promise<Buffer[]> {
    const { bytes } = await compile("test/mqtt/echo.vm.ts")
    const flash = new Flash()
    const iterator = questions[Symbol.iterator]()
    const answers: Buffer[] = []
    const lines: string[] = []
    let question: Buffer | undefined
    let stopped: number | undefined
    let timeMs = 0
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: bytes => void bytes.fill(7),
            flashBytes: FLASH_BYTES,
            loadFlash: () => flash.load(),
            saveFlash: image => flash.save(image),
            print: line => void lines.push(line),
            panic: code => (stopped ??= code),
            sendFrame: () => {},
            answer: (topic, data) => {
                if (topic !== ECHO_TOPIC) return
                const length = (data[0] << 8) | data[1]
                if (question !== undefined) answers.push(Buffer.from(data.slice(2, 2 + length)))
                const next = iterator.next()
                question = next.done === true ? Buffer.from([ASK_END]) : next.value
                if (question.length + 2 > ECHO_BYTES) throw new Error("a question too long")
                data.set(word(question.length))
                data.set(question, 2)
            },
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        DEVICE_ID
    )
    vm.start()
    vm.deploy(bytes)
    while (!lines.some(line => line.includes("room: "))) {
        timeMs += Math.max(1, vm.process())
        if (stopped !== undefined || timeMs > 100_000)
            throw new Error(
                `stopped with ${stopped} at ${answers.length}: ${question?.toString("hex")}\n${lines.slice(-12).join("\n")}`
            )
    }
    return answers
}
