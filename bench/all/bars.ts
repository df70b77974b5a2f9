/** Bars from left to right, one row below the other, of one part or of several in a line. */
import { scaleLinear } from "d3-scale"
import { classColour, clipped, px, SMALL_PX, TEXT_PX, textWidthPx } from "../../drawing/figure"
import { markup, NOTHING } from "../../drawing/markup"
import { legend, MARGIN_PX, type Picture, RIGHT_PX } from "./picture"

export interface BarRow {
    /** "" where it is that of the row above, of which this one is another series. */
    name: string
    parts: BarPart[]
    /** Behind the bar. */
    text: string
}

export interface BarPart {
    value: number
    /** Which of the series, from 0. */
    series: number
}

export interface Bars {
    title: string
    /** What the axis shows, with its unit. */
    axis: string
    /** Told in a legend where there are several. */
    series: string[]
    /** Of the series, where the first ones in their order do not tell good from bad. */
    colours?: number[]
    rows: BarRow[]
    /** The end of the axis, where the values do not decide it. */
    most?: number
}

const BAR_PX = 16
/** Below a bar: to the next of the same name, and to the next name. */
const NEAR_PX = 3
const GAP_PX = 10
const AXIS_PX = 44
const NAME_MAX_PX = 250

export function barsPicture({ title, axis, series, colours, rows, most }: Bars): Picture {
    const classOf = (series: number) => classColour(colours?.[series] ?? series)
    const width = (values: string[]) => Math.max(...values.map(text => textWidthPx(text, TEXT_PX)))
    const nameWidth = Math.min(NAME_MAX_PX, width(rows.map(({ name }) => name)))
    const left = MARGIN_PX + nameWidth + 10
    const right = RIGHT_PX - width(rows.map(({ text }) => text)) - 8
    const greatest = Math.max(...rows.map(({ parts }) => sumOf(parts)))
    const x = scaleLinear([0, most ?? (greatest || 1)], [left, right])
    if (most === undefined) x.nice(5)
    const top = legend(series, classOf)
    let y = top.heightPx
    const drawn = rows.map(({ name, parts, text }, i) => {
        const isNear = rows[i + 1]?.name === ""
        const base = y + BAR_PX - 3
        let from = 0
        const bars = parts.map(({ value, series }) => {
            const bar = markup`<rect class="${classOf(series)}" x="${px(x(from))}" y="${px(y)}" width="${px(x(from + value) - x(from))}" height="${BAR_PX}"/>`
            from += value
            return bar
        })
        const row = markup`<text x="${px(left - 10)}" y="${px(base)}" text-anchor="end">${clipped(name, TEXT_PX, nameWidth)}</text>${bars}<text class="strong" x="${px(x(from) + 8)}" y="${px(base)}">${text}</text>`
        y += BAR_PX + (isNear ? NEAR_PX : GAP_PX)
        return row
    })
    const ticks = x.ticks(5)
    const format = x.tickFormat(5)
    const marks = ticks.map(
        tick =>
            markup`<path class="grid" d="M${px(x(tick))} ${top.heightPx}V${px(y)}"/><text class="faint" x="${px(x(tick))}" y="${px(y + 18)}" text-anchor="middle">${format(tick)}</text>`
    )
    return {
        title,
        heightPx: y + AXIS_PX,
        body: markup`${top.body}${marks}${drawn}<path class="axis" d="M${px(left)} ${top.heightPx}V${px(y)}H${px(right)}"/>${axis === "" ? NOTHING : markup`<text class="faint" x="${px((left + right) / 2)}" y="${px(y + 37)}" text-anchor="middle">${clipped(axis, SMALL_PX, RIGHT_PX)}</text>`}`,
    }
}

function sumOf(parts: BarPart[]): number {
    return parts.reduce((sum, { value }) => sum + value, 0)
}
