/** `motewise build`: the image of an app for a board, and whether it is within its budget. */
import { Command, Option } from "commander"
import Table from "cli-table3"
import { availableParallelism } from "node:os"
import { appOf, apps, DEFAULT_APP, entryOf, examples, programFile } from "../image/apps"
import { boardOf, boards, checkBoard, SIMULATOR } from "../image/boards"
import { sizeOf, type Size } from "../image/budget"
import { compile, librariesAreThere } from "../image/compile"
import { watchShare } from "./progress"

interface BuildOptions {
    app?: string
    board?: string
    all: boolean
    examples: boolean
    json: boolean
}

export function buildCommand(): Command {
    return new Command("build")
        .description("compile an app for a board; over budget is a failure")
        .option(
            "--app <name>",
            `which program: src/main<name>.ts, or ${DEFAULT_APP} for src/main.ts (default: ${DEFAULT_APP}; with --all, every app)`
        )
        .option("--board <id>", "for this board (default: the one that the program names)")
        .option("--all", "every app, for every board there is", false)
        .addOption(
            new Option(
                "--examples",
                "every example, in place of an app; with --all, beside the apps"
            )
                .conflicts("app")
                .default(false)
        )
        .option(
            "--json",
            "print one JSON object (with --all or --examples, an array) and nothing else",
            false
        )
        .addHelpText(
            "after",
            `
Examples:
  motewise build
  motewise build --board mw_pico_w
  motewise build --all --json
  motewise build --all --board esp32c3_bare    every app, for one board
  motewise build --all --examples              every app and example, for every board`
        )
        .action(run)
}

async function run(options: BuildOptions): Promise<void> {
    const { board, all, json } = options
    const entries = entriesOf(options)
    // The first build also generates the libraries that tell which boards there are.
    if (!librariesAreThere()) await compile(entryOf(DEFAULT_APP), SIMULATOR)
    if (board !== undefined) checkBoard(board)
    const jobs = entries.flatMap(entry =>
        boardsFor(entry, board, all).map(id => ({ entry, board: id }))
    )
    const sizes = await buildAll(jobs)
    if (json) console.log(JSON.stringify(all || options.examples ? sizes : sizes[0]))
    else printTable(sizes)
    if (sizes.some(size => !size.ok)) process.exitCode = 1
}

function entriesOf({ app, all, examples: withExamples }: BuildOptions): string[] {
    const ofExamples = withExamples ? examples().map(programFile) : []
    if (app === undefined && all) return [...apps().values(), ...ofExamples]
    return withExamples ? ofExamples : [entryOf(app ?? DEFAULT_APP)]
}

function boardsFor(entry: string, board: string | undefined, all: boolean): (string | undefined)[] {
    if (board !== undefined) return [board]
    return all ? boards() : [boardOf(entry)]
}

/** As many at a time as the machine has cores, for each is a process of its own. */
async function buildAll(jobs: { entry: string; board: string | undefined }[]): Promise<Size[]> {
    const sizes: Size[] = []
    const progress = watchShare("compiled")
    let next = 0
    let done = 0
    const work = async () => {
        while (next < jobs.length) {
            const at = next++
            const { entry, board } = jobs[at]
            const image = await compile(entry, board)
            sizes[at] = sizeOf(appOf(entry), board ?? "any", image)
            progress.tell(++done / jobs.length)
        }
    }
    try {
        await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work))
    } finally {
        progress.done()
    }
    return sizes
}

/** A row for all boards of a program whose images are of one size. */
function printTable(sizes: Size[]): void {
    const kB = (bytes: number) => `${(bytes / 1024).toFixed(1)} kB`
    const table = new Table({
        head: ["app", "board", "code", "budget", "image", "budget", ""],
        colAligns: ["left", "left", "right", "right", "right", "right", "left"],
        style: { head: [], border: [] },
    })
    const rows = new Map<string, Size[]>()
    for (const size of sizes) {
        const row = `${size.app} ${size.codeBytes} ${size.imageBytes}`
        rows.set(row, [...(rows.get(row) ?? []), size])
    }
    for (const [{ app, board, codeBytes, imageBytes, budget, ok }, ...others] of rows.values())
        table.push([
            app,
            others.length === 0 ? board : `${board} and ${others.length} more`,
            kB(codeBytes),
            kB(budget.codeBytes),
            kB(imageBytes),
            kB(budget.imageBytes),
            ok ? "ok" : "OVER BUDGET",
        ])
    console.log(table.toString())
}
