/** What a model gets wrong, told in stretches: a minute of wrong verdicts is one mistake, not sixty. */
import type { JudgedRows } from "./facts"

/** Neighbouring rows of one truth and one wrong verdict. */
export interface Stretch {
    /** Row numbers in the recording, both included. */
    first: number
    last: number
    rows: number
    truth: number
    /** May be UNKNOWN. */
    verdict: number
    /** By input, least and greatest value; undefined where it is missing throughout. */
    values: ([number, number] | undefined)[]
}

/** The longest first; of equals, in their order. */
export function wrongStretches({ rowNumbers, columns, truths, verdicts }: JudgedRows): Stretch[] {
    const stretches: Stretch[] = []
    let current: Stretch | undefined
    for (let row = 0; row < truths.length; ++row) {
        const truth = truths[row]
        const verdict = verdicts[row]
        if (truth === verdict) continue
        const number = rowNumbers[row]
        if (
            current === undefined ||
            current.last + 1 !== number ||
            current.truth !== truth ||
            current.verdict !== verdict
        ) {
            const values = columns.map(() => undefined)
            current = { first: number, last: number, rows: 0, truth, verdict, values }
            stretches.push(current)
        }
        current.last = number
        ++current.rows
        current.values = current.values.map((span, i) => widened(span, columns[i][row]))
    }
    return stretches.sort((a, b) => b.rows - a.rows || a.first - b.first)
}

function widened(span: [number, number] | undefined, value: number): [number, number] | undefined {
    if (Number.isNaN(value)) return span
    if (span === undefined) return [value, value]
    return [Math.min(span[0], value), Math.max(span[1], value)]
}
