import assert from "node:assert/strict"
import { test } from "node:test"
import { offline } from "../../bench/offline/offline"

test("hours without a broker at a sample a second: memory flat, then alarms, then the newest first", async () => {
    const { heapBytesFirstHour, heapBytesLastHour, told, dropped, unaccounted, panics } =
        await offline(4)
    assert.deepEqual({ unaccounted, panics }, { unaccounted: 0, panics: 0 })
    assert.ok(dropped > 14_000, `${dropped} dropped`)
    assert.ok(
        heapBytesLastHour < heapBytesFirstHour * 1.1,
        `${heapBytesFirstHour} B of heap, then ${heapBytesLastHour} B`
    )
    // The light changed twice: at 18 min and at 3 h 18 min.
    assert.deepEqual(
        told.slice(0, 4).map(({ isAlarm }) => isAlarm),
        [true, true, false, false]
    )
    const [, , newest, ...backlog] = told.map(({ sequence }) => sequence)
    assert.deepEqual(
        backlog.slice(0, 30),
        Array.from({ length: 30 }, (_, i) => newest - 1 - i)
    )
})
