/** `motewise bench ledger`: how fast it grows, and what a proof costs. */
import { Command } from "commander"
import { measureLedger } from "../bench/ledger/ledger"
import { integerFrom } from "./numbers"
import { printObject } from "./print"
import { sayShare } from "./progress"

export function benchLedgerCommand(): Command {
    return new Command("ledger")
        .description("a ledger of many enrolments: appends a second, proofs, memory")
        .option("--entries <n>", "how many", integerFrom(1000, 100_000_000), 1_000_000)
        .option("--batch <n>", "entries a flush", integerFrom(1, 50_000), 1000)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench ledger --entries 100000")
        .action(({ entries, batch, json }) => {
            const progress = sayShare("appended")
            const figures = measureLedger(entries, batch, progress.tell)
            progress.done()
            printObject(figures, json)
        })
}
