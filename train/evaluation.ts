/** What a classifier's verdicts are worth against the truth. */
import { UNKNOWN } from "../src/inference/model"

export interface Evaluation {
    rows: number
    /** Share of rows told rightly; `unknown` is not right. */
    accuracy: number
    /** Mean over the classes that were there or were told; of classes as unequal as they may be, each counts the same. */
    macroF1: number
    /** Rows by true class, then by verdict; `unknown` is in none. */
    confusion: number[][]
    unknown: number
}

/** @param truths @param verdicts class indices of the same rows; a verdict may be UNKNOWN */
export function evaluate(
    truths: ArrayLike<number>,
    verdicts: ArrayLike<number>,
    classCount: number
): Evaluation {
    const confusion = Array.from({ length: classCount }, () => new Array(classCount).fill(0))
    const there: number[] = new Array(classCount).fill(0)
    const told: number[] = new Array(classCount).fill(0)
    let unknown = 0
    for (let row = 0; row < truths.length; ++row) {
        ++there[truths[row]]
        if (verdicts[row] === UNKNOWN) {
            ++unknown
            continue
        }
        ++told[verdicts[row]]
        ++confusion[truths[row]][verdicts[row]]
    }
    let right = 0
    let f1Sum = 0
    let counted = 0
    for (let c = 0; c < classCount; ++c) {
        right += confusion[c][c]
        if (there[c] + told[c] === 0) continue
        // 2 TP / (2 TP + FP + FN)
        f1Sum += (2 * confusion[c][c]) / (there[c] + told[c])
        ++counted
    }
    const rows = truths.length
    return { rows, accuracy: right / rows, macroF1: f1Sum / counted, confusion, unknown }
}

/** "98.77 %" */
export function percent(share: number): string {
    return `${(100 * share).toFixed(2)} %`
}
