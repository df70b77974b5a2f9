/** `motewise bench`: the figures that README and DESIGN quote, as commands. */
import { Command } from "commander"
import { offline } from "../bench/offline/offline"
import { measureInference } from "../bench/inference/inference"
import { measurePowerCuts } from "../bench/power-cuts/cuts"
import { reconnect } from "../bench/reconnect/reconnect"
import { measureSignatures } from "../bench/signatures/signatures"
import { soakInHalves } from "../bench/soak/halves"
import { benchEnrolCommand } from "./bench-enrol"
import { benchLedgerCommand } from "./bench-ledger"
import { benchNodeCommand } from "./bench-node"
import { mutationCommand } from "./bench-mutation"
import { integerFrom } from "./numbers"
import { printObject, printRows } from "./print"
import { watchShare } from "./progress"

export function benchCommand(): Command {
    return new Command("bench")
        .description("measure what is promised")
        .addCommand(soakCommand())
        .addCommand(reconnectCommand())
        .addCommand(powerCutsCommand())
        .addCommand(offlineCommand())
        .addCommand(mutationCommand())
        .addCommand(inferenceCommand())
        .addCommand(signaturesCommand())
        .addCommand(benchEnrolCommand())
        .addCommand(benchLedgerCommand())
        .addCommand(benchNodeCommand())
}

function soakCommand(): Command {
    return new Command("soak")
        .description("months of reports while brokers die, links go silent and power fails")
        .option("--messages <n>", "reports, at least", integerFrom(100, 10_000_000), 100_000)
        .option("--nodes <n>", "how many", integerFrom(1, 1000), 20)
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench soak --messages 2000 --nodes 4")
        .action(async ({ json, ...options }) => {
            const progress = watchShare("soaked")
            const result = await soakInHalves(options, progress.tell)
            progress.done()
            printObject(result, json)
            const { alarmsLost, unaccounted, panics } = result
            if (alarmsLost > 0 || unaccounted > 0 || panics > 0) process.exitCode = 1
        })
}

function reconnectCommand(): Command {
    return new Command("reconnect")
        .description("a fleet after its broker restarts: how evenly it comes back")
        .option("--nodes <n>", "how many", integerFrom(1, 1000), 200)
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench reconnect --nodes 50")
        .action(async ({ nodes, seed, json }) => {
            const result = await reconnect(nodes, seed)
            printObject(result, json)
            if (result.missing > 0) process.exitCode = 1
        })
}

function powerCutsCommand(): Command {
    return new Command("power-cuts")
        .description("power fails at every byte of every flash write of an alarm's life")
        .option("--json", "print one JSON array and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench power-cuts")
        .action(async ({ json }) => {
            const progress = watchShare("cut")
            const writes = await measurePowerCuts({
                compactionStride: 1,
                onCut: (done, all) => progress.tell(done / all),
            })
            progress.done()
            printRows(writes, json)
            if (writes.some(({ lost, crashed }) => lost + crashed > 0)) process.exitCode = 1
        })
}

function offlineCommand(): Command {
    return new Command("offline")
        .description("a node without its broker, at one sample a second")
        .option("--hours <n>", "how long", integerFrom(2, 240), 24)
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench offline --hours 3")
        .action(async ({ hours, json }) => {
            const progress = watchShare("waited")
            const { told, ...figures } = await offline(hours, progress.tell)
            progress.done()
            const alarmsFirst = told.findIndex(({ isAlarm }) => !isAlarm)
            printObject({ ...figures, alarmsFirst, told: told.length }, json)
            if (figures.unaccounted + figures.panics > 0) process.exitCode = 1
        })
}

function inferenceCommand(): Command {
    return new Command("inference")
        .description("verdicts a second in the VM: generated code, packed bytes, a tree of objects")
        .option("--seed <n>", "of everything random", integerFrom(0, 2 ** 30), 1)
        .option("--json", "print one JSON array and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench inference --json")
        .action(async ({ seed, json }) => {
            const progress = watchShare("measured")
            const sizes = await measureInference(seed, progress.tell)
            progress.done()
            printRows(sizes, json)
        })
}

function signaturesCommand(): Command {
    return new Command("signatures")
        .description("keys, signatures and their verification: a node's in the VM, the fleet's")
        .option("--json", "print one JSON array and nothing else", false)
        .addHelpText("after", "\nExamples:\n  motewise bench signatures --json")
        .action(async ({ json }) => {
            const progress = watchShare("measured")
            const figures = await measureSignatures(progress.tell)
            progress.done()
            printRows(figures, json)
        })
}
