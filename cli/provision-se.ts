/** `motewise provision-se`: a secure element is locked for ever, by the board it is wired to, once somebody has named it. */
import { createInterface } from "node:readline/promises"
import { Command, InvalidArgumentError } from "commander"
import { writeSetting } from "../image/settings-file"
import { PROVISION_PROGRAM, SecureElementDesk } from "../rehearsal/secure-element"
import { SETTING_PROVISION_SE } from "../src/telemetry/contract/settings"
import { integerFrom } from "./numbers"

interface ProvisionOptions {
    confirm?: string
    sim: boolean
    seed: number
    settings: string
    json: boolean
}

/** 9 bytes, of which 01 23 and ee are the same in all. */
const SERIAL = /^0123[0-9a-f]{12}ee$/
const PUBLIC_KEY = /^public key ([0-9a-f]{128})$/
const CHIP = /^chip ([0-9a-f]{18}),/

const WHAT_IS_DONE = `Provisioning an ATECC608 makes it a node's identity, and CANNOT BE UNDONE:
  1. its configuration is written where slot 0 must become a P-256 key that signs, read back, and locked for ever
  2. its data zone is locked for ever
  3. the chip makes a key in slot 0 that nobody ever sees; one that was there is lost
  4. slot 0 is locked for ever: this key, and no other`

const HOW_ON_A_BOARD = `This machine has no I2C: the board that the chip is wired to does it.
  1. npx devs devtools ${PROVISION_PROGRAM}
     runs on the board and prints the chip's serial number and what would be done to it; nothing is done
  2. motewise provision-se --confirm <that serial number>
     puts it into the settings (in a terminal it is asked for)
  3. the first step again: the settings go over, and the chip of that number is locked. Should power fail, run it again.
  4. take ${SETTING_PROVISION_SE} out of the settings, and put your own program back`

export function provisionSeCommand(): Command {
    return new Command("provision-se")
        .description("lock a secure element (ATECC608) for ever, as a node's identity")
        .option("--confirm <serial>", "the chip's serial number: do it without asking", serialFrom)
        .option("--sim", "to a simulated chip, which is gone afterwards", false)
        .option("--seed <n>", "which simulated chip", integerFrom(0, 2 ** 31), 1)
        .option("--settings <file>", "where a board's settings are", ".env.local")
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
${WHAT_IS_DONE}

Without --confirm, and without a terminal in which the number can be typed, it tells what would be done and does nothing.

Examples:
  motewise provision-se                                 how it is done on a board
  motewise provision-se --confirm 0123456789abcdefee    for the board: the chip of this number, and no other
  motewise provision-se --sim                           a rehearsal, with the program that the board runs`
        )
        .action(async (options: ProvisionOptions) => {
            if (options.sim) await simulate(options)
            else await prepareBoard(options)
        })
}

function serialFrom(text: string): string {
    const serial = text.trim().toLowerCase()
    if (SERIAL.test(serial)) return serial
    throw new InvalidArgumentError(
        `"${text}" is no ATECC608's serial number: 0123, 12 hex digits, ee.`
    )
}

/** The number that somebody typed; undefined when nobody is there, or it was left out. */
async function askedFor(question: string, { json }: ProvisionOptions): Promise<string | undefined> {
    const { stdin, stdout } = process
    if (json || !stdin.isTTY || !stdout.isTTY) return undefined
    const terminal = createInterface({ input: stdin, output: stdout })
    try {
        const text = await terminal.question(question)
        return text.trim() === "" ? undefined : serialFrom(text)
    } finally {
        terminal.close()
    }
}

async function prepareBoard(options: ProvisionOptions): Promise<void> {
    const { confirm, settings, json } = options
    const say = (text: string) => json || console.log(text)
    say(`${WHAT_IS_DONE}\n\n${HOW_ON_A_BOARD}\n`)
    const question =
        "Serial number of the chip to be locked, as the board prints it (Enter: none): "
    const serial = confirm ?? (await askedFor(question, options))
    if (serial !== undefined) writeSetting(settings, SETTING_PROVISION_SE, serial)
    say(
        serial === undefined
            ? "Nothing was changed: no serial number was given (--confirm)."
            : `${settings} now says ${SETTING_PROVISION_SE}=${serial}. Go on with step 3.`
    )
    if (json)
        console.log(
            JSON.stringify({ serial: serial ?? null, settings, program: PROVISION_PROGRAM })
        )
}

async function simulate(options: ProvisionOptions): Promise<void> {
    const { confirm, seed, json } = options
    const say = (text: string) => json || console.log(text)
    const desk = new SecureElementDesk(seed)
    const plan = await desk.run(PROVISION_PROGRAM, "")
    say(plan.join("\n"))
    const found = plan.map(line => CHIP.exec(line)?.[1]).find(serial => serial !== undefined)
    const question = "Type the chip's serial number to lock it for ever (Enter: leave it): "
    const serial = confirm ?? (await askedFor(question, options))
    const lines = serial === undefined ? [] : await desk.run(PROVISION_PROGRAM, serial)
    if (lines.length > 0) say(`\n${lines.join("\n")}`)
    const publicKey = lines.map(line => PUBLIC_KEY.exec(line)?.[1]).find(key => key !== undefined)
    if (json)
        console.log(
            JSON.stringify({
                serial: found ?? null,
                isProvisioned: publicKey !== undefined,
                publicKey: publicKey ?? null,
                lines: [...plan, ...lines],
            })
        )
    if (found === undefined || (serial !== undefined && publicKey === undefined))
        process.exitCode = 1
}
