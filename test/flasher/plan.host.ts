/** What somebody may ask for, and what is refused before anything is built or written; no message holds a secret. */
import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { chipOf } from "../../flasher/chips"
import { settingsFrom } from "../../flasher/claim-file"
import { planOf, withClaim, type Asked } from "../../flasher/plan"
import { readSecretFile } from "../../flasher/secret-file"
import { checkPassword, checkSsid, networkOf, passwordFrom } from "../../flasher/wifi"
import { UsageError } from "../../image/project"

const folder = mkdtempSync(join(tmpdir(), "motewise-plan-"))
function file(content: string | Buffer): string {
    const path = join(folder, "file")
    writeFileSync(path, content)
    return path
}

const SECRET = "5e".repeat(32)
const CLAIM = `00c0ffee00c0ffee-${SECRET}`
const never = async () => assert.fail("no password was to be asked for")
/** What is told of these files is tested by itself. */
const quiet = () => {}
const planned = (asked: Asked) => planOf(asked, quiet)

function refused(asked: Asked, reason: RegExp): void {
    assert.throws(
        () => planned(asked),
        e => e instanceof UsageError && reason.test(e.message)
    )
}

test("a plan is the board, its settings and its broker", () => {
    const claim = file(`BROKER=mqtts://hub.example\nCLAIM=${CLAIM}\nFLEET_KEY=x = y\n`)
    const plan = planned({ board: "mw_esp32c3", claim, wifi: "lab" })
    assert.deepEqual(plan.settings, {
        BROKER: "mqtts://hub.example",
        CLAIM,
        FLEET_KEY: "x = y",
    })
    assert.deepEqual(
        [plan.broker, plan.claimedId, plan.chip.name],
        ["mqtts://hub.example", "00c0ffee00c0ffee", "ESP32-C3"]
    )
})

test("a network is its name and the password that was typed, or is in the file", async () => {
    const chip = chipOf("esp32c3")
    const asked: string[] = []
    const ask = async (ssid: string) => {
        asked.push(ssid)
        return "correct horse"
    }
    const network = await networkOf({ wifi: "lab" }, chip, ask, quiet)
    assert.deepEqual([network, asked], [{ ssid: "lab", password: "correct horse" }, ["lab"]])
    const given = { wifi: "lab", wifiPasswordFile: file("battery staple\n") }
    const read = await networkOf(given, chip, never, quiet)
    assert.equal(read?.password, "battery staple")
    assert.equal(await networkOf({}, chip, never, quiet), undefined)
    // Of a name that no board can join no password is asked for.
    await assert.rejects(
        networkOf({ wifi: "x".repeat(33) }, chip, never, quiet),
        /31 are the most$/
    )
    await assert.rejects(
        networkOf({ wifi: "lab" }, chip, async () => "short", quiet),
        /8 to 63/
    )
})

test("a broker that is given goes before the claim's; without one the program's is left", () => {
    const claim = file(`BROKER=mqtt://a\nCLAIM=${CLAIM}\n`)
    const { broker } = planned({ board: "mw_pico_w", claim, broker: "mqtt://b" })
    assert.equal(broker, "mqtt://b")
    const plain = planned({ board: "mw_pico_w" })
    assert.deepEqual([plain.broker, plain.settings], [undefined, {}])
    // Also before that of a claim that is made later.
    const made = withClaim(planned({ board: "mw_pico_w", broker: "mqtt://b" }), claim, quiet)
    assert.deepEqual(made.settings, { BROKER: "mqtt://b", CLAIM })
    assert.equal(made.claimedId, "00c0ffee00c0ffee")
})

test("what cannot be is refused with what to do", () => {
    const board = "mw_esp32c3"
    refused({ board: "mw_esp32c4" }, /no board file .*did you mean .*"mw_esp32c3"/)
    refused({ board: "esp32c3_bare" }, /no board file boards\/esp32c3_bare/)
    refused({ board: "simulator" }, /no flash to write: npx motewise sim/)
    refused({ board, wifiPasswordFile: "x" }, /give its name as --wifi/)
    refused({ board, broker: "http://x" }, /it takes mqtt:\/\/host/)
    for (const here of ["localhost", "127.0.0.1:1883", "[::1]", "0.0.0.0"])
        refused({ board, broker: `mqtt://${here}` }, /this machine's address in the network/)
    refused({ board: "mw_pico_w", broker: "mqtts://x" }, /an RP2040 has no TLS/)
    refused({ board, claim: join(folder, "none") }, /--claim .*: no such file/)
    refused({ board, claim: folder }, /--claim .*: is a folder/)
    refused({ board, claim: "x", fleet: "y" }, /give one of them/)
    const nowhere = { board, fleet: join(folder, "none") }
    assert.throws(() => planned(nowhere), /There is no fleet in .*motewise fleet init/)
})

test("a file with a secret that others may read is told, with what to do; its owner's is not", () => {
    const told: string[] = []
    const path = file(`CLAIM=${CLAIM}\n`)
    for (const mode of [0o600, 0o400, 0o640, 0o604]) {
        chmodSync(path, mode)
        settingsFrom(path, line => told.push(line))
    }
    const line = `${path} holds a secret and may be read by others: chmod 600 ${path}`
    assert.deepEqual(told, [line, line])
    // Windows has no such modes.
    readSecretFile("--claim", path, () => assert.fail("told"), "win32")
    chmodSync(path, 0o600)
})

test("names and passwords are held to 802.11, and to what a chip's runtime keeps of them", () => {
    const esp = chipOf("esp32s3")
    const pico = chipOf("rp2040w")
    const check =
        (ssid: string, password: string, chip = pico) =>
        () => {
            checkSsid(ssid, chip)
            checkPassword(password, chip)
        }
    for (const password of ["", "8 is few", "x".repeat(63), "  #\"'\\= ", "pässwörd", "日本語"]) {
        check("lab", password)()
        check("lab", password, esp)()
    }
    check("x".repeat(32), "")()
    check("é".repeat(16), "")()
    assert.throws(check("", ""), /at least a character/)
    assert.throws(check("x".repeat(33), ""), /33 B in UTF-8; 32 are the most/)
    assert.throws(check("é".repeat(17), ""), /34 B/)
    assert.throws(
        check("x".repeat(32), "", esp),
        /31 are the most, and DeviceScript on an ESP32-S3/
    )
    assert.throws(check("a\nb", ""), /control character is in the name/)
    for (const password of ["seven 7", "x".repeat(64), "é".repeat(32)])
        assert.throws(
            check("lab", password),
            e => /it takes 8 to 63/.test(String(e)) && !String(e).includes(password)
        )
    assert.throws(check("lab", "tab\there"), /control character/)
    const key = "0123456789abcdefABCDEF0123456789".repeat(2)
    check("lab", key)()
    assert.throws(check("lab", key, esp), /keeps 63: give the passphrase/)
})

test("a password file is one line as it is: nothing of it is quoting, comment or space to trim", () => {
    for (const password of [
        "",
        "#1 hash",
        `"quoted"`,
        "'it''s'",
        " spaces  ",
        "a=b",
        "日本語日本語",
    ])
        for (const end of ["", "\n", "\r\n"])
            assert.equal(passwordFrom(file(password + end), quiet), password)
    // Notepad's mark before UTF-8 is no character that anybody typed.
    assert.equal(passwordFrom(file("\ufeffmark\r\n"), quiet), "mark")
    assert.throws(
        () => passwordFrom(file("one\ntwo\n"), quiet),
        /2 lines; the password is the only one/
    )
    assert.throws(
        () => passwordFrom(file(Buffer.from([0xff, 0xfe, 0x41])), quiet),
        /not UTF-8: save it as/
    )
    assert.throws(() => passwordFrom(join(folder, "none"), quiet), /no such file/)
})

test("a claim file is settings, or the bare claim; what is wrong is told by its row and not by its value", () => {
    assert.deepEqual(settingsFrom(file(`${CLAIM}\r\n`), quiet), { CLAIM })
    assert.deepEqual(settingsFrom(file(`# one\n\nCLAIM = ${CLAIM}\n`), quiet), { CLAIM })
    const wrong: [string, RegExp][] = [
        ["BROKER=mqtt://a\n", /no claim in it .*fleet claim wrote$/],
        [`CLAIM=${CLAIM}0\n`, /row 1: CLAIM is not 16 and 64 hex digits/],
        [`CLAIM=${CLAIM.toUpperCase()}\n`, /row 1: CLAIM is not/],
        [`\nCLAIM=${CLAIM}\nCLAIM=${CLAIM}\n`, /row 3: CLAIM is there twice/],
        [`CLAIM=${CLAIM}\nWIFI_PWD=hush-hush\n`, /row 2: WIFI_PWD is given by --wifi/],
        [`CLAIM=${CLAIM}\nFOURTEEN_LONG_=1\n`, /row 2: neither KEY=value/],
        [`${CLAIM}${CLAIM}\n`, /row 1: neither KEY=value/],
        [`CLAIM=${CLAIM}\nX=${"y".repeat(191)}\n`, /row 2: X is longer than 190 B/],
    ]
    for (const [text, reason] of wrong)
        assert.throws(
            () => settingsFrom(file(text), quiet),
            e =>
                e instanceof UsageError &&
                reason.test(e.message) &&
                !e.message.includes(SECRET.slice(0, 8)) &&
                !e.message.includes("hush")
        )
})
