/** What may go to a board as a runtime, and where it comes from. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import fc from "fast-check"
import {
    copyFileSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { boardConfig } from "../../flasher/board-config"
import { chipOf, type EspChip } from "../../flasher/chips"
import { readEspRuntime } from "../../flasher/esp-image"
import { FlashError } from "../../flasher/flash-error"
import { flashImage } from "../../flasher/image"
import { runtimeFor } from "../../flasher/runtime"
import { FlashPages, readUf2 } from "../../flasher/uf2"
import { boardFile } from "../../image/boards"
import { inProject, UsageError } from "../../image/project"
import {
    CONFIG_AT,
    espImage,
    espRuntime,
    partitionTable,
    ROWS,
    rp2040Runtime,
    STORE_AT,
    STORE_BYTES,
} from "./fake-runtime"

const C3 = chipOf("esp32c3") as EspChip
const SEED = 20261121

test("an ESP32's runtime tells where configuration and store are", () => {
    for (const archId of ["esp32", "esp32s2", "esp32c3", "esp32s3"]) {
        const chip = chipOf(archId) as EspChip
        const { config, store } = readEspRuntime(espRuntime(chip), chip, archId)
        assert.deepEqual(config, { at: CONFIG_AT, bytes: 0x2000 })
        assert.deepEqual(store, { at: STORE_AT, bytes: STORE_BYTES })
    }
})

test("a partition table with the store elsewhere is followed", () => {
    const rows = ROWS.map(row =>
        row.label === "fstor" ? { ...row, at: 0x200000, bytes: 0x20000 } : row
    )
    const { store } = readEspRuntime(espRuntime(C3, rows), C3, "moved")
    assert.deepEqual(store, { at: 0x200000, bytes: 0x20000 })
})

test("what is no runtime for the chip is refused with the reason", () => {
    const good = espRuntime(C3)
    const changed = (change: (bytes: Buffer) => void) => {
        const bytes = Buffer.from(good)
        change(bytes)
        return bytes
    }
    const refused = (bytes: Buffer, reason: RegExp) =>
        assert.throws(
            () => readEspRuntime(bytes, C3, "file.bin"),
            e =>
                e instanceof UsageError &&
                /^file\.bin is no/.test(e.message) &&
                reason.test(e.message)
        )
    refused(Buffer.alloc(0), /ends before its bootloader/)
    refused(Buffer.from("<html>Not Found</html> and more of it"), /begins with 0x3c, not 0xe9/)
    refused(espRuntime(chipOf("esp32s3") as EspChip), /its bootloader is for ESP32-S3/)
    refused(
        changed(bytes => bytes.writeUInt16LE(0x0017, 12)),
        /is for a chip with id 0x0017/
    )
    refused(
        changed(bytes => (bytes[1] = 17)),
        /has 17 segments/
    )
    refused(
        changed(bytes => (bytes[34] ^= 1)),
        /checksum of its bootloader is wrong/
    )
    // The header is under the hash alone.
    refused(
        changed(bytes => (bytes[3] ^= 1)),
        /SHA-256 of its bootloader is wrong/
    )
    refused(
        changed(bytes => (bytes[0x8008] ^= 1)),
        /MD5 of its partition table is wrong/
    )
    refused(
        changed(bytes => bytes.fill(0xff, 0x8000, 0x8c00)),
        /no partition table at 0x8000/
    )
    refused(good.subarray(0, good.length - 1), /SHA-256 of its app is wrong/)
    refused(good.subarray(0, good.length - 200), /ends inside its app/)
    refused(good.subarray(0, 0x10000), /ends before its app/)
    refused(
        changed(bytes => espImage(9, Buffer.alloc(9)).copy(bytes, 0x10000)),
        /its app is for ESP32-S3/
    )
    const without = (label: string) =>
        espRuntime(
            C3,
            ROWS.filter(row => row.label !== label)
        )
    refused(without("fstor"), /has no fstor/)
    refused(without("dcfg"), /has no dcfg/)
    refused(without("factory"), /has no app/)
    const bundle = Buffer.concat([good, Buffer.alloc(STORE_AT, 0xff)])
    refused(bundle, /a bundle with a program in it/)
})

test(`one wrong byte, or a cut, is a reason and nothing else (seed ${SEED})`, () => {
    const good = espRuntime(C3)
    const uf2 = rp2040Runtime()
    const checked = (read: () => unknown) => {
        try {
            read()
        } catch (e) {
            assert.ok(e instanceof UsageError, String(e))
        }
    }
    const byte = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat())
    fc.assert(
        fc.property(byte, ([at, flip, cut]) => {
            for (const file of [good, uf2]) {
                const bytes = Buffer.from(file)
                bytes[at % file.length] ^= flip
                const short = bytes.subarray(0, cut % (file.length + 1))
                for (const read of [bytes, short]) {
                    checked(() => readEspRuntime(read, C3, "file"))
                    checked(() => readUf2(read, "file"))
                }
            }
        }),
        { seed: SEED, numRuns: 300 }
    )
})

test("a segment that says it is longer than the file ends it", () => {
    const bytes = espRuntime(C3)
    bytes.writeUInt32LE(0xfffffff0, 28)
    assert.throws(() => readEspRuntime(bytes, C3, "f"), /ends inside its bootloader/)
})

test("a UF2's blocks are as the format's document has them", () => {
    const pages = new FlashPages()
    pages.write(0x10000100, Buffer.from([1, 2, 3]))
    const file = pages.file()
    // A whole sector of 4 kB is told, 16 blocks of 512 B.
    assert.equal(file.length, 16 * 512)
    const second = file.subarray(512, 1024)
    assert.equal(second.toString("hex", 0, 8), "5546320a57515d9e")
    assert.equal(second.readUInt32LE(8), 0x2000)
    assert.equal(second.readUInt32LE(12), 0x10000100)
    assert.deepEqual(
        [16, 20, 24].map(at => second.readUInt32LE(at)),
        [256, 1, 16]
    )
    assert.equal(second.readUInt32LE(28), 0xe48bff56)
    assert.equal(second.toString("hex", 32, 37), "010203ffff")
    assert.equal(second.toString("hex", 508), "306fb10a")
})

test(`what is written to pages is read from their file (seed ${SEED})`, () => {
    const piece = fc.tuple(fc.nat(100_000), fc.uint8Array({ minLength: 1, maxLength: 700 }))
    fc.assert(
        fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), pieces => {
            const flash = Buffer.alloc(128 * 1024, 0xff)
            const pages = new FlashPages()
            for (const [at, bytes] of pieces) {
                pages.write(0x10000000 + at, bytes)
                flash.set(bytes, at)
            }
            const read = readUf2(pages.file(), "file")
            for (let at = 0; at < flash.length; at += 256) {
                const page = read.read(0x10000000 + at, 256)
                if (page !== undefined)
                    assert.ok(page.equals(flash.subarray(at, at + 256)), `${at}`)
                else
                    assert.ok(
                        flash.subarray(at, at + 256).every(byte => byte === 0xff),
                        `${at}`
                    )
            }
        }),
        { seed: SEED, numRuns: 100 }
    )
})

test("a UF2 that the boot drive would not take whole is refused", () => {
    const good = rp2040Runtime()
    const refused = (at: number, word: number, reason: RegExp) => {
        const bytes = Buffer.from(good)
        bytes.writeUInt32LE(word, at)
        assert.throws(() => readUf2(bytes, "f.uf2"), reason)
    }
    refused(0, 0, /block 0 has not UF2's magic numbers/)
    refused(508, 0, /block 0 has not UF2's magic numbers/)
    refused(512 + 8, 0x2001, /block 1 is not for flash/)
    refused(512 + 8, 0, /block 1 names no family/)
    refused(512 + 28, 0xe48bff59, /block 1 is of family 0xe48bff59, not 0xe48bff56/)
    refused(512 + 16, 476, /block 1 carries 476 B/)
    refused(512 + 20, 7, /says it is 7 of/)
    refused(512 + 12, 0x20000000, /block 1 goes to 0x20000000/)
    refused(512 + 12, 0x10000080, /goes to 0x10000080/)
    refused(512 + 12, 0x10000000, /as one before it/)
    assert.throws(() => readUf2(good.subarray(0, 1000), "f.uf2"), /no number of blocks/)
    assert.throws(() => readUf2(Buffer.alloc(0), "f.uf2"), /no number of blocks/)
})

test("an RP2040's image keeps the runtime, has our board's configuration, and erases what it is told to", () => {
    const board = boardFile("mw_pico_w")
    const runtime = { bytes: rp2040Runtime(), sha256: "", from: "pico.uf2" }
    const image = flashImage(board, chipOf("rp2040w"), runtime)
    assert.deepEqual(image.store, { at: 0xe0000, bytes: 128 * 1024 })
    const store = Buffer.alloc(image.store.bytes, 0x77)
    const pages = readUf2(image.with(store, false), "image")
    assert.ok(
        pages.read(0x10000000, 0x5150)?.equals(Buffer.alloc(0x5150, "DeviceScript")),
        "runtime"
    )
    const config = boardConfig(board)
    assert.ok(pages.read(0x100dc000, config.length)?.equals(config), "ours")
    assert.equal(pages.read(0x100dc000 + config.length, 1)?.[0], 0xff)
    assert.ok(pages.read(0x100e0000, store.length)?.equals(store), "store")
    assert.ok(!pages.tells(0x10100000, 0x10200000), "the second megabyte is left as it is")
    const erased = readUf2(image.with(store, true), "image")
    assert.ok(erased.read(0x10100000, 0x100000)?.every(byte => byte === 0xff) === true, "erased")
    const bundle = { ...runtime, bytes: image.with(store, false) }
    assert.throws(() => flashImage(board, chipOf("rp2040w"), bundle), /a bundle with a program/)
    const other = new FlashPages()
    other.write(0x10000000, Buffer.from("MicroPython"))
    const strange = { ...runtime, bytes: other.file() }
    assert.throws(() => flashImage(board, chipOf("rp2040w"), strange), /no board's configuration/)
})

test("a board's configuration is, byte for byte, what upstream's own command writes", () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-binpatch-"))
    mkdirSync(join(folder, "out"))
    for (const id of ["mw_esp32s3", "mw_esp32c3"])
        copyFileSync(inProject("boards", `${id}.board.json`), join(folder, `${id}.board.json`))
    // As devicescript-esp32's boards/esp32s3/arch.json has it, as far as the command reads it.
    const pins = { analogIn: "0-20", io: "0-48", boot: "", flash: "", debug: "", usb: "" }
    const arch = { id: "esp32s3", name: "x", dcfgOffset: "0x9000", binFlashOffset: "0x0", pins }
    writeFileSync(join(folder, "arch.json"), JSON.stringify(arch))
    writeFileSync(join(folder, "fw.bin"), Buffer.alloc(0x10000, 0xff))
    const devs = inProject("node_modules/@devicescript/cli/devicescript")
    const words = ["binpatch", "--bin", "fw.bin", "--outdir", "out"]
    const boards = readdirSync(folder).filter(name => name.endsWith(".board.json"))
    execFileSync(process.execPath, [devs, ...words, ...boards], { cwd: folder, stdio: "ignore" })
    for (const id of ["mw_esp32s3", "mw_esp32c3"]) {
        const file = readFileSync(join(folder, "out", `devicescript-esp32s3-${id}-0x0.bin`))
        const ours = boardConfig({ ...boardFile(id), archId: "esp32s3" })
        assert.ok(file.subarray(CONFIG_AT, CONFIG_AT + ours.length).equals(ours), id)
        assert.equal(file[CONFIG_AT + ours.length], 0xff)
    }
})

test("the table's digest is over the entries before it", () => {
    // ESP-IDF's gen_esp32part.py: EB EB, 14 times FF, then MD5.
    assert.match(partitionTable(ROWS).toString("hex", 160, 176), /^ebebf{28}$/)
})

const BOARD = {
    id: "b",
    archId: "esp32c3",
    $fwUrl: "https://example.org/latest/download/fw-0x0.bin",
}
const answering = (bytes: Buffer, status = 200) =>
    (async () => new Response(new Uint8Array(bytes), { status })) as typeof fetch
const offline = (async () => {
    throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }),
    })
}) as typeof fetch

test("a runtime is fetched once, kept by its hash, and fetched again when what was kept is not it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-kept-"))
    const fetched = await runtimeFor(BOARD, undefined, {
        folder,
        fetch: answering(Buffer.from("abc")),
    })
    // SHA-256 of "abc", FIPS 180-2 B.1
    assert.match(
        fetched.sha256,
        /^ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad$/
    )
    const kept = await runtimeFor(BOARD, undefined, { folder, fetch: offline })
    assert.deepEqual(kept, fetched)
    writeFileSync(join(folder, fetched.sha256), "abd")
    await assert.rejects(runtimeFor(BOARD, undefined, { folder, fetch: offline }), FlashError)
    const again = await runtimeFor(BOARD, undefined, {
        folder,
        fetch: answering(Buffer.from("abc")),
    })
    assert.deepEqual(again, fetched)
})

test("without a network, or with another answer, it is told where the runtime is and how to give it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-kept-"))
    const refused = (get: typeof fetch, why: RegExp) =>
        assert.rejects(
            runtimeFor(BOARD, undefined, { folder, fetch: get }),
            e =>
                e instanceof FlashError &&
                why.test(e.message) &&
                /Download https:\/\/example.org\/.*fw-0x0.bin .* --runtime FILE/.test(e.message)
        )
    await refused(offline, /ENOTFOUND/)
    await refused(answering(Buffer.from("no"), 404), /HTTP 404/)
    await refused(answering(Buffer.alloc(9 * 1024 * 1024)), /too many/)
    assert.deepEqual(readdirSync(folder), [])
    await assert.rejects(
        runtimeFor({ id: "b", archId: "x" }, undefined, { folder }),
        /names no \$fwUrl/
    )
    await assert.rejects(runtimeFor(BOARD, join(folder, "none")), /--runtime .*: no such file/)
})

test("a dry run keeps nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "motewise-kept-"))
    await runtimeFor(BOARD, undefined, {
        folder,
        isDry: true,
        fetch: answering(Buffer.from("abc")),
    })
    assert.deepEqual(readdirSync(folder), [])
})
