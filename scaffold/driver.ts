/** A new driver: what somebody has said of it, and the files that come of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { nearest } from "../image/nearest"
import { UsageError, inProject } from "../image/project"
import { allMeasurands, measurandByName } from "../src/telemetry/contract/measurands"
import { TITLES } from "../src/telemetry/contract/titles"
import { formatted } from "./formatted"
import { libraryFiles } from "./library"
import { classNameOf, driverFiles } from "./templates"

export interface NewDriver {
    /** File name, part name and, with a capital, class name. */
    name: string
    /** The 7-bit address. */
    address: number
    measurands: string[]
}

/** Written beside what every driver has, in this order. */
const PARTS_HEADING = "## Parts"
const BREADBOARD = "sim/breadboard.ts"
const SCAN = "examples/i2c-scan.ts"
const EXAMPLES = "examples/README.md"

/** @throws UsageError for what no driver can be */
export function checkNewDriver({ name, address, measurands }: NewDriver): void {
    if (!/^[a-z][a-z0-9]{1,15}$/.test(name))
        throw new UsageError(
            `"${name}": a driver's name is 2 to 16 small letters and digits, such as sht4x`
        )
    if (!(address >= 0x08 && address <= 0x77))
        throw new UsageError(`address ${address}: I2C has 0x08 to 0x77`)
    if (measurands.length === 0) throw new UsageError("a driver measures something")
    const known = allMeasurands().map(({ measurand }) => measurand)
    for (const measurand of measurands)
        if (measurandByName(measurand) === undefined)
            throw new UsageError(`no measurand "${measurand}"${nearest(measurand, known)}`)
    const twice = measurands.find((measurand, at) => measurands.indexOf(measurand) !== at)
    if (twice !== undefined) throw new UsageError(`${twice} stands there twice`)
}

/** Writes driver, part, test and example, and enters them where parts are listed. @returns the files, relative to the project */
export async function addDriver(driver: NewDriver): Promise<string[]> {
    checkNewDriver(driver)
    const files = driverFiles(driver)
    for (const path of files.keys())
        if (existsSync(inProject(path))) throw new UsageError(`${path} is already there`)
    const ours = (path: string) => readFileSync(inProject(path), "utf8")
    files.set(BREADBOARD, seated(driver.name, ours(BREADBOARD)))
    files.set(SCAN, known(driver, ours(SCAN)))
    files.set(EXAMPLES, withRow(exampleRow(driver), ours(EXAMPLES)))
    files.set("README.md", withRow(partRow(driver), ours("README.md")))
    await write(inProject(), files)
    return [...files.keys()]
}

/** Writes an npm package of one driver into a folder that is not there yet. @returns its files, relative to the folder */
export async function addLibrary(driver: NewDriver, folder: string): Promise<string[]> {
    checkNewDriver(driver)
    if (existsSync(folder)) throw new UsageError(`${folder} is already there`)
    const files = libraryFiles(driver)
    await write(folder, files)
    return [...files.keys()]
}

async function write(folder: string, files: Map<string, string>): Promise<void> {
    const texts: [path: string, text: string][] = []
    for (const [path, text] of files) texts.push([join(folder, path), await formatted(path, text)])
    for (const [path, text] of texts) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, text)
    }
}

/** The breadboard with one more part. */
function seated(name: string, text: string): string {
    const className = `Sim${classNameOf(name)}`
    return sortedInsert(
        sortedInsert(
            text,
            /^import \{ Sim\w+ \} from .*$/gm,
            `import { ${className} } from "./parts/${name}"`
        ),
        /^ {4}\w+: Sim\w+,$/gm,
        `    ${name}: ${className},`
    )
}

/** The scan of the bus with one more driver that it asks. */
function known({ name, address }: NewDriver, text: string): string {
    const className = classNameOf(name)
    return sortedInsert(
        sortedInsert(
            text,
            /^import \{ \w+ \} from "\.\.\/src\/drivers\/.*$/gm,
            `import { ${className} } from "../src/drivers/${name}"`
        ),
        /^ {4}known\(.*$/gm,
        `    known("${name}", [0x${address.toString(16)}], at => new ${className}(bus, deviceClock, at)),`
    )
}

/** Puts a line among its like, in the alphabet's order. */
function sortedInsert(text: string, like: RegExp, line: string): string {
    const lines = [...text.matchAll(like)]
    const after = lines.filter(([other]) => other < line).at(-1)
    if (after !== undefined) {
        const end = after.index + after[0].length
        return `${text.slice(0, end)}\n${line}${text.slice(end)}`
    }
    return `${text.slice(0, lines[0].index)}${line}\n${text.slice(lines[0].index)}`
}

function exampleRow({ name, measurands }: NewDriver): string {
    return `| [${name}.ts](${name}.ts) | ${titlesOf(measurands)}, ${name.toUpperCase()} | \`npx motewise run examples/${name}.ts\` |`
}

function partRow({ name, address, measurands }: NewDriver): string {
    return (
        `| TODO maker ${name.toUpperCase()} | ${titlesOf(measurands)} | identity, saturation | 0x${address.toString(16)} ` +
        `| [${name}.ts](src/drivers/${name}.ts) | simulator only |`
    )
}

function titlesOf(measurands: string[]): string {
    return measurands.map(measurand => TITLES[measurand]).join(", ")
}

/** At the end of the table of parts. */
function withRow(row: string, page: string): string {
    const table = page.indexOf("\n| --", page.indexOf(PARTS_HEADING))
    const end = table + (page.slice(table).match(/^(\n\|.*)+/)?.[0].length ?? 0)
    return `${page.slice(0, end)}\n${row}${page.slice(end)}`
}
