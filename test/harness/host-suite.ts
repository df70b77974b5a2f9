/** Runs one *.host.ts with node's test runner, in a process of its own. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { ROOT, inProject } from "../../image/project"
import { failedIfEmpty, type Count } from "./count"

interface TestLine {
    name: string
    skipped?: string
    seconds: number
    passed: boolean
    error?: string
}

const SUITE_MS_MAX = 480_000

export async function runHostSuite(suite: string): Promise<Count> {
    const count: Count = { suite, passed: 0, failed: 0, skipped: 0, seconds: 0, told: "" }
    const child = spawn(
        process.execPath,
        [
            "--import",
            "tsx",
            `--test-reporter=${inProject("test/harness/reporter.mjs")}`,
            "--test-reporter-destination=stdout",
            suite,
        ],
        { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], timeout: SUITE_MS_MAX }
    )
    child.stderr.on("data", (text: Buffer) => (count.told += text.toString()))
    const exited = new Promise<string>(resolve =>
        child.once("exit", (code, signal) => resolve(signal ?? String(code)))
    )
    for await (const text of createInterface({ input: child.stdout })) add(count, text)
    const ended = await exited
    if (ended !== "0" && count.failed === 0) {
        count.failed = 1
        count.told += `ended with ${ended}\n`
    }
    return failedIfEmpty(count)
}

function add(count: Count, text: string): void {
    let test: TestLine
    try {
        test = JSON.parse(text) as TestLine
    } catch {
        // What a test itself prints.
        count.told += `${text}\n`
        return
    }
    count.seconds += test.seconds
    if (test.skipped !== undefined) {
        count.skipped++
        count.told += `skipped: ${test.name}: ${test.skipped}\n`
    } else if (test.passed) {
        count.passed++
    } else {
        count.failed++
        count.told += `FAILED: ${test.name}\n${test.error ?? ""}\n`
    }
}
