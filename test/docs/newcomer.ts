/** Somebody who follows a page of docs/ to the letter, in a copy of the project. What the blocks of a page mean: page.ts. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { ProjectCopy } from "../harness/copy"
import { freePort } from "../../machine/free-port"
import { Ids, isUnending, sectionsOf, type Block } from "./page"
import { Terminal } from "./terminal"

/** The broker's port on a page; here another, for this one may be taken. */
const PORT = "1883"

/** A test for each section, in their order. @param prepare what the page takes to be there, at the port that is 1883 on the page */
export function follow(page: string, prepare = async (_port: number) => {}): void {
    const copy = new ProjectCopy()
    const sections = sectionsOf(readFileSync(join(copy.root, page), "utf8"))
    const newcomer = new Newcomer(copy)
    before(async () => {
        const port = await freePort()
        newcomer.port = `${port}`
        await prepare(port)
    })
    after(() => newcomer.leave())
    for (const { heading, blocks } of sections)
        test(`${page}, "${heading}": all of it works, and shows what is shown`, async () => {
            for (const [at, block] of blocks.entries()) await newcomer.follow(block, blocks[at + 1])
        })
    test(`${page}: nothing is left running`, () => {
        assert.ok(newcomer.commands > 0, "no command was run")
        newcomer.assertQuiet()
    })
}

class Newcomer {
    port = PORT
    commands = 0
    private readonly terminals = new Map<number, Terminal>()
    private readonly ids = new Ids()

    constructor(private readonly copy: ProjectCopy) {}

    async follow(block: Block, next: Block | undefined): Promise<void> {
        const { language, file, lines } = block
        if (language === "sh") await this.run(block, next)
        else if (language === "text") await this.see(block)
        else if (file === undefined) assert.equal(language, "ts", `a ${language} of no file`)
        else if (language === "ts") this.copy.write(file, `${lines.join("\n")}\n`)
        else if (language === "diff") this.copy.write(file, edited(this.read(file), lines, file))
        else if (language === "csv") assert.equal(headOf(this.read(file), lines), lines.join("\n"))
        else assert.fail(`nobody knows what to do with ${language}`)
    }

    assertQuiet(): void {
        for (const terminal of this.terminals.values())
            assert.ok(!terminal.isRunning, terminal.told())
    }

    leave(): void {
        for (const terminal of this.terminals.values()) terminal.close()
        this.copy.remove()
    }

    private async run(block: Block, next: Block | undefined): Promise<void> {
        const terminal = this.terminal(block)
        const isLeft =
            next?.language === "text" && next.terminal === block.terminal && isUnending(next)
        for (const [at, line] of block.lines.entries()) {
            this.commands++
            terminal.start(this.ids.inCommand(this.here(line)))
            if (!isLeft || at < block.lines.length - 1) await terminal.ended()
        }
    }

    private async see(block: Block): Promise<void> {
        const terminal = this.terminal(block)
        const at = block.lines.indexOf("^C")
        if (at < 0) {
            await this.shows(terminal, block.lines, block.isLive)
            return
        }
        if (at > 0) await this.shows(terminal, block.lines.slice(0, at), block.isLive)
        terminal.interrupt()
        await terminal.ended()
        await this.shows(terminal, block.lines.slice(at + 1), block.isLive)
    }

    private async shows(terminal: Terminal, shown: string[], isLive: boolean): Promise<void> {
        const lines = shown.map(line => this.here(line))
        const isSeen = () => this.ids.find(lines, isLive, terminal.said) !== undefined
        if (terminal.isRunning)
            await terminal.until(shown.join("\n"), () => isSeen() || !terminal.isRunning)
        assert.ok(isSeen(), `the page shows\n${shown.join("\n")}\nof ${terminal.told()}`)
    }

    private here(text: string): string {
        return text.replaceAll(PORT, this.port)
    }

    private read(file: string): string {
        return readFileSync(join(this.copy.root, file), "utf8")
    }

    private terminal({ terminal }: Block): Terminal {
        const known = this.terminals.get(terminal) ?? new Terminal(this.copy.root)
        this.terminals.set(terminal, known)
        return known
    }
}

/** A file after a diff without line numbers: what has no sign before it is where to find it. */
function edited(text: string, diff: string[], file: string): string {
    const side = (sign: string) =>
        diff
            .filter(line => line.startsWith(sign) || line.startsWith(" "))
            .map(line => `${line.slice(1)}\n`)
            .join("")
    const [old, made] = [side("-"), side("+")]
    assert.equal(text.split(old).length, 2, `${file} has this once:\n${old}`)
    return text.replace(old, () => made)
}

/** As many of a text's first lines. */
function headOf(text: string, lines: string[]): string {
    return text.split("\n").slice(0, lines.length).join("\n")
}
