/** The command as a user's shell runs it. */
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

/** A file with this text, in a folder of its own. */
export function fileOf(name: string, text: string): string {
    const path = join(mkdtempSync(join(tmpdir(), "motewise-test-")), name)
    writeFileSync(path, text)
    return path
}
