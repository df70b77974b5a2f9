/** The command as a user's shell runs it. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
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
