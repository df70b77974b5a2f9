/** The verdict of every row, or window, as a CSV file. */
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { UNKNOWN } from "../src/inference/model"
import { InputError } from "../table/input-error"

/**
 * `row,truth,verdict`, where the recording's header is row 1 and a window is told by its last row; a truth nobody told, UNKNOWN, is empty.
 * Whole or not at all. @throws InputError when it cannot be written
 */
export function writePredictions(
    file: string,
    classes: string[],
    truths: ArrayLike<number>,
    verdicts: ArrayLike<number>,
    rows: ArrayLike<number>
): void {
    const lines = Array.from(truths, (truth, i) => {
        const verdict = verdicts[i] === UNKNOWN ? "unknown" : classes[verdicts[i]]
        const told = truth === UNKNOWN ? "" : quoted(classes[truth])
        return `${rows[i] + 2},${told},${quoted(verdict)}\n`
    })
    const draft = `${file}.${process.pid}`
    try {
        writeFileSync(draft, `row,truth,verdict\n${lines.join("")}`)
        renameSync(draft, file)
    } catch (e) {
        rmSync(draft, { force: true })
        throw new InputError(`${file}: cannot be written (${(e as NodeJS.ErrnoException).code})`)
    }
}

function quoted(cell: string): string {
    return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
