/**
 * HTML and SVG text in which nothing can be forgotten to be escaped: what is put into the template is text unless it is Markup.
 *
 * The same text serves both, so escapes are XML's own five, and characters XML 1.0 (section 2.2) does not allow are replaced.
 */

export class Markup {
    constructor(readonly text: string) {}
}

type Piece = string | number | Markup | Markup[]

export function markup(fixed: TemplateStringsArray, ...pieces: Piece[]): Markup {
    return new Markup(
        fixed.map((text, i) => text + (i < pieces.length ? textOf(pieces[i]) : "")).join("")
    )
}

export const NOTHING = new Markup("")

function textOf(piece: Piece): string {
    if (piece instanceof Markup) return piece.text
    if (Array.isArray(piece)) return piece.map(({ text }) => text).join("")
    return escaped(String(piece))
}

const ENTITIES: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
}

export function escaped(text: string): string {
    const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    return allowed.replace(/[&<>"']/g, character => ENTITIES[character])
}
