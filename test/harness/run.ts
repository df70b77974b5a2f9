/** All of `npm test`: checks, suites inside the VM, suites on the host; one count at the end. */
import { readdirSync } from "node:fs"
import { dirname } from "node:path"
import { compile } from "../../image/compile"
import { inProject } from "../../image/project"
import { CHECK_NAMES, runCheck } from "./checks"
import { line, type Count } from "./count"
import { runHostSuite } from "./host-suite"
import { runVmSuites } from "./vm-suite"

/** Exit code: 0 when everything passed and something ran. */
export async function runAll(only: string[]): Promise<number> {
    const wanted = (name: string) => only.length === 0 || only.some(part => name.includes(part))
    const files = readdirSync(inProject("test"), { recursive: true, encoding: "utf8" })
        .map(file => `test/${file.replaceAll("\\", "/")}`)
        .filter(wanted)
        .sort()
    const ending = (end: string) => files.filter(file => file.endsWith(end))
    const counts: Count[] = []
    const tell = (count: Count) => {
        counts.push(count)
        console.log(line(count))
        if (count.failed > 0 || count.skipped > 0) console.log(indented(count.told))
    }
    // Builds and so generates upstream's libraries, which the checks below read.
    await compile("src/main.ts")
    const steps = CHECK_NAMES.map((name, index) => ({ name, run: () => runCheck(index) }))
        .filter(({ name }) => wanted(name))
        .map(({ run }) => run)
        .concat(ending(".host.ts").map(file => () => runHostSuite(file)))
        .concat(
            [...byFolder(ending(".test.ts"))].map(
                ([folder, suites]) =>
                    () =>
                        runVmSuites(folder, suites)
            )
        )
    await twoAtATime(steps, tell)
    const sum = (of: (count: Count) => number) => counts.reduce((total, c) => total + of(c), 0)
    const [passed, failed, skipped] = [sum(c => c.passed), sum(c => c.failed), sum(c => c.skipped)]
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
    return failed === 0 && passed > 0 ? 0 : 1
}

function byFolder(files: string[]): Map<string, string[]> {
    const folders = new Map<string, string[]>()
    for (const file of files) {
        const folder = dirname(file)
        folders.set(folder, [...(folders.get(folder) ?? []), file])
    }
    return folders
}

async function twoAtATime(
    steps: (() => Promise<Count>)[],
    tell: (count: Count) => void
): Promise<void> {
    const waiting = [...steps]
    const work = async () => {
        for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
            tell(await step())
    }
    await Promise.all([work(), work()])
}

function indented(text: string): string {
    return text
        .trimEnd()
        .split("\n")
        .map(told => `    ${told}`)
        .join("\n")
}
