/** What a program puts on its bus, and what is refused before it is compiled. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { pathToFileURL } from "node:url"
import { boardPins, boards, ourBoards, upstreamBoards } from "../../image/boards"
import { wiringOf } from "../../image/wiring"
import { assertRefused } from "../cli/run"
import { ProjectCopy } from "../harness/copy"

const copy = new ProjectCopy()
after(() => copy.remove())
const room = readFileSync(join(copy.root, "src/main.ts"), "utf8")

// The copy's own, which looks at the copy's sources: a process for each program would take ten times as long.
const { checkWiring }: typeof import("../../image/wiring-check") = await import(
    pathToFileURL(join(copy.root, "image/wiring-check.ts")).href
)

/** The room's program is refused after a change to it. */
function refused(change: (text: string) => string, reason: RegExp, board?: string): void {
    copy.write("src/mainchanged.ts", change(room))
    assert.throws(() => checkWiring("src/mainchanged.ts", board), reason)
}

test("the room is wired to three parts at their usual addresses", () => {
    const { parts, served, missing } = wiringOf("src/main.ts")
    assert.deepEqual(
        parts.map(({ part, address }) => [part, address]),
        [
            ["sht4x", 0x44],
            ["scd4x", 0x62],
            ["bh1750", 0x23],
        ]
    )
    assert.deepEqual(
        served.map(({ measurand, by }) => `${measurand} ${by}`),
        [
            "temperatureCelsius sht4x",
            "relativeHumidityPercent sht4x",
            "carbonDioxidePpm scd4x",
            "illuminanceLuxes bh1750",
        ]
    )
    assert.deepEqual(missing, [])
})

test("two parts on one address are refused with both named", () => {
    const change = (text: string) =>
        text.replace("new Bh1750(bus, deviceClock)", "new Bh1750(bus, deviceClock, 0x44)")
    copy.write("src/mainchanged.ts", change(room))
    assertRefused(
        copy.motewise("build", "--app", "changed"),
        /mainchanged\.ts:14: bh1750 is at 0x44, and so is sht4x \(src\/mainchanged\.ts:12\); give one/
    )
})

test("an address may be a constant of the program", () => {
    refused(
        text =>
            text.replace(
                "const light = new Bh1750(bus, deviceClock)",
                "const ADDRESS = 0x62\nconst light = new Bh1750(bus, deviceClock, ADDRESS)"
            ),
        /bh1750 is at 0x62, and so is scd4x/
    )
})

test("an address that I2C keeps for itself is refused", () => {
    refused(
        text => text.replace("new Bh1750(bus, deviceClock)", "new Bh1750(bus, deviceClock, 0x78)"),
        /bh1750 at 0x78: I2C has 0x08 to 0x77/
    )
})

test("a measurand served twice is refused with both named", () => {
    refused(
        text => text.replace('["carbonDioxidePpm"]', '["carbonDioxidePpm", "temperatureCelsius"]'),
        /mainchanged\.ts:22: temperatureCelsius is served by scd4x, and already by sht4x \(src\/mainchanged\.ts:21\)/
    )
})

test("a measurand that nobody knows is refused with the nearest", () => {
    refused(
        text => text.replace('["carbonDioxidePpm"]', '["carbonDioxidPpm"]'),
        /no measurand "carbonDioxidPpm"; did you mean "carbonDioxidePpm"\?/
    )
    refused(
        text => text.replace('carbonDioxidePpm: "summary"', 'carbonDioxidPpm: "summary"'),
        /mainchanged\.ts:\d+: no measurand "carbonDioxidPpm"; did you mean "carbonDioxidePpm"\?/
    )
})

test("a driver that does not exist is refused with the nearest", () => {
    refused(
        text => text.replace('"./drivers/sht4x"', '"./drivers/sht4"'),
        /mainchanged\.ts:6: no driver "sht4"; did you mean .*"sht4x"/
    )
})

test("a wrong pin is refused with the board's pins listed, for whichever board it is built", () => {
    const pinned = (pin: string) => (text: string) =>
        text
            .replace('import "@dsboard/mw_esp32c3"', 'import { pins } from "@dsboard/mw_esp32c3"')
            .replace("const climate", `console.log(pins.${pin}.isConnected)\nconst climate`)
    refused(
        pinned("P99"),
        /mainchanged\.ts:12: board mw_esp32c3 has no pin "P99".* There are: P0, P1, .*P21/
    )
    refused(pinned("P4"), /board mw_pico_w has no pin "P4".*GP4/, "mw_pico_w")
})

test("every board of upstream's that has a radio or is an RP2040 is known by its id", () => {
    // The ids in the compiler's own list, DeviceScript 2.16.4.
    for (const id of [
        ...["esp32_bare", "esp32_devkit_c", "esp32_c3fh4_rgb", "esp32c3_bare", "esp32s2_bare"],
        ...[
            "esp32s3_bare",
            "esp32s3_devkit_m",
            "feather_s2",
            "pico",
            "pico_w",
            "seeed_xiao_esp32c3",
        ],
    ])
        assert.ok(upstreamBoards().includes(id), id)
    assert.equal(boards().length, ourBoards().length + upstreamBoards().length)
    assert.ok(boardPins("pico")?.includes("GP26"), "pico has GP26")
    assert.equal(boardPins("nobody"), undefined)
})
