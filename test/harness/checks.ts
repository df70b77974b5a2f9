/** Format, lint and types: three programs, each counted as one test. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { ROOT, inProject } from "../../image/project"
import type { Count } from "./count"

const CHECKS: [name: string, script: string, args: string[]][] = [
    ["format", "node_modules/prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]],
    ["lint", "node_modules/eslint/bin/eslint.js", ["--max-warnings=0", "."]],
    ["types", "node_modules/typescript/bin/tsc", ["-p", "."]],
]

export async function runCheck(index: number): Promise<Count> {
    const [name, script, args] = CHECKS[index]
    const startMs = performance.now()
    const count = { suite: name, passed: 0, failed: 0, skipped: 0, seconds: 0, told: "" }
    try {
        await promisify(execFile)(process.execPath, [inProject(script), ...args], {
            cwd: ROOT,
            maxBuffer: 16 * 1024 * 1024,
        })
        count.passed = 1
    } catch (e) {
        const { stdout = "", stderr = "" } = e as { stdout?: string; stderr?: string }
        count.failed = 1
        count.told = `${stdout}${stderr}`
    }
    count.seconds = (performance.now() - startMs) / 1000
    return count
}

export const CHECK_NAMES = CHECKS.map(([name]) => name)
