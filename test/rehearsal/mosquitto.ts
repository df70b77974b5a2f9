/** Debian's mosquitto as a child process, for as long as a test wants it. */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { findProgram } from "../../machine/programs"

const START_MS_MAX = 5000
const SAVE_MS_MAX = 10_000
const LOOK_MS = 50

async function isOpen(port: number): Promise<boolean> {
    return await new Promise(resolve => {
        const socket = connect(port, "127.0.0.1")
        const done = (open: boolean) => {
            resolve(open)
            socket.destroy()
        }
        socket.once("connect", () => done(true)).once("error", () => done(false))
    })
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export class Mosquitto {
    private process: ChildProcess | undefined

    private constructor(
        readonly folder: string,
        private readonly ports: number[]
    ) {}

    /** @param listeners of mosquitto.conf, one text a port: what follows its `listener` line */
    static async create(listeners: Map<number, string>, persistence: boolean): Promise<Mosquitto> {
        const folder = mkdtempSync(join(tmpdir(), "motewise-mosquitto-"))
        const lines = [
            "per_listener_settings false",
            "allow_anonymous true",
            // As root it would become a user that may not write here.
            `user ${userInfo().username}`,
        ]
        if (persistence)
            lines.push(
                "persistence true",
                `persistence_location ${folder}/`,
                "autosave_on_changes true",
                "autosave_interval 1"
            )
        for (const [port, more] of listeners) lines.push(`listener ${port} 127.0.0.1`, more)
        writeFileSync(join(folder, "mosquitto.conf"), lines.join("\n") + "\n")
        const mosquitto = new Mosquitto(folder, [...listeners.keys()])
        await mosquitto.start()
        return mosquitto
    }

    async start(): Promise<void> {
        const config = join(this.folder, "mosquitto.conf")
        this.process = spawn(findProgram("mosquitto") ?? "mosquitto", ["-c", config], {
            stdio: "ignore",
        })
        const endMs = performance.now() + START_MS_MAX
        for (const port of this.ports)
            while (!(await isOpen(port))) {
                assert.ok(performance.now() < endMs, "mosquitto did not start")
                await pause(LOOK_MS)
            }
    }

    /** SIGTERM lets it write its store; SIGKILL does not. */
    async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
        const { process } = this
        if (process === undefined || process.exitCode !== null) return
        const gone = new Promise(resolve => process.once("exit", resolve))
        process.kill(signal)
        await gone
        this.process = undefined
    }

    /** Waits until its store on disk has this text. */
    async stored(text: string): Promise<void> {
        const store = join(this.folder, "mosquitto.db")
        const endMs = performance.now() + SAVE_MS_MAX
        while (!existsSync(store) || !readFileSync(store).includes(text)) {
            assert.ok(performance.now() < endMs, "mosquitto did not save its store")
            await pause(LOOK_MS)
        }
    }

    async close(): Promise<void> {
        await this.stop("SIGKILL")
        rmSync(this.folder, { recursive: true, force: true })
    }
}
