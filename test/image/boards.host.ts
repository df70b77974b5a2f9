/** What of its board reaches an image: what a program takes from the board's module, and nothing else; so that one build does for many boards. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { build, compileSources, sourcesFor } from "../../image/compile"
import { isThorough } from "../harness/needs"

const ENTRY = "src/main.ts"
const CHIPS = ["esp32_bare", "esp32c3_bare", "esp32s2_bare", "esp32s3_bare", "pico", "pico_w"]

/** Compiled now: no other program has this text. */
async function imagesOf(boards: string[], program: (board: string) => string) {
    const mark = `\nconsole.log("${randomUUID()}")\n`
    return await Promise.all(
        boards.map(board =>
            compileSources("src/one.ts", new Map([["src/one.ts", program(board) + mark]]))
        )
    )
}

test("what the compiler makes of the room is the same for every chip, to the byte", async () => {
    const [first, ...others] = isThorough() ? CHIPS : ["esp32_bare", "pico_w"]
    const image = await build(ENTRY, sourcesFor(ENTRY, first))
    for (const board of others)
        assert.deepEqual(await build(ENTRY, sourcesFor(ENTRY, board)), image, board)
})

test("a program that takes no name from its board is compiled once for two of them", async () => {
    const [one, other] = await imagesOf(
        ["esp32_bare", "mw_pico_w"],
        board => `import "@dsboard/${board}"`
    )
    assert.equal(one, other)
})

test("a pin that two boards call differently inside makes two images", async () => {
    const [one, other] = await imagesOf(
        ["esp32s2_bare", "feather_s2"],
        board => `import { pins } from "@dsboard/${board}"\nconsole.log(pins.P18)`
    )
    assert.notDeepEqual(one.bytes, other.bytes)
})

test("a part of the board that is wired to another pin makes two images", async () => {
    const [one, other] = await imagesOf(
        ["esp32c3_bare", "esp32_devkit_c"],
        board =>
            `import { board } from "@dsboard/${board}"\n` +
            `board.start${board === "esp32c3_bare" ? "ButtonBOOT" : "ButtonIO0"}("b").down.subscribe(() => {})`
    )
    assert.notDeepEqual(one.bytes, other.bytes)
})

test("a pin that the one board has and the other has not compiles for the one alone", async () => {
    const program = (board: string) =>
        `import { pins } from "@dsboard/${board}"\nconsole.log(pins.VN)`
    await imagesOf(["mw_esp32"], program)
    await assert.rejects(imagesOf(["mw_esp32", "mw_esp32c3"], program), /VN/)
})
