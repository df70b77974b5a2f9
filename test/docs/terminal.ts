/** A terminal that somebody works in: one command at a time, what it shows, and Ctrl-C. */
import assert from "node:assert/strict"
import { spawn, type ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** On a busy machine. */
const WAIT_MS_MAX = 240_000
const LOOK_MS = 50

export class Terminal {
    /** What the last command has shown so far. */
    said = ""
    private line = ""
    private child: ChildProcess | undefined
    private code: number | null | undefined

    /** @param root the project's */
    constructor(private readonly root: string) {}

    start(line: string): void {
        assert.ok(!this.isRunning, `${line}: the terminal is busy with ${this.line}`)
        const child = spawn(process.execPath, wordsOf(line, this.root), {
            cwd: this.root,
            detached: true,
            env: { ...process.env, NODE_TEST_CONTEXT: undefined },
            stdio: ["ignore", "pipe", "pipe"],
        })
        this.line = line
        this.said = ""
        this.child = child
        this.code = undefined
        child.stdout.on("data", (text: Buffer) => (this.said += text.toString()))
        child.stderr.on("data", (text: Buffer) => (this.said += text.toString()))
        // Not at "exit": then some of what it said may still be on its way.
        child.once("close", code => (this.code = code))
    }

    get isRunning(): boolean {
        return this.child !== undefined && this.code === undefined
    }

    async ended(): Promise<void> {
        await this.until("it has ended", () => !this.isRunning)
        assert.equal(this.code, 0, this.told())
    }

    /** As a terminal does: all that the command has started hears of it. */
    interrupt(): void {
        assert.ok(this.isRunning, `Ctrl-C, but ${this.told()} has ended`)
        process.kill(-(this.child?.pid ?? 0), "SIGINT")
    }

    async until(what: string, isSo: () => boolean): Promise<void> {
        const endMs = performance.now() + WAIT_MS_MAX
        while (!isSo()) {
            assert.ok(performance.now() < endMs, `not so: ${what}: ${this.told()}`)
            await new Promise(resolve => setTimeout(resolve, LOOK_MS))
        }
    }

    /** Whatever a page that went wrong has left. */
    close(): void {
        if (this.isRunning) process.kill(-(this.child?.pid ?? 0), "SIGKILL")
    }

    told(): string {
        return `${this.line}\n${this.said}`
    }
}

/** The arguments of node for a line of the page: what npx and npm would start, without their second each. */
function wordsOf(line: string, root: string): string[] {
    const [program, verb, ...args] = (line.replace(/ +#.*$/, "").match(/"[^"]*"|\S+/g) ?? []).map(
        word => word.replaceAll('"', "")
    )
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    if (program === "npx" && verb === "motewise") return ["bin/motewise.mjs", ...args]
    assert.ok(program === "npm" && ["start", "test"].includes(verb), `who knows "${line}"?`)
    const [, ...words] = scripts[verb].split(" ")
    return [...words, ...args]
}
