/** All of `npm test`: checks, suites inside the VM, suites on the host; one count at the end. */
import { readdirSync } from "node:fs"
import { dirname } from "node:path"
import { compile } from "../../image/compile"
import { inProject } from "../../image/project"
import { sourcesOf } from "../../image/sources"
import { CHECK_NAMES, runCheck } from "./checks"
import { line, type Count } from "./count"
import { runHostSuite } from "./host-suite"
import { runVmSuites } from "./vm-suite"

/** Suites compile to a quarter of their source, and the VM takes 64 kB of code. */
const IMAGE_SOURCE_BYTES = 192 * 1024

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
            inImages(ending(".test.ts")).map(
                suites => () => runVmSuites(dirname(suites[0]), suites)
            )
        )
    await twoAtATime(steps, tell)
    const sum = (of: (count: Count) => number) => counts.reduce((total, c) => total + of(c), 0)
    const [passed, failed, skipped] = [sum(c => c.passed), sum(c => c.failed), sum(c => c.skipped)]
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
    return failed === 0 && passed > 0 ? 0 : 1
}

/** Suites of one folder share an image, for a compilation costs more than most suites; a large folder makes several. */
function inImages(files: string[]): string[][] {
    const images: string[][] = []
    for (const file of files) {
        const last = images.at(-1)
        const fits =
            last !== undefined &&
            dirname(last[0]) === dirname(file) &&
            sourceBytes([...last, file]) <= IMAGE_SOURCE_BYTES
        if (fits) last.push(file)
        else images.push([file])
    }
    return images
}

function sourceBytes(files: string[]): number {
    return [...sourcesOf(files).values()].reduce((bytes, text) => bytes + text.length, 0)
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
