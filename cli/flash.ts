/** `motewise flash`: a board from its box to its first report. */
import { Command, Option } from "commander"
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { makeClaim } from "../fleet/claims"
import { FlashError, FlashExit } from "../flasher/flash-error"
import { followToReport, type Followed } from "../flasher/first-report"
import { Step } from "../flasher/first-steps"
import { flashImage } from "../flasher/image"
import { planOf, withClaim, type Asked, type Plan } from "../flasher/plan"
import { listPorts, portMaker } from "../flasher/ports"
import { runtimeFor } from "../flasher/runtime"
import { askSecret } from "../flasher/secret-prompt"
import { storeImage, type WifiNetwork } from "../flasher/store"
import { targetFor, type Bench, type Target } from "../flasher/target"
import { uf2Drives } from "../flasher/uf2-drive"
import { networkOf } from "../flasher/wifi"
import { DEFAULT_APP, entryOf } from "../image/apps"
import { compile } from "../image/compile"
import { UsageError } from "../image/project"
import { FLEET_FOLDER } from "./ledger-folder"
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

const BENCH: Bench = { ports: listPorts, attach: portMaker, drives: () => uf2Drives() }
/** A report is due every five minutes, the first after the parts have warmed up. */
const WAIT_MS = 7 * 60_000
/** Its owner's alone: it holds the claim and the WiFi password. */
const SECRET_MODE = 0o600

/** @param bench what is attached to this machine; a test brings its own, and less patience */
export function flashCommand(bench = BENCH, waitMs = WAIT_MS): Command {
    return new Command("flash")
        .description(
            "write runtime, settings and program to a board, and wait for its first report"
        )
        .requiredOption("--board <id>", "which board: a file in boards/")
        .option("--app <name>", "which program: src/main<name>.ts", DEFAULT_APP)
        .option("--port <port>", "the serial port, or an RP2040's drive (default: the only one)")
        .option("--claim <file>", "what motewise fleet claim wrote for this node")
        .addOption(
            new Option("--fleet [folder]", "make a claim for it in this fleet").preset(FLEET_FOLDER)
        )
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
Exit code 1 when the board was not written, or not whole; 2 when it was asked for something that cannot be; 3 when it
was written and did not report; 130 after Ctrl-C.

Examples:
  motewise flash --board mw_esp32c3 --wifi "My network" --broker mqtt://192.168.1.10
  motewise flash --board mw_pico_w --claim node7.env --wifi lab --wifi-password-file ~/lab-wifi
  motewise flash --board mw_esp32c3 --fleet --wifi lab --broker mqtt://192.168.1.10
  motewise flash --board mw_esp32 --runtime runtime-0x1000.bin --out node.bin`
        )
        .action(async options => await flash(options, bench, waitMs))
}

/** Whoever read what we print may go at any time, with `| head`; the board is written to its end all the same. */
let isReaderGone = false
function onReaderGone(): void {
    isReaderGone = true
}

async function flash(options: FlashOptions, bench: Bench, waitMs: number): Promise<void> {
    const { out, dryRun, json } = options
    if (process.stdout.listenerCount("error", onReaderGone) === 0)
        process.stdout.on("error", onReaderGone)
    if (out !== undefined) checkOut(out, options.port)
    let plan = planOf(options, warn)
    // What is missing is told before anybody types a password.
    const target = out === undefined ? await targetFor(plan.chip, options.port, bench) : undefined
    const entry = entryOf(options.app)
    const runtime = await runtimeFor(plan.board, options.runtime, { isDry: dryRun })
    const image = flashImage(plan.board, plan.chip, runtime)
    const wifi = await networkOf(options, plan.chip, askPassword, warn)
    const program = await compile(entry, plan.board.id, sayBuilding(entry, plan.board.id))
    let claim = options.claim
    // Last of what may fail before the board is touched: a claim that is made is in the fleet's manifest for ever.
    if (options.fleet !== undefined && !dryRun) {
        claim = makeClaim(options.fleet, warn, plan.broker)
        plan = withClaim(plan, claim, warn)
    }
    const store = storeImage(program.bytes, plan.settings, wifi, image.store.bytes)
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
        claim: claim ?? null,
        broker: plan.broker ?? null,
        wifi: wifi !== undefined,
        to: out ?? target?.path,
        // An ESP32's file is written without what lies behind it.
        erased: options.erase && (target !== undefined || plan.chip.kind === "rp2040"),
    }
    if (!json) say(told)
    if (dryRun) return end(options, { ...told, written: false }, "Nothing was written (--dry-run).")
    if (target === undefined) {
        writeSecret(out ?? "", bytes)
        return end(options, { ...told, written: true }, howToWrite(plan, out ?? "", options.erase))
    }
    await write(target, bytes, options.erase)
    const node = () => plan.claimedId ?? target.nodeId()
    if (!options.wait || wifi === undefined)
        return end(
            options,
            { ...told, written: true, node: node() ?? null, report: null },
            wifi === undefined
                ? "Written. It was given no network (--wifi), so it stays alone."
                : "Written, and started."
        )
    const followed = await follow(plan, target, bench, waitMs, node, json)
    finish(options, { ...told, written: true, node: node() ?? null }, followed, wifi, plan.broker)
}

function warn(line: string): void {
    console.error(line)
}

function checkOut(out: string, port: string | undefined): void {
    if (port !== undefined)
        throw new UsageError("--out writes a file and --port is a board's: give one of them")
    if (!existsSync(dirname(out))) throw new UsageError(`--out ${out}: no folder ${dirname(out)}`)
    if (existsSync(out) && !statSync(out).isFile())
        throw new UsageError(`--out ${out}: is no file; give the name of one`)
}

async function askPassword(ssid: string): Promise<string> {
    if (!process.stdin.isTTY)
        throw new UsageError(
            "--wifi: there is no terminal to ask for the password on; give it with --wifi-password-file FILE (an empty file for an open network)"
        )
    const question = `Password of "${ssid}" (not shown; none for an open network): `
    return await askSecret(question, process.stdin, text => void process.stderr.write(text))
}

/** Ctrl-C ends it between two blocks, with the board let go and what it holds told. */
async function write(target: Target, bytes: Buffer, isAllErased: boolean): Promise<void> {
    const progress = watchShare("written")
    let share: number | undefined
    let isStopped = false
    const onInterrupt = () => {
        isStopped = true
        if (share !== undefined) return
        // Nothing can be asked of a board that does not answer yet.
        progress.done()
        const what = isAllErased ? "and perhaps erased" : "and holds what it held"
        console.error(`stopped: the board was not written, ${what}; its RESET (EN) lets it run`)
        process.exit(FlashExit.Interrupted)
    }
    process.on("SIGINT", onInterrupt)
    try {
        await target.write(bytes, isAllErased, now => {
            share = now
            progress.tell(share)
            if (isStopped && share < 1)
                throw new FlashError(
                    `stopped at ${Math.floor(share * 100)} %: the board holds no whole image; run this again`,
                    FlashExit.Interrupted
                )
        })
    } finally {
        process.off("SIGINT", onInterrupt)
        progress.done()
    }
}

async function follow(
    { broker, claimedId }: Plan,
    target: Target,
    bench: Bench,
    waitMs: number,
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
            waitMs,
            list: bench.ports,
            attach: bench.attach,
            onLine: line => {
                if (!json) console.log(`  ${line}`)
            },
            isStopped: () => isStopped || isReaderGone,
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
        throw new FlashError(
            `--out ${path}: not written (${(e as NodeJS.ErrnoException).code}); choose a place where you may write, with room for ${bytes.length} B`
        )
    }
}

function howToWrite({ chip, board }: Plan, path: string, isAllErased: boolean): string {
    const esptool = `esptool --chip ${board.archId}`
    const how =
        chip.kind === "rp2040"
            ? "copy it to the RPI-RP2 drive"
            : `${isAllErased ? `${esptool} erase_flash, then ` : ""}${esptool} write_flash 0x0 ${path}`
    return `${path} holds the node's secrets: keep it, and delete it once it is written (${how}).`
}

function say(told: {
    board: string
    chip: string
    app: string
    programBytes: number
    runtime: { from: string; sha256: string }
    settings: string[]
    claim: string | null
    broker: string | null
    wifi: boolean
    to?: string
}): void {
    const settings = [...told.settings, ...(told.wifi ? ["WiFi"] : [])].join(", ")
    const claim =
        told.claim === null ? "" : `\nclaim     ${told.claim}: delete it once the node is enrolled`
    console.log(`${told.board} (${told.chip}) at ${told.to}
runtime   ${told.runtime.from}
          SHA-256 ${told.runtime.sha256}
program   ${told.app}, ${told.programBytes} B
broker    ${told.broker ?? `the one that ${entryOf(told.app)} names (--broker names another)`}
settings  ${settings === "" ? "none" : settings}${claim}`)
}

function finish(
    options: FlashOptions,
    told: object,
    followed: Followed,
    wifi: WifiNetwork,
    broker: string | undefined
): void {
    const { first, steps, unheard } = followed
    if (first !== undefined) {
        const { report, payloadBytes } = first
        const lines = (report?.records ?? []).map(({ name, value, unit = "" }) =>
            `  ${name} ${value} ${unit}`.trimEnd()
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
    const advice =
        steps.step === Step.Silent && unheard !== undefined
            ? `what it says could not be heard, for ${unheard}`
            : steps.advice(wifi, broker)
    if (options.json) console.log(JSON.stringify({ ...told, report: null, advice }))
    throw new FlashError(`written, and no report: ${advice}`, FlashExit.NoReport)
}

function end({ json }: FlashOptions, told: object, words: string): void {
    console.log(json ? JSON.stringify(told) : words)
}
