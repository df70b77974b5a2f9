/** An ESP32 written over its serial port, and all that can go wrong there, told so that somebody can mend it. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import fc from "fast-check"
import { test } from "node:test"
import { chipOf, type EspChip } from "../../flasher/chips"
import { writeEsp } from "../../flasher/esp-loader"
import { FlashError } from "../../flasher/flash-error"
import { SerialWire } from "../../flasher/serial-wire"
import { RandomStream } from "../../sim/random"
import { FakeEspBoard, type ChipName, type Faults } from "./fake-loader"

const BRIDGE = { usbVendorId: 0x10c4, usbProductId: 0xea60 }
/** Espressif's USB serial and JTAG: its lines are pulled in another order. */
const NATIVE = { usbVendorId: 0x303a, usbProductId: 0x1001 }
const SEED = 7

function chipNamed(name: ChipName): EspChip {
    return chipOf(name.toLowerCase().replace("-", "")) as EspChip
}

/** Does not compress: several blocks. */
function noise(bytes: number): Buffer {
    const image = Buffer.alloc(bytes)
    new RandomStream("image").fill(image)
    return image
}

interface Run {
    asked?: ChipName
    image?: Buffer
    ids?: object
    isAllErased?: boolean
    onShare?: (share: number) => void
    flashBytes?: number
}

function start(chip: ChipName, faults: Faults, run: Run = {}) {
    const { asked = chip, image = noise(40_000), ids = BRIDGE, isAllErased = false } = run
    const board = new FakeEspBoard(chip, faults, undefined, run.flashBytes)
    const wire = new SerialWire(baudRate => board.at(baudRate), ids)
    const onShare = run.onShare ?? (() => {})
    const written = writeEsp(wire, chipNamed(asked), image, { isAllErased, onShare })
    return { board, image, written }
}

async function fails(chip: ChipName, faults: Faults, reason: RegExp, run: Run = {}) {
    const { board, written } = start(chip, faults, run)
    await assert.rejects(written, e => {
        assert.ok(e instanceof FlashError, String(e))
        assert.match(e.message, reason)
        return true
    })
    return board
}

function untouched(board: FakeEspBoard): void {
    assert.ok(
        board.flash.every(byte => byte === 0x5a),
        "its flash is as it was"
    )
}

for (const chip of ["ESP32", "ESP32-S2", "ESP32-C3", "ESP32-S3"] as const)
    test(`an ${chip} is written, read back by its MD5, and started once`, async () => {
        const shares: number[] = []
        const { board, image, written } = start(chip, {}, { onShare: share => shares.push(share) })
        assert.equal(await written, "7cdfa1010203")
        assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
        assert.equal(board.flash[image.length + 4096], 0x5a)
        assert.equal(board.runs, 1)
        assert.ok(!board.erasedAll, "what lies behind it was not asked for")
        assert.ok(board.commands.includes(0x13), "MD5 was asked for")
        assert.equal(shares[0], 0)
        assert.equal(shares.at(-1), 1)
    })

test("a chip with USB of its own is brought into its loader by its own sequence", async () => {
    const { board, image, written } = start("ESP32-C3", { isNative: true }, { ids: NATIVE })
    await written
    assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
    assert.equal(board.runs, 1)
})

test("--erase erases all of the flash first", async () => {
    const { board, image, written } = start("ESP32-C3", {}, { isAllErased: true })
    await written
    assert.ok(board.erasedAll, "erased")
    assert.ok(
        board.flash.subarray(image.length + 4).every(byte => byte === 0xff),
        "everything else"
    )
})

test("another chip than was asked for is told by name, and not written", async () => {
    const reason = /the chip is an ESP32-S3, and the board .* has an ESP32-C3: nothing was written/
    const board = await fails("ESP32-S3", {}, reason, { asked: "ESP32-C3" })
    untouched(board)
    // It runs on with what it had.
    assert.equal(board.runs, 1)
    await fails("ESP32", {}, /is an ESP32, .* ESP32-S2/, { asked: "ESP32-S2" }).then(untouched)
})

test("a board that says nothing, or goes on running, is told to be brought into its loader", async () => {
    const reason = /does not answer. Hold its BOOT button \(IO0\), press RESET \(EN\)/
    untouched(await fails("ESP32-C3", { mute: true }, reason))
    untouched(await fails("ESP32", { noDownloadMode: true }, reason))
})

test("a chip that is locked, one without flash, and one with too little are not written", async () => {
    untouched(await fails("ESP32-S3", { locked: true }, /locked: nothing was written/))
    untouched(await fails("ESP32-C3", { flashId: 0xffffff }, /does not reach its flash/))
    untouched(await fails("ESP32-C3", { flashId: 0 }, /does not reach its flash/))
    const large = { image: Buffer.alloc(2 * 1024 * 1024 + 4) }
    // JEDEC: 0x15 is 2^21.
    const small = await fails(
        "ESP32-C3",
        { flashId: 0x1540ef },
        /has 2MB of flash, and 2048/,
        large
    )
    untouched(small)
})

test("a block whose checksum did not arrive is said again", async () => {
    const { board, image, written } = start("ESP32-C3", { refusesBlocks: 2 })
    await written
    assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
})

test("a chip that stays at the ROM's rate is spoken to at the ROM's rate", async () => {
    const { board, image, written } = start("ESP32-C3", { keepsBaud: true })
    await written
    assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
})

test("what does not read back as it was written is told", async () => {
    await fails("ESP32-C3", { flipsBit: true }, /does not read back .* holds no whole image/)
})

test("writing that stops tells how far it came, and that the image is not whole", async () => {
    const reason = /writing stopped at \d+ % .*: the board holds no whole image. Run this again/
    await fails("ESP32-C3", { failsFromBlock: 2 }, reason)
})

test("a system's error at opening is passed on for the port to be named", async () => {
    const opens = Object.assign(new Error("Error: Permission denied"), { code: "EACCES" })
    await assert.rejects(start("ESP32-C3", { opens }).written, opens)
})

test("answers that are lost, and noise before them, do not stop it or end in a fault that names the cable", async () => {
    // The first eight are those of the first sync; later ones end it, for a lost answer is a lost command to the loader.
    const { board, image, written } = start("ESP32-C3", { lost: [0, 1, 2, 3, 4, 5, 6, 7] })
    await written
    assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
    const noisy = { garbage: Buffer.from("\r\nGuru?\r\n") }
    await fails("ESP32-C3", noisy, /does not answer|stopped answering|cable/)
})

test("a byte that is lost in a block is said again with its block", async () => {
    // 20 kB are the stub and what is before it; the rest is the image, which does not compress.
    const { board, image, written } = start("ESP32-C3", { dropsByte: 30_000 })
    await written
    assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
})

test("a cable that comes out while it writes is told, and nobody waits for ever", async () => {
    const reason = /writing stopped at \d+ % .*: the board holds no whole image/
    await fails("ESP32-C3", { goneAtBlock: 2 }, reason)
})

test(`an answer that is lost is asked for again, or told (seed ${SEED})`, async () => {
    await fc.assert(
        fc.asyncProperty(fc.integer({ min: 8, max: 60 }), async number => {
            const { board, image, written } = start("ESP32-C3", { lost: [number] })
            try {
                await written
                assert.ok(board.flash.subarray(0, image.length).equals(image), "the image")
            } catch (e) {
                assert.ok(e instanceof FlashError, String(e))
            }
        }),
        { seed: SEED, numRuns: 5 }
    )
})

test(`whatever the bytes, and however many, they arrive (seed ${SEED})`, async () => {
    // 0xc0 and 0xdb are those that SLIP escapes.
    const special = fc.constantFrom(0xc0, 0xdb, 0xdc, 0xdd)
    const byte = fc.oneof(special, fc.integer({ min: 0, max: 255 }))
    await fc.assert(
        fc.asyncProperty(fc.array(byte, { minLength: 1, maxLength: 3000 }), async bytes => {
            const run = start("ESP32-C3", {}, { image: Buffer.from(bytes) })
            await run.written
            const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")
            const there = run.board.flash.subarray(0, bytes.length)
            assert.equal(digest(there), digest(run.image))
        }),
        { seed: SEED, numRuns: 6 }
    )
})

/** What it sends back for bytes as they are on the wire, the words of its ROM left out. */
async function exchanged(board: FakeEspBoard, bytes: string): Promise<string> {
    const heard: Buffer[] = []
    board.on("data", (piece: Buffer) => heard.push(piece))
    board.write(Buffer.from(bytes, "hex"))
    await new Promise(setImmediate)
    board.removeAllListeners("data")
    return Buffer.concat(heard).toString("hex")
}

/** RTS, then DTR, as a bridge's wires bring it into its loader. */
async function inLoader(chip: ChipName): Promise<FakeEspBoard> {
    const board = new FakeEspBoard(chip)
    for (const lines of [
        { dtr: false, rts: true },
        { dtr: true, rts: false },
    ])
        await new Promise<void>(resolve => board.set(lines, () => resolve()))
    board.read()
    return board
}

/** A command as it is on the wire, of bytes that SLIP leaves as they are. */
function onWire(code: string, body: string, checksum = "00"): string {
    const length = Buffer.alloc(2)
    length.writeUInt16LE(body.length / 2)
    return `c000${code}${length.toString("hex")}${checksum}000000${body}c0`
}

test("the simulated board answers as Espressif's document of the protocol has it, byte for byte", async () => {
    const board = await inLoader("ESP32-S3")
    const asked = async (bytes: string, answer: string | RegExp) =>
        typeof answer === "string"
            ? assert.equal(await exchanged(board, bytes), answer)
            : assert.match(await exchanged(board, bytes), answer)
    // "Tracing Esptool Serial Communications": READ_REG of 0x40001000 on an ESP32-S3 is 9. There the stub answers; the ROM has two bytes more.
    const readRegister = "c0000a04000000000000100040c0"
    assert.equal(onWire("0a", "00100040"), readRegister)
    await asked(readRegister, "c0010a04000900000000000000c0")
    // "Initialisation": 07 07 12 20 and 32 times 55, which the ROM answers eight times.
    const sync = `07071220${"55".repeat(32)}`
    await asked(onWire("08", sync), /^(c001080400[0-9a-f]{8}00000000c0){8}$/)
    await asked(onWire("08", sync.replace("20", "21")), "c00108040000000000" + "01050000c0")
    // Not before SPI_ATTACH: FLASH_BEGIN of one block of 16 bytes at 0.
    const begin = onWire("02", "10000000" + "01000000" + "10000000" + "00000000")
    await asked(begin, "c00102040000000000" + "01060000c0")
    // "Checksum": 0xEF and every byte of the data, and nothing of the 16 bytes before it: with 01 it is 0xEE.
    await asked(onWire("05", "01000000" + "01000000" + "00180000" + "00000840"), /^c00105/)
    const data = "01000000" + "00000000".repeat(3) + "01"
    await asked(onWire("07", data, "ef"), "c00107040000000000" + "01070000c0")
    await asked(onWire("07", data, "ee"), "c00107040000000000" + "00000000c0")
    // MEM_END with an entry point: its answer, then OHAI, and from now on two bytes of status.
    await asked(
        onWire("06", "00000000" + "00000840"),
        "c00106040000000000" + "00000000c0" + "c04f484149c0"
    )
    await asked(readRegister, "c0010a0200090000000000c0")
    // What the stub does not know is 0xFF to it, and a wrong checksum 0xC1, which SLIP leaves as it is.
    await asked(onWire("77", ""), "c00177020000000000" + "01ffc0")
    await asked(begin, "c00102020000000000" + "0000c0")
    await asked(onWire("03", data, "ef"), "c00103020000000000" + "01c1c0")
})
