/** `motewise <verb>`: one file a verb; here is only what they share: errors in a line, exit codes, help. */
import { Command, CommanderError } from "commander"
import { FlashError } from "../flasher/flash-error"
import { UsageError } from "../image/project"
import { InputError } from "../table/input-error"

/** In the order of the help. Each loads what it needs when it is asked for: the simulator, the trainer and the fleet take seconds together. */
const VERBS: Record<string, () => Promise<Command>> = {
    sim: async () => (await import("./sim")).simCommand(),
    run: async () => (await import("./run")).runCommand(),
    build: async () => (await import("./build")).buildCommand(),
    flash: async () => (await import("./flash")).flashCommand(),
    record: async () => (await import("./record")).recordCommand(),
    train: async () => (await import("./train")).trainCommand(),
    eval: async () => (await import("./eval")).evalCommand(),
    fleet: async () => (await import("./fleet")).fleetCommand(),
    ledger: async () => (await import("./ledger")).ledgerCommand(),
    bench: async () => (await import("./bench")).benchCommand(),
    new: async () => (await import("./new")).newCommand(),
    "provision-se": async () => (await import("./provision-se")).provisionSeCommand(),
    doctor: async () => (await import("./doctor")).doctorCommand(),
}

/** Exit codes: 0 it worked, 1 it ran and failed, 2 it was asked for something that cannot be; `flash` has more (FlashExit). */
const FAILED = 1
const MISUSED = 2

/** With the verb that is asked for, or, where none is, with every one. @param words of the command line, without program and script */
export async function motewiseCommand(words: string[] = []): Promise<Command> {
    const program = new Command("motewise").description(
        "Sensor nodes one can trust: simulate, train, build, flash, measure, extend."
    )
    const asked = Object.keys(VERBS).filter(verb => verb === words[0])
    for (const verb of asked.length > 0 ? asked : Object.keys(VERBS))
        program.addCommand(await VERBS[verb]())
    return program
}

/** @param command a test brings one with a board in it */
export async function main(argv: string[], command?: Command): Promise<void> {
    const program = command ?? (await motewiseCommand(argv.slice(2)))
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
