/** `motewise bench enrol`: a fleet from power-on to telemetry that nobody else can read. */
import { Command } from "commander"
import { enrol } from "../bench/enrol/enrol"
import { killWhileEnrolling } from "../bench/enrol/kills"
import { integerFrom } from "./numbers"
import { printObject } from "./print"
import { watchShare } from "./progress"

export function benchEnrolCommand(): Command {
    return new Command("enrol")
        .description("nodes with nothing but claims, all switched on within a second")
        .option("--nodes <n>", "how many", integerFrom(1, 1000), 200)
        .option(
            "--kills <n>",
            "in real time instead, and the far end is killed so often meanwhile",
            integerFrom(1, 1000)
        )
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Times are the nodes' own, without what a chip takes to compute: a key costs an RP2040 6.5 s on top.

Examples:
  motewise bench enrol
  motewise bench enrol --kills 100`
        )
        .action(async ({ nodes, kills, seed, json }) => {
            const progress = watchShare("enrolled")
            if (kills === undefined) {
                const result = await enrol(nodes, seed, progress.tell)
                progress.done()
                printObject(result, json)
                const { enrolled, ledgerEntries, manualSteps, panics } = result
                const isWhole = enrolled === nodes && ledgerEntries === nodes
                if (!isWhole || manualSteps + panics > 0) process.exitCode = 1
                return
            }
            const result = await killWhileEnrolling({ nodes, kills, seed, tell: progress.tell })
            progress.done()
            printObject(result, json)
            const { enrolled, duplicateEntries, missingEntries, isLedgerRight, panics } = result
            const isWhole = enrolled === nodes && isLedgerRight
            if (!isWhole || duplicateEntries + missingEntries + panics > 0) process.exitCode = 1
        })
}
