/** `motewise flash` as a user's shell runs it, up to the wire: no board is attached to the machine that runs this. */
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { chipOf, type EspChip } from "../../flasher/chips"
import { readUf2 } from "../../flasher/uf2"
import { Broker } from "../../fleet/broker"
import { openReport } from "../../fleet/open"
import { partsOf, ROOM_SEATS } from "../../sim/breadboard"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { TcpNetwork, type Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { runPaced } from "../../sim/pace"
import { RandomStream } from "../../sim/random"
import { upTopic } from "../../src/telemetry/contract/topics"
import { espRuntime, rp2040Runtime, STORE_AT, STORE_BYTES } from "../flasher/fake-runtime"
import { assertRefused, motewise, type Ended } from "./run"

const folder = mkdtempSync(join(tmpdir(), "motewise-flash-"))
const inFolder = (name: string) => join(folder, name)
function file(name: string, content: string | Buffer): string {
    writeFileSync(inFolder(name), content)
    return inFolder(name)
}

const PASSWORD = `it's #1 "Süß" = 日本 `
const SECRET = "5e".repeat(32)
const C3 = file("c3-0x0.bin", espRuntime(chipOf("esp32c3") as EspChip))
const ESP32 = file("esp32-0x1000.bin", espRuntime(chipOf("esp32") as EspChip))
const PICO = file("pico.uf2", rp2040Runtime())
const WIFI = ["--wifi", "Café #1", "--wifi-password-file", file("password", `${PASSWORD}\n`)]
const CLAIM = file(
    "claim",
    `# of the garden\nBROKER=mqtt://10.1.2.3\nCLAIM=00c0ffee00c0ffee-${SECRET}\n`
)

function assertNoSecret({ out, err }: Ended): void {
    for (const secret of [PASSWORD, PASSWORD.trim(), SECRET, SECRET.slice(0, 16)])
        assert.ok(!`${out}${err}`.includes(secret), "a secret is in what was printed")
}

/** Everybody connects to this port of this machine, whatever host the node was told. */
function rerouted(port: number): Network {
    const tcp = new TcpNetwork()
    return { connect: (_host, _port, tls, events) => tcp.connect("127.0.0.1", port, tls, events) }
}

/** The first report of a node that is switched on with this store. */
async function firstReport(store: Buffer): Promise<{ id: string; payload: Buffer }> {
    const id = "fe7cdfa1010203ff"
    const broker = await Broker.create()
    const port = await broker.listen()
    const clock = new Clock()
    const lines: string[] = []
    let heard: Buffer | undefined
    await broker.subscribe(upTopic(id), (_topic, payload) => void (heard ??= payload))
    const node = new SimNode({
        id,
        seed: 1,
        clock,
        network: rerouted(port),
        flash: new Flash(store),
        flashBytes: store.length,
        bus: new I2cBus(
            partsOf(ROOM_SEATS, clock, () => ({ temperatureCelsius: 21.5, illuminanceLuxes: 3 })),
            [],
            clock,
            new RandomStream("flash")
        ),
        exact: false,
        print: line => void lines.push(line),
    })
    try {
        node.start()
        await runPaced(clock, 400_000, 40, () => heard !== undefined)
        assert.ok(!lines.join("\n").includes("formatting"), "the store was mounted as it is")
        assert.ok(heard !== undefined, `a report came; the node said\n${lines.join("\n")}`)
        return { id, payload: heard }
    } finally {
        node.stop()
        await broker.close()
    }
}

test("an ESP32's image file holds a store from which the node boots and reports", async () => {
    const out = inFolder("node.bin")
    const words = ["flash", "--board", "mw_esp32c3", "--runtime", C3, ...WIFI]
    const ended = motewise(
        ...words,
        "--broker",
        "mqtt://broker.example:1883",
        "--out",
        out,
        "--json"
    )
    assert.equal(ended.code, 0, ended.err)
    assertNoSecret(ended)
    const told = JSON.parse(ended.out)
    assert.deepEqual(told.settings, ["BROKER"])
    assert.deepEqual(told.store, { at: STORE_AT, bytes: STORE_BYTES })
    assert.deepEqual([told.wifi, told.written, told.to, told.chip], [true, true, out, "ESP32-C3"])
    assert.equal(statSync(out).mode & 0o777, 0o600)
    const flash = readFileSync(out)
    assert.equal(flash.length, STORE_AT + STORE_BYTES)
    // The runtime is where it was, but for its board's configuration.
    const runtime = readFileSync(C3)
    assert.ok(flash.subarray(0, 0x9000).equals(runtime.subarray(0, 0x9000)), "bootloader, table")
    assert.ok(flash.subarray(0xb000, runtime.length).equals(runtime.subarray(0xb000)), "the app")
    assert.ok(flash.includes("Motewise node on ESP32-C3"), "our board's configuration is in it")
    const { payload } = await firstReport(flash.subarray(STORE_AT))
    assert.match(openReport(payload).boot, /^[0-9a-f]{16}$/)
})

test("an RP2040's UF2 holds a store from which the node boots and reports", async () => {
    const out = inFolder("node.uf2")
    const words = ["flash", "--board", "mw_pico_w", "--runtime", PICO, ...WIFI]
    const ended = motewise(...words, "--broker", "mqtt://broker.example", "--out", out)
    assert.equal(ended.code, 0, ended.err)
    assertNoSecret(ended)
    assert.match(ended.out, /copy it to the RPI-RP2 drive/)
    assert.equal(statSync(out).mode & 0o777, 0o600)
    const store = readUf2(readFileSync(out), out).read(0x100e0000, 128 * 1024)
    assert.ok(store !== undefined, "the whole store is in the file: what was there before is gone")
    await firstReport(store)
})

test("an ESP32's image begins at 0, though its runtime does not", () => {
    const out = inFolder("esp32.bin")
    assert.equal(motewise("flash", "--board", "mw_esp32", "--runtime", ESP32, "--out", out).code, 0)
    const flash = readFileSync(out)
    assert.ok(
        flash.subarray(0, 0x1000).every(byte => byte === 0xff),
        "nothing before the bootloader"
    )
    assert.ok(flash.subarray(0x1000, 0x9000).equals(readFileSync(ESP32).subarray(0, 0x8000)), "it")
})

test("WiFi lies under the runtime's own keys, claim and broker under the program's", () => {
    const out = inFolder("claimed.bin")
    const words = ["flash", "--board", "mw_esp32c3", "--runtime", C3, ...WIFI, "--claim", CLAIM]
    const ended = motewise(...words, "--out", out, "--json")
    assert.equal(ended.code, 0, ended.err)
    assertNoSecret(ended)
    assert.deepEqual(JSON.parse(ended.out).settings, ["BROKER", "CLAIM"])
    const store = readFileSync(out).subarray(STORE_AT)
    // A store of 256 kB keeps settings in its first 16 kB: entries of 24 B behind a header of 24.
    const kept = new Map<string, string>()
    for (let at = 24; store.readUInt32LE(at + 16) !== 0xffffffff; at += 24) {
        const from = store.readUInt32LE(at + 16)
        const key = store.toString("latin1", at, at + 16).replace(/\0.*/s, "")
        kept.set(key, store.toString("utf8", from, from + store.readUInt32LE(at + 20)))
    }
    assert.equal(kept.get("wifi_ssid"), "Café #1")
    assert.equal(kept.get("wifi_psk"), PASSWORD)
    assert.equal(kept.get(":BROKER"), `"mqtt://10.1.2.3"`)
    assert.equal(kept.get(":CLAIM"), `"00c0ffee00c0ffee-${SECRET}"`)
    assert.deepEqual([...kept.keys()].at(-1), "*prog")
})

test("a dry run of a file writes none", () => {
    const out = inFolder("dry.bin")
    const words = ["flash", "--board", "mw_esp32c3", "--runtime", C3, "--out", out, "--dry-run"]
    const ended = motewise(...words, "--json")
    assert.equal(ended.code, 0, ended.err)
    assert.equal(JSON.parse(ended.out).written, false)
    assert.ok(!existsSync(out), "no file")
})

test("what cannot be is refused, and no file is written", () => {
    const out = inFolder("refused.bin")
    const refuse = (reason: RegExp, ...words: string[]) =>
        assertRefused(motewise("flash", ...words, "--out", out), reason)
    refuse(/required option .*--board/)
    refuse(
        /no terminal to ask for the password on/,
        "--board",
        "mw_esp32c3",
        "--wifi",
        "lab",
        "--runtime",
        C3
    )
    refuse(/its bootloader is for ESP32-C3/, "--board", "mw_esp32s3", "--runtime", C3)
    assert.ok(!existsSync(out), "nothing was written")
    const nowhere = ["--runtime", PICO, "--out", inFolder("no/x.uf2")]
    assertRefused(
        motewise("flash", "--board", "mw_pico_w", ...nowhere),
        /--out .*x\.uf2: no folder/
    )
})

test("without a board attached it says how to attach one", () => {
    const { code, out, err } = motewise("flash", "--board", "mw_pico_w", "--runtime", PICO)
    assert.equal(code, 1)
    assert.match(err, /no RPI-RP2 drive is mounted: hold BOOTSEL/)
    assert.equal(out, "")
})
