/** The far end of signer.vm.ts: its power, its flash, and all that it ever told, in order. */
import { FLASH_BYTES } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { Vm } from "../../sim/vm/vm"
import {
    SIGNER_NODE_ID_HEX,
    SIGNER_TOPIC,
    TELL_DONE,
    TELL_FAULT,
    TELL_PLAN,
} from "./signer-contract"

const STEP_MS = 10
/** Of the VM's own time: far more than a key takes. */
const LIFE_MS_MAX = 300_000

/** What a boot is to do. */
export interface Plan {
    before: number
    rollsOver: boolean
    after: number
    /** LMS and LM-OTS types of keys that it makes; SHA-256/192, W=4 when left out. */
    types?: [lms: number, ots: number]
}

const DEFAULT_TYPES = [10, 7]

export interface Told {
    kind: number
    data: Buffer
}

/** A save of the flash, and how much had been told before it. */
export interface Save {
    before: Uint8Array
    after: Uint8Array
    told: number
}

export interface Life {
    told: Told[]
    saves: Save[]
    flash: Uint8Array
    /** The runtime could not mount its store. Program and settings are gone. */
    isFormatted: boolean
    /** A panic of the VM, or a fault of the identity; undefined when all was signed. */
    ended: string | undefined
    lines: string[]
}

/** From power-on until the plan is done. @param boot names its randomness: each boot another @param image deployed first, if any */
export function live(flash: Uint8Array, plan: Plan, boot: string, image?: Uint8Array): Life {
    const random = new RandomStream(`signer/${boot}`)
    const life: Life = {
        told: [],
        saves: [],
        flash,
        isFormatted: false,
        ended: undefined,
        lines: [],
    }
    let timeMs = 0
    let isOver = false
    const end = (how: string | undefined) => {
        if (!isOver) life.ended = how
        isOver = true
    }
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: bytes => random.fill(bytes),
            flashBytes: FLASH_BYTES,
            loadFlash: () => life.flash,
            saveFlash: after => {
                life.saves.push({ before: life.flash, after, told: life.told.length })
                life.flash = after
            },
            print: line => {
                life.lines.push(line)
                if (line.includes("formatting now")) life.isFormatted = true
            },
            panic: code => end(`panic ${code}`),
            sendFrame: () => {},
            answer: (topic, data) => {
                if (topic !== SIGNER_TOPIC) return
                const told = { kind: data[0], data: Buffer.from(data.slice(1)) }
                if (told.kind === TELL_PLAN)
                    data.set([
                        plan.before,
                        plan.rollsOver ? 1 : 0,
                        plan.after,
                        ...(plan.types ?? DEFAULT_TYPES),
                    ])
                else life.told.push(told)
                if (told.kind === TELL_DONE) end(undefined)
                if (told.kind === TELL_FAULT) end(told.data.toString())
            },
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        SIGNER_NODE_ID_HEX
    )
    try {
        vm.start()
        if (image !== undefined) vm.deploy(image)
        // Without a program it would run for ever.
        while (!isOver && !life.isFormatted) {
            vm.process()
            timeMs += STEP_MS
            if (timeMs > LIFE_MS_MAX) end("out of time")
        }
    } catch (e) {
        end((e as Error).message)
    }
    return life
}
