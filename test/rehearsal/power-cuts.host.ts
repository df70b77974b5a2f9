import assert from "node:assert/strict"
import { test } from "node:test"
import { measurePowerCuts } from "../../bench/power-cuts/cuts"

/** Every byte of an alarm's writes; of a compaction, which is 8,865 B of mostly erasing, one in so many. `bench cuts` takes all. */
const COMPACTION_STRIDE = 257

test("power may fail at any byte of any write: the alarm is told, or the runtime has formatted the store", async () => {
    const writes = await measurePowerCuts({ compactionStride: COMPACTION_STRIDE })
    assert.deepEqual(
        writes.map(({ write }) => write),
        [
            "alarm",
            "mark",
            "alarm before a compaction",
            "compaction",
            "alarm of a compaction",
            "alarm after a compaction",
        ]
    )
    for (const { write, cuts, delivered, toldByNextBoot, formatted, lost, crashed } of writes) {
        assert.deepEqual({ write, lost, crashed }, { write, lost: 0, crashed: 0 })
        assert.equal(delivered + toldByNextBoot + formatted, cuts, write)
        // The window that the README states: the value and the 16 B of the key, never the compaction.
        assert.ok(
            formatted <= (write === "compaction" ? 0 : 36),
            `${write}: ${formatted} formatted`
        )
    }
})
