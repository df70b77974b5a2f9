/**
 * A chain on this machine: anvil, a process with a state file.
 *
 * It writes the file every few seconds and when it is asked to stop, so `kill -9` loses the last blocks, and one that hits a write tears
 * the file, with which it does not start: it then starts afresh, and what was lost is anchored again. One that outlived us holds the
 * file; it is asked to stop first, and keeps its blocks.
 */
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { installedAnvil } from "./anvil-program"
import { ChainError } from "./chain"

export const LOCAL_CHAIN_ID = 131_337
const START_MS_MAX = 20_000
const STOP_MS_MAX = 10_000
const SAVE_EVERY_S = "5"

export interface Anvil {
    url: string
    stop: () => Promise<void>
}

interface Running {
    pid: number
    url: string
}

/** The one that runs on this folder's chain, whoever started it. */
export function runningAnvil(folder: string): Running | undefined {
    try {
        const running = JSON.parse(readFileSync(runningPath(folder), "utf8")) as Running
        return isOurs(running.pid, folder) ? running : undefined
    } catch {
        return undefined
    }
}

/** @param folder of the fleet @throws ChainError */
export async function startAnvil(folder: string, say: (line: string) => void): Promise<Anvil> {
    mkdirSync(join(folder, "chain"), { recursive: true })
    await stopOrphan(folder)
    const state = statePath(folder)
    const arguments_ = ["--state", state, "--state-interval", SAVE_EVERY_S]
    try {
        return await start(arguments_, say, folder)
    } catch (e) {
        if (!(e instanceof ChainError) || !existsSync(state)) throw e
        renameSync(state, `${state}.torn`)
        say(`chain local: starts afresh, for its state was torn (${state}.torn)`)
        return await start(arguments_, say, folder)
    }
}

/** A look at the state as it was saved last, which it leaves as it is. @throws ChainError */
export function startToRead(folder: string, say: (line: string) => void): Promise<Anvil> {
    return start(["--load-state", statePath(folder)], say)
}

function statePath(folder: string): string {
    return join(folder, "chain", "anvil-state.json")
}

function runningPath(folder: string): string {
    return join(folder, "chain", "anvil-running.json")
}

async function start(
    arguments_: string[],
    say: (line: string) => void,
    folder?: string
): Promise<Anvil> {
    const program = await installedAnvil(say)
    const child = spawn(
        program,
        ["--host", "127.0.0.1", "--port", "0", "--chain-id", String(LOCAL_CHAIN_ID), ...arguments_],
        // Ctrl-C in a terminal is for us, who have one more anchor to make; one that is only read from goes with us.
        { stdio: ["ignore", "pipe", "ignore"], detached: folder !== undefined }
    )
    const url = await listening(child)
    if (folder !== undefined)
        writeFileSync(runningPath(folder), JSON.stringify({ pid: child.pid, url }))
    const stopWithUs = () => void child.kill("SIGTERM")
    process.once("exit", stopWithUs)
    return {
        url,
        stop: async () => {
            process.removeListener("exit", stopWithUs)
            await stopped(child)
        },
    }
}

function listening(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
        const fail = (why: string) => {
            clearTimeout(timer)
            child.kill("SIGKILL")
            reject(new ChainError(`local: anvil ${why}`))
        }
        const timer = setTimeout(() => fail("did not start"), START_MS_MAX)
        child.once("error", e => fail(e.message))
        child.once("exit", code => fail(`ended with ${code}`))
        const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
        lines.on("line", line => {
            const [, address] = line.match(/^Listening on (127\.0\.0\.1:\d+)/) ?? []
            if (address === undefined) return
            clearTimeout(timer)
            child.removeAllListeners("exit")
            // It goes on to tell of every request.
            lines.close()
            child.stdout?.resume()
            resolve(`http://${address}`)
        })
    })
}

async function stopped(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once("exit", resolve))
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX)
    await gone
    clearTimeout(timer)
}

async function stopOrphan(folder: string): Promise<void> {
    const orphan = runningAnvil(folder)
    if (orphan === undefined) return
    process.kill(orphan.pid, "SIGTERM")
    const startMs = performance.now()
    while (isOurs(orphan.pid, folder)) {
        if (performance.now() - startMs > STOP_MS_MAX)
            throw new ChainError(`local: process ${orphan.pid} holds the chain and does not stop`)
        await new Promise(resolve => setTimeout(resolve, 50))
    }
}

/** Numbers of processes are used again: it is one that has our state file among its arguments, as far as the system tells. */
function isOurs(pid: number, folder: string): boolean {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(statePath(folder))
    } catch {
        return false
    }
}
