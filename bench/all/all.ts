/** All quick forms, and what becomes of their figures: bench/results.json, a picture of each, README's tables. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { inProject } from "../../image/project"
import { writeFormatted } from "./formatted"
import { machineText, thisMachine } from "./machine"
import { pictureFile } from "./picture"
import type { Quick } from "./quick"
import { quotedReadme } from "./readme"
import { together, type BenchResult, type Results } from "./results"
import { dayText } from "./units"

/** The default of every verb. */
export const SEED = 1
const PICTURES = "bench/figures"

export function resultsOf(benches: Record<string, BenchResult>, wallMs: number): Results {
    const { version } = JSON.parse(readFileSync(inProject("package.json"), "utf8")) as Results
    return {
        date: new Date().toISOString().slice(0, 10),
        version,
        commit: commit(),
        seed: SEED,
        machine: thisMachine(),
        wallMs: Math.round(wallMs),
        benches,
    }
}

function commit(): string | undefined {
    const options = { cwd: inProject("."), encoding: "utf8" } as const
    const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty"], options)
    return status === 0 ? stdout.trim() : undefined
}

/** The files of the pictures, by name. */
export function picturesOf(results: Results, quicks: Quick[]): Record<string, string> {
    const files: Record<string, string> = {}
    for (const { name, picture } of quicks) {
        const result = results.benches[name]
        if (picture === undefined || result === undefined) continue
        const how = result.command.replace("npx ", "")
        const where = `${dayText(results.date)}, ${machineText(results.machine)}`
        files[`${name}.svg`] = pictureFile(picture(together(result)), [how, where])
    }
    return files
}

export function drawPictures(results: Results, quicks: Quick[]): void {
    const files = picturesOf(results, quicks)
    mkdirSync(inProject(PICTURES), { recursive: true })
    for (const stale of readdirSync(inProject(PICTURES)).filter(file => !(file in files)))
        rmSync(inProject(join(PICTURES, stale)))
    for (const [file, text] of Object.entries(files))
        writeFileSync(inProject(join(PICTURES, file)), text)
}

export async function quoteInReadme(results: Results, quicks: Quick[]): Promise<void> {
    const readme = readFileSync(inProject("README.md"), "utf8")
    await writeFormatted("README.md", quotedReadme(readme, results, quicks), "markdown")
}
