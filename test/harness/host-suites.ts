/** Runs all *.host.ts with node's test runner, two files at a time, and adds up by file. */
import { spawn } from "node:child_process"
import { relative } from "node:path"
import { createInterface } from "node:readline"
import { ROOT, inProject } from "../../image/project"
import { failedIfEmpty, type Count } from "./count"

interface TestLine {
    name: string
    file: string
    skipped?: string
    seconds: number
    passed: boolean
    error?: string
}

const FILES_AT_ONCE = 2
const TEST_MS_MAX = 240_000

export async function runHostSuites(files: string[]): Promise<Count[]> {
    if (files.length === 0) return []
    const counts = new Map<string, Count>()
    for (const suite of files)
        counts.set(suite, { suite, passed: 0, failed: 0, skipped: 0, seconds: 0, told: "" })
    const child = spawn(
        process.execPath,
        [
            "--import",
            "tsx",
            "--test",
            `--test-concurrency=${FILES_AT_ONCE}`,
            `--test-timeout=${TEST_MS_MAX}`,
            `--test-reporter=${inProject("test/harness/reporter.mjs")}`,
            "--test-reporter-destination=stdout",
            ...files,
        ],
        { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] }
    )
    for await (const text of createInterface({ input: child.stdout })) {
        const test = JSON.parse(text) as TestLine
        const suite = relative(ROOT, test.file)
        const count = counts.get(suite)
        if (count === undefined) continue
        // A file that holds no test comes as one that passed, in its own name.
        const isFileItself = test.passed && test.name.endsWith(suite)
        if (isFileItself) continue
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
    const code = await new Promise<number | null>(resolve => {
        if (child.exitCode !== null) resolve(child.exitCode)
        else child.once("exit", resolve)
    })
    const all = [...counts.values()].map(failedIfEmpty)
    if (code !== 0 && all.every(count => count.failed === 0))
        all.push({
            suite: "node --test",
            passed: 0,
            failed: 1,
            skipped: 0,
            seconds: 0,
            told: `exit code ${code}`,
        })
    return all
}
