/** `motewise <verb>`: one file a verb; here is only what they share: errors in a line, exit codes, help. */
import { Command, CommanderError } from "commander"
import { UsageError } from "../image/project"
import { InputError } from "../sim/worlds/input-error"
import { buildCommand } from "./build"
import { simCommand } from "./sim"

/** Exit codes: 0 it worked, 1 it ran and failed, 2 it was asked for something that cannot be. */
const FAILED = 1
const MISUSED = 2

export async function main(argv: string[]): Promise<void> {
    const program = new Command("motewise")
        .description("Sensor nodes one can trust: simulate, build.")
        .addCommand(simCommand())
        .addCommand(buildCommand())
    for (const command of [program, ...program.commands])
        command.exitOverride().configureOutput({ outputError: () => {} })
    try {
        await program.parseAsync(argv)
    } catch (e) {
        process.exitCode = told(e, program)
    }
}

/** The options of the verb that was called, or the verbs. */
function known(program: Command): string {
    const verb = program.commands.find(command => process.argv.slice(2).includes(command.name()))
    const names = verb?.options.map(option => option.long) ?? program.commands.map(c => c.name())
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
    console.error(error)
    return FAILED
}
