/** A store that a torn write has cost its node, from both ends of the wire. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { FlickerWorld } from "../../bench/soak/world"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { parseFaults } from "../../sim/faults"

const HOURS = 3

test("a formatted store is noticed by the far end itself, and the node goes on once it is provisioned again", async () => {
    const { bytes } = await compile("bench/programs/soak.ts")
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes: 3,
        world: new FlickerWorld(1, 3, HOURS * 60),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: HOURS * 3600,
        // Alarms are kept in the first hour; then every write is torn for one; then there is calm.
        faults: parseFaults("cutDuring:p=1,from=1h,until=2h", []),
        exact: false,
        print: () => {},
    })
    await rehearsal.run()
    const { storeFormatted, panics } = rehearsal.counters()
    const noticed = rehearsal.storesLost()
    const online = rehearsal.rows().filter(row => row.online).length
    await rehearsal.close()
    assert.equal(panics, 0)
    assert.ok(storeFormatted >= 3, `${storeFormatted} stores formatted`)
    // A store that is formatted again before it has kept anything has nothing to lose.
    assert.ok(noticed >= 1 && noticed <= storeFormatted, `${noticed} noticed of ${storeFormatted}`)
    assert.equal(online, 3)
})
