/** Where the project's folders are, and the one kind of error that is the user's to mend. */
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

export function inProject(...path: string[]): string {
    return join(ROOT, ...path)
}

/** A mistake of the user's: told in one line, without a stack. */
export class UsageError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "UsageError"
    }
}
