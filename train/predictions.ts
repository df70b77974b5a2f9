/** The verdict of every row, as a CSV file. */
import { UNKNOWN } from "../src/inference/model"
import { writeWhole } from "../table/write"

/** `row,truth,verdict`, where the recording's header is row 1: whole or not at all. @throws InputError when it cannot be written */
export function writePredictions(
    file: string,
    classes: string[],
    truths: ArrayLike<number>,
    verdicts: ArrayLike<number>
): void {
    const lines = Array.from(truths, (truth, i) => {
        const verdict = verdicts[i] === UNKNOWN ? "unknown" : classes[verdicts[i]]
        return `${i + 2},${quoted(classes[truth])},${quoted(verdict)}\n`
    })
    writeWhole(file, `row,truth,verdict\n${lines.join("")}`)
}

function quoted(cell: string): string {
    return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
