/** `motewise provision-se`: what it tells, when it does something, and what it never does by itself. */
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { assertRefused, fileOf, motewise } from "./run"

const provisionSe = (...args: string[]) => motewise("provision-se", ...args)
const nowhere = () => join(mkdtempSync(join(tmpdir(), "motewise-test-")), ".env.local")
const SERIAL = "0123456789abcdefee"

test("without a serial number it tells how, and changes nothing", () => {
    const settings = nowhere()
    const { code, out } = provisionSe("--settings", settings)
    assert.equal(code, 0)
    assert.match(out, /CANNOT BE UNDONE/)
    assert.match(out, /examples\/provision-se\.ts/)
    assert.match(out, /Nothing was changed/)
    assert.equal(existsSync(settings), false)
})

test("with one, it goes into the board's settings, and the others stay as they are", () => {
    const settings = fileOf(
        ".env.local",
        "WIFI_SSID=home\nPROVISION_SE=0123ffffffffffffee\nBROKER=mqtt://b"
    )
    assert.equal(provisionSe("--settings", settings, "--confirm", SERIAL.toUpperCase()).code, 0)
    assert.equal(
        readFileSync(settings, "utf8"),
        `WIFI_SSID=home\nBROKER=mqtt://b\nPROVISION_SE=${SERIAL}\n`
    )
    const fresh = nowhere()
    const { out } = provisionSe("--settings", fresh, "--confirm", SERIAL, "--json")
    assert.deepEqual(JSON.parse(out), {
        serial: SERIAL,
        settings: fresh,
        program: "examples/provision-se.ts",
    })
    assert.equal(readFileSync(fresh, "utf8"), `PROVISION_SE=${SERIAL}\n`)
})

test("a rehearsal is dry until the chip is named, and then ends in a locked key", () => {
    const dry = provisionSe("--sim")
    assert.equal(dry.code, 0)
    assert.match(dry.out, /^lock the configuration: FOR EVER/m)
    assert.match(dry.out, /^nothing was done/m)
    const [, serial] = /^chip (0123[0-9a-f]{12}ee),/m.exec(dry.out) ?? []
    const { code, out } = provisionSe("--sim", "--confirm", serial, "--json")
    assert.equal(code, 0)
    const result = JSON.parse(out)
    assert.equal(result.serial, serial)
    assert.equal(result.isProvisioned, true)
    assert.match(result.publicKey, /^[0-9a-f]{128}$/)
    assert.ok(result.lines.includes("the key is locked"), out)
})

test("a rehearsal with another chip's number does nothing, and is a failure", () => {
    const { code, out } = provisionSe("--sim", "--confirm", SERIAL)
    assert.equal(code, 1)
    assert.match(out, new RegExp(`^nothing was done: PROVISION_SE is "${SERIAL}"`, "m"))
    assert.doesNotMatch(out, /is locked/)
})

test("what is no serial number is refused", () => {
    for (const text of [
        "",
        "0123",
        "0123456789abcdef",
        "1123456789abcdefee",
        "0123456789abcdefff",
        `${SERIAL}0`,
    ])
        assertRefused(provisionSe("--confirm", text), /no ATECC608's serial number/)
})
