/** `motewise ledger`: what happened to which node, checked, proven, and printed. */
import { once } from "node:events"
import { Command } from "commander"
import { readEntry } from "../fleet/ledger/entry"
import { openSnapshot } from "../fleet/ledger/snapshot"
import { FLEET_FOLDER, ledgerIn, plainEntry } from "./ledger-folder"
import { proveCommand } from "./ledger-prove"
import { verifyCommand } from "./ledger-verify"

const LINES_PER_WRITE = 500

export function ledgerCommand(): Command {
    return new Command("ledger")
        .description("what happened to which node: check it, prove it, print it")
        .addCommand(verifyCommand())
        .addCommand(proveCommand())
        .addCommand(exportCommand())
}

function exportCommand(): Command {
    return new Command("export")
        .description("print every entry, a JSON object a line")
        .option("--dir <folder>", "the fleet's", FLEET_FOLDER)
        .option("--json", "the same: it is JSON anyway", false)
        .addHelpText("after", "\nExamples:\n  motewise ledger export --dir my-fleet > ledger.jsonl")
        .action(async ({ dir }: { dir: string }) => {
            const { tree } = openSnapshot(ledgerIn(dir))
            for (let at = 0; at < tree.size; at += LINES_PER_WRITE) {
                const count = Math.min(LINES_PER_WRITE, tree.size - at)
                const lines = Array.from({ length: count }, (_, i) =>
                    JSON.stringify(plainEntry(readEntry(tree.entry(at + i))))
                )
                if (!process.stdout.write(`${lines.join("\n")}\n`))
                    await once(process.stdout, "drain")
            }
        })
}
