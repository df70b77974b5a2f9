/** The README says what is there: every part, board and app, every file it links to, every command it shows. */
import assert from "node:assert/strict"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { apps, examples } from "../image/apps"
import { ourBoards } from "../image/boards"
import { inProject } from "../image/project"
import { motewiseCommand } from "../cli/main"
import { driverNames } from "../image/wiring-check"
import { PART_NAMES } from "../sim/breadboard"

const PAGES = [
    "README.md",
    "DESIGN.md",
    "CHANGELOG.md",
    "boards/README.md",
    "examples/README.md",
    "docs/README.md",
    "docs/first-classifier.md",
    "docs/first-driver.md",
    "docs/first-fleet.md",
    "docs/first-node.md",
    "models/occupancy/README.md",
]
const read = (page: string) => readFileSync(inProject(page), "utf8")
const readme = read("README.md")

test("every link leads somewhere", () => {
    for (const page of PAGES)
        for (const [, target] of read(page).matchAll(/\]\(([^)#]+)\)/g))
            if (!target.startsWith("http"))
                assert.ok(existsSync(inProject(join(dirname(page), target))), `${page}: ${target}`)
})

test("every driver has its part, test, example and row", () => {
    for (const driver of driverNames()) {
        assert.ok(PART_NAMES.includes(driver), `sim/breadboard.ts: ${driver}`)
        for (const file of [`test/drivers/${driver}.test.ts`, `examples/${driver}.ts`])
            assert.ok(existsSync(inProject(file)), file)
        assert.match(readme, new RegExp(`\\| \\[${driver}\\.ts\\]\\(src/drivers/${driver}\\.ts\\)`))
    }
})

test("every simulated part has its seat and its test", () => {
    for (const part of readdirSync(inProject("sim/parts")).map(file => file.replace(".ts", ""))) {
        if (!/export class Sim/.test(read(`sim/parts/${part}.ts`))) continue
        assert.ok(PART_NAMES.includes(part), `sim/breadboard.ts: ${part}`)
        assert.ok(existsSync(inProject(`test/drivers/${part}.test.ts`)), `${part} has no test`)
    }
})

test("every example has its row, with the command that runs it, and every row its example", () => {
    const rows = read("examples/README.md").matchAll(
        /^\| \[(\S+)\.ts\]\(\1\.ts\) +\| \S.* \| `npx motewise run examples\/(\S+)\.ts` +\|$/gm
    )
    const told = [...rows].map(([, name, run]) => (name === run ? name : `${name}, ${run}`))
    assert.deepEqual(told.sort(), examples())
})

test("every board has its row, here and in boards/", () => {
    for (const board of ourBoards())
        for (const page of ["README.md", "boards/README.md"])
            assert.ok(read(page).includes(`| \`${board}\``), `${page}: ${board}`)
})

test("every app has its row", () => {
    const rows = readme.replaceAll(/ +/g, " ")
    for (const [app, entry] of apps())
        assert.ok(rows.includes(`| \`${app}\` | [${entry}](${entry})`), app)
})

test("main.ts is short enough to be read at once", () => {
    assert.ok(read("src/main.ts").trimEnd().split("\n").length <= 40, "about 30 lines")
})

test("every option that is shown is one the command has", async () => {
    const { commands } = await motewiseCommand()
    for (const page of PAGES)
        for (const [, verb, rest] of read(page).matchAll(/npx motewise ([\w-]+)([^`\n#]*)/g)) {
            const command = commands.find(c => c.name() === verb)
            assert.ok(command, `${page}: motewise ${verb}`)
            const [second] = rest.trim().split(" ")
            const inner = command.commands.find(c => c.name() === second) ?? command
            for (const [option] of rest.matchAll(/--[a-z-]+/g))
                assert.ok(
                    inner.options.some(({ long }) => long === option),
                    `${page}: motewise ${verb} ${option}`
                )
        }
})
