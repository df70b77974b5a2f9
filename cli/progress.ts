/** What a person waits for, said where it does not get into the output. */

/** For `compile`: a build takes a few seconds. */
export function sayBuilding(entry: string, board?: string): () => void {
    return () => {
        if (!process.stderr.isTTY) return
        console.error(`Compiling ${entry}${board === undefined ? "" : ` for ${board}`} ...`)
    }
}
