/** The guide to a driver of one's own, followed as it is written: its commands are run, its files are put where it says. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { ProjectCopy } from "../harness/copy"

const copy = new ProjectCopy()
after(() => copy.remove())

/** Blocks of shell, and of TypeScript that names its file, in their order. */
const BLOCK = /^```(sh|ts)(?: (\S+))?\n([\s\S]*?)^```$/gm

test("every command of the guide works, and says what the guide says", () => {
    const guide = readFileSync(join(copy.root, "docs/drivers.md"), "utf8")
    const said: string[] = []
    for (const [, language, file, text] of guide.matchAll(BLOCK)) {
        if (language === "ts" && file !== undefined) copy.write(file, text)
        if (language === "ts") continue
        for (const line of text.trim().split("\n")) {
            const [program, verb, ...args] = line.match(/"[^"]*"|\S+/g) ?? []
            const words = args.map(word => word.replaceAll('"', ""))
            const ended = program === "npm" ? copy.test(...words) : copy.motewise(...words)
            assert.equal(ended.code, 0, `${line}\n${ended.out}${ended.err}`)
            assert.ok(
                `${program} ${verb}` === "npm test" || `${program} ${verb}` === "npx motewise",
                line
            )
            said.push(ended.out)
        }
    }
    assert.equal(said.length, 7)
    assert.match(said[1], /6 passed, 0 failed, 1 skipped/)
    assert.match(said[3], /7 passed, 0 failed, 0 skipped/)
    assert.match(said[4], /^21\.5 Cel$/m)
    assert.match(said[5], /^-40 Cel$/m)
    assert.match(said[6], /^tmp117: bus/m)
    assert.match(said[6], /21\.5 Cel\n$/)
})
