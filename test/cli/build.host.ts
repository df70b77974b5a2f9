import assert from "node:assert/strict"
import { test } from "node:test"
import { assertRefused, motewise } from "./run"

test("an image and its budget, as one JSON object", () => {
    const { code, out } = motewise("build", "--board", "mw_pico_w", "--json")
    assert.equal(code, 0)
    const size = JSON.parse(out)
    assert.equal(size.board, "mw_pico_w")
    assert.equal(size.ok, true)
    assert.ok(size.codeBytes > 5_000 && size.codeBytes <= 48 * 1024, `${size.codeBytes} B of code`)
    assert.ok(size.imageBytes > size.codeBytes, `${size.imageBytes} B`)
    assert.deepEqual(size.budget, { codeBytes: 49152, imageBytes: 57344 })
})

test("a board of upstream's is taken as well as ours", () => {
    const { code, out } = motewise("build", "--board", "esp32c3_bare", "--json")
    assert.equal(code, 0)
    assert.equal(JSON.parse(out).board, "esp32c3_bare")
})

test("an unknown board or app says which there are, in a line", () => {
    for (const [args, reason] of [
        [
            ["--board", "mw_pico"],
            /no board "mw_pico"; did you mean "mw_pico_w"\? There are: mw_esp32,/,
        ],
        [["--app", "garden"], /no app "garden"\. There are: room/],
        [["--bord", "x"], /unknown option '--bord'.*There are: --app, --board/s],
        [["--app", "room", "--examples"], /'--examples' cannot be used with option '--app/],
    ] as [string[], RegExp][]) {
        assertRefused(motewise("build", ...args), reason)
    }
})
