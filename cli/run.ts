/** `motewise run`: one program in the simulator and what it prints: how one tries an example or a driver without a board. */
import { Command } from "commander"
import { examples, programFile } from "../image/apps"
import { compile } from "../image/compile"
import { withFunctionNames } from "../image/functions"
import { nearest } from "../image/nearest"
import { UsageError } from "../image/project"
import { runProgram } from "../rehearsal/program"
import { PART_NAMES } from "../sim/breadboard"
import { parseFaults, type Fault } from "../sim/faults"
import { panicName } from "../sim/node"
import type { Conditions } from "../sim/parts/part"
import { DESK, isCondition } from "../sim/worlds/desk"
import { integerFrom, numberFrom } from "./numbers"
import { sayBuilding } from "./progress"

interface RunOptions {
    set?: Conditions
    faults?: Fault[]
    seconds?: number
    virtual: boolean
    seed: number
    log: boolean
    json: boolean
}

/** What a program prints has a mark of its level before it; what the runtime says by itself has none, but for two lines at the start. */
const FROM_PROGRAM = /^[>?*!#] (?!DeviceScript Simulator|start: )/
const VIRTUAL_SECONDS = 60

export function runCommand(): Command {
    return new Command("run")
        .description("run one program in the simulator, with simulated parts, and show its console")
        .argument("<program>", "a file, or the name of an example")
        .option("--set <conditions>", 'what the parts feel: "temperatureCelsius=30,..."', setFrom)
        .option("--faults <spec>", 'what goes wrong: "crc:part=sht4x,p=0.1"', spec =>
            parseFaults(spec, PART_NAMES)
        )
        .option("--seconds <s>", "how long (default: until Ctrl-C)", numberFrom(0.1, 1e9))
        .option("--virtual", `as fast as it can (default: ${VIRTUAL_SECONDS} s of its time)`, false)
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 31), 1)
        .option("--log", "the runtime's own words too", false)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise run sht4x                                  examples/sht4x.ts, a reading every 5 s
  motewise run sht4x --set temperatureCelsius=-10     in the cold
  motewise run sht4x --faults "nack:from=20s,for=20s" with a wire that comes loose
  motewise run i2c-scan --virtual
  motewise run src/main.ts --virtual --seconds 600

There are: ${examples().join(", ")}`
        )
        .action(run)
}

function setFrom(text: string): Conditions {
    const set: Conditions = {}
    for (const pair of text.split(",")) {
        const [measurand, value, ...more] = pair.split("=").map(word => word.trim())
        if (value === undefined || value === "" || more.length > 0)
            throw new UsageError(`--set: "${pair}" is not measurand=value`)
        if (!isCondition(measurand))
            throw new UsageError(`--set: no "${measurand}"${nearest(measurand, Object.keys(DESK))}`)
        const number = Number(value)
        if (!Number.isFinite(number) && value !== "absent")
            throw new UsageError(`--set: ${measurand}: "${value}" is no number, nor "absent"`)
        set[measurand] = value === "absent" ? undefined : number
    }
    return set
}

async function run(program: string, options: RunOptions): Promise<void> {
    const { set = {}, faults = [], virtual, seed, log, json } = options
    const entry = programFile(program)
    const image = await compile(entry, undefined, sayBuilding(entry))
    const lines: string[] = []
    let isStopped = false
    const onInterrupt = () => void (isStopped = true)
    process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt)
    const panics = await runProgram({
        image: image.bytes,
        seats: image.parts,
        conditions: { ...DESK, ...set },
        faults,
        seed,
        seconds: options.seconds ?? (virtual ? VIRTUAL_SECONDS : Infinity),
        virtual,
        print: line => {
            if (!log && !FROM_PROGRAM.test(line)) return
            const named = withFunctionNames(line, image.functions)
            const said = log ? named : named.replace(FROM_PROGRAM, "")
            if (json) lines.push(said)
            else console.log(said)
        },
        stopped: () => isStopped,
    })
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt)
    if (json) console.log(JSON.stringify({ program: entry, lines, panics: panics.map(panicName) }))
    if (panics.length === 0) return
    if (!json) console.error(`${entry} ended in panic ${panics.map(panicName).join(", ")}`)
    process.exitCode = 1
}
