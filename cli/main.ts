/** `motewise <verb>`: one file a verb; here is only what they share: errors in a line, exit codes, help. */
import { Command, CommanderError } from "commander"
import { FlashError } from "../flasher/flash-error"
import { UsageError } from "../image/project"
import { InputError } from "../table/input-error"
import { benchCommand } from "./bench"
import { buildCommand } from "./build"
import { doctorCommand } from "./doctor"
import { evalCommand } from "./eval"
import { flashCommand } from "./flash"
import { fleetCommand } from "./fleet"
import { ledgerCommand } from "./ledger"
import { newCommand } from "./new"
import { provisionSeCommand } from "./provision-se"
import { recordCommand } from "./record"
import { runCommand } from "./run"
import { simCommand } from "./sim"
import { trainCommand } from "./train"

/** Exit codes: 0 it worked, 1 it ran and failed, 2 it was asked for something that cannot be; `flash` has more (FlashExit). */
const FAILED = 1
const MISUSED = 2

/** Every verb there is. */
export function motewiseCommand(): Command {
    return new Command("motewise")
        .description("Sensor nodes one can trust: simulate, train, build, flash, measure, extend.")
        .addCommand(simCommand())
        .addCommand(runCommand())
        .addCommand(buildCommand())
        .addCommand(flashCommand())
        .addCommand(recordCommand())
        .addCommand(trainCommand())
        .addCommand(evalCommand())
        .addCommand(fleetCommand())
        .addCommand(ledgerCommand())
        .addCommand(benchCommand())
        .addCommand(newCommand())
        .addCommand(provisionSeCommand())
        .addCommand(doctorCommand())
}

export async function main(argv: string[]): Promise<void> {
    const program = motewiseCommand()
    for (const command of withSubcommands(program))
        command.exitOverride().configureOutput({ outputError: () => {} })
    try {
        await program.parseAsync(argv)
    } catch (e) {
        process.exitCode = told(e, program)
    }
}

function withSubcommands(command: Command): Command[] {
    return [command, ...command.commands.flatMap(withSubcommands)]
}

/** The options of the verb that was called, or the verbs. */
function known(program: Command): string {
    const words = process.argv.slice(2)
    // The innermost: `bench soak` is asked for soak's options.
    const verb = withSubcommands(program).findLast(command => words.includes(command.name()))
    const names =
        verb === undefined || verb.commands.length > 0
            ? (verb ?? program).commands.map(command => command.name())
            : verb.options.map(option => option.long)
    return `There are: ${names.join(", ")}`
}

/** Says what was wrong, on standard error; the exit code for it. */
function told(error: unknown, program: Command): number {
    if (error instanceof CommanderError) {
        if (error.exitCode === 0) return 0
        // Commander prints help itself, and throws this when it was asked for nothing.
        if (error.code === "commander.help") return MISUSED
        const message = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ")
        console.error(error.code.includes("unknown") ? `${message}. ${known(program)}` : message)
        return MISUSED
    }
    if (error instanceof UsageError || error instanceof InputError) {
        console.error(error.message)
        return MISUSED
    }
    if (error instanceof FlashError) {
        console.error(error.message)
        return error.exitCode
    }
    console.error(error)
    return FAILED
}
