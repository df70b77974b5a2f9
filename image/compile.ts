/**
 * From source to image. The compiler is upstream's command line, run in a folder of its own that holds just the files of one
 * program: so builds do not disturb each other or the checkout, and an image depends on nothing but those files. Images are kept
 * by the hash of what went into them.
 */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { promisify, stripVTControlCharacters } from "node:util"
import { boardText } from "./boards"
import { UsageError, inProject } from "./project"
import { leaveOutEnergy } from "./energy"
import { leaveOutFeatures } from "./features"
import { link } from "./link/link"
import { leaveOutMeasurands } from "./measurands"
import { leaveOutPolicy } from "./policy"
import { librarySources, runtimeSources, sourcesOf } from "./sources"
import type { WiredPart } from "./wiring"

export interface Image {
    bytes: Buffer
    /** All functions together; the VM takes less than 65,536. */
    codeBytes: number
    /** What the program is wired to; nothing for several programs together. */
    parts: WiredPart[]
    /** What its functions are called in the sources, by their number: where it panics it says "F12" only. */
    functions: string[]
}

/** What is kept of an image beside its bytes. */
type About = Pick<Image, "parts" | "functions">

/** Two for each image: it, and its parts. */
const KEPT_FILES = 1000
const CACHE = inProject(".motewise/images")
const DEVS = inProject("node_modules/@devicescript/cli/devicescript")
/** `import "@dsboard/x"`, with or without names. */
const BOARD_IMPORT = /((?:import|from)\s*"@dsboard\/)(\w+)(")/g

/**
 * Compiles an entry point, for another board than it names when one is given: 3 s, or at once when nothing changed or another board
 * gives the program the same.
 * @param entry relative to the project's root
 * @param onBuild called when it will take its 3 s
 * @throws UsageError when its parts can not work together, or with the compiler's own words
 */
export async function compile(
    entry: string,
    board?: string,
    onBuild: () => void = () => {}
): Promise<Image> {
    const sources = sourcesFor(entry, board)
    return await imageOf(entry, sources, async () => {
        // Not at the top: it reads sources with TypeScript's parser, which takes longer to load than a kept image.
        const { checkWiring } = await import("./wiring-check")
        const { parts } = checkWiring(entry, board)
        onBuild()
        return parts
    })
}

/** What is compiled of a program for a board, by path. */
export function sourcesFor(entry: string, board?: string): Map<string, string> {
    const sources = sourcesOf([entry])
    if (board !== undefined) {
        const text = sources.get(entry) ?? ""
        sources.set(entry, text.replace(BOARD_IMPORT, `$1${board}$3`))
    }
    leaveOutEnergy(sources)
    leaveOutFeatures(sources)
    leaveOutMeasurands(sources)
    leaveOutPolicy(sources)
    return sources
}

/** Compiles several programs into one image that runs them one after the other. @param name of an entry point that is not there */
export async function compileTogether(name: string, entries: string[]): Promise<Image> {
    const sources = sourcesOf(entries)
    const imports = entries.map(entry => {
        const path = relative(dirname(name), entry).replaceAll("\\", "/").replace(/\.ts$/, "")
        return `import "${path.startsWith(".") ? path : `./${path}`}"\n`
    })
    sources.set(name, imports.join(""))
    return await imageOf(name, sources, async () => [])
}

/** Compiles sources that may be in no file. @param entry one of them */
export async function compileSources(entry: string, sources: Map<string, string>): Promise<Image> {
    return await imageOf(entry, sources, async () => [])
}

/** @param wired called when nothing was kept, before it is compiled */
async function imageOf(
    entry: string,
    sources: Map<string, string>,
    wired: () => Promise<WiredPart[]>
): Promise<Image> {
    const key = keyOf(entry, sources)
    const kept = join(CACHE, key)
    // Without upstream's libraries it is built all the same, for that makes them, and more than the compiler reads them.
    if (librariesAreThere() && existsSync(`${kept}.devs`) && existsSync(`${kept}.json`))
        return imageFrom(
            readFileSync(`${kept}.devs`),
            JSON.parse(readFileSync(`${kept}.json`, "utf8"))
        )
    const making = underWay.get(key) ?? make(entry, sources, kept, wired)
    underWay.set(key, making)
    return await making.finally(() => underWay.delete(key))
}

/** By their keys: who asks for the same meanwhile waits for it. */
const underWay = new Map<string, Promise<Image>>()

async function make(
    entry: string,
    sources: Map<string, string>,
    kept: string,
    wired: () => Promise<WiredPart[]>
): Promise<Image> {
    const parts = await wired()
    const built = await build(entry, sources)
    const { bytes, functions } = link(built, await privateNamesOf(sources))
    const about: About = { parts, functions }
    keep(`${kept}.json`, JSON.stringify(about))
    keep(`${kept}.devs`, bytes)
    forgetOldest()
    return imageFrom(bytes, about)
}

async function privateNamesOf(sources: Map<string, string>): Promise<Set<string>> {
    // Not at the top: it loads TypeScript's parser, as the wiring check does.
    const { privateNames } = await import("./link/names")
    return privateNames([
        ...sources.values(),
        ...librarySources(sources).values(),
        ...runtimeSources(),
    ])
}

/** Written whole or not at all: another process may look for it now. */
function keep(path: string, content: string | Buffer): void {
    mkdirSync(CACHE, { recursive: true })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, content)
    renameSync(draft, path)
}

function keyOf(entry: string, sources: Map<string, string>): string {
    const hash = createHash("sha256")
    for (const file of ["package.json", "devsconfig.json"])
        hash.update(readFileSync(inProject(file)))
    for (const folder of ["boards", "image/link"])
        for (const file of readdirSync(inProject(folder)).sort())
            hash.update(readFileSync(inProject(folder, file)))
    hash.update(entry)
    for (const [path, text] of [...sources, ...librarySources(sources)])
        hash.update(`\0${path}\0${withBoards(text)}`)
    return hash.digest("hex").slice(0, 32)
}

/**
 * With what the board gives the program in place of its name. Upstream's compiler reads nothing of a board but the module that is
 * imported, so that one which is imported without names gives nothing, and the image is the same for all.
 */
function withBoards(text: string): string {
    return text.replace(BOARD_IMPORT, (_, start: string, id: string) =>
        start.startsWith("import") ? start : `${start}${boardText(id)}`
    )
}

let building: Promise<unknown> = Promise.resolve()

/** The first build of all generates upstream's libraries, and with them the list of boards. */
export function librariesAreThere(): boolean {
    return existsSync(inProject("node_modules/@devicescript/core/src"))
}

/** Compiles sources that may be in no file, and keeps nothing. @throws UsageError with the compiler's own words */
export async function build(entry: string, sources: Map<string, string>): Promise<Buffer> {
    if (librariesAreThere()) return await buildNow(entry, sources)
    // The first build of all writes upstream's libraries into node_modules: nobody may read them meanwhile.
    const mine = building.then(() => buildNow(entry, sources))
    building = mine.catch(() => undefined)
    return await mine
}

async function buildNow(entry: string, sources: Map<string, string>): Promise<Buffer> {
    const folder = mkdtempSync(join(tmpdir(), "motewise-build-"))
    try {
        for (const [path, text] of sources) {
            mkdirSync(dirname(join(folder, path)), { recursive: true })
            writeFileSync(join(folder, path), text)
        }
        const { name, version } = JSON.parse(readFileSync(inProject("package.json"), "utf8"))
        writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version }))
        cpSync(inProject("devsconfig.json"), join(folder, "devsconfig.json"))
        cpSync(inProject("boards"), join(folder, "boards"), { recursive: true })
        symlinkSync(inProject("node_modules"), join(folder, "node_modules"))
        await runCompiler(folder, entry)
        return readFileSync(join(folder, ".devicescript/bin/bytecode.devs"))
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

async function runCompiler(folder: string, entry: string): Promise<void> {
    try {
        await promisify(execFile)(process.execPath, [DEVS, "build", entry], {
            cwd: folder,
            env: { ...process.env, NO_UPDATE_NOTIFIER: "1", NO_COLOR: "1", FORCE_COLOR: "0" },
            maxBuffer: 16 * 1024 * 1024,
        })
    } catch (e) {
        const { stdout = "", stderr = "" } = e as { stdout?: string; stderr?: string }
        const said = stripVTControlCharacters(`${stdout}${stderr}`)
            .split("\n")
            .filter(line => line.trim() !== "" && !line.includes("using devs:"))
            .join("\n")
        throw new UsageError(`${entry} does not compile:\n${said}`)
    }
}

/** Section descriptors of (offset, length) follow the 32-byte header; the second is the functions' bytecode (bytecode.md, 2.16). */
function imageFrom(bytes: Buffer, about: About): Image {
    return { bytes, codeBytes: bytes.readUInt32LE(32 + 8 + 4), ...about }
}

function forgetOldest(): void {
    const files = readdirSync(CACHE)
        .map(file => join(CACHE, file))
        .map(path => ({ path, usedMs: statSync(path).mtimeMs }))
        .sort((a, b) => b.usedMs - a.usedMs)
    for (const { path } of files.slice(KEPT_FILES)) rmSync(path, { force: true })
}
