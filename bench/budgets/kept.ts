/** Days that were simulated before, by what they are made of: a run is the same to the byte, so it need not be run twice. */
import { createHash } from "node:crypto"
import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { compile } from "../../image/compile"
import { inProject } from "../../image/project"
import { measureDay, type DayOptions, type NodeDay } from "./day"

const FOLDER = inProject(".motewise/budgets")
/** Whatever a run may depend on, beside the image. */
const MADE_OF = ["bench/budgets", "sim", "rehearsal", "fleet", "src", "package-lock.json"]

/** As `measureDay`, or at once. */
export async function keptDay(
    options: DayOptions,
    onProgress?: (share: number) => void
): Promise<NodeDay[]> {
    const path = join(FOLDER, `${await keyOf(options)}.json`)
    if (existsSync(path)) return fromJson(readFileSync(path, "utf8"))
    const nodes = await measureDay(options, onProgress)
    mkdirSync(FOLDER, { recursive: true })
    // Written whole or not at all: another process may look for it now.
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(nodes, infinityAsText))
    renameSync(`${path}.${process.pid}`, path)
    return nodes
}

async function keyOf(options: DayOptions): Promise<string> {
    const { bytes } = await compile(options.entry)
    const hash = createHash("sha256").update(JSON.stringify(options)).update(bytes)
    for (const place of MADE_OF) for (const file of filesIn(place)) hash.update(readFileSync(file))
    return hash.digest("hex").slice(0, 32)
}

function filesIn(place: string): string[] {
    const path = inProject(place)
    if (!place.includes(".")) {
        const files = readdirSync(path, { recursive: true, encoding: "utf8" })
        return files
            .filter(file => file.endsWith(".ts"))
            .sort()
            .map(file => join(path, file))
    }
    return [path]
}

/** JSON has no infinity. */
const INFINITE = "infinite"

function infinityAsText(_name: string, value: unknown): unknown {
    return value === Infinity ? INFINITE : value
}

function fromJson(text: string): NodeDay[] {
    return JSON.parse(text, (_name, value: unknown) =>
        value === INFINITE ? Infinity : value
    ) as NodeDay[]
}
