/** A save that power cuts in two, seen with the runtime's own eyes: every image here was written by the VM, and is booted by it. */
import assert from "node:assert/strict"
import { before, test } from "node:test"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import { Flash, PowerLost } from "../../sim/flash"
import { FaultyFlash, changedBytes, filledImage, tornImage } from "../../sim/flash-faults"
import { setSettingFrame, settingsServiceIn } from "../../sim/jacdac"
import { FLASH_BYTES } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { activeHalf, padded } from "../../sim/store-layout"
import { Strikes } from "../../sim/strikes"
import { Vm } from "../../sim/vm/vm"

const ID = "0123456789abcdef"

class RecordedFlash extends Flash {
    readonly images: Uint8Array[] = []
    override save(image: Uint8Array): void {
        this.images.push(image)
        super.save(image)
    }
}

/** A VM without a program, on a flash. */
class Bench {
    readonly lines: string[] = []
    private readonly frames: Uint8Array[] = []
    private timeMs = 0
    private readonly vm: Vm

    constructor(flash: Flash) {
        this.vm = new Vm(
            {
                nowMs: () => this.timeMs,
                fillRandom: bytes => void bytes.fill(0),
                flashBytes: FLASH_BYTES,
                loadFlash: () => flash.load(),
                saveFlash: image => flash.save(image),
                print: line => void this.lines.push(line),
                panic: () => {},
                sendFrame: frame => void this.frames.push(frame),
                answer: () => {},
                openSocket: () => -1,
                writeSocket: () => -1,
                closeSocket: () => -1,
            },
            ID
        )
        this.vm.start()
    }

    run(ms: number): void {
        for (const endMs = this.timeMs + ms; this.timeMs < endMs; this.timeMs += 10)
            this.vm.process()
    }

    set(key: string, value: Buffer): void {
        while (!this.frames.some(frame => settingsServiceIn(frame) !== undefined)) this.run(10)
        const service = this.frames.map(settingsServiceIn).find(index => index !== undefined)
        this.vm.receiveFrame(setSettingFrame(ID, service ?? 0, key, value))
        this.run(200)
    }
}

type Outcome = "formatted" | "old" | "new"

/** What a boot makes of an image, and what `key` then is. */
function outcomeOf(image: Uint8Array, key: string, fresh: Buffer): Outcome {
    const flash = new Flash(image)
    const bench = new Bench(flash)
    if (bench.lines.some(line => line.includes("formatting now"))) return "formatted"
    return valueOf(flash.load(), key)?.equals(fresh) === true ? "new" : "old"
}

function valueOf(image: Uint8Array, key: string): Buffer | undefined {
    const whole = padded(image, 0)
    const entry = activeHalf(whole)
        ?.entries.filter(entry => entry.key === `:${key}`)
        .at(-1)
    return entry && whole.subarray(entry.offset, entry.offset + entry.valueBytes)
}

/** Two settings written, then "a" again and again until the store is compacted once: all saves from the first format on. */
const saves: Uint8Array[] = []
let formats = 0

before(() => {
    const flash = new RecordedFlash()
    const bench = new Bench(flash)
    bench.set("b", Buffer.from("kept"))
    formats = flash.images.length - 1
    for (let i = 0; !bench.lines.some(line => line.includes("gc done")); ++i)
        bench.set("a", Buffer.alloc(200, i))
    saves.push(...flash.images)
})

test("no byte written is the image before, all of them the image after; each byte is one step", () => {
    for (let i = 1; i < saves.length; ++i) {
        const bytes = changedBytes(saves[i - 1], saves[i])
        assert.ok(bytes > 0, `save ${i} changes something`)
        const whole = (image: Uint8Array) => padded(image, saves[i].length)
        assert.deepEqual(whole(tornImage(saves[i - 1], saves[i], 0)), whole(saves[i - 1]))
        assert.deepEqual(whole(tornImage(saves[i - 1], saves[i], bytes)), whole(saves[i]))
    }
    const [one, next] = saves.slice(formats)
    for (let k = 0; k < changedBytes(one, next); ++k) {
        const [a, b] = [k, k + 1].map(n => tornImage(one, next, n))
        assert.equal(a.filter((byte, at) => byte !== b[at]).length, 1)
    }
})

test("a torn setting is the old one, a formatted store from its first byte on, and the new one with its last", () => {
    const [one, next] = saves.slice(formats + 1)
    const fresh = valueOf(next, "a") ?? Buffer.alloc(0)
    const bytes = changedBytes(one, next)
    const outcomes = Array.from({ length: bytes + 1 }, (_, k) =>
        outcomeOf(tornImage(one, next, k), "a", fresh)
    )
    assert.equal(outcomes[0], "old")
    assert.equal(outcomes[bytes], "new")
    const formatted = outcomes.filter(outcome => outcome === "formatted").length
    // Until the entry's offset stands; the 4 bytes of its length follow.
    assert.ok(formatted >= bytes - 6, `${formatted} of ${bytes}`)
    assert.equal(outcomes.indexOf("formatted"), 1)
    assert.equal(outcomes.slice(1, 1 + formatted).join(), Array(formatted).fill("formatted").join())
})

test("a torn compaction loses nothing, wherever it is cut", () => {
    const at = saves.findIndex((image, i) => {
        const generation = (save: Uint8Array) => activeHalf(padded(save, 0))?.generation ?? 0
        return i > formats && generation(image) > generation(saves[i - 1])
    })
    const [one, next] = [saves[at - 1], saves[at]]
    const bytes = changedBytes(one, next)
    assert.ok(bytes > 8000, `${bytes} bytes, the erased ones among them`)
    const last = valueOf(one, "a") ?? Buffer.alloc(0)
    // Each of the last 700: entries and header. Of the erasure before, some.
    for (let k = 0; k <= bytes; k += k < bytes - 700 ? 500 : 1) {
        const torn = tornImage(one, next, k)
        assert.equal(outcomeOf(torn, "a", last), "new", `cut after ${k} of ${bytes}`)
        assert.equal(valueOf(torn, "b")?.toString(), "kept")
    }
})

test("a full store keeps what it has and takes no more; emptied again, it does", () => {
    const clock = new Clock()
    const strikes = new Strikes(parseFaults("full:for=1s", []), clock, new RandomStream("test"))
    const flash = new FaultyFlash(saves[formats + 3], strikes)
    const before = valueOf(flash.load(), "a")
    const full = new Bench(flash)
    full.set("a", Buffer.from("new"))
    full.set("c", Buffer.from("new"))
    assert.ok(
        full.lines.some(line => line.includes("out of space")),
        "it says so"
    )
    clock.step(2000)
    assert.deepEqual(valueOf(flash.load(), "a"), before)
    assert.equal(valueOf(flash.load(), "b")?.toString(), "kept")
    assert.equal(valueOf(flash.load(), "c"), undefined)
    new Bench(flash).set("c", Buffer.from("new"))
    assert.equal(valueOf(flash.load(), "c")?.toString(), "new")
    // A flash that holds no store is not made one.
    assert.equal(filledImage(new Uint8Array(0)).length, 0)
})

function faulty(spec: string, image: Uint8Array): FaultyFlash {
    const strikes = new Strikes(parseFaults(spec, []), new Clock(), new RandomStream("test"))
    return new FaultyFlash(image, strikes)
}

test("cutBefore, cutDuring, cutAfter: what the flash then holds, and for how long it is dark", () => {
    const [one, next] = saves.slice(formats + 1)
    for (const [spec, holds, offMs] of [
        ["cutBefore", (image: Uint8Array) => image === one, 2000],
        ["cutAfter:by=7s", (image: Uint8Array) => image === next, 7000],
        ["cutDuring", (image: Uint8Array) => !isEqual(image, one) && !isEqual(image, next), 2000],
    ] as const) {
        const flash = faulty(spec, one)
        assert.throws(
            () => flash.save(next),
            (e: Error) => e instanceof PowerLost && e.offMs === offMs
        )
        assert.ok(holds(flash.load()), spec)
    }
})

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
    return padded(a, FLASH_BYTES).equals(padded(b, FLASH_BYTES))
}

test("worn: a save wears the flash and does not take; the next that does brings all", () => {
    const [one, next, last] = saves.slice(formats + 1)
    const flash = faulty("worn:p=0.5", one)
    const taken = new Set<boolean>()
    for (let i = 0; i < 40; ++i) {
        flash.replace(one)
        flash.save(next)
        taken.add(flash.load() === next)
    }
    assert.equal(taken.size, 2)
    assert.equal(flash.saves, 40)
    assert.ok(changedBytes(next, last) > 0, "there is a next one")
})
