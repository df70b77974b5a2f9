/** Power fails at every byte a ledger writes: what opens is what was promised, and it goes on. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { Ledger } from "../../../fleet/ledger/ledger"
import { TestSigner, eventsOf, nodeOf } from "./events"
import { MemoryDisk, PowerCut } from "./memory-disk"

const END = 270
const ALL = eventsOf(END, 40)
/** So many that the next batches fill a tile and a bundle, and make the index merge. */
const BEFORE = 253
const BATCHES = [2, 3]
const AFTER_CHECKPOINT = 2

/** What a ledger of `BEFORE` entries goes through. Returns how many entries it promised to have at least. */
async function live(disk: MemoryDisk): Promise<number> {
    let promised = BEFORE
    const append = (ledger: Ledger, count: number) => {
        ledger.append(ALL.slice(promised, promised + count))
        promised += count
    }
    try {
        const ledger = Ledger.on(disk)
        for (const count of BATCHES) append(ledger, count)
        await ledger.checkpoint(new TestSigner())
        append(ledger, AFTER_CHECKPOINT)
        ledger.close()
    } catch (e) {
        if (!(e instanceof PowerCut)) throw e
    }
    return promised
}

/** Every byte of a batch and of every change that is no write; every 997th of the long writes, which go beside and are renamed. */
function cutsOf({ writes, spent }: MemoryDisk): number[] {
    const isSkipped = (at: number) =>
        writes.some(
            ({ start, length }) =>
                length > 400 && at > start + 8 && at < start + length - 8 && (at - start) % 997 > 0
        )
    return Array.from({ length: spent }, (_, at) => at).filter(at => !isSkipped(at))
}

test("a power cut at any byte leaves all that was promised, perhaps with the batch it hit, and the log goes on", async () => {
    const start = new MemoryDisk()
    const before = Ledger.on(start)
    before.append(ALL.slice(0, BEFORE))
    await before.checkpoint(new TestSigner())
    before.close()
    const reference = Ledger.on(new MemoryDisk())
    const roots = [reference.root()]
    for (const event of ALL) {
        reference.append([event])
        roots.push(reference.root())
    }
    const whole = start.afterPowerCut("lost")
    assert.equal(await live(whole), 260)
    const cuts = cutsOf(whole)
    assert.ok(cuts.length > 700, String(cuts.length))
    let torn = 0
    for (const budget of cuts)
        for (const fate of ["kept", "lost"] as const) {
            const at = `${budget} ${fate}`
            const disk = start.afterPowerCut("lost")
            disk.budget = budget
            const promised = await live(disk)
            const next = disk.afterPowerCut(fate)
            const ledger = Ledger.on(next, {
                say: line => void (torn += /cut off/.test(line) ? 1 : 0),
            })
            assert.ok([0, ...BATCHES].includes(ledger.size - promised), `${at}: ${ledger.size}`)
            assert.deepEqual(ledger.root(), roots[ledger.size], at)
            const known = [...ledger.entriesOf(nodeOf(1))].map(({ index }) => index)
            const expected = ALL.slice(0, ledger.size).flatMap(({ node }, i) =>
                node === nodeOf(1) ? [i] : []
            )
            assert.deepEqual(known, expected, at)
            ledger.append(ALL.slice(ledger.size, END))
            assert.deepEqual(Ledger.on(next.afterPowerCut("lost")).root(), roots[END], at)
            ledger.close()
            assert.deepEqual(Ledger.on(next).root(), roots[END], at)
        }
    assert.ok(torn > 100, `${torn} torn batches`)
})

test("one batch is one flush", () => {
    const disk = new MemoryDisk()
    const ledger = Ledger.on(disk)
    const before = disk.flushes
    for (let i = 0; i < 10; ++i) ledger.append(ALL.slice(i * 25, i * 25 + 25))
    assert.equal(disk.flushes - before, 10)
})

test("a journal damaged before its last batch is refused, for no power cut does that", () => {
    const disk = new MemoryDisk()
    const ledger = Ledger.on(disk)
    ledger.append(ALL.slice(0, 3))
    ledger.append(ALL.slice(3, 5))
    const bytes = disk.read("journal") as Buffer
    bytes[40] ^= 1
    disk.replace("journal", bytes)
    assert.throws(() => Ledger.on(disk), /ledger\/journal is damaged at byte 24/)
})

test("a ledger that lost what it signed is not continued", async () => {
    const disk = new MemoryDisk()
    const ledger = Ledger.on(disk)
    const old = disk.afterPowerCut("kept")
    ledger.append(ALL.slice(0, 3))
    await ledger.checkpoint(new TestSigner())
    old.replace("checkpoints/3", disk.read("checkpoints/3") as Buffer)
    assert.throws(() => Ledger.on(old), /it signed 3 entries and has 0/)
})
