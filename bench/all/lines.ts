/** Lines over an axis of numbers. */
import { scaleLinear } from "d3-scale"
import { CLASS_COLOURS, classColour, px } from "../../drawing/figure"
import { Markup, markup } from "../../drawing/markup"
import { legend, MARGIN_PX, type Picture, RIGHT_PX } from "./picture"

export interface Lines {
    title: string
    xAxis: string
    yAxis: string
    lines: { name: string; points: [x: number, y: number][] }[]
    /** The end of the upright axis, where the values do not decide it. */
    most?: number
}

const LEFT_PX = MARGIN_PX + 56
const PLOT_HEIGHT_PX = 240
const AXIS_PX = 52

const STYLE = new Markup(
    CLASS_COLOURS.map(
        (colour, i) => `.fig .l${i} { stroke: ${colour}; stroke-width: 2.25; fill: none; }`
    ).join("\n")
)

export function linesPicture({ title, xAxis, yAxis, lines, most }: Lines): Picture {
    const top = legend(
        lines.map(({ name }) => name),
        classColour
    )
    const bottom = top.heightPx + PLOT_HEIGHT_PX
    const all = lines.flatMap(({ points }) => points)
    const xMost = Math.max(...all.map(([x]) => x))
    const yMost = most ?? Math.max(...all.map(([, y]) => y))
    const x = scaleLinear([0, xMost], [LEFT_PX, RIGHT_PX])
    const y = scaleLinear([0, yMost], [bottom, top.heightPx + 8])
    const [formatX, formatY] = [x.tickFormat(8), y.tickFormat(5)]
    const yMarks = y
        .ticks(5)
        .map(
            tick =>
                markup`<path class="grid" d="M${LEFT_PX} ${px(y(tick))}H${RIGHT_PX}"/><text class="faint" x="${LEFT_PX - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${formatY(tick)}</text>`
        )
    const xMarks = x
        .ticks(8)
        .map(
            tick =>
                markup`<path class="axis" d="M${px(x(tick))} ${bottom}v5"/><text class="faint" x="${px(x(tick))}" y="${bottom + 19}" text-anchor="middle">${formatX(tick)}</text>`
        )
    const curves = lines.map(
        ({ points }, i) =>
            markup`<polyline class="l${i}" points="${points.map(([at, value]) => `${px(x(at))} ${px(y(value))}`).join(" ")}"/>`
    )
    return {
        title,
        heightPx: bottom + AXIS_PX,
        body: markup`<style>${STYLE}</style>${top.body}${yMarks}${xMarks}<path class="axis" d="M${LEFT_PX} ${bottom}H${RIGHT_PX}"/>${curves}<text class="faint" x="${px((LEFT_PX + RIGHT_PX) / 2)}" y="${bottom + 40}" text-anchor="middle">${xAxis}</text><text class="faint" transform="translate(${MARGIN_PX + 6} ${px(bottom - PLOT_HEIGHT_PX / 2)}) rotate(-90)" text-anchor="middle">${yAxis}</text>`,
    }
}
