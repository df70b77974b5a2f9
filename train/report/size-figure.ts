/** Size against cross-validated error: the least, the bound that its standard error allows, and the smallest size below it. */
import { scaleLinear, scaleLog } from "d3-scale"
import type { SizeError } from "../selection"
import type { ReportFacts } from "./facts"
import { CHART_WIDTH_PX, type Figure, px } from "../../drawing/figure"
import { type Markup, markup } from "../../drawing/markup"
import { whole } from "./wording"

const LEFT_PX = 58
const RIGHT_PX = 20
const LEGEND_PX = 86
const PLOT_HEIGHT_PX = 240
const AXIS_PX = 54
const CAP_PX = 4
/** Of full trees; others between them would crowd the axis. */
const TICKS = [1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383]

export function sizeFigure({ curve, least, chosen }: ReportFacts["selection"]): Figure {
    const nodesMax = Math.max(3, ...curve.map(({ nodes }) => nodes))
    const worst = Math.max(...curve.map(({ error, standardError }) => error + standardError))
    const bottom = LEGEND_PX + PLOT_HEIGHT_PX
    const x = scaleLog([1, nodesMax], [LEFT_PX + 14, CHART_WIDTH_PX - RIGHT_PX])
    const y = scaleLinear([0, Math.max(worst, 0.001) * 100], [bottom, LEGEND_PX]).nice(5)
    const bound = 100 * (least.error + least.standardError)
    const decimals = y.ticks(5)[1] < 1 ? 1 : 0
    const right = CHART_WIDTH_PX - RIGHT_PX
    const yTicks = y
        .ticks(5)
        .map(
            tick =>
                markup`<path class="grid" d="M${LEFT_PX} ${px(y(tick))}H${right}"/><text class="faint" x="${LEFT_PX - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${tick.toFixed(decimals)}</text>`
        )
    const xTicks = TICKS.filter(tick => tick <= nodesMax).map(
        tick =>
            markup`<path class="axis" d="M${px(x(tick))} ${bottom}v5"/><text class="faint" x="${px(x(tick))}" y="${bottom + 20}" text-anchor="middle">${whole(tick)}</text>`
    )
    const points = curve.map(({ nodes, error }) => `${px(x(nodes))} ${px(y(100 * error))}`)
    const bars = curve.map(({ nodes, error, standardError }) => {
        const from = px(y(100 * Math.max(0, error - standardError)))
        const to = px(y(100 * (error + standardError)))
        const at = x(nodes)
        const [a, b] = [px(at - CAP_PX), px(at + CAP_PX)]
        return markup`<path class="axis" d="M${px(at)} ${from}V${to}M${a} ${from}H${b}M${a} ${to}H${b}"/>`
    })
    const dots = curve.map(
        ({ nodes, error }) =>
            markup`<circle class="bar" cx="${px(x(nodes))}" cy="${px(y(100 * error))}" r="3.5"/>`
    )
    const figures = ({ nodes, error, standardError }: SizeError) =>
        `${whole(nodes)} ${nodes === 1 ? "node" : "nodes"}, ${(100 * error).toFixed(2)} ± ${(100 * standardError).toFixed(2)} % wrong`
    const legend = [
        markup`${chosenMark(LEFT_PX + 6, 20)}<text class="strong" x="${LEFT_PX + 24}" y="25">chosen: ${figures(chosen)}</text>`,
        markup`${leastMark(LEFT_PX + 6, 43)}<text x="${LEFT_PX + 24}" y="48">least: ${figures(least)}</text>`,
        markup`<path class="curve" stroke-dasharray="6 4" d="M${LEFT_PX - 4} 66h20"/><text x="${LEFT_PX + 24}" y="71">as good as the least: up to ${bound.toFixed(2)} %</text>`,
    ]
    return {
        title: `Error by size: ${figures(chosen)} was chosen; the least is ${figures(least)}`,
        widthPx: CHART_WIDTH_PX,
        heightPx: bottom + AXIS_PX,
        body: markup`${legend}${yTicks}<path class="axis" d="M${LEFT_PX} ${bottom}H${right}"/>${xTicks}<path class="curve" stroke-dasharray="6 4" d="M${LEFT_PX} ${px(y(bound))}H${right}"/>${bars}<polyline class="curve" points="${points.join(" ")}"/>${dots}${leastMark(x(least.nodes), y(100 * least.error))}${chosenMark(x(chosen.nodes), y(100 * chosen.error))}<text class="faint" x="${px((LEFT_PX + right) / 2)}" y="${bottom + 42}" text-anchor="middle">size, in nodes (each mark is about double)</text><text class="faint" transform="translate(16 ${px(bottom - PLOT_HEIGHT_PX / 2)}) rotate(-90)" text-anchor="middle">rows told wrong, in %</text>`,
    }
}

function chosenMark(x: number, y: number): Markup {
    return markup`<circle class="wrong edge" cx="${px(x)}" cy="${px(y)}" r="7"/>`
}

/** Hollow, so that it shows around the other when they are one. */
function leastMark(x: number, y: number): Markup {
    return markup`<path class="curve" d="M${px(x)} ${px(y - 10)}l10 10l-10 10l-10 -10z"/>`
}
