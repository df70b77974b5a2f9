/** Runs *.test.ts inside the DeviceScript VM: compiled as firmware is, and mostly with a full collection at every allocation. */
import { compileTogether } from "../../image/compile"
import { Flash } from "../../sim/flash"
import { FLASH_BYTES } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { Vm } from "../../sim/vm/vm"
import { isThorough } from "./needs"
import { failedIfEmpty, type Count } from "./count"

const DEVICE_ID = "12abdd2289421234"
/** In the VM's time, and in ours: a suite that hangs must not hang the others. */
const VIRTUAL_MS_MAX = 600_000
const WALL_MS_MAX = 120_000
/** `@devicescript/test` ends with ds.restart(), which is a panic with code 0. */
const RESTARTED = 0
/** A collection at every allocation is thirty times as slow. Drivers call nothing native but the bus: for them CI's run of it will do. */
const UNSTRESSED = ["test/drivers"]
const PREFIX = /^[>?*!#] ?/

/** @param folder such as test/mqtt @param files its suites, which run in one image: a compilation costs more than most suites */
export async function runVmSuites(folder: string, files: string[]): Promise<Count> {
    const startMs = performance.now()
    const done = (count: Omit<Count, "suite" | "seconds">): Count =>
        failedIfEmpty({
            suite: `${folder} (${files.length} suites in the VM)`,
            seconds: (performance.now() - startMs) / 1000,
            ...count,
        })
    let image: Uint8Array
    try {
        image = (await compileTogether(`${folder}/all.ts`, files)).bytes
    } catch (e) {
        return done({ passed: 0, failed: 1, skipped: 0, told: (e as Error).message })
    }
    const gcStress = isThorough() || !UNSTRESSED.includes(folder)
    const { lines, ended } = runToEnd(image, { gcStress })
    const told = lines.join("\n")
    const total = /^tests: (\d+), pass: (\d+), error: (\d+)$/m.exec(told)
    if (total === null)
        return done({ passed: 0, failed: 1, skipped: 0, told: `${told}\nended: ${ended}` })
    const [tests, passed, failed] = total.slice(1).map(Number)
    const broke = failed === 0 && ended !== `panic ${RESTARTED}` ? 1 : 0
    const empty = emptySuites(lines, files.length)
    return done({
        passed,
        failed: failed + broke + empty.length,
        skipped: tests - passed - failed,
        told: [told, `ended: ${ended}`, ...empty].join("\n"),
    })
}

/** Suites in which no test ran. A suite prints its name, and each of its tests a line that begins with two spaces. */
function emptySuites(lines: string[], files: number): string[] {
    const from = lines.findIndex(said => /^running \d+ tests$/.test(said))
    const to = lines.findIndex(said => said.startsWith("tests: "))
    const suites: { name: string; tests: number }[] = []
    for (const said of lines.slice(from + 1, to)) {
        const suite = suites.at(-1)
        if (said.startsWith("  ") && suite !== undefined) suite.tests++
        else if (/^[a-z][\w ]*$/.test(said)) suites.push({ name: said, tests: 0 })
    }
    const empty = suites
        .filter(({ tests }) => tests === 0)
        .map(({ name }) => `${name}: no test ran`)
    return suites.length < files ? [...empty, `${files} files, but ${suites.length} suites`] : empty
}

/** What the program printed, how it ended, and what it took. */
export interface Run {
    lines: string[]
    /** `panic N`, or `out of` what it had too little of. */
    ended: string
    virtualMs: number
    /** How often the VM asked for the time: it does at every wait, so they bound a program that only ever waits 0 ms. */
    clockReads: number
}

export interface RunLimits {
    deviceId?: string
    gcStress?: boolean
    virtualMsMax?: number
    clockReadsMax?: number
    /** Told each line when it is printed. */
    onLine?: (line: string) => void
}

/** @throws Error when the VM refuses the image */
export function runToEnd(
    image: Uint8Array,
    {
        deviceId = DEVICE_ID,
        gcStress = false,
        virtualMsMax = VIRTUAL_MS_MAX,
        clockReadsMax = Infinity,
        onLine = () => {},
    }: RunLimits
): Run {
    const lines: string[] = []
    const flash = new Flash()
    const random = new RandomStream(`test/${DEVICE_ID}`)
    let timeMs = 0
    let clockReads = 0
    let ended: string | undefined
    const wallEndMs = performance.now() + WALL_MS_MAX
    const vm = new Vm(
        {
            nowMs: () => {
                // A fiber that waits 0 ms again and again never gives `process` back: out through the VM.
                if (++clockReads > clockReadsMax) throw new OutOf("clock reads")
                if (performance.now() > wallEndMs) throw new OutOf("time")
                return Math.floor(timeMs)
            },
            fillRandom: bytes => random.fill(bytes),
            flashBytes: FLASH_BYTES,
            loadFlash: () => flash.load(),
            saveFlash: saved => flash.save(saved),
            print: said => {
                const line = said.replace(PREFIX, "")
                lines.push(line)
                onLine(line)
            },
            panic: code => (ended ??= `panic ${code}`),
            sendFrame: () => {},
            answer: () => {},
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        deviceId
    )
    vm.start()
    if (gcStress) vm.enableGcStress()
    vm.deploy(image)
    try {
        while (ended === undefined) {
            timeMs += Math.max(vm.process(), 0.1)
            if (timeMs > virtualMsMax) throw new OutOf("virtual time")
        }
    } catch (e) {
        if (!(e instanceof OutOf)) throw e
        ended = e.message
    }
    return { lines, ended, virtualMs: timeMs, clockReads }
}

class OutOf extends Error {
    constructor(what: string) {
        super(`out of ${what}`)
    }
}
