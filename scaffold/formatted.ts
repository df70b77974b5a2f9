/** What we write for somebody looks as everything here does. */
import { format, resolveConfig } from "prettier"
import { inProject } from "../image/project"

/** @param path by whose ending the kind of text is known */
export async function formatted(path: string, text: string): Promise<string> {
    const config = await resolveConfig(inProject("package.json"))
    return await format(text, { ...config, filepath: path })
}
