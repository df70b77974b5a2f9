/** `motewise build`: the image of an app for a board, and whether it is within its budget. */
import { Command } from "commander"
import Table from "cli-table3"
import { DEFAULT_APP, entryOf } from "../image/apps"
import { boardOf, checkBoard, ourBoards } from "../image/boards"
import { sizeOf, type Size } from "../image/budget"
import { compile } from "../image/compile"
import { sayBuilding } from "./progress"

interface BuildOptions {
    app: string
    board?: string
    all: boolean
    json: boolean
}

export function buildCommand(): Command {
    return new Command("build")
        .description("compile an app for a board; over budget is a failure")
        .option(
            "--app <name>",
            "which program: src/main<name>.ts, or room for src/main.ts",
            DEFAULT_APP
        )
        .option("--board <id>", "for this board (default: the one that the program names)")
        .option("--all", "for every board in boards/", false)
        .option("--json", "print one JSON object (with --all, an array) and nothing else", false)
        .addHelpText(
            "after",
            `
Examples:
  motewise build
  motewise build --board mw_pico_w
  motewise build --all --json`
        )
        .action(run)
}

async function run({ app, board, all, json }: BuildOptions): Promise<void> {
    const entry = entryOf(app)
    const wanted = board ?? boardOf(entry)
    // The first build also generates the libraries that tell which boards there are.
    if (wanted === undefined || all || ourBoards().includes(wanted)) await compile(entry)
    if (wanted !== undefined) checkBoard(wanted)
    const boards = all ? ourBoards() : [wanted]
    const sizes: Size[] = []
    for (const id of boards) {
        const image = await compile(entry, id, sayBuilding(entry, id))
        sizes.push(sizeOf(app, id ?? "any", image))
    }
    if (json) console.log(JSON.stringify(all ? sizes : sizes[0]))
    else printTable(sizes)
    if (sizes.some(size => !size.ok)) process.exitCode = 1
}

function printTable(sizes: Size[]): void {
    const kB = (bytes: number) => `${(bytes / 1024).toFixed(1)} kB`
    const table = new Table({
        head: ["app", "board", "code", "budget", "image", "budget", ""],
        colAligns: ["left", "left", "right", "right", "right", "right", "left"],
        style: { head: [], border: [] },
    })
    for (const { app, board, codeBytes, imageBytes, budget, ok } of sizes)
        table.push([
            app,
            board,
            kB(codeBytes),
            kB(budget.codeBytes),
            kB(imageBytes),
            kB(budget.imageBytes),
            ok ? "ok" : "OVER BUDGET",
        ])
    console.log(table.toString())
}
