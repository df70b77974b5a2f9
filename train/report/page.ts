/**
 * A report as one HTML file that needs nothing else: no script, no font, no picture from elsewhere, and a policy that says so. It is put
 * together from sections, whatever kind of model they speak of.
 */
import { type Figure, FIGURE_STYLE, svgInPage } from "../../drawing/figure"
import { Markup, markup, NOTHING } from "../../drawing/markup"

export interface Page {
    title: string
    /** One sentence for somebody who reads no further. */
    headline: string
    keyFigures: KeyFigure[]
    sections: Section[]
}

export interface KeyFigure {
    value: string
    meaning: string
}

export interface Section {
    title: string
    /** One sentence: what to look at. */
    caption: string
    body: Markup
    /** Whether it takes the whole width of a large window, or stands beside its neighbour. */
    isWide: boolean
    /** Under this name its figure is a file of its own. */
    file?: { name: string; figure: Figure }
}

/** Of two beside each other. */
const COLUMN_PX = 560

export function figureSection(
    title: string,
    name: string,
    figure: Figure,
    caption: string,
    more: Markup = NOTHING
): Section {
    const body = markup`<div class="scroll">${svgInPage(figure)}</div>${more}`
    const isWide = more !== NOTHING || figure.widthPx > COLUMN_PX
    return { title, caption, body, isWide, file: { name, figure } }
}

/** @param head of each column its title and whether it holds numbers */
export function table(head: [string, "text" | "number"][], rows: (string | Markup)[][]): Markup {
    const heads = head.map(([title, kind]) => markup`<th scope="col" class="${kind}">${title}</th>`)
    const lines = rows.map(cells => {
        const line = cells.map((cell, i) => markup`<td class="${head[i][1]}">${cell}</td>`)
        return markup`<tr>${line}</tr>\n`
    })
    return markup`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>\n${lines}</tbody></table></div>`
}

const STYLE = new Markup(`
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2430; --faint: #56616e; --line: #d5dae0; --soft: #f3f5f7; --accent: #0072b2; }
@media (prefers-color-scheme: dark) {
:root { --paper: #14181d; --ink: #e6eaee; --faint: #a5afba; --line: #333b44; --soft: #1d232a; --accent: #2d8fcc; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; display: grid; grid-template-columns: minmax(0, 1fr); column-gap: 2.5rem; }
@media (min-width: 70rem) {
main { grid-template-columns: repeat(2, minmax(0, 1fr)); }
header, .wide { grid-column: 1 / -1; }
}
h1 { font-size: 1.1rem; margin: 0; color: var(--faint); font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 0.25rem; }
.headline { font-size: clamp(1.25rem, 3.4vw, 1.7rem); line-height: 1.35; margin: 0.25rem 0 1.5rem; max-width: 56rem; text-wrap: pretty; overflow-wrap: anywhere; }
.caption { margin: 0 0 1rem; color: var(--faint); max-width: 46rem; overflow-wrap: anywhere; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0.75rem; margin: 0; }
.key div { background: var(--soft); border-radius: 8px; padding: 0.75rem 1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.key dt { color: var(--faint); font-size: 0.875rem; line-height: 1.35; }
.key dd { margin: 0; font-size: 1.5rem; font-weight: 600; }
.scroll { overflow-x: auto; }
.scroll svg { display: block; height: auto; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 1rem 0 0; min-width: 100%; }
th, td { padding: 0.4rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 6rem; }
meter { width: 8rem; height: 0.9rem; }
`)

const WIDE = new Markup(' class="wide"')

export function pageText({ title, headline, keyFigures, sections }: Page): string {
    const key = keyFigures.map(
        ({ value, meaning }) => markup`<div><dt>${meaning}</dt><dd>${value}</dd></div>\n`
    )
    const parts = sections.map(
        section =>
            markup`<section${section.isWide ? WIDE : NOTHING}>\n<h2>${section.title}</h2>\n<p class="caption">${section.caption}</p>\n${section.body}\n</section>\n`
    )
    return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}${FIGURE_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="headline">${headline}</p>
<dl class="key">
${key}</dl>
</header>
${parts}</main>
</body>
</html>
`.text
}
