/** The boards a program can be built for: ours in boards/, and all that DeviceScript knows. */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { basename } from "node:path"
import { nearest } from "./nearest"
import { UsageError, inProject } from "./project"

export const SIMULATOR = "simulator"

/** Boards of ours, by the names of their files. */
export function ourBoards(): string[] {
    return readdirSync(inProject("boards"))
        .filter(file => file.endsWith(".board.json"))
        .map(file => basename(file, ".board.json"))
        .sort()
}

/** A board file as it stands, with what its name and place say. */
export interface BoardFile {
    id: string
    archId: string
    /** Where upstream's runtime for it comes from. */
    $fwUrl?: string
    [key: string]: unknown
}

/** One of ours. @throws UsageError for one of DeviceScript's own, or none */
export function boardFile(id: string): BoardFile {
    if (!ourBoards().includes(id))
        throw new UsageError(`no board file boards/${id}.board.json${nearest(id, ourBoards())}`)
    const board = JSON.parse(readFileSync(inProject("boards", `${id}.board.json`), "utf8"))
    return { ...board, id }
}

/** What DeviceScript's compiler declares, by board; none before its libraries were generated. */
function declared(): Map<string, string> {
    const file = inProject("node_modules/@devicescript/core/src/devicescript-boards.d.ts")
    if (!existsSync(file)) return new Map()
    const modules = readFileSync(file, "utf8")
        .split(/^declare module "@dsboard\//m)
        .slice(1)
    return new Map(modules.map(text => [text.slice(0, text.indexOf('"')), text]))
}

/** Boards that come with DeviceScript. */
export function upstreamBoards(): string[] {
    const ours = ourBoards()
    return [...declared().keys()].filter(id => !ours.includes(id)).sort()
}

/** The pins that a board brings out; undefined for a board nobody knows. */
export function boardPins(id: string): string[] | undefined {
    if (ourBoards().includes(id)) return Object.keys(boardFile(id).pins as object)
    const [, interfaceOfPins = ""] = declared().get(id)?.split("interface BoardPins {") ?? []
    const pins = [...interfaceOfPins.matchAll(/^ {8}(\w+): ds\./gm)].map(([, pin]) => pin)
    return pins.length > 0 ? pins : undefined
}

/** All that a program can see of a board which it takes names from; the id where nothing is known yet. */
export function boardText(id: string): string {
    return ourBoards().includes(id) ? JSON.stringify(boardFile(id)) : (declared().get(id) ?? id)
}

/** Every board id there is, ours first. */
export function boards(): string[] {
    return [...ourBoards(), ...upstreamBoards()]
}

/** The board that a program names itself; undefined when it names none. @param entry relative to the project's root */
export function boardOf(entry: string): string | undefined {
    return /(?:import|from)\s*"@dsboard\/(\w+)"/.exec(readFileSync(inProject(entry), "utf8"))?.[1]
}

/** @throws UsageError that names the boards there are */
export function checkBoard(id: string): void {
    const known = boards()
    if (!known.includes(id)) throw new UsageError(`no board "${id}"${nearest(id, known)}`)
}
