/** What we write for somebody looks as everything here does. */
import { inProject } from "../image/project"

/** @param path by whose ending the kind of text is known */
export async function formatted(path: string, text: string): Promise<string> {
    // Not at the top: it takes longer to load than all else of the command line.
    const { format, resolveConfig } = await import("prettier")
    const config = await resolveConfig(inProject("package.json"))
    return await format(text, { ...config, filepath: path })
}
