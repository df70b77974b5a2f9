/** `motewise bench all`, which is `npm run bench`: every bench in its quick form, into bench/results.json, pictures and README. */
import { Command } from "commander"
import Table from "cli-table3"
import { drawPictures, quoteInReadme, resultsOf } from "../bench/all/all"
import { QUICKS } from "../bench/all/quicks"
import { readResults, RESULTS, writeResults, type BenchResult } from "../bench/all/results"
import { runQuicks, type Ended } from "../bench/all/run"
import { nearest } from "../image/nearest"
import { UsageError } from "../image/project"

export function benchAllCommand(): Command {
    const names = (text: string) => text.split(",").filter(name => name !== "")
    return new Command("all")
        .description("every bench in its quick form, into bench/results.json, pictures and README")
        .option("--only <names>", "only these, with commas between them; nothing is written", names)
        .option("--readme", "measure nothing: pictures and README again, out of the file", false)
        .option("--json", "print the results as one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Exit code 1 when a bench reports a failure, such as a lost alarm; its figures are written all the same. When one
crashes the others still run, and nothing is written.

Examples:
  npm run bench
  motewise bench all --only soak,reconnect
  npm run bench -- --readme`
        )
        .action(async ({ only, readme, json }) => {
            if (readme) {
                const results = readResults()
                drawPictures(results, QUICKS)
                await quoteInReadme(results, QUICKS)
                return
            }
            const quicks = only === undefined ? QUICKS : (only as string[]).map(quickOf)
            const startMs = performance.now()
            const all = await runQuicks(quicks, {
                onBegin: name => console.error(`${name} ...`),
                onEnd: ended => console.error(`${ended.name}: ${outcome(ended)}`),
            })
            const wallMs = performance.now() - startMs
            const results = resultsOf(benchesOf(all), wallMs)
            if (json) console.log(JSON.stringify(results))
            else printTimes(all, wallMs)
            for (const { name, told } of all)
                if (told !== undefined) console.error(`\n${name} crashed: ${told}`)
            const crashed = all.filter(({ result }) => result === undefined)
            if (all.some(({ result }) => result?.passed !== true)) process.exitCode = 1
            if (only !== undefined) return
            if (crashed.length > 0) {
                console.error(`\n${RESULTS}, pictures and README are as they were.`)
                return
            }
            await writeResults(results)
            drawPictures(results, QUICKS)
            await quoteInReadme(results, QUICKS)
        })
}

function quickOf(name: string): (typeof QUICKS)[number] {
    const quick = QUICKS.find(quick => quick.name === name)
    const names = QUICKS.map(({ name }) => name)
    if (quick === undefined) throw new UsageError(`no bench "${name}"${nearest(name, names)}`)
    return quick
}

function benchesOf(all: Ended[]): Record<string, BenchResult> {
    const benches: Record<string, BenchResult> = {}
    for (const { name, result } of all) if (result !== undefined) benches[name] = result
    return benches
}

function outcome({ wallMs, result }: Ended): string {
    const word = result === undefined ? "crashed" : result.passed ? "passed" : "FAILED"
    return `${word}, ${seconds(wallMs)}`
}

function printTimes(all: Ended[], wallMs: number): void {
    const table = new Table({ head: ["bench", "outcome", "took"], style: { head: [], border: [] } })
    for (const ended of all)
        table.push([ended.name, outcome(ended).split(",")[0], seconds(ended.wallMs)])
    table.push(["all", "", seconds(wallMs)])
    console.log(table.toString())
}

function seconds(ms: number): string {
    return `${(ms / 1000).toFixed(0)} s`
}
