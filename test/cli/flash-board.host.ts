/** `motewise flash` with a simulated board attached: from its box to its first report, and what else can become of it. */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { initFolder, manifestPath } from "../../fleet/folder"
import { Broker } from "../../fleet/broker"
import { inProject } from "../../image/project"
import { simulatedRuntime } from "../flasher/simulated-bench"
import {
    addressHere,
    benchOf,
    motewiseOn,
    motewisePatient,
    type SimulatedBoard,
} from "./flash-simulated"
import { findProgram } from "../../machine/programs"

const folder = mkdtempSync(join(tmpdir(), "motewise-flash-board-"))
function secret(name: string, text: string): string {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
}

const PASSWORD = `it's #1 "Süß" = \\日本 `
const SSID = "Café #1"
const WIFI = ["--wifi", SSID, "--wifi-password-file", secret("password", `${PASSWORD}\r\n`)]
const C3 = ["flash", "--board", "mw_esp32c3", "--runtime", simulatedRuntime("esp32c3")]
const PICO = ["flash", "--board", "mw_pico_w", "--runtime", simulatedRuntime("rp2040w")]
/** Where nobody listens. */
const NOBODY = 1

function board(given: Partial<SimulatedBoard> = {}): SimulatedBoard {
    return { board: "esp32c3", networks: { [SSID]: PASSWORD }, brokerPort: NOBODY, ...given }
}

async function withBroker(run: (port: number, url: string) => Promise<void>): Promise<void> {
    const broker = await Broker.create()
    const port = await broker.listenOn("0.0.0.0", 0)
    try {
        await run(port, `mqtt://${addressHere() ?? "192.0.2.1"}:${port}`)
    } finally {
        await broker.close()
    }
}

const needsAddress = {
    skip: addressHere() === undefined ? "this machine is in no network" : false,
}

for (const [name, words, id] of [
    ["esp32c3", C3, "fe7cdfa1010203ff"],
    ["rp2040w", PICO, "e6614104034c2b37"],
] as const)
    test(
        `a ${name} goes from its box to its first report, which is shown`,
        needsAddress,
        async () => {
            await withBroker(async (brokerPort, url) => {
                const bench = benchOf(board({ board: name, brokerPort }))
                const ended = await motewiseOn(bench, ...words, ...WIFI, "--broker", url)
                assert.equal(ended.code, 0, ended.err)
                assert.match(ended.out, new RegExp(`broker +${url}\nsettings +BROKER, WiFi`))
                assert.match(ended.out, / {2}wifi: got ip .* {2}> mqtt: online/s)
                assert.match(ended.out, /Its first report: \d+ B\n( {2}\S+ \S+.*\n)+$/)
                assert.ok(!`${ended.out}${ended.err}`.includes(PASSWORD.trim()), "no password")
                assert.equal(ended.err, "")
            })
            await withBroker(async (brokerPort, url) => {
                const bench = benchOf(board({ board: name, brokerPort }))
                const ended = await motewiseOn(bench, ...words, ...WIFI, "--broker", url, "--json")
                const told = JSON.parse(ended.out)
                assert.deepEqual([told.written, told.node, ended.err], [true, id, ""])
                assert.ok(told.report.payloadBytes > 0, "a report")
            })
        }
    )

test("a wrong WiFi password is seen in what the board says, and nobody waits for a report", async () => {
    const bench = benchOf(board({ networks: { [SSID]: "another password", other: "" } }))
    const ended = await motewiseOn(bench, ...C3, ...WIFI)
    assert.equal(ended.code, 3)
    assert.equal(
        ended.err,
        `written, and no report: "${SSID}" refused it with this password: run this again with the right one (WPA2 is what DeviceScript speaks)\n`
    )
    const json = await motewiseOn(benchOf(board({ networks: {} })), ...C3, "--json", "--no-wait")
    assert.equal(JSON.parse(json.out).report, null)
})

test("without a network it is written, and stays alone; with --no-wait nobody listens", async () => {
    const alone = await motewiseOn(benchOf(board()), ...C3)
    assert.deepEqual([alone.code, alone.err], [0, ""])
    assert.match(alone.out, /broker +the one that src\/main\.ts names .*\nsettings +none\n/)
    assert.match(alone.out, /Written. It was given no network/)
    const left = await motewiseOn(
        benchOf(board()),
        ...PICO.slice(0, 1),
        ...C3.slice(1),
        ...WIFI,
        "--no-wait"
    )
    assert.match(left.out, /Written, and started\.\n$/)
})

test("a dry run touches no board, makes no claim, and keeps nothing", async () => {
    const fleet = join(folder, "dry")
    await initFolder(fleet, n => Buffer.alloc(n, 7), {})
    const bench = benchOf(board())
    bench.attach = async () => assert.fail("the port is not opened")
    const ended = await motewiseOn(bench, ...C3, ...WIFI, "--fleet", fleet, "--dry-run")
    assert.equal(ended.code, 0, ended.err)
    assert.match(ended.out, /Nothing was written \(--dry-run\)\.\n$/)
    assert.ok(!existsSync(manifestPath(fleet)), "no claim")
})

test("--fleet makes the claim that the board is given, and keeps it for the next try", async () => {
    const fleet = join(folder, "fleet")
    await initFolder(fleet, n => Buffer.alloc(n, 7), {})
    const out = join(folder, "claimed.bin")
    const words = [...C3, ...WIFI, "--broker", "mqtt://10.1.2.3", "--fleet", fleet]
    const ended = await motewiseOn(benchOf(board()), ...words, "--out", out)
    assert.equal(ended.code, 0, ended.err)
    const [file] = readdirSync(join(fleet, "claims")).filter(name => name.endsWith(".env"))
    const path = join(fleet, "claims", file)
    assert.match(ended.out, new RegExp(`claim +${path}: delete it once the node is enrolled`))
    const [, claim] = /^CLAIM=(\S+)$/m.exec(readFileSync(path, "utf8")) ?? []
    assert.ok(readFileSync(out).includes(claim), "it is in the image")
    assert.ok(readFileSync(manifestPath(fleet), "utf8").includes(claim.slice(17)), "the fleet's")
    assert.ok(!`${ended.out}${ended.err}`.includes(claim.slice(17)), "and not told")
    // The same claim, for the same board, once more.
    const again = await motewiseOn(benchOf(board()), ...C3, "--claim", path, "--out", out, "--json")
    assert.equal(JSON.parse(again.out).claim, path)
})

test("what goes wrong with the board is told with its port, and how it ended", async () => {
    const on = async (words: string[], given: Partial<SimulatedBoard>, change?: object) =>
        await motewiseOn(Object.assign(benchOf(board(given)), change), ...words)
    const told = async (
        code: number,
        reason: RegExp,
        ended: Promise<{ code: number | null; err: string }>
    ) => {
        const { code: found, err } = await ended
        assert.match(err.trimEnd(), reason)
        assert.equal(found, code)
        assert.equal(err.trimEnd().split("\n").length, 1)
    }
    await told(1, /^no board is attached: plug it in/, on(C3, {}, { ports: async () => [] }))
    const both = async () => [
        { path: "/dev/ttyUSB0", vendorId: "10c4", productId: "ea60" },
        { path: "/dev/ttyACM0", vendorId: "303a", serialNumber: "7C:DF:A1:01:02:03" },
    ]
    await told(
        2,
        /^which board\? .*--port. Attached: \/dev\/ttyUSB0 \(10c4:ea60, Silicon Labs CP210x\); .*7C:DF/,
        on(C3, {}, { ports: both })
    )
    await told(2, /^no port \/dev\/ttyUSB7/, on([...C3, "--port", "/dev/ttyUSB7"], {}))
    const s3 = [...C3.slice(0, 2), "mw_esp32s3", "--runtime", simulatedRuntime("esp32s3")]
    await told(
        1,
        /^the chip is an ESP32-C3, and .* ESP32-S3: nothing was written; give/,
        on(s3, {})
    )
    await told(
        1,
        /^writing stopped at \d+ % .*no whole image/,
        on(C3, { faults: { goneAtBlock: 1 } })
    )
    await told(
        1,
        /^no RPI-RP2 drive is mounted/,
        on(PICO, { board: "rp2040w" }, { drives: () => [] })
    )
    await told(
        2,
        /^--runtime .*: no runtime, which is a file of at most 8 MB$/,
        on([...C3.slice(0, 3), "--runtime", folder], {})
    )
})

/** Ctrl-C, for whoever listened last: the tests' runner does too, and would end. */
function interrupt(): void {
    process.listeners("SIGINT").at(-1)?.("SIGINT")
}

test("a board whose port is denied once it runs is written, and that is what is told", async () => {
    const bench = benchOf(board())
    const { attach } = bench
    let attached = 0
    bench.attach = async path => {
        if (attached++ === 0) return await attach(path)
        throw new Error("Error: Permission denied, cannot open /dev/null")
    }
    const ended = await motewisePatient(1500, bench, ...C3, ...WIFI)
    assert.equal(ended.code, 3)
    assert.match(
        ended.err,
        /could not be heard, for \/dev\/null may not be used by you: sudo usermod/
    )
})

test("Ctrl-C while it writes ends it between two blocks, and tells what the board holds", async () => {
    const bench = benchOf(board())
    const { attach } = bench
    bench.attach = async path => {
        const make = await attach(path)
        return baudRate => {
            const port = make(baudRate)
            const write = port.write.bind(port) as (bytes: Buffer, done: () => void) => boolean
            // FLASH_DEFL_DATA
            port.write = ((bytes: Buffer, done: () => void) => {
                if (bytes[1] === 0 && bytes[2] === 0x11) interrupt()
                return write(bytes, done)
            }) as typeof port.write
            return port
        }
    }
    const ended = await motewiseOn(bench, ...C3, ...WIFI)
    assert.equal(ended.code, 130, ended.err)
    assert.match(ended.err, /^stopped at \d+ %: the board holds no whole image; run this again\n$/)
})

/** As a shell runs it; with a terminal, by util-linux's script(1). */
function spawned(given: SimulatedBoard, words: string[], inTerminal = false): ChildProcess {
    const command = ["--import", "tsx", inProject("test/cli/flash-simulated.ts"), ...words]
    const quoted = [process.execPath, ...command].map(word => `'${word}'`).join(" ")
    const [program, args] = inTerminal
        ? ["script", ["-qec", quoted, "/dev/null"]]
        : [process.execPath, command]
    return spawn(program, args, {
        cwd: inProject(),
        env: { ...process.env, SIMULATED_BOARD: JSON.stringify(given) },
        stdio: "pipe",
    })
}

const ended = async (child: ChildProcess) =>
    await new Promise<number | null>(resolve => child.on("exit", resolve))

test("whoever reads what is printed may go, with | head: the board is written to its end", async () => {
    const child = spawned(board(), [...C3, ...WIFI])
    let err = ""
    child.stderr?.on("data", text => (err += text))
    child.stdout?.once("data", () => child.stdout?.destroy())
    // Written; with nobody to tell, its report is not waited for.
    assert.equal(await ended(child), 3)
    assert.match(err, /^written, and no report/)
    assert.doesNotMatch(err, /EPIPE/)
})

const needsScript = {
    skip: process.platform === "linux" && findProgram("script") ? false : "needs script(1)",
}

/** In a terminal: types the keys at the question. What the terminal showed, and the exit code. */
async function typed(keys: string, words: string[]): Promise<{ code: number | null; out: string }> {
    const child = spawned(board(), words, true)
    let out = ""
    let isAsked = false
    child.stdout?.on("data", text => {
        out += text
        if (isAsked || !out.includes("open network): ")) return
        isAsked = true
        child.stdin?.write(keys)
    })
    return { code: await ended(child), out }
}

test(
    "in a terminal the password is asked for, and is nowhere to be seen",
    needsScript,
    async () => {
        const path = join(folder, "typed.bin")
        const words = [...C3, "--wifi", SSID, "--out", path]
        const { code, out } = await typed(`${PASSWORD}\r`, words)
        assert.equal(code, 0, out)
        assert.ok(!out.includes(PASSWORD.trim()), "not shown")
        assert.ok(readFileSync(path).includes(PASSWORD), "in the image, whole")
        const stopped = await typed("half\x03", [...words.slice(0, -1), join(folder, "never.bin")])
        assert.equal(stopped.code, 130)
        assert.match(stopped.out, /stopped: nothing was written/)
        assert.ok(!existsSync(join(folder, "never.bin")), "no file")
    }
)
