import assert from "node:assert/strict"
import { test } from "node:test"
import { FAULT_NAMES } from "../../sim/fault-kinds"
import { soak, soakFaults } from "../../bench/soak/soak"

const HEAP_BUDGET_BYTES = 48 * 1024

test("2,000 reports of 20 nodes through every fault: all told or accounted for", async () => {
    const result = await soak({ messages: 2000, nodes: 20, seed: 1 })
    assert.ok(result.messages >= 2000, `${result.messages} messages`)
    assert.ok(result.brokerKills >= 10, `${result.brokerKills} broker kills`)
    assert.ok(result.halfOpen >= 20, `${result.halfOpen} half-open links`)
    assert.ok(result.powerCuts >= 20, `${result.powerCuts} power cuts`)
    const { alarmsLost, unaccounted, panics, routineLost, routineAccounted } = result
    assert.deepEqual(
        { alarmsLost, unaccounted, panics },
        { alarmsLost: 0, unaccounted: 0, panics: 0 }
    )
    assert.equal(routineLost, routineAccounted)
    assert.ok(
        result.heapHighWaterBytes <= HEAP_BUDGET_BYTES,
        `${result.heapHighWaterBytes} B of heap`
    )
})

test("the soak has every fault there is", () => {
    const kinds = new Set(soakFaults(100_000, 20).map(({ kind }) => kind))
    assert.deepEqual([...kinds].sort(), [...FAULT_NAMES].sort())
})
