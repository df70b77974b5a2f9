/** The time of day at the far end, against the virtual clock: learned, kept through drift, and given to what came before it. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { parseFaults } from "../../sim/faults"
import { RoomWorld } from "../../sim/worlds/room"

const SECONDS = 4 * 3600
/** Every virtual run begins on Monday, 5 January 2026, 07:30 UTC. */
const EPOCH_MS = Date.UTC(2026, 0, 5, 7, 30)

/** Seconds that the reports' times of day are off, by far-end arrival. */
async function errors(faults: string): Promise<(number | undefined)[]> {
    const { bytes } = await compile("src/main.ts")
    const found: (number | undefined)[] = []
    const rehearsal = await Rehearsal.create({
        image: bytes,
        nodes: 1,
        world: new RoomWorld(1, 1),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds: SECONDS,
        faults: parseFaults(faults, []),
        exact: false,
        print: () => {},
        onHeard: (_id, { epochMs }) => {
            const nowMs = EPOCH_MS + rehearsal.virtualSeconds() * 1000
            found.push(epochMs === undefined ? undefined : (epochMs - nowMs) / 1000)
        },
    })
    await rehearsal.run()
    await rehearsal.close()
    return found
}

test("reports carry the time of day, to the second", async () => {
    const found = await errors("")
    assert.ok(found.length >= 48, `${found.length} reports`)
    for (const error of found)
        assert.ok(error !== undefined && Math.abs(error) <= 1.5, `${error} s off`)
})

test("a clock that is a thousandth fast is set right every hour", async () => {
    const found = (await errors("clockSkew:by=1000ppm")).slice(2)
    // 3.6 s an hour, and a second for the wire; uncorrected it would be 14 s by now.
    for (const error of found)
        assert.ok(error !== undefined && Math.abs(error) <= 5.2, `${error} s off`)
})
