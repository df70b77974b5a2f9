/** What a page shows is found where it was said, and nowhere else. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { Ids, isUnending, sectionsOf } from "./page"

const SAID = [
    "node 8b55d2f78ff83522 at 12:00:01, 21.5 Cel",
    "│ 1724059bdc2b9dc7 │ online │",
    "verdict right in 168 of 168 rows: 100.0 %",
    "",
].join("\n")

const isSaid = (shown: string[], isLive = false) =>
    new Ids().find(shown, isLive, SAID) !== undefined

test("lines are found as they are, next to each other, whole", () => {
    assert.ok(isSaid(["verdict right in 168 of 168 rows: 100.0 %"]), "a line")
    assert.ok(!isSaid(["verdict right in 168 of 168 rows"]), "a part of a line")
    assert.ok(!isSaid(["verdict right in 168 of 169 rows: 100.0 %"]), "another number")
    const [first, second, third] = SAID.split("\n")
    assert.ok(isSaid([first, second]), "neighbours")
    assert.ok(!isSaid([first, third]), "not neighbours")
    assert.ok(isSaid([first, "...", third]), "with what is left out")
    assert.ok(!isSaid([third, "...", first]), "the other way round")
    assert.ok(isSaid(["node ... Cel"]), "a part left out")
})

test("ids and times are others, numbers only where it is said so", () => {
    assert.ok(isSaid(["node 0000000000000000 at 23:59:59, 21.5 Cel"]), "id and time")
    assert.ok(!isSaid(["node 0000000000000000 at 23:59:59, 21.6 Cel"]), "a number")
    assert.ok(isSaid(["node 0000000000000000 at 23:59:59, 7 Cel"], true), "a number, live")
    assert.ok(isSaid(["│ 0000000000000000   │   online │"], true), "a column's width, live")
    assert.ok(!isSaid(["│ 0000000000000000 │ offline │"], true), "a word, live")
})

test("an id that was shown stands for the one that was seen, in commands and in what comes", () => {
    const ids = new Ids()
    assert.throws(() => ids.inCommand("fleet node aaaaaaaaaaaaaaaa"))
    ids.find(["node aaaaaaaaaaaaaaaa at 00:00:00, 21.5 Cel"], false, SAID)
    assert.equal(ids.inCommand("fleet node aaaaaaaaaaaaaaaa"), "fleet node 8b55d2f78ff83522")
    assert.equal(ids.find(["│ aaaaaaaaaaaaaaaa │ online │"], false, SAID), undefined)
    assert.ok(ids.find(["│ bbbbbbbbbbbbbbbb │ online │"], false, SAID), "another's")
})

test("a page is its sections that have blocks, each with what is behind its language", () => {
    const page = [
        "# Title",
        "words",
        "## One",
        "```sh terminal 2",
        "npm start # a comment",
        "```",
        "```text terminal 2 live",
        "up",
        "...",
        "```",
        "## Two",
        "```ts src/a.ts",
        "",
        "const a = 1",
        "```",
    ].join("\n")
    const [one, two, ...more] = sectionsOf(page)
    assert.deepEqual([one.heading, two.heading, more], ["One", "Two", []])
    const [run, see] = one.blocks
    assert.deepEqual([run.language, run.terminal, run.lines], ["sh", 2, ["npm start # a comment"]])
    assert.deepEqual([see.terminal, see.isLive, isUnending(see)], [2, true, true])
    assert.deepEqual([two.blocks[0].file, two.blocks[0].lines], ["src/a.ts", ["", "const a = 1"]])
    assert.throws(() => sectionsOf("# x\n```sh terminal two\nnpm start\n```\n"))
})
