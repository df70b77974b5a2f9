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

/** Boards that DeviceScript's compiler declares; none before its libraries were generated. */
function upstreamBoards(): string[] {
    const declared = inProject("node_modules/@devicescript/core/src/devicescript-boards.d.ts")
    if (!existsSync(declared)) return []
    const names = readFileSync(declared, "utf8").matchAll(/^declare module "@dsboard\/(\w+)"/gm)
    return [...names].map(([, name]) => name)
}

/** Every board id there is, ours first. */
export function boards(): string[] {
    const ours = ourBoards()
    return [...ours, ...upstreamBoards().filter(id => !ours.includes(id))]
}

/** @throws UsageError that names the boards there are */
export function checkBoard(id: string): void {
    const known = boards()
    if (!known.includes(id)) throw new UsageError(`no board "${id}"${nearest(id, known)}`)
}
