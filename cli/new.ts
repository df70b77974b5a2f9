/** `motewise new driver`: the files that a driver is made of. */
import { createInterface } from "node:readline/promises"
import { Command, InvalidArgumentError } from "commander"
import { addDriver, addLibrary, checkNewDriver } from "../scaffold/driver"
import { packageNameOf } from "../scaffold/library"

interface NewDriverOptions {
    address?: number
    measurands?: string[]
    package?: string
    json: boolean
}

const ADDRESS_USUAL = 0x40
const MEASURANDS_USUAL = ["temperatureCelsius"]

export function newCommand(): Command {
    return new Command("new").description("begin something new").addCommand(newDriverCommand())
}

function newDriverCommand(): Command {
    return new Command("driver")
        .description(
            "begin a driver: its part, tests, example and README row, which compile and pass"
        )
        .argument("<name>", "the part, such as sht4x: the name of every file")
        .option("--address <n>", "its I2C address, such as 0x44", addressFrom)
        .option("--measurands <names>", "what it measures: temperatureCelsius,...", listFrom)
        .option("--package <folder>", "as an npm package of its own, in a new folder")
        .option("--json", "print one JSON object and nothing else", false)
        .addHelpText(
            "after",
            `
What is not given is asked for in a terminal, and otherwise the usual: address 0x40, temperatureCelsius.

Examples:
  motewise new driver tmp117 --address 0x48 --measurands temperatureCelsius
  motewise new driver hdc3022 --address 0x44 --measurands temperatureCelsius,relativeHumidityPercent
  motewise new driver tmp117 --package ../motewise-driver-tmp117

Then docs/first-driver.md, from the datasheet on.`
        )
        .action(run)
}

function addressFrom(text: string): number {
    const address = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN
    if (address >= 0x08 && address <= 0x77) return address
    throw new InvalidArgumentError(`"${text}": an I2C address is 0x08 to 0x77.`)
}

function listFrom(text: string): string[] {
    return text
        .split(",")
        .map(word => word.trim())
        .filter(word => word !== "")
}

async function run(name: string, options: NewDriverOptions): Promise<void> {
    // A name that will not do is refused before anybody is asked.
    checkNewDriver({ name, address: ADDRESS_USUAL, measurands: MEASURANDS_USUAL })
    const { address, measurands } = await asked(options)
    const driver = { name, address, measurands }
    const folder = options.package
    const files = folder === undefined ? await addDriver(driver) : await addLibrary(driver, folder)
    if (options.json) {
        console.log(JSON.stringify({ ...driver, folder: folder ?? ".", files }))
        return
    }
    console.log(files.map(file => `  ${file}`).join("\n"))
    console.log(
        folder === undefined
            ? `Now: npm test drivers/${name}, npx motewise run ${name} --virtual, and the TODOs with the datasheet at hand (docs/first-driver.md).`
            : `Now: npm install ${folder}, and import from "${packageNameOf(name)}" (its README.md tells how).`
    )
}

/** What was not given, asked for where somebody is there to answer. */
async function asked(
    options: NewDriverOptions
): Promise<{ address: number; measurands: string[] }> {
    let { address, measurands } = options
    const { stdin, stdout } = process
    if (stdin.isTTY && stdout.isTTY && (address === undefined || measurands === undefined)) {
        const terminal = createInterface({ input: stdin, output: stdout })
        try {
            if (address === undefined) {
                const text = await terminal.question("I2C address [0x40]: ")
                address = text.trim() === "" ? undefined : addressFrom(text.trim())
            }
            if (measurands === undefined) {
                const text = await terminal.question("It measures [temperatureCelsius]: ")
                measurands = text.trim() === "" ? undefined : listFrom(text)
            }
        } finally {
            terminal.close()
        }
    }
    return {
        address: address ?? ADDRESS_USUAL,
        measurands: measurands ?? MEASURANDS_USUAL,
    }
}
