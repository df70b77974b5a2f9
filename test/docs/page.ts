/**
 * A page of docs/, taken apart. What is to be done and seen stands in its fenced blocks; what is behind the language nobody sees who reads
 * the page:
 *
 * | block                  | means                                                                                         |
 * | ---------------------- | --------------------------------------------------------------------------------------------- |
 * | `sh [terminal N]`      | commands to run, one a line; without N in the first terminal                                  |
 * | `text [terminal N]`    | what that terminal's last command shows. `...` leaves out: a whole line any lines, else a part |
 * |                        | of one. `^C` is Ctrl-C. What ends with `...` goes on running, and is not waited for           |
 * | `text [terminal N] live` | the same, but numbers are others each time                                                  |
 * | `ts FILE`, `diff FILE` | a file to write, an edit to make; TypeScript without a file is only shown                     |
 * | `csv FILE`             | how that file begins                                                                          |
 */
import assert from "node:assert/strict"

export interface Block {
    language: string
    /** What a file block names. */
    file: string | undefined
    terminal: number
    isLive: boolean
    lines: string[]
}

export interface Section {
    heading: string
    blocks: Block[]
}

const BLOCK = /^```(\w+)(.*)\n([^]*?)^```$/gm

/** The parts of a page that have anything to be done in them. */
export function sectionsOf(page: string): Section[] {
    return page
        .split(/^#+ /m)
        .slice(1)
        .map(text => ({
            heading: text.slice(0, text.indexOf("\n")),
            blocks: [...text.matchAll(BLOCK)].map(blockOf),
        }))
        .filter(({ blocks }) => blocks.length > 0)
}

function blockOf([, language, info, text]: string[]): Block {
    const [, file, terminal = "1", live] =
        /^(?: (?!terminal|live)(\S+))?(?: terminal (\d))?( live)?$/.exec(info) ??
        assert.fail(`\`\`\`${language}${info}`)
    const lines = text.trimEnd().split("\n")
    return { language, file, terminal: Number(terminal), isLive: live !== undefined, lines }
}

/** Whether a command that shows this is left running, or ended by Ctrl-C. */
export function isUnending({ lines }: Block): boolean {
    return lines.includes("^C") || lines.at(-1) === "..."
}

const ID = /\b[0-9a-f]{16}\b/
/** In this order: an id, a date, a time of day, what was left out, a number, blanks, a rule of a table. */
const VARYING = /\b[0-9a-f]{16}\b|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|\.\.\.|\d+(?:\.\d+)?| +|─+/g

/** What was shown, in the ids of the page and those that they are here. */
export class Ids {
    private readonly here = new Map<string, string>()

    /** A command of the page, with this machine's ids. @throws where the page has shown no such id */
    inCommand(line: string): string {
        return line.replace(new RegExp(ID, "g"), id => this.here.get(id) ?? assert.fail(id))
    }

    /** Where `said` goes on after what was shown, for which ids that are new are learnt; undefined when it was not said. */
    find(shown: string[], isLive: boolean, said: string): number | undefined {
        const learnt: string[] = []
        const source = shown
            .map(line => (line === "..." ? "[^]*?" : `${this.sourceOf(line, isLive, learnt)}\n`))
            .join("")
        const match = new RegExp(`(?<=^|\n)${source}`).exec(`${said}\n`)
        if (match === null) return undefined
        learnt.forEach((id, i) => this.here.set(id, match[i + 1]))
        return match.index + match[0].length
    }

    private sourceOf(line: string, isLive: boolean, learnt: string[]): string {
        let source = ""
        let end = 0
        for (const match of line.matchAll(VARYING)) {
            source += literally(line.slice(end, match.index))
            source += this.varying(match[0], isLive, learnt)
            end = match.index + match[0].length
        }
        return source + literally(line.slice(end))
    }

    private varying(part: string, isLive: boolean, learnt: string[]): string {
        if (ID.test(part)) {
            const known = this.here.get(part)
            if (known !== undefined) return known
            const before = learnt.indexOf(part)
            if (before >= 0) return `\\${before + 1}`
            learnt.push(part)
            return "([0-9a-f]{16})"
        }
        if (part === "...") return ".*"
        if (part.includes("-") || part.includes(":")) return part.replace(/\d/g, "\\d")
        if (!isLive) return literally(part)
        if (part.startsWith(" ")) return " +"
        return part.startsWith("─") ? "─+" : "\\d+(?:\\.\\d+)?"
    }
}

function literally(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
}
