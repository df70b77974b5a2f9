/** The command as a user's shell runs it. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CommanderError, type Command } from "commander"
import { motewiseCommand } from "../../cli/main"
import { inProject } from "../../image/project"

export interface Ended {
    code: number | null
    out: string
    err: string
}

export function motewise(...args: string[]): Ended {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [inProject("bin/motewise.mjs"), ...args],
        { encoding: "utf8", timeout: 120_000 }
    )
    return { code: status, out: stdout, err: stderr }
}

/** The command in this process, seconds cheaper. What it prints on standard output; throws what would be told, and end with 2 or 1. */
export async function called(...args: string[]): Promise<string> {
    const lines: string[] = []
    const program = await motewiseCommand(args)
    const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
    for (const command of all(program))
        command
            .exitOverride()
            .configureOutput({ writeErr: () => {}, writeOut: text => void lines.push(text) })
    const { log } = console
    console.log = (...words) => void lines.push(`${words.join(" ")}\n`)
    try {
        await program.parseAsync(["node", "motewise", ...args])
    } catch (e) {
        if (!(e instanceof CommanderError) || e.exitCode !== 0) throw e
    } finally {
        console.log = log
    }
    return lines.join("")
}

/** Exit code 2, one line on standard error that says why, nothing on standard output. */
export function assertRefused({ code, out, err }: Ended, reason: RegExp): void {
    assert.equal(code, 2)
    assert.match(err, reason)
    assert.equal(err.trimEnd().split("\n").length, 1)
    assert.equal(out, "")
}

/** A file with this text, in a folder of its own. */
export function fileOf(name: string, text: string): string {
    const path = join(mkdtempSync(join(tmpdir(), "motewise-test-")), name)
    writeFileSync(path, text)
    return path
}
