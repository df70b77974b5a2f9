/** A file of the project that a command writes, in the format that the tests want, and whole or not at all. */
import { renameSync, writeFileSync } from "node:fs"
import { format, resolveConfig } from "prettier"
import { inProject } from "../../image/project"

export async function writeFormatted(
    file: string,
    text: string,
    parser: "json" | "markdown"
): Promise<void> {
    const path = inProject(file)
    const formatted = await format(text, { ...(await resolveConfig(path)), parser })
    writeFileSync(`${path}.new`, formatted)
    renameSync(`${path}.new`, path)
}
