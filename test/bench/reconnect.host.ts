import assert from "node:assert/strict"
import { test } from "node:test"
import { reconnect } from "../../bench/reconnect/reconnect"

test("after a broker restart of any length no second sees more than a tenth of the fleet", async () => {
    const nodes = 50
    const { peakConnectsPerSecond, missing } = await reconnect(nodes, 1)
    assert.equal(missing, 0)
    assert.ok(peakConnectsPerSecond <= nodes / 10, `${peakConnectsPerSecond} connects in a second`)
})
