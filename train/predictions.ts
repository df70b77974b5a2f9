/** The verdict of every row, or window, as a CSV file. */
import { UNKNOWN } from "../src/inference/model"
import { writeWhole } from "../table/write"

/** `row,truth,verdict`, where the recording's header is row 1 and a window is told by its last row: whole or not at all. @throws InputError when it cannot be written */
export function writePredictions(
    file: string,
    classes: string[],
    truths: ArrayLike<number>,
    verdicts: ArrayLike<number>,
    rows: ArrayLike<number>
): void {
    const lines = Array.from(truths, (truth, i) => {
        const verdict = verdicts[i] === UNKNOWN ? "unknown" : classes[verdicts[i]]
        return `${rows[i] + 2},${quoted(classes[truth])},${quoted(verdict)}\n`
    })
    writeWhole(file, `row,truth,verdict\n${lines.join("")}`)
}

function quoted(cell: string): string {
    return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
