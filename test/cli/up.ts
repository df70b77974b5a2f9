/** `motewise fleet up` as a child process, for as long as a test wants it. */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { inProject } from "../../image/project"
import { Control } from "../../fleet/control"

const START_MS_MAX = 60_000

const children: ChildProcess[] = []

export class Up {
    out = ""
    err = ""
    private readonly child: ChildProcess
    private readonly gone: Promise<number | null>

    constructor(
        private readonly folder: string,
        ...args: string[]
    ) {
        const all = [inProject("bin/motewise.mjs"), "fleet", "up", "--dir", folder, ...args]
        this.child = spawn(process.execPath, all, {
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
        })
        children.push(this.child)
        this.child.stdout?.on("data", text => (this.out += text))
        this.child.stderr?.on("data", text => (this.err += text))
        this.gone = new Promise(resolve => this.child.once("exit", resolve))
    }

    /** Whatever a test that failed has left. */
    static endAll(): void {
        for (const child of children) child.kill("SIGKILL")
    }

    /** Until it can be asked. */
    async started(): Promise<this> {
        const endMs = performance.now() + START_MS_MAX
        while ((await Control.find(this.folder)) === undefined) {
            assert.equal(this.child.exitCode, null, `it ended: ${this.err}`)
            assert.ok(performance.now() < endMs, `it did not start: ${this.err}`)
            await new Promise(resolve => setTimeout(resolve, 100))
        }
        return this
    }

    /** Its exit code. */
    async ended(signal?: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | null> {
        // A terminal's Ctrl-C reaches all that we started.
        const pid = (this.child.pid ?? 0) * (signal === "SIGINT" ? -1 : 1)
        if (signal !== undefined) process.kill(pid, signal)
        return await this.gone
    }

    get hasSocket(): boolean {
        return existsSync(`${this.folder}/control.sock`)
    }
}
