/**
 * The guide to a first board, followed as it is written: its commands are run, with a simulated board where one is plugged in, this
 * machine's address for the guide's and a free port for 1883, and a runtime from a file, for there may be no network.
 */
import assert from "node:assert/strict"
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { boardFile } from "../../image/boards"
import { inProject } from "../../image/project"
import { freePort } from "../../machine/free-port"
import { findProgram } from "../../machine/programs"
import { addressHere, type SimulatedBoard } from "../cli/flash-simulated"
import { simulatedRuntime } from "../flasher/simulated-bench"

const guide = readFileSync(inProject("docs/first-board.md"), "utf8")
const folder = mkdtempSync(join(tmpdir(), "motewise-first-board-"))
const PASSWORD = "correct horse #1"

/** Commands by the word behind ```sh, in their order; those without one under "". */
function commands(mark: string): string[] {
    return [...guide.matchAll(/^```sh ?(\S*)\n([\s\S]*?)^```$/gm)]
        .filter(([, found]) => found === mark)
        .flatMap(([, , text]) => text.trim().split("\n"))
}

const [port, address] = [await freePort(), addressHere() ?? ""]
const asHere = (line: string) =>
    line.replaceAll("192.168.1.10", `${address}:${port}`).replaceAll("1883", `${port}`)

let broker: ChildProcess | undefined
after(() => broker?.kill())

/** The words of a command of ours, with a runtime that needs no network. */
function wordsOf(line: string): string[] {
    const [npx, motewise, ...words] = (asHere(line).match(/"[^"]*"|\S+/g) ?? []).map(word =>
        word.replaceAll('"', "")
    )
    assert.deepEqual([npx, motewise], ["npx", "motewise"], line)
    const board = words[words.indexOf("--board") + 1]
    const runtime = words[0] === "flash" ? simulatedRuntime(boardFile(board).archId) : undefined
    return runtime === undefined ? words : [...words, "--runtime", runtime]
}

test("the commands that need no board work, and what they name is there", () => {
    const lines = commands("")
    assert.equal(lines.length, 3)
    for (const line of lines) {
        const all = [inProject("bin/motewise.mjs"), ...wordsOf(line)]
        const ended = spawnSync(process.execPath, all, { cwd: folder, encoding: "utf8" })
        assert.equal(ended.status, 0, `${line}\n${ended.stdout}${ended.stderr}`)
        if (!line.includes("doctor")) continue
        for (const name of ["node", "compiler", "serialport", "board"])
            assert.match(ended.stdout, new RegExp(`│ ${name} `), `${line} tells of ${name}`)
    }
    assert.deepEqual(readdirSync(folder).sort(), ["node.bin", "node.uf2"])
})

/** In a terminal, with the board attached: the password is typed at the question. */
async function flashed(given: SimulatedBoard, line: string): Promise<string> {
    const script = ["--import", "tsx", inProject("test/cli/flash-simulated.ts"), ...wordsOf(line)]
    const quoted = [process.execPath, ...script].map(word => `'${word}'`).join(" ")
    const child = spawn("script", ["-qec", quoted, "/dev/null"], {
        cwd: inProject(),
        env: { ...process.env, SIMULATED_BOARD: JSON.stringify(given) },
    })
    let said = ""
    let isTyped = false
    child.stdout.on("data", text => {
        said += text
        if (isTyped || !said.includes("open network): ")) return
        isTyped = true
        child.stdin.write(`${PASSWORD}\r`)
    })
    const code = await new Promise(resolve => child.on("exit", resolve))
    assert.equal(code, 0, said)
    assert.ok(!said.includes(PASSWORD), "the password does not show")
    return said
}

const missing = [
    process.platform === "linux" && findProgram("script") !== undefined ? "" : "script(1)",
    findProgram("mosquitto") === undefined ? "mosquitto" : "",
    address === "" ? "a network" : "",
].filter(what => what !== "")

test(
    "a broker, and both boards from their boxes to their first reports",
    { skip: missing.length === 0 ? false : `needs ${missing.join(", ")}` },
    async () => {
        const [configure, run] = commands("broker").map(asHere)
        spawnSync("sh", ["-c", configure], { cwd: folder })
        broker = spawn("sh", ["-c", `PATH=$PATH:/usr/sbin; exec ${run}`], {
            cwd: folder,
            stdio: "ignore",
        })
        for (const board of ["esp32c3", "rp2040w"] as const) {
            const [line] = commands(board)
            const networks = { "My network": PASSWORD }
            const said = await flashed({ board, networks, brokerPort: port }, line)
            // Each line that the guide shows is said, with other numbers.
            const shown = /^Written\. What[\s\S]*?^```$/m.exec(guide)?.[0].split("\n").slice(0, -1)
            assert.equal(shown?.length, 10)
            for (const text of shown ?? []) {
                const anyNumbers = text
                    .replace(/[.*+?()]/g, "\\$&")
                    .replace(/\d+(\\\.\d+)?(?= |$)/g, "[\\d.]+")
                assert.match(said, new RegExp(anyNumbers), text)
            }
        }
    }
)

test("every message of the table is one that the flasher has", () => {
    const sources = [...readdirSync(inProject("flasher")).map(name => `flasher/${name}`)]
        .map(path => readFileSync(inProject(path), "utf8"))
        .join("\n")
        .replaceAll("${BOARD_ID}", "RPI-RP2")
        .replace(/\$\{[^}]*\}/g, "...")
    const rows = guide.slice(guide.indexOf("| it says")).trim().split("\n").slice(2)
    const messages = rows.flatMap(row => [...row.split("|")[1].matchAll(/`([^`]*)`/g)])
    assert.ok(messages.length > 20, "the table is there")
    for (const [, message] of messages)
        for (const piece of message.split("..."))
            assert.ok(sources.includes(piece.trim()), `"${piece.trim()}" of "${message}"`)
})

test("pins are those of the boards' files", () => {
    for (const id of ["mw_esp32c3", "mw_pico_w"]) {
        const { i2c } = JSON.parse(readFileSync(inProject(`boards/${id}.board.json`), "utf8")) as {
            i2c: { pinSDA: string; pinSCL: string }
        }
        assert.ok(guide.includes(`\`${id}\``), id)
        assert.match(guide, new RegExp(`\\| SDA, SCL .*\\b${i2c.pinSDA}, ${i2c.pinSCL}\\b`))
    }
})
