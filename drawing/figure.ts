/**
 * A figure is one SVG, the same in the page and as a file of its own. Colours come from classes, so that one text serves light and
 * dark; the classes of a model have those of M. Okabe and K. Ito (2008), which colour-blind readers tell apart.
 */
import { Markup, markup, NOTHING } from "./markup"

export interface Figure {
    /** What a reader hears who does not see it. */
    title: string
    widthPx: number
    heightPx: number
    body: Markup
}

/** Of charts that fit a narrow window too. */
export const CHART_WIDTH_PX = 460
export const TEXT_PX = 14
export const SMALL_PX = 12.5
/** What a size becomes, in width, when text is strong. */
export const STRONG = 1.1
/** How far a narrow window may shrink a figure before it scrolls: text stays above 11 px. */
const SHRINK_MIN = 0.8

export const CLASS_COLOURS = [
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
]

/** Of every rule, the page's among them: one place decides what is dark. */
export const FIGURE_STYLE = new Markup(`
.fig { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-size: ${TEXT_PX}px; }
.fig .paper { fill: #ffffff; }
.fig text { fill: #1c2430; }
.fig .faint { fill: #56616e; font-size: ${SMALL_PX}px; }
.fig .strong { font-weight: 600; }
.fig .grid { stroke: #e1e5ea; fill: none; }
.fig .axis { stroke: #8a94a0; fill: none; }
.fig .link { stroke: #c3cad2; fill: none; }
.fig .box { fill: #f6f8fa; stroke: #8a94a0; }
.fig .rest { fill: #c3cad2; }
.fig .edge { stroke: #56616e; stroke-width: 0.75; }
.fig .curve { stroke: #0072b2; fill: none; stroke-width: 1.75; }
.fig .bar, .fig .right { fill: #0072b2; }
.fig .wrong { fill: #d55e00; }
${CLASS_COLOURS.map((colour, i) => `.fig .c${i} { fill: ${colour}; }`).join("\n")}
@media (prefers-color-scheme: dark) {
.fig .paper { fill: #14181d; }
.fig text { fill: #e6eaee; }
.fig .faint { fill: #a5afba; }
.fig .grid { stroke: #2a3139; }
.fig .axis { stroke: #6c7682; }
.fig .link { stroke: #47515c; }
.fig .box { fill: #1d232a; stroke: #6c7682; }
.fig .rest { fill: #47515c; }
.fig .edge { stroke: #a5afba; }
.fig .curve { stroke: #56b4e9; }
.fig .bar, .fig .right { fill: #2d8fcc; }
}
`)

/** Of more classes than colours the others are grey; their names stand beside them anyway. */
export function classColour(classIndex: number): string {
    return classIndex < CLASS_COLOURS.length ? `c${classIndex}` : "rest"
}

export function svgFile(figure: Figure): string {
    const { text } = svg(
        figure,
        NOTHING,
        markup`<style>${FIGURE_STYLE}</style><rect class="paper" width="100%" height="100%"/>`
    )
    return `${text}\n`
}

export function svgInPage(figure: Figure): Markup {
    const least = px(SHRINK_MIN * figure.widthPx)
    return svg(figure, markup` style="max-width: max(100%, ${least}px)"`, NOTHING)
}

function svg(
    { title, widthPx, heightPx, body }: Figure,
    attributes: Markup,
    first: Markup
): Markup {
    const width = Math.ceil(widthPx)
    const height = Math.ceil(heightPx)
    return markup`<svg xmlns="http://www.w3.org/2000/svg" class="fig" role="img" aria-label="${title}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"${attributes}>${first}${body}</svg>`
}

/** Two digits after the point are a hundredth of a pixel: no noise of the last bits in the files. */
export function px(value: number): string {
    return String(Math.round(value * 100) / 100)
}

/** There is no font to measure by: as much as a wide one takes (Verdana, DejaVu Sans), rather than too little. */
export function textWidthPx(text: string, sizePx: number): number {
    let ems = 0
    for (const character of text)
        if (character >= "\u2e80") ems += 1.05
        else if (/[Iilj.,:;'|! ()tfr]/.test(character)) ems += 0.42
        else if (/[MWmw%@<>=≤+]/.test(character)) ems += 0.9
        else if (/[A-Z0-9]/.test(character)) ems += 0.7
        else ems += 0.62
    return ems * sizePx
}

export function clipped(text: string, sizePx: number, widthPx: number): string {
    if (textWidthPx(text, sizePx) <= widthPx) return text
    const characters = [...text]
    while (characters.length > 0 && textWidthPx(`${characters.join("")}…`, sizePx) > widthPx)
        characters.pop()
    return `${characters.join("").trimEnd()}…`
}
