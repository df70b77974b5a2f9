/** Bars one below the other, each with its name above it: names of any length, and windows of any width. */
import { scaleLinear } from "d3-scale"
import {
    CHART_WIDTH_PX,
    clipped,
    type Figure,
    px,
    SMALL_PX,
    TEXT_PX,
    textWidthPx,
} from "../../drawing/figure"
import { markup, NOTHING } from "../../drawing/markup"

export interface Bar {
    name: string
    /** Of the whole axis, 0 to 1. */
    share: number
    value: string
    /** A class of the style sheet. */
    colour: string
    /** A second line, below the bar. */
    note?: string
}

const LEFT_PX = 16
const RIGHT_PX = 24
const TOP_PX = 10
const NAME_PX = 20
const BAR_PX = 12
const NOTE_PX = 18
const GAP_PX = 12
const AXIS_PX = 46

/** @param axis what the shares are of, for the axis in percent */
export function barsFigure(title: string, axis: string, bars: Bar[]): Figure {
    const right = CHART_WIDTH_PX - RIGHT_PX
    const greatest = Math.max(0.01, ...bars.map(({ share }) => share))
    const x = scaleLinear([0, 100 * greatest], [LEFT_PX, right]).nice(5)
    const ticks = x.ticks(5)
    const decimals = ticks[1] < 1 ? 1 : 0
    let y = TOP_PX
    const rows = bars.map(({ name, share, value, colour, note }) => {
        const room = right - LEFT_PX - textWidthPx(value, TEXT_PX) - 12
        const barAt = y + NAME_PX
        const noteText = clipped(note ?? "", SMALL_PX, right - LEFT_PX)
        const row = markup`<g><title>${name}: ${value}</title><text x="${LEFT_PX}" y="${px(y + 14)}">${clipped(name, TEXT_PX, room)}</text><text class="strong" x="${right}" y="${px(y + 14)}" text-anchor="end">${value}</text><rect class="grid" x="${LEFT_PX}" y="${px(barAt)}" width="${right - LEFT_PX}" height="${BAR_PX}"/><rect class="${colour}" x="${LEFT_PX}" y="${px(barAt)}" width="${px(x(100 * share) - LEFT_PX)}" height="${BAR_PX}"/>${note === undefined ? NOTHING : markup`<text class="faint" x="${LEFT_PX}" y="${px(barAt + BAR_PX + 15)}">${noteText}</text>`}</g>`
        y = barAt + BAR_PX + (note === undefined ? 0 : NOTE_PX) + GAP_PX
        return row
    })
    const marks = ticks.map(
        tick =>
            markup`<path class="axis" d="M${px(x(tick))} ${px(y)}v5"/><text class="faint" x="${px(x(tick))}" y="${px(y + 18)}" text-anchor="middle">${tick.toFixed(decimals)}</text>`
    )
    return {
        title,
        widthPx: CHART_WIDTH_PX,
        heightPx: y + AXIS_PX,
        body: markup`${rows}<path class="axis" d="M${LEFT_PX} ${px(y)}H${right}"/>${marks}<text class="faint" x="${px((LEFT_PX + right) / 2)}" y="${px(y + 37)}" text-anchor="middle">${axis}, in %</text>`,
    }
}
