/** Somebody changes the log, and leaves more or fewer traces: the first entry that is not what it was is named. */
import assert from "node:assert/strict"
import { before, test } from "node:test"
import { leafHash } from "../../../fleet/ledger/merkle"
import { Ledger } from "../../../fleet/ledger/ledger"
import { readEntry, writeEntry, type Entry } from "../../../fleet/ledger/entry"
import { Journal } from "../../../fleet/ledger/journal"
import { bundleOf, entriesOf, tilePath } from "../../../fleet/ledger/tile"
import { Tree } from "../../../fleet/ledger/tree"
import { verifyLedger, type Verdict } from "../../../fleet/ledger/verify"
import { TestSigner, eventsOf, nodeOf, quarantine, verifyTest } from "./events"
import { MemoryDisk } from "./memory-disk"

const SIZE = 700
const CHECKPOINTS = [100, 300, 600]
const signer = new TestSigner()
let genuine: MemoryDisk

before(async () => {
    genuine = new MemoryDisk()
    const ledger = Ledger.on(genuine, { origin: "motewise.test/tamper" })
    for (const end of CHECKPOINTS) {
        ledger.append(eventsOf(end - ledger.size, 50, ledger.size))
        await ledger.checkpoint(signer)
    }
    ledger.append(eventsOf(SIZE - ledger.size, 50, ledger.size))
    ledger.close()
})

function verify(disk: MemoryDisk, anchors?: { size: number; root: Buffer }[]): Verdict {
    const publicKey = signer.publicKey()
    return verifyLedger(disk, { publicKey, verifySignature: verifyTest, anchors })
}

function copy(): MemoryDisk {
    return genuine.afterPowerCut("kept")
}

function entriesIn(disk: MemoryDisk): Buffer[] {
    return ["000", "001", "002.p/188"].flatMap(
        name => entriesOf(disk.read(`tile/entries/${name}`) as Buffer) as Buffer[]
    )
}

/** Puts them into bundles, and leaves everything else alone. */
function rebundle(disk: MemoryDisk, entries: Buffer[]): void {
    disk.replace(tilePath("entries", 0), bundleOf(entries.slice(0, 256)))
    disk.replace(tilePath("entries", 1), bundleOf(entries.slice(256, 512)))
    disk.replace(tilePath("entries", 2, 188), bundleOf(entries.slice(512)))
}

/** Tiles, bundles and journal made anew, as a writer would have. */
function rebuilt(entries: Buffer[]): MemoryDisk {
    const disk = copy()
    disk.remove("tile")
    const tree = new Tree(disk, 0)
    for (const entry of entries) tree.append(entry)
    tree.write()
    Journal.start(disk, entries.length)
    return disk
}

/** Numbers and links made to fit too. */
function relinked(entries: Buffer[]): Buffer[] {
    let previous = Buffer.alloc(8)
    return entries.map((bytes, index) => {
        const entry = writeEntry({ ...readEntry(bytes), index, previous })
        previous = Buffer.from(leafHash(entry).subarray(0, 8))
        return entry
    })
}

function altered(bytes: Buffer): Buffer {
    const entry: Entry = readEntry(bytes)
    return writeEntry({ ...entry, timeMs: entry.timeMs + 1 })
}

const forged = () => writeEntry({ ...quarantine(7), index: 400, previous: Buffer.alloc(8) })

/** What was done, and what is to be told of it; in the middle of a tile, and at its edges. */
const PLACES = [0, 1, 254, 255, 256, 400, 511, 512, 650]
const CHANGES: [change: string, apply: (entries: Buffer[], at: number) => Buffer[]][] = [
    ["altered", (entries, at) => entries.with(at, altered(entries[at]))],
    ["removed", (entries, at) => entries.toSpliced(at, 1)],
    ["inserted", (entries, at) => entries.toSpliced(at, 0, forged())],
    ["reordered", (entries, at) => entries.with(at, entries[at + 9]).with(at + 9, entries[at])],
]

test("a ledger that nobody touched is right, and its checkpoints are signed", () => {
    assert.deepEqual(verify(copy()).problems, [])
    assert.equal(verify(copy()).isRight, true)
    assert.equal(verify(copy()).checkpoints, 3)
    const other = { publicKey: new TestSigner().publicKey(), verifySignature: verifyTest }
    assert.match(verifyLedger(copy(), other).problems[0], /checkpoints\/100 is not signed by/)
})

for (const [change, apply] of CHANGES) {
    test(`an entry ${change}, and the tiles left alone, is named`, () => {
        for (const at of PLACES) {
            const disk = copy()
            rebundle(disk, apply(entriesIn(disk), at))
            const { isRight, first } = verify(disk)
            assert.equal(isRight, false)
            assert.equal(`${first?.change} ${first?.index}`, `${change} ${at}`)
            if (change === "altered" || change === "removed")
                assert.equal(first?.node, nodeOf(at % 50))
        }
    })

    test(`an entry ${change}, and all tiles made anew, is named`, () => {
        for (const at of PLACES) {
            const { isRight, first } = verify(rebuilt(apply(entriesIn(copy()), at)))
            assert.equal(isRight, false)
            assert.equal(`${first?.change} ${first?.index}`, `${change} ${at}`)
        }
    })

    test(`an entry ${change}, and everything made to fit, is found between two checkpoints`, () => {
        for (const [at, from, to] of [
            [0, 0, 99],
            [99, 0, 99],
            [100, 100, 299],
            [255, 100, 299],
            [450, 300, 599],
        ]) {
            const { isRight, first } = verify(rebuilt(relinked(apply(entriesIn(copy()), at))))
            assert.equal(isRight, false)
            // A swap can reach over the checkpoint, and is then found before it all the same.
            assert.equal(first?.change, "rewritten")
            assert.deepEqual([first?.index, first?.indexMost], [from, to], `${at}`)
            assert.match(first?.told ?? "", /checkpoint of \d+ entries has another root/)
        }
    })
}

test("every single byte of a bundle is watched, and its entry named", () => {
    const path = "tile/entries/002.p/188"
    const bundle = genuine.read(path) as Buffer
    const starts: number[] = []
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) starts.push(at)
    for (let at = 0; at < bundle.length; at += 37) {
        const disk = copy()
        const bytes = Buffer.from(bundle)
        bytes[at] ^= 1 + (at % 255)
        disk.replace(path, bytes)
        const { first } = verify(disk)
        assert.equal(first?.index, 512 + starts.findLastIndex(start => start <= at), `byte ${at}`)
        assert.match(first?.change ?? "", /altered|removed/)
    }
})

test("a hash changed in any tile is told, and not taken for its entry", () => {
    for (const [path, told] of [
        ["tile/0/001", /entry 258 \(.*\) is right, but its hash in the tile is not/],
        ["tile/1/000.p/2", /tile\/1\/000\.p\/2: its hash 0 is not that of the tile below/],
    ] as [string, RegExp][]) {
        const disk = copy()
        const bytes = disk.read(path) as Buffer
        bytes[path.startsWith("tile/0") ? 70 : 5] ^= 0x10
        disk.replace(path, bytes)
        const { isRight, problems } = verify(disk)
        assert.equal(isRight, false)
        assert.match(problems[0], told)
    }
})

test("the end of the log is not cut off unnoticed, if it was signed", () => {
    const cut = verify(rebuilt(entriesIn(copy()).slice(0, 590)))
    assert.equal(`${cut.first?.change} ${cut.first?.index}`, "removed 590")
    assert.equal(cut.first?.node, nodeOf(590 % 50))
    const disk = copy()
    disk.remove("tile/entries/002.p")
    assert.equal(
        verify(disk).first?.told,
        `entry 512 (quarantine of node ${nodeOf(12)}) was removed`
    )
})

test("what the chain knows counts like a checkpoint, also when the checkpoints are gone", () => {
    const root = new Tree(genuine, SIZE).root(680)
    assert.equal(verify(copy(), [{ size: 680, root }]).isRight, true)
    const disk = rebuilt(relinked(CHANGES[0][1](entriesIn(copy()), 650)))
    assert.equal(verify(disk).isRight, true)
    const { first } = verify(disk, [{ size: 680, root }])
    assert.deepEqual([first?.index, first?.indexMost], [600, 679])
    const shorter = rebuilt(entriesIn(copy()).slice(0, 650))
    const cut = verify(shorter, [{ size: 680, root }])
    assert.equal(cut.first?.index, 650)
})

test("an index that hides an entry of a node is told", () => {
    const disk = copy()
    const [run] = disk.list("index")
    const bytes = disk.read(`index/${run}`) as Buffer
    bytes[5 * 16 + 15] ^= 1
    disk.replace(`index/${run}`, bytes)
    assert.match(verify(disk).problems.join(), /^ledger\/index is not what the entries make/)
})

test("a checkpoint that was altered is told", () => {
    const disk = copy()
    const text = disk.read("checkpoints/300")?.toString() ?? ""
    disk.replace("checkpoints/300", Buffer.from(text.replace("\n300\n", "\n301\n")))
    assert.match(verify(disk).problems[0], /checkpoints\/300 is of size 301, and named 300/)
    disk.replace("checkpoints/300", Buffer.from(text.replace("— motewise", "— motebest")))
    assert.match(
        verify(disk).problems[0],
        /checkpoints\/300 is of motewise.test\/tamper, and signed/
    )
    disk.replace("checkpoints/300", Buffer.from("nothing"))
    assert.match(verify(disk).problems[0], /checkpoints\/300 is not a checkpoint/)
})
