/** `motewise doctor`: what is missing on this machine, what for, and how to get it. */
import { Command } from "commander"
import Table from "cli-table3"
import { checkMachine, type Check } from "../machine/checks"

export function doctorCommand(): Command {
    return new Command("doctor")
        .description("what is missing on this machine, what it is for, and how to get it")
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
Exit code 1 when something is missing that nothing works without; the rest is needed for one thing each.

Examples:
  motewise doctor
  motewise doctor --json`
        )
        .action(run)
}

async function run({ json }: { json: boolean }): Promise<void> {
    const checks = await checkMachine()
    const ok = checks.every(check => check.ok || !check.required)
    if (json) console.log(JSON.stringify({ ok, checks }))
    else printTable(checks)
    if (!ok) process.exitCode = 1
}

function printTable(checks: Check[]): void {
    const table = new Table({
        head: ["", "what", "for", "found"],
        colWidths: [9, 15, 40, 44],
        wordWrap: true,
        style: { head: [], border: [] },
    })
    for (const { ok, required, name, purpose, found } of checks)
        table.push([ok ? "ok" : required ? "MISSING" : "missing", name, purpose, found])
    console.log(table.toString())
    const missing = checks.filter(({ ok }) => !ok)
    for (const { name, remedy } of missing) console.log(`${name}: ${remedy}`)
    console.log(conclusion(missing))
}

function conclusion(missing: Check[]): string {
    if (missing.length === 0) return "Nothing is missing."
    return missing.some(({ required }) => required)
        ? "Nothing works without what is MISSING."
        : "The simulator and all that is trained, built and tested work; the rest is for one thing each."
}
