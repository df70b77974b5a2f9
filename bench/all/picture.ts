/** A picture of a bench as a file: what is shared by all of them is the title above and, below, how and where the figures were measured. */
import {
    clipped,
    type Figure,
    px,
    SMALL_PX,
    STRONG,
    svgFile,
    TEXT_PX,
    textWidthPx,
} from "../../drawing/figure"
import { Markup, markup } from "../../drawing/markup"

/** As wide as GitHub shows a page's text, nearly. */
export const PICTURE_WIDTH_PX = 700
export const MARGIN_PX = 20
export const RIGHT_PX = PICTURE_WIDTH_PX - MARGIN_PX
const TITLE_PX = 48
const CAPTION_PX = 56
const SWATCH_PX = 12
const LEGEND_PX = 28

export interface Picture {
    title: string
    heightPx: number
    /** From 0 down to its height. */
    body: Markup
}

/** The first of the colours is too dark on a dark ground. */
const STYLE = new Markup(
    `@media (prefers-color-scheme: dark) { .fig .c0 { fill: #2d8fcc; } .fig .l0 { stroke: #2d8fcc; } }`
)

/** @param caption two lines: how it was measured, and when and where */
export function pictureFile(
    { title, heightPx, body }: Picture,
    caption: [how: string, where: string]
): string {
    const widthPx = PICTURE_WIDTH_PX
    const room = widthPx - 2 * MARGIN_PX
    const lines = caption.map(
        (line, i) =>
            markup`<text class="faint" x="${MARGIN_PX}" y="${px(TITLE_PX + heightPx + 22 + 18 * i)}">${clipped(line, SMALL_PX, room)}</text>`
    )
    const figure: Figure = {
        title: [title, ...caption].join(". "),
        widthPx,
        heightPx: TITLE_PX + heightPx + CAPTION_PX,
        body: markup`<text class="strong" x="${MARGIN_PX}" y="30">${clipped(title, TEXT_PX * STRONG, room)}</text><g transform="translate(0 ${TITLE_PX})">${body}</g>${lines}<style>${STYLE}</style>`,
    }
    return svgFile(figure)
}

/** Swatches with their names, in one line; nothing where there is but one. */
export function legend(
    names: string[],
    classOf: (series: number) => string
): { heightPx: number; body: Markup } {
    if (names.length < 2) return { heightPx: 0, body: markup`` }
    let x = MARGIN_PX
    const items = names.map((name, i) => {
        const item = markup`<rect class="${classOf(i)}" x="${px(x)}" y="0" width="${SWATCH_PX}" height="${SWATCH_PX}"/><text class="faint" x="${px(x + SWATCH_PX + 6)}" y="${SWATCH_PX - 1}">${name}</text>`
        x += SWATCH_PX + 6 + textWidthPx(name, SMALL_PX) + 16
        return item
    })
    return { heightPx: LEGEND_PX, body: markup`${items}` }
}
