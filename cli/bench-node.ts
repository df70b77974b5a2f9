/** `motewise bench node`: what a sample, a verdict and a report cost the chip, and how much more in plain style. */
import { Command } from "commander"
import { measureNode } from "../bench/node/node"
import { printRows } from "./print"
import { watchShare } from "./progress"

export function benchNodeCommand(): Command {
    return new Command("node")
        .description("steps and time of a sample, a verdict, a report made and sealed, by app")
        .option("--app <name>", "one app, as `motewise build --app` has them (default: all)")
        .option("--quick", "fewer calls of each: rougher times", false)
        .option("--json", "print one JSON array and nothing else", false)
        .addHelpText(
            "after",
            `
Steps are the VM's opcodes, times this machine's; the bus and what is on it is not counted. Silence is what a round takes after its
verdict when it tells nothing. Ratios are to the same app in plain style (bench/plain/).

Examples:
  motewise bench node --app room
  motewise bench node --quick --json`
        )
        .action(async ({ app, quick, json }) => {
            const progress = watchShare("measured")
            const apps = app === undefined ? undefined : [app]
            const rows = await measureNode({ apps, quick }, progress.tell)
            progress.done()
            printRows(rows, json)
        })
}
