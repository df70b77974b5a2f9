/** Rows by truth and verdict: what is on the diagonal is right. */
import type { JudgedRows } from "./facts"
import { clipped, type Figure, px, SMALL_PX, TEXT_PX, textWidthPx } from "../../drawing/figure"
import { type Markup, markup } from "../../drawing/markup"
import { shareText, whole } from "./wording"

const CELL_WIDTH_PX = 92
const CELL_HEIGHT_PX = 52
const NAME_PX_MAX = 150
const FOUND_PX = 76
const MARGIN_PX = 16
const SLANT_DEGREES = 35

export function confusionFigure(
    classes: string[],
    { evaluation, truths }: Pick<JudgedRows, "evaluation" | "truths">
): Figure {
    const { confusion, unknown } = evaluation
    const there = classes.map((_, c) => countOf(truths, c))
    // A verdict of unknown is in no column of the evaluation: it is what is left of a class.
    const rows = confusion.map((row, c) => (unknown > 0 ? [...row, there[c] - sum(row)] : row))
    const said = unknown > 0 ? [...classes, "unknown"] : classes
    const isNarrow = said.every(name => textWidthPx(name, TEXT_PX) <= CELL_WIDTH_PX - 8)
    const clip = (name: string) => clipped(name, TEXT_PX, NAME_PX_MAX)
    const left =
        MARGIN_PX + 12 + Math.max(60, ...classes.map(name => textWidthPx(clip(name), TEXT_PX)))
    const slanted = Math.max(...said.map(name => textWidthPx(clip(name), TEXT_PX)))
    const slope = (SLANT_DEGREES * Math.PI) / 180
    const top = MARGIN_PX + 24 + (isNarrow ? 24 : slanted * Math.sin(slope) + 18)
    const centre = (column: number) => left + (column + 0.5) * CELL_WIDTH_PX
    const right = left + said.length * CELL_WIDTH_PX
    const heads = said.map((name, column) =>
        isNarrow
            ? markup`<text x="${px(centre(column))}" y="${px(top - 10)}" text-anchor="middle">${name}</text>`
            : markup`<text transform="translate(${px(centre(column) - 8)} ${px(top - 8)}) rotate(-${SLANT_DEGREES})">${clip(name)}</text>`
    )
    const lines = rows.map((row, truth) => {
        const y = top + truth * CELL_HEIGHT_PX
        const cells = row.map((count, verdict) =>
            cellOf(count, there[truth], truth === verdict, left + verdict * CELL_WIDTH_PX, y)
        )
        const found = there[truth] > 0 ? shareText(row[truth] / there[truth]) : "none there"
        return markup`<text x="${px(left - 10)}" y="${px(y + CELL_HEIGHT_PX / 2 + 5)}" text-anchor="end">${clip(classes[truth])}</text>${cells}<text class="faint" x="${px(right + 10)}" y="${px(y + CELL_HEIGHT_PX / 2 + 5)}">${found}</text>`
    })
    // A slanted name leans out to the right.
    const leaning = isNarrow ? 0 : slanted * Math.cos(slope) - CELL_WIDTH_PX / 2
    return {
        title: `Rows by truth and verdict: ${whole(evaluation.rows)} rows, ${shareText(evaluation.accuracy)} right`,
        widthPx: Math.max(right + FOUND_PX, right + leaning) + MARGIN_PX,
        heightPx: top + rows.length * CELL_HEIGHT_PX + MARGIN_PX,
        body: markup`<text class="faint" x="${px(left)}" y="${MARGIN_PX + 8}">verdict, in rows →</text><text class="faint" x="${px(left - 10)}" y="${px(top - 10)}" text-anchor="end">truth ↓</text><text class="faint" x="${px(right + 10)}" y="${px(isNarrow ? top - 10 : top + rows.length * CELL_HEIGHT_PX + 12)}">found</text>${heads}${lines}`,
    }
}

/** The more of its class, the fuller the colour: blue where it is right, orange where it is wrong. */
function cellOf(count: number, ofClass: number, isRight: boolean, x: number, y: number): Markup {
    const share = ofClass > 0 ? count / ofClass : 0
    const opacity = count === 0 ? 0 : 0.15 + 0.45 * Math.sqrt(share)
    const middle = px(x + CELL_WIDTH_PX / 2)
    return markup`<rect class="${isRight ? "right" : "wrong"}" fill-opacity="${px(opacity)}" x="${px(x + 1)}" y="${px(y + 1)}" width="${CELL_WIDTH_PX - 2}" height="${CELL_HEIGHT_PX - 2}" rx="4"/><rect class="axis" x="${px(x + 1)}" y="${px(y + 1)}" width="${CELL_WIDTH_PX - 2}" height="${CELL_HEIGHT_PX - 2}" rx="4"/><text class="strong" x="${middle}" y="${px(y + 24)}" text-anchor="middle">${whole(count)}</text><text x="${middle}" y="${px(y + 42)}" text-anchor="middle" font-size="${SMALL_PX}">${shareText(share)}</text>`
}

function countOf(values: ArrayLike<number>, wanted: number): number {
    let count = 0
    for (let i = 0; i < values.length; ++i) if (values[i] === wanted) ++count
    return count
}

function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0)
}
