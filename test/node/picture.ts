/** Reads the text back out of a picture, by the glyphs of upstream's font: its data, not the code that draws with them. */
import { readFileSync } from "node:fs"
import { inProject } from "../../image/project"

const WIDE = 6
const HIGH = 8

/** By character: a byte a column, bit 0 at the top. */
const GLYPHS = glyphs()

function glyphs(): Map<string, number[]> {
    const source = readFileSync(
        inProject("node_modules/@devicescript/graphics/src/text.ts"),
        "utf8"
    )
    const data = /function font8\(\)[^`]*`([^`]*)`/.exec(source)?.[1] ?? ""
    const bytes = Buffer.from(data.replace(/\s/g, ""), "hex")
    const found = new Map<string, number[]>()
    for (let at = 0; at + 2 + WIDE <= bytes.length; at += 2 + WIDE)
        found.set(String.fromCharCode(bytes.readUInt16LE(at)), [
            ...bytes.subarray(at + 2, at + 2 + WIDE),
        ])
    return found
}

export interface Style {
    /** Screen pixels of one of the glyphs'. */
    scaleX?: number
    scaleY?: number
    /** Dark on light. */
    isInverse?: boolean
}

export class Picture {
    /** @param rows of '#' and '.', top to bottom */
    constructor(private readonly rows: string[]) {}

    isDark(): boolean {
        return this.rows.every(row => !row.includes("#"))
    }

    /** The text stands somewhere in the picture, in every pixel of its cells; blanks around it count. */
    shows(text: string, style: Style = {}): boolean {
        const wanted = rendered(` ${text} `, style)
        const [first] = wanted
        for (let y = 0; y + wanted.length <= this.rows.length; ++y) {
            const row = `${this.blank(style)}${this.rows[y]}${this.blank(style)}`
            for (let x = row.indexOf(first); x >= 0; x = row.indexOf(first, x + 1))
                if (this.standsAt(wanted, x, y, style)) return true
        }
        return false
    }

    private standsAt(wanted: string[], x: number, y: number, style: Style): boolean {
        return wanted.every((line, i) => {
            const row = `${this.blank(style)}${this.rows[y + i]}${this.blank(style)}`
            return row.slice(x, x + line.length) === line
        })
    }

    /** A margin as wide as a blank: text may begin at the very edge. */
    private blank({ scaleX = 1, isInverse = false }: Style): string {
        return (isInverse ? "#" : ".").repeat(WIDE * scaleX)
    }
}

function rendered(text: string, { scaleX = 1, scaleY = 1, isInverse = false }: Style): string[] {
    const columns = [...text].flatMap(character => {
        const glyph = GLYPHS.get(character)
        if (glyph === undefined) throw new Error(`the font has no "${character}"`)
        return glyph
    })
    const rows: string[] = []
    for (let y = 0; y < HIGH * scaleY; ++y)
        rows.push(
            columns
                .map(bits => (((bits >> Math.floor(y / scaleY)) & 1) === 1) !== isInverse)
                .map(lit => (lit ? "#" : ".").repeat(scaleX))
                .join("")
        )
    return rows
}
