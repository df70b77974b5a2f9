/** An app in the world it is made for, end to end: the image of the board, its parts' registers, the broker, the judge. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { apps } from "../../image/apps"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { worldKind } from "../../sim/worlds/worlds"

const HOUR_S = 3600
/** From power-on to the first verdict on a signal. */
const FIRST_WINDOW_MS = 5000
/** Heap that a run may fill at most: design.md, chapter 8. */
const HEAP_BYTES_MAX = 48_000

export interface Run {
    app: string
    /** One of which a run this short has all classes in it; models were trained on seed 1. */
    seed: number
    hours: number
    classes: number
    /** Of rows, to be right. */
    share: number
}

/** As a test of its own. */
export function rehearse({ app, seed, hours, share, classes }: Run): void {
    test(`${app}: ${hours} hours, all parts heard, the verdict right in ${100 * share} % of the rows at least`, async () => {
        const image = await compile(apps().get(app) ?? assert.fail(`no app ${app}`))
        const world = worldKind(app).make(seed, 1)
        const rehearsal = await Rehearsal.create({
            image: image.bytes,
            seats: image.parts,
            nodes: 1,
            world,
            seed,
            virtual: true,
            speed: 1,
            seconds: hours * HOUR_S,
            faults: [],
            exact: false,
            print: () => {},
        })
        await rehearsal.run()
        const [row] = rehearsal.rows()
        const result = rehearsal.result()
        await rehearsal.close()
        assert.deepEqual(rehearsal.panics(), [])
        assert.deepEqual(rehearsal.brokenPromises(), [])
        assert.equal(row.faults.size, 0)
        assert.equal(result.gaps, 0)
        assert.equal(result.lost, 0)
        assert.equal(result.published, result.acknowledged)
        // From the first sample to the last report, which may be an hour old, every row has a verdict and a truth.
        const heardS = (result.rows * world.rowMs) / 1000
        assert.ok(heardS > (hours - 1.5) * HOUR_S, `${result.rows} rows`)
        // Until the first window is whole there is none.
        const without = result.rows - result.verdicts
        assert.ok(without <= Math.floor(FIRST_WINDOW_MS / world.rowMs), `${without} rows without`)
        assert.equal(result.labelled, result.rows)
        const truths = Array.from({ length: result.rows }, (_, at) => world.truthAt(0, at))
        assert.ok(new Set(truths).size >= classes, `truths: ${[...new Set(truths)].join(", ")}`)
        assert.ok((result.accuracy ?? 0) >= share, `right in ${result.accuracy}`)
        const heap = rehearsal.heapHighWaterBytes()
        assert.ok(heap > 0 && heap < HEAP_BYTES_MAX, `${heap} B of heap`)
    })
}
