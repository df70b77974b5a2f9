/** Power fails in a write of what a node knows over its standby: at every byte, the node comes up clean, or the runtime has formatted the store. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { changedBytes, tornImage } from "../../sim/flash-faults"
import { provision } from "../../sim/provision"
import { activeHalf, padded } from "../../sim/store-layout"
import { imageOf } from "./greenhouse"
import { ROUND_MS, StandbyDesk, verdictOf, type Save } from "./standby-desk"

const WARM = 35
/** An entry's: key, place and size. */
const ENTRY_BYTES = 24
/** Of the value every so manyth byte, for they all come to the same; of the entry behind it every one. */
const VALUE_STRIDE = 9
/** Of a compaction, thousands of bytes of mostly erasing. */
const COMPACTION_STRIDE = 701
/** So many rounds fill a half of the store. */
const HALF_ROUNDS = 110

interface Write extends Save {
    name: string
    /** How warm it was, and what the far end had heard. */
    celsius: number
}

function isCompaction({ before, after }: Save): boolean {
    const generations = [before, after].map(image => activeHalf(padded(image, 0))?.generation)
    return generations[0] !== generations[1]
}

function cutsOf({ before, after }: Save): number[] {
    const bytes = changedBytes(before, after)
    const cuts: number[] = []
    const stride = isCompaction({ before, after }) ? COMPACTION_STRIDE : VALUE_STRIDE
    for (let cut = 0; cut < bytes - ENTRY_BYTES; cut += stride) cuts.push(cut)
    for (let cut = bytes - ENTRY_BYTES; cut <= bytes; ++cut) cuts.push(cut)
    return cuts
}

/** The saves of the next rounds, until one of them is as wanted. */
function writesAfter(desk: StandbyDesk, rounds: number): Save[] {
    const from = desk.saves.length
    desk.run(rounds * ROUND_MS)
    return desk.saves.slice(from)
}

async function writes(): Promise<Write[]> {
    const desk = new StandbyDesk(provision(await imageOf(true), { BROKER: "mqtt://desk" }), 1)
    desk.run(3.5 * ROUND_MS)
    const [quiet] = writesAfter(desk, 1)
    desk.celsius = WARM
    const [alarm, told] = writesAfter(desk, 1)
    desk.celsius = 20
    desk.run(2 * ROUND_MS)
    const compaction = writesAfter(desk, HALF_ROUNDS).find(isCompaction)
    if (compaction === undefined) assert.fail("no compaction")
    return [
        { name: "quiet", celsius: 20, ...quiet },
        { name: "alarm", celsius: WARM, ...alarm },
        { name: "told", celsius: WARM, ...told },
        { name: "compaction", celsius: 20, ...compaction },
    ]
}

/** What comes of a node whose power failed there. */
function outcomeOf({ name, celsius, before, after }: Write, cut: number): "up" | "formatted" {
    const at = `${name}, ${cut} B written`
    const desk = new StandbyDesk(tornImage(before, after, cut), 2)
    desk.celsius = celsius
    desk.run(2.5 * ROUND_MS)
    assert.deepEqual(desk.node.panics, [], at)
    if (desk.isFormatted) return "formatted"
    // The alarm by itself, or as what the next wake finds changed; after it was told, neither is owed.
    if (name === "alarm") assert.equal(desk.verdict(), "warm", at)
    desk.celsius = celsius === WARM ? 20 : WARM
    desk.run(1.5 * ROUND_MS)
    assert.deepEqual(desk.node.panics, [], at)
    assert.equal(desk.verdict(), celsius === WARM ? "fine" : "warm", `${at}: it goes on`)
    const told = desk.heard.map(({ boot, sequence }) => `${boot} ${sequence}`)
    assert.equal(new Set(told).size, told.length, `${at}: ${told.join(", ")}`)
    return "up"
}

test("power may fail at any byte of a write: the node comes up and tells what it has to, or the store is formatted", async () => {
    const formatted: Record<string, number> = {}
    for (const write of await writes())
        formatted[write.name] = cutsOf(write).filter(
            cut => outcomeOf(write, cut) === "formatted"
        ).length
    // The window: from the value's first byte up to where the entry's place is whole. A compaction has none.
    assert.equal(formatted.compaction, 0)
    for (const name of ["quiet", "alarm", "told"])
        assert.ok(formatted[name] > ENTRY_BYTES / 2, `${name}: ${formatted[name]} formatted`)
})

test("a size that was not wholly written is written over before the store is next compacted", async () => {
    const desk = new StandbyDesk(provision(await imageOf(true), { BROKER: "mqtt://desk" }), 1)
    desk.run(4.5 * ROUND_MS)
    const { before, after } = desk.saves.at(-1) ?? assert.fail("nothing was written")
    const bytes = changedBytes(before, after)
    for (const missing of [1, 2, 3]) {
        const torn = new StandbyDesk(tornImage(before, after, bytes - missing), 2)
        torn.run(HALF_ROUNDS * ROUND_MS)
        assert.deepEqual([torn.node.panics, torn.isFormatted], [[], false], `${missing} B short`)
        assert.ok(torn.saves.some(isCompaction), "it was compacted")
        assert.ok(torn.heard.length >= 12, `${torn.heard.length} reports in 15 hours`)
    }
})

test("alarms that nobody heard outlive standby after standby, and are told with the boot they were raised in", async () => {
    const desk = new StandbyDesk(provision(await imageOf(true), { BROKER: "mqtt://desk" }), 3)
    desk.run(0.5 * ROUND_MS)
    desk.isBrokerThere = false
    for (const celsius of [WARM, 20, WARM]) {
        desk.celsius = celsius
        desk.run(3 * ROUND_MS)
    }
    assert.equal(desk.node.powerCut(1000), true)
    desk.run(2 * ROUND_MS)
    assert.equal(desk.heard.length, 1)
    desk.isBrokerThere = true
    desk.run(8 * ROUND_MS)
    const alarms = desk.heard.slice(1, 4)
    assert.deepEqual(alarms.map(verdictOf), ["warm", "fine", "warm"])
    assert.equal(new Set(alarms.map(({ boot }) => boot)).size, 3)
    const times = desk.heard.map(({ boot, sequence }) => `${boot} ${sequence}`)
    assert.equal(new Set(times).size, times.length, "each once")
})
