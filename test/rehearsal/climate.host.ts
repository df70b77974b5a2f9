/** The climate app where steam comes twice in eight hours: what counts is the events, for `usual` is right in nearly every row. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { apps } from "../../image/apps"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { worldKind } from "../../sim/worlds/worlds"

const SEED = 6
const HOURS = 8
/** The target for recordings, too: 6 rows of 5 s. */
const DELAY_ROWS_MAX = 6
/** Behind an event's start, what is unusual follows from it. */
const AFTER_ROWS = 240

test("climate: steam is told within 30 s each time it comes, and nothing else is", async t => {
    const world = worldKind("climate").make(SEED, 1)
    const rows = (HOURS * 3600_000) / world.rowMs
    const starts = Array.from({ length: rows }, (_, row) => row).filter(
        row => world.truthAt(0, row) === "unusual" && world.truthAt(0, row - 1) === "usual"
    )
    // By the world alone: rows 2713 and 4953.
    assert.equal(starts.length, 2)
    const image = await compile(apps().get("climate") ?? assert.fail("no app climate"))
    const alarms: number[] = []
    const rehearsal = await Rehearsal.create({
        image: image.bytes,
        seats: image.parts,
        nodes: 1,
        world,
        seed: SEED,
        virtual: true,
        speed: 1,
        seconds: HOURS * 3600,
        faults: [],
        exact: false,
        print: () => {},
        onHeard: (_, { sampledAtMs, verdict }) => {
            if (verdict === "unusual") alarms.push(Math.floor(sampledAtMs / world.rowMs))
        },
    })
    await rehearsal.run()
    const result = rehearsal.result()
    const heapBytes = rehearsal.heapHighWaterBytes()
    await rehearsal.close()
    assert.deepEqual(rehearsal.panics(), [])
    assert.equal(result.lost + result.gaps, 0)
    for (const start of starts) {
        const first = alarms.find(row => row >= start && row <= start + AFTER_ROWS)
        assert.ok(first !== undefined, `the steam of row ${start} is not told`)
        t.diagnostic(`row ${start}: told ${first - start} rows later`)
        assert.ok(first - start <= DELAY_ROWS_MAX, `row ${start}: told ${first - start} rows later`)
    }
    const idle = alarms.filter(row => !starts.some(s => row >= s && row <= s + AFTER_ROWS))
    assert.deepEqual(idle, [])
    assert.ok(heapBytes > 0 && heapBytes < 48_000, `${heapBytes} B of heap`)
})
