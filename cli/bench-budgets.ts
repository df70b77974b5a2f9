/** `motewise bench budgets`: what each app takes, what it may take, and what it took. */
import { Command } from "commander"
import Table from "cli-table3"
import { hoursOf, measureBudgets } from "../bench/budgets/budgets"
import { saveLast } from "../bench/budgets/last"
import { failures, type Row } from "../bench/budgets/rows"
import { UsageError } from "../image/project"
import { integerFrom } from "./numbers"
import { watchShare } from "./progress"

interface BudgetsOptions {
    app?: string
    hours?: number
    save: boolean
    json: boolean
}

export function benchBudgetsCommand(): Command {
    return new Command("budgets")
        .description("code, heap, fibers, flash and traffic of each app: over budget is a failure")
        .option("--app <name>", "of one app (default: all there are)")
        .option(
            "--hours <n>",
            `how long it is simulated (default: ${hoursOf("room")}; for apps of a signal ${hoursOf("machine")})`,
            integerFrom(1, 240)
        )
        .option("--save", "keep these figures, to be compared with from now on", false)
        .option("--json", "print one JSON array and nothing else", false)
        .addHelpText(
            "after",
            `
What was simulated before, and has not changed since, is not simulated again.

Examples:
  motewise bench budgets
  motewise bench budgets --app room --hours 2
  motewise bench budgets --save                 after a change that is meant to cost what it costs`
        )
        .action(run)
}

async function run({ app, hours, save, json }: BudgetsOptions): Promise<void> {
    if (save && hours !== undefined)
        throw new UsageError("--save keeps figures of the usual hours: leave out --hours")
    const progress = watchShare("simulated")
    const rows = await measureBudgets({ app, hours }, progress.tell)
    progress.done()
    if (json) console.log(JSON.stringify(rows))
    else printTable(rows)
    if (save) saveLast(rows)
    if (failures(rows).length > 0) process.exitCode = 1
}

function printTable(rows: Row[]): void {
    const table = new Table({
        head: ["app", "measure", "value", "budget", "last", "change", ""],
        colAligns: ["left", "left", "right", "right", "right", "right", "left"],
        style: { head: [], border: [] },
    })
    for (const { app, measure, unit, value, budget, atLeast, ok, last, change } of rows) {
        const told = (figure: number | undefined) =>
            figure === undefined ? "-" : [grouped(figure), unit].join(" ").trim()
        table.push([
            app,
            measure,
            told(value),
            `${atLeast ? "≥" : "≤"} ${told(budget)}`,
            told(last),
            change === undefined || change === 0
                ? ""
                : `${change > 0 ? "+" : ""}${grouped(change)}`,
            ok ? "" : "OVER",
        ])
    }
    console.log(table.toString())
}

function grouped(value: number): string {
    return value.toLocaleString("en-GB")
}
