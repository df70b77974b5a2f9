/** `motewise flash`: a board from its box to its first report. */
import { Command } from "commander"
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { FlashError } from "../flasher/flash-error"
import { followToReport, type Followed } from "../flasher/first-report"
import { flashImage } from "../flasher/image"
import { planOf, type Asked, type Plan } from "../flasher/plan"
import { listPorts, portMaker } from "../flasher/ports"
import { runtimeFor } from "../flasher/runtime"
import { askSecret } from "../flasher/secret-prompt"
import { storeImage } from "../flasher/store"
import { targetFor, type Target } from "../flasher/target"
import { uf2Drives } from "../flasher/uf2-drive"
import { DEFAULT_APP, entryOf } from "../image/apps"
import { compile } from "../image/compile"
import { UsageError } from "../image/project"
import { sayBuilding, watchShare } from "./progress"

interface FlashOptions extends Asked {
    app: string
    port?: string
    runtime?: string
    out?: string
    erase: boolean
    dryRun: boolean
    wait: boolean
    json: boolean
}

const BENCH = { ports: listPorts, attach: portMaker, drives: () => uf2Drives() }
/** A report is due every five minutes, the first after the parts have warmed up. */
const WAIT_MS = 7 * 60_000
/** Its owner's alone: it holds the claim and the WiFi password. */
const SECRET_MODE = 0o600

export function flashCommand(): Command {
    return new Command("flash")
        .description(
            "write runtime, settings and program to a board, and wait for its first report"
        )
        .requiredOption("--board <id>", "which board: a file in boards/")
        .option("--app <name>", "which program: src/main<name>.ts", DEFAULT_APP)
        .option("--port <port>", "the serial port, or an RP2040's drive (default: the only one)")
        .option("--claim <file>", "what motewise fleet claim wrote for this node")
        .option("--wifi <ssid>", "the network; its password is asked for")
        .option("--wifi-password-file <file>", "its only line; an empty file for an open network")
        .option("--broker <url>", "mqtt://host:port (default: the claim's, or the program's)")
        .option("--runtime <file>", "DeviceScript's runtime (default: fetched, and kept)")
        .option("--out <file>", "write the image to a file, and to no board")
        .option("--erase", "everything else in the board's flash too", false)
        .option("--dry-run", "everything but writing", false)
        .option("--no-wait", "not for the first report")
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
A password is typed without echo, or read from a file; it is in no argument and in nothing that is printed.
Exit code 1 when the board was not written, or no report came; 2 when it was asked for something that cannot be.

Examples:
  motewise flash --board mw_esp32c3 --wifi "My network" --broker mqtt://192.168.1.10
  motewise flash --board mw_pico_w --claim node7.claim --wifi lab --wifi-password-file ~/lab-wifi
  motewise flash --board mw_esp32 --runtime runtime-0x1000.bin --out node.bin`
        )
        .action(run)
}

async function run(options: FlashOptions): Promise<void> {
    const { out, dryRun, json } = options
    if (out !== undefined && options.port !== undefined)
        throw new UsageError("--out writes a file and --port is a board's: give one of them")
    if (out !== undefined && !existsSync(dirname(out)))
        throw new UsageError(`--out ${out}: no folder ${dirname(out)}`)
    const plan = await planOf(options, askPassword)
    // A board that is not there is told before anything takes its time.
    const target = out === undefined ? await targetFor(plan.chip, options.port, BENCH) : undefined
    const entry = entryOf(options.app)
    const program = await compile(entry, plan.board.id, sayBuilding(entry, plan.board.id))
    const runtime = await runtimeFor(plan.board, options.runtime, { isDry: dryRun })
    const image = flashImage(plan.board, plan.chip, runtime)
    const store = storeImage(program.bytes, plan.settings, plan.wifi, image.store.bytes)
    const bytes = image.with(store, options.erase)
    const told = {
        board: plan.board.id,
        chip: plan.chip.name,
        app: options.app,
        programBytes: program.bytes.length,
        imageBytes: bytes.length,
        store: image.store,
        runtime: { from: runtime.from, sha256: runtime.sha256 },
        settings: Object.keys(plan.settings),
        wifi: plan.wifi !== undefined,
        to: out ?? target?.path,
        erased: options.erase,
    }
    if (!json) say(told)
    if (dryRun) return end(options, { ...told, written: false }, "Nothing was written (--dry-run).")
    if (target === undefined) {
        writeSecret(out ?? "", bytes)
        return end(options, { ...told, written: true }, howToWrite(plan, out ?? ""))
    }
    await write(target, bytes, options.erase)
    const node = () => plan.claimedId ?? target.nodeId()
    if (!options.wait || plan.wifi === undefined)
        return end(
            options,
            { ...told, written: true, node: node(), report: null },
            plan.wifi === undefined
                ? "Written. It was given no network (--wifi), so it stays alone."
                : "Written, and started."
        )
    const followed = await follow(plan, target, node, json)
    finish(options, { ...told, written: true, node: node() }, followed, plan)
}

async function askPassword(ssid: string): Promise<string> {
    if (!process.stdin.isTTY)
        throw new UsageError(
            "--wifi: there is no terminal to ask for the password on; give it with --wifi-password-file FILE (an empty file for an open network)"
        )
    const question = `Password of "${ssid}" (not shown; none for an open network): `
    return await askSecret(question, process.stdin, text => void process.stderr.write(text))
}

async function write(target: Target, bytes: Buffer, isAllErased: boolean): Promise<void> {
    const progress = watchShare("written")
    try {
        await target.write(bytes, isAllErased, progress.tell)
    } finally {
        progress.done()
    }
}

async function follow(
    { broker, claimedId }: Plan,
    target: Target,
    nodeId: () => string | undefined,
    json: boolean
): Promise<Followed> {
    let isStopped = false
    const onInterrupt = () => void (isStopped = true)
    process.on("SIGINT", onInterrupt)
    if (!json) console.log("Written. What the board says, until its first report (Ctrl-C ends it):")
    try {
        return await followToReport({
            isBoard: port => target.isBoard(port),
            baudRate: target.baudRate,
            broker,
            nodeId,
            isClaimed: claimedId !== undefined,
            waitMs: WAIT_MS,
            list: BENCH.ports,
            attach: BENCH.attach,
            onLine: line => {
                if (!json) console.log(`  ${line}`)
            },
            isStopped: () => isStopped,
        })
    } finally {
        process.off("SIGINT", onInterrupt)
    }
}

/** Whole or not at all, and never readable by others. */
function writeSecret(path: string, bytes: Buffer): void {
    const draft = `${path}.${process.pid}`
    try {
        writeFileSync(draft, bytes, { mode: SECRET_MODE, flag: "wx" })
        renameSync(draft, path)
    } catch (e) {
        rmSync(draft, { force: true })
        throw new UsageError(`--out ${path}: ${(e as NodeJS.ErrnoException).code}`)
    }
}

function howToWrite({ chip, board }: Plan, path: string): string {
    const how =
        chip.kind === "rp2040"
            ? "copy it to the RPI-RP2 drive"
            : `esptool --chip ${board.archId} write_flash 0x0 ${path}`
    return `${path} holds the node's secrets: keep it, and delete it once it is written (${how}).`
}

function say(told: {
    board: string
    chip: string
    app: string
    programBytes: number
    runtime: { from: string; sha256: string }
    settings: string[]
    wifi: boolean
    to?: string
}): void {
    const settings = [...told.settings, ...(told.wifi ? ["WiFi"] : [])].join(", ")
    console.log(`${told.board} (${told.chip}) at ${told.to}
runtime   ${told.runtime.from}
          SHA-256 ${told.runtime.sha256}
program   ${told.app}, ${told.programBytes} B
settings  ${settings === "" ? "none" : settings}`)
}

function finish(options: FlashOptions, told: object, followed: Followed, plan: Plan): void {
    const { first, steps } = followed
    if (first !== undefined) {
        const { report, payloadBytes } = first
        const lines = (report?.records ?? []).map(
            ({ name, value, unit = "" }) => `  ${name} ${value} ${unit}`
        )
        const what =
            report === undefined
                ? `${payloadBytes} B, sealed`
                : `${payloadBytes} B\n${lines.join("\n")}`
        return end(options, { ...told, report: first }, `Its first report: ${what}`)
    }
    if (steps.isThere && !followed.wasListening)
        return end(
            options,
            { ...told, report: null },
            "It is online. Whether its report has come is seen at the broker; this machine does not hear it."
        )
    const advice = steps.advice(plan.wifi, plan.broker)
    if (options.json) console.log(JSON.stringify({ ...told, report: null, advice }))
    throw new FlashError(`written, and no report: ${advice}`)
}

function end({ json }: FlashOptions, told: object, words: string): void {
    console.log(json ? JSON.stringify(told) : words)
}
