/** What a person waits for, said where it does not get into the output. */

import { createLogUpdate } from "log-update"

/** For `compile`: a build takes a few seconds. */
export function sayBuilding(entry: string, board?: string): () => void {
    return () => {
        if (!process.stderr.isTTY) return
        console.error(`Compiling ${entry}${board === undefined ? "" : ` for ${board}`} ...`)
    }
}

const REFRESH_MS = 500

/** A line on standard error that says how far it is, when somebody looks. */
export function watchShare(what: string): { tell: (share: number) => void; done: () => void } {
    if (!process.stderr.isTTY) return { tell: () => {}, done: () => {} }
    const update = createLogUpdate(process.stderr)
    let share = 0
    const timer = setInterval(() => update(`${what} ${(share * 100).toFixed(0)} %`), REFRESH_MS)
    return {
        tell: now => void (share = now),
        done: () => {
            clearInterval(timer)
            update.clear()
            update.done()
        },
    }
}

const PATIENCE_MS = 2000

/** The same for work that gives no timer its turn: said from inside it, once it has taken longer than somebody waits gladly. */
export function sayShare(what: string): { tell: (share: number) => void; done: () => void } {
    if (!process.stderr.isTTY) return { tell: () => {}, done: () => {} }
    const update = createLogUpdate(process.stderr)
    const startMs = performance.now()
    return {
        tell: share => {
            if (performance.now() - startMs > PATIENCE_MS)
                update(`${what} ${(share * 100).toFixed(0)} %`)
        },
        done: () => {
            update.clear()
            update.done()
        },
    }
}
