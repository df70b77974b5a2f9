/**
 * Streams one below the other, each channel as a band over its rows, with what somebody labelled and where it alarms. All groups have the
 * same rows and the same units to a pixel, so that what is quiet looks quiet; each about its own level.
 */
import { scaleLinear } from "d3-scale"
import { bandOf } from "./band"
import type { ReportGroup } from "./detector-facts"
import type { ReportInput } from "./facts"
import {
    clipped,
    type Figure,
    px,
    SMALL_PX,
    STRONG,
    TEXT_PX,
    textWidthPx,
} from "../../drawing/figure"
import { type Markup, markup, NOTHING } from "../../drawing/markup"
import { counted, titleOf, unitOf, whole } from "./wording"

/** More than these are a book, not a figure. */
export const GROUPS_DRAWN_MAX = 8
export const CHANNELS_DRAWN_MAX = 6
/** Of a band, whatever the rows: two pixels each. */
const BINS_MAX = 420
const PLOT_WIDTH_PX = 840
const LEFT_PX = 64
const RIGHT_PX = 16
const LEGEND_PX = 40
const TITLE_PX = 22
/** Triangles of episodes, and ticks of alarms below them. */
const LANE_PX = 26
const MARK_PX = 5
const TICK_TOP_PX = 14
const TICK_HEIGHT_PX = 9
const TICK_WIDTH_PX = 1.5
const CAPTION_PX = 18
/** Of a few plots each is taller. */
const PLOT_HEIGHT_MIN_PX = 64
const PLOT_HEIGHT_MAX_PX = 160
const PLOTS_HEIGHT_PX = 420
const AXIS_PX = 44
const BOTTOM_PX = 16
/** A labelled row among a thousand is still seen. */
const EVENT_WIDTH_MIN_PX = 2

export type TimelineGroup = Pick<
    ReportGroup,
    "name" | "channels" | "keptFrom" | "events" | "alarms" | "episodes"
>

/** @param groups no more than are to be drawn, each with a row at least */
export function timelineFigure(groups: TimelineGroup[], inputs: ReportInput[]): Figure {
    const drawn = inputs.slice(0, CHANNELS_DRAWN_MAX)
    const rowsMax = Math.max(...groups.map(rowsOf))
    const bins = Math.min(BINS_MAX, rowsMax)
    const heightEach = Math.round(PLOTS_HEIGHT_PX / (groups.length * drawn.length))
    const heightPx = Math.min(PLOT_HEIGHT_MAX_PX, Math.max(PLOT_HEIGHT_MIN_PX, heightEach))
    const at = (row: number) => LEFT_PX + (row * PLOT_WIDTH_PX) / rowsMax
    const ranges = groups.map(({ channels }) => channels.map(rangeIn))
    const spans = drawn.map((_, i) =>
        Math.max(...ranges.map(each => each[i].greatest - each[i].least).filter(isThere), 0)
    )
    const parts: Markup[] = []
    let y = LEGEND_PX
    groups.forEach((group, g) => {
        const episodes = counted(group.episodes.length, "alarm episode")
        const told = `${counted(rowsOf(group), "row")}, ${episodes}`
        const room = PLOT_WIDTH_PX - textWidthPx(told, SMALL_PX) - 24
        const name = clipped(group.name, TEXT_PX * STRONG, room)
        const right = LEFT_PX + PLOT_WIDTH_PX
        parts.push(
            markup`<text class="strong" x="${LEFT_PX}" y="${y + 14}">${name}</text><text class="faint" x="${right}" y="${y + 14}" text-anchor="end">${told}</text>\n`
        )
        const lane = y + TITLE_PX
        const plots = lane + LANE_PX
        const bottom = plots + drawn.length * (CAPTION_PX + heightPx)
        parts.push(
            keptOf(group, at, lane, bottom),
            eventsOf(group, at, lane, bottom),
            ...drawn.map((input, i) => {
                const top = plots + i * (CAPTION_PX + heightPx) + CAPTION_PX
                const { least, greatest } = ranges[g][i]
                const span = spans[i] > 0 ? spans[i] : 1
                const middle = isThere(least) ? (least + greatest) / 2 : 0
                const [from, to] = [middle - span / 2, middle + span / 2]
                const plot = { top, bottom: top + heightPx, rowsMax, bins, from, to }
                return channelPlot(input, group.channels[i], plot)
            }),
            alarmsOf(group, at, bins / rowsMax, lane, bottom),
            rowAxis(rowsMax, at, bottom)
        )
        y = bottom + AXIS_PX
    })
    const labelled = groups.some(
        ({ episodes, events }) =>
            events.length > 0 || episodes.some(({ isOfEvent }) => isOfEvent !== undefined)
    )
    const kept = groups.some(group => group.keptFrom < rowsOf(group))
    const label = `rows${groups.length === 1 ? "" : " of each group"}, in their order`
    return {
        title: `Readings of ${groups.length === 1 ? "one group" : `${groups.length} groups`} over their rows, with ${counted(
            groups.reduce((sum, { episodes }) => sum + episodes.length, 0),
            "alarm episode"
        )}`,
        widthPx: LEFT_PX + PLOT_WIDTH_PX + RIGHT_PX,
        heightPx: y + BOTTOM_PX,
        body: markup`${legendOf(labelled, kept)}${parts}<text class="faint" x="${LEFT_PX + PLOT_WIDTH_PX / 2}" y="${y}" text-anchor="middle">${label}</text>`,
    }
}

export function rowsOf({ channels }: Pick<TimelineGroup, "channels">): number {
    return channels[0].length
}

/** NaN for both where there is no reading. */
function rangeIn(values: Float64Array): { least: number; greatest: number } {
    const { least, greatest } = bandOf(values, values.length, 1)
    return { least: least[0], greatest: greatest[0] }
}

function isThere(value: number): boolean {
    return !Number.isNaN(value)
}

function channelPlot(
    input: ReportInput,
    values: Float64Array,
    plot: { top: number; bottom: number; rowsMax: number; bins: number; from: number; to: number }
): Markup {
    const { top, bottom, rowsMax, bins, from, to } = plot
    const right = LEFT_PX + PLOT_WIDTH_PX
    // A little room, lest a peak hides in the frame.
    const y = scaleLinear([from, to], [bottom - 3, top + 3])
    const format = y.tickFormat(3)
    const ticks = y
        .ticks(3)
        .map(
            tick =>
                markup`<path class="grid" d="M${LEFT_PX} ${px(y(tick))}H${right}"/><text class="faint" x="${LEFT_PX - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${format(tick)}</text>`
        )
    const unit = unitOf(input)
    const title = unit === "" ? titleOf(input) : `${titleOf(input)}, ${unit}`
    const { least, greatest } = bandOf(values, rowsMax, bins)
    const binWidth = PLOT_WIDTH_PX / bins
    const outlines: string[] = []
    let first = 0
    for (let bin = 0; bin <= bins; ++bin) {
        if (bin < bins && isThere(least[bin])) continue
        if (bin > first) outlines.push(outline(first, bin))
        first = bin + 1
    }

    /** There along what is greatest, back along what is least; bins from and before. */
    function outline(from: number, to: number): string {
        const above: string[] = []
        const below: string[] = []
        for (let bin = from; bin < to; ++bin) {
            const x = px(LEFT_PX + (bin + 0.5) * binWidth)
            above.push(`${x} ${tenth(y(greatest[bin]))}`)
            below.push(`${x} ${tenth(y(least[bin]))}`)
        }
        const [start, end] = [from, to].map(bin => px(LEFT_PX + bin * binWidth))
        const there = `M${start} ${above[0].split(" ")[1]}L${above.join(" ")}H${end}`
        return `${there}V${below[below.length - 1].split(" ")[1]}L${below.reverse().join(" ")}H${start}Z`
    }

    return markup`<text class="faint" x="${LEFT_PX}" y="${top - 5}">${clipped(title, SMALL_PX, PLOT_WIDTH_PX)}</text>${ticks}<path class="curve bar" d="${outlines.join("")}"/>\n`
}

/** A tenth of a pixel is enough for what is two wide. */
function tenth(value: number): string {
    return String(Math.round(value * 10) / 10)
}

function keptOf(
    group: TimelineGroup,
    at: (row: number) => number,
    top: number,
    bottom: number
): Markup {
    const rows = rowsOf(group)
    const { keptFrom } = group
    if (keptFrom === rows) return NOTHING
    return markup`<rect class="rest" fill-opacity="0.35" x="${px(at(keptFrom))}" y="${top}" width="${px(at(rows) - at(keptFrom))}" height="${bottom - top}"/><path class="axis" stroke-dasharray="4 3" d="M${px(at(keptFrom))} ${top}V${bottom}"/>\n`
}

function eventsOf(
    { events }: TimelineGroup,
    at: (row: number) => number,
    top: number,
    bottom: number
): Markup {
    const spans = events.map(({ start, end }) => {
        const width = Math.max(EVENT_WIDTH_MIN_PX, at(end + 1) - at(start))
        return markup`<rect class="c1" fill-opacity="0.35" x="${px(at(start))}" y="${top}" width="${px(width)}" height="${bottom - top}"/>`
    })
    return markup`${spans}`
}

/** Of what falls into one bin the first is drawn: there are no more marks than points of the band. */
function alarmsOf(
    { alarms, episodes }: TimelineGroup,
    at: (row: number) => number,
    binsPerRow: number,
    top: number,
    bottom: number
): Markup {
    const isFirst = (row: number, i: number, all: number[]) =>
        i === 0 || Math.floor(all[i - 1] * binsPerRow) !== Math.floor(row * binsPerRow)
    const ticks = alarms
        .filter(isFirst)
        .map(
            row =>
                `M${px(at(row + 0.5) - TICK_WIDTH_PX / 2)} ${top + TICK_TOP_PX}h${TICK_WIDTH_PX}v${TICK_HEIGHT_PX}h-${TICK_WIDTH_PX}z`
        )
    const starts = episodes.map(({ start }) => start)
    const marks = episodes
        .filter((_, i) => isFirst(starts[i], i, starts))
        .map(({ start, isOfEvent }) => {
            const x = at(start + 0.5)
            const line = markup`<path class="axis" stroke-dasharray="2 2" d="M${px(x)} ${top + TICK_TOP_PX + TICK_HEIGHT_PX}V${bottom}"/>`
            return markup`${line}${episodeMark(x, top + 1, isOfEvent)}`
        })
    return markup`<path class="wrong" d="${ticks.join("")}"/>${marks}\n`
}

/** Hollow when false, for who does not tell the colours. */
function episodeMark(x: number, top: number, isOfEvent = true): Markup {
    return markup`<path class="${isOfEvent ? "wrong" : "paper"} edge" d="M${px(x - MARK_PX)} ${top}h${2 * MARK_PX}l-${MARK_PX} ${2 * MARK_PX}z"/>`
}

function rowAxis(rowsMax: number, at: (row: number) => number, y: number): Markup {
    const ticks = scaleLinear([0, rowsMax], [0, 1]).ticks(8).filter(Number.isInteger)
    const marks = ticks.map(
        row =>
            markup`<path class="axis" d="M${px(at(row))} ${y}v5"/><text class="faint" x="${px(at(row))}" y="${y + 19}" text-anchor="middle">${whole(row)}</text>`
    )
    return markup`<path class="axis" d="M${LEFT_PX} ${y}h${PLOT_WIDTH_PX}"/>${marks}\n`
}

function legendOf(labelled: boolean, kept: boolean): Markup {
    const tick = (x: number) =>
        markup`<path class="wrong" d="M${x + 8} 10h${TICK_WIDTH_PX}v${TICK_HEIGHT_PX}h-${TICK_WIDTH_PX}z"/>`
    const swatch = (kind: string, opacity: number) => (x: number) =>
        markup`<rect class="${kind}" fill-opacity="${opacity}" x="${x}" y="8" width="16" height="12"/>`
    const mark = (isOfEvent: boolean) => (x: number) => episodeMark(x + 8, 9, isOfEvent)
    const items: [string, (x: number) => Markup][] = [
        ["least to greatest reading", swatch("bar", 1)],
        ["alarm", tick],
        [labelled ? "episode of an event" : "first of an episode", mark(true)],
    ]
    if (labelled) items.push(["false episode", mark(false)], ["labelled event", swatch("c1", 0.35)])
    if (kept) items.push(["kept from it", swatch("rest", 0.35)])
    let x = LEFT_PX
    return markup`${items.map(([text, draw]) => {
        const item = markup`${draw(x)}<text class="faint" x="${px(x + 22)}" y="19">${text}</text>`
        x += Math.round(22 + textWidthPx(text, SMALL_PX) + 14)
        return item
    })}\n`
}
