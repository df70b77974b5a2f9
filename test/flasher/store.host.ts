/** A store as it is flashed: what the VM itself wrote, at the size of the board's, and the VM that mounts it. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { test } from "node:test"
import { storeImage } from "../../flasher/store"
import { compileSources } from "../../image/compile"
import { halfAt } from "../../sim/store-layout"
import { Vm } from "../../sim/vm/vm"

const SEED = 3
const PROGRAM = `import { readSetting } from "@devicescript/settings"
console.log("broker " + await readSetting<string>("BROKER", "none"))
`
const { bytes: program } = await compileSources("src/main.ts", new Map([["src/main.ts", PROGRAM]]))

/** What the VM says in its first seconds with this store. */
function booted(store: Buffer): string[] {
    const lines: string[] = []
    let timeMs = 0
    const vm = new Vm(
        {
            nowMs: () => timeMs,
            fillRandom: bytes => void bytes.fill(1),
            flashBytes: store.length,
            loadFlash: () => store,
            saveFlash: () => {},
            print: line => void lines.push(line),
            panic: () => {},
            sendFrame: () => {},
            answer: () => {},
            openSocket: () => -1,
            writeSocket: () => -1,
            closeSocket: () => -1,
        },
        "fe7cdfa1010203ff"
    )
    vm.start()
    for (; timeMs < 5000; timeMs += 10) vm.process()
    return lines
}

function valuesIn(store: Buffer): Map<string, Buffer> {
    const entries = halfAt(store, 0, store.length / 16)?.entries ?? []
    return new Map(
        entries.map(({ key, offset, valueBytes }) => [
            key,
            store.subarray(offset, offset + valueBytes),
        ])
    )
}

for (const storeBytes of [128 * 1024, 256 * 1024])
    test(`a store of ${storeBytes / 1024} kB is mounted as it is, and its program reads its settings`, () => {
        const wifi = { ssid: "lab", password: "correct horse" }
        const store = storeImage(program, { BROKER: "mqtt://10.1.2.3" }, wifi, storeBytes)
        assert.equal(store.length, storeBytes)
        const said = booted(store).join("\n")
        assert.match(said, /broker mqtt:\/\/10\.1\.2\.3/)
        assert.match(said, /fstor: mounted/)
        assert.doesNotMatch(said, /formatting/)
    })

test("a store of another size than the runtime's would be formatted: it is written at the runtime's own", () => {
    const store = storeImage(program, {}, undefined, 128 * 1024)
    const larger = Buffer.alloc(256 * 1024, 0xff)
    store.copy(larger)
    assert.match(booted(larger).join("\n"), /fstor: formatting now/)
})

test("where nothing was written, flash is erased", () => {
    const store = storeImage(program, {}, undefined, 256 * 1024)
    // 16 kB of settings, 16 of their other half, then the program.
    assert.ok(
        store.subarray(0x4000, 0x8000).every(byte => byte === 0xff),
        "the other half"
    )
    assert.ok(
        store.subarray(0x30000).every(byte => byte === 0xff),
        "behind the program"
    )
})

test(`WiFi's values are its bytes and nothing else, whatever they are (seed ${SEED})`, () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    fc.assert(
        fc.property(text, fc.oneof(fc.constant(""), text), (ssid, password) => {
            const store = storeImage(program, {}, { ssid, password }, 128 * 1024)
            const values = valuesIn(store)
            assert.equal(values.get("wifi_ssid")?.toString(), ssid)
            assert.equal(values.get("wifi_psk")?.toString(), password)
            assert.deepEqual([...values.keys()], ["wifi_ssid", "wifi_psk", "*prog"])
        }),
        { seed: SEED, numRuns: 25 }
    )
})

test("without a network no key of one is there", () => {
    const values = valuesIn(storeImage(program, { BROKER: "mqtt://a" }, undefined, 128 * 1024))
    assert.deepEqual([...values.keys()], [":BROKER", "*prog"])
    assert.equal(values.get(":BROKER")?.toString(), `"mqtt://a"`)
})
