import assert from "node:assert/strict"
import { test } from "node:test"
import { enrol } from "../../bench/enrol/enrol"
import { killWhileEnrolling } from "../../bench/enrol/kills"

test("a fleet switched on together is enrolled by itself, for less than 4 kB a node", async () => {
    const nodes = 6
    const result = await enrol(nodes, 1, () => {})
    assert.equal(result.enrolled, nodes)
    assert.equal(result.ledgerEntries, nodes)
    assert.deepEqual([result.manualSteps, result.refused, result.panics], [0, 0, 0])
    assert.ok(result.bytesPerEnrolmentMax < 4000, `${result.bytesPerEnrolmentMax} B`)
})

test("whatever the moment at which the far end is killed, every node is in the ledger once", async () => {
    const nodes = 6
    const result = await killWhileEnrolling({ nodes, kills: 3, seed: 1, tell: () => {} })
    assert.equal(result.enrolled, nodes)
    assert.equal(result.ledgerEntries, nodes)
    assert.deepEqual([result.duplicateEntries, result.missingEntries, result.panics], [0, 0, 0])
    assert.equal(result.isLedgerRight, true)
})
