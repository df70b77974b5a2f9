/** Whole nodes and a whole fleet, while what joins them fails. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import { RoomWorld } from "../../sim/worlds/room"

const NODES = 3

async function rehearse(spec: string, seconds: number) {
    const { bytes, parts } = await compile("src/main.ts")
    const said: string[] = []
    const run = await Rehearsal.create({
        image: bytes,
        seats: parts,
        nodes: NODES,
        world: new RoomWorld(1, NODES),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        enrol: true,
        faults: parseFaults(spec, PART_NAMES),
        exact: false,
        print: (id, line) => void (id === "fleet" && said.push(line)),
    })
    await run.run()
    const end = {
        result: run.result(),
        counters: run.counters(),
        enrolled: run.enrolled(),
        unaccounted: run.unaccounted(),
        panics: run.panics(),
        broken: run.brokenPromises(),
        said,
    }
    await run.close()
    return end
}

// From the first second on: keys are made, nonces and proofs are under way.
for (const spec of [
    "brokerKill:every=7s,for=3s,until=5min",
    "brownOut:every=9s,by=500ms,until=3min",
    "drop:every=4s,until=5min;delay:by=700ms,until=5min",
    "halfOpen:from=2s,for=30s;halfOpen:from=90s,for=30s",
])
    test(`every node enrols, once, and is heard: ${spec}`, async () => {
        const { enrolled, unaccounted, panics, result } = await rehearse(spec, 1800)
        assert.deepEqual(panics, [])
        assert.equal(enrolled?.nodes, NODES)
        assert.equal(enrolled.ledgerEntries, NODES)
        assert.equal(unaccounted, 0)
        // Before it is enrolled nobody hears its verdicts; what is heard is right.
        const { verdicts, correct, rows } = result
        assert.ok(correct >= 0.95 * verdicts, `${correct} of ${verdicts} verdicts are right`)
        assert.ok(verdicts >= 0.7 * rows, `${verdicts} verdicts of ${rows} rows`)
    })

test("a node whose store is formatted enrols anew: its old key is closed, and nobody else's", async () => {
    const { counters, enrolled, said, panics } = await rehearse(
        "nack:node=0,part=sht4x,every=2min,for=70s,until=40min;cutDuring:node=0,p=0.9,from=5min,until=30min",
        3600
    )
    assert.deepEqual(panics, [])
    assert.ok(counters.storeFormatted > 0, "no store was formatted: this tests nothing")
    assert.equal(enrolled?.nodes, NODES)
    const closed = said.filter(line => line.includes("is closed")).length
    assert.equal(enrolled.ledgerEntries, NODES + closed)
    assert.ok(closed > 0 && closed <= counters.storeFormatted, `${closed} keys were closed`)
})
