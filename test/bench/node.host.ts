/** Stages of a program whose opcodes are counted by hand (see test/sim/steps.host.ts), and the quick form of the measurement. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { measureNode } from "../../bench/node/node"
import { Profile, STAGES } from "../../bench/node/profile"
import { compileSources } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { SimNode } from "../../sim/node"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { UsageError } from "../../image/project"

/** load, n, less, jump if not; load, 1, add, store; jump: the same number whatever the loop counts to. */
const OPCODES_A_TURN = 9

interface Turns {
    sample: number
    verdict: number
    report: number
    /** In another fiber, while the round waits. */
    beside: number
}

/** Ten rounds, of which every other one makes a report. */
async function profileOf(turns: Turns): Promise<Profile> {
    const source = `
        import * as ds from "@devicescript/core"
        let n = 0
        function spin(to: number) { n = 0; while (n < to) n = n + 1 }
        async function beside() { while (true) { spin(${turns.beside}); await ds.sleep(10) } }
        function classify() { spin(${turns.verdict}) }
        function finish() { spin(${turns.report}) }
        function tell(round: number) { classify(); if (round % 2 === 1) finish() }
        async function sampleForEver() {
            for (let round = 0; round < 10; ++round) {
                await ds.sleep(100)
                spin(${turns.sample})
                await ds.sleep(100)
                tell(round)
            }
        }
        beside.start()
        await sampleForEver()
        // Never: what one place alone calls would be made part of it.
        if (n < 0) { classify(); finish(); tell(0); await sampleForEver() }
    `
    const { bytes, functions } = await compileSources(
        "src/main.ts",
        new Map([["src/main.ts", source]])
    )
    const clock = new Clock()
    const profile = new Profile(functions)
    const node = new SimNode({
        id: "0123456789abcdef",
        seed: 1,
        clock,
        network: { connect: () => ({ write: () => {}, end: () => {}, abandon: () => {} }) },
        flash: new Flash(provision(bytes, {})),
        bus: new I2cBus(new Map(), [], clock, new RandomStream("test")),
        exact: true,
        stepCount: profile,
        print: () => {},
    })
    node.start()
    while (clock.step(6000));
    assert.deepEqual(node.panics, [])
    return profile
}

test("each stage is charged for what it and all it calls run, and for nothing else", async () => {
    const turns: Turns = { sample: 200, verdict: 300, report: 400, beside: 50 }
    const once = await profileOf(turns)
    const calls = STAGES.map(stage => once.costs(stage).length)
    assert.deepEqual(calls, [10, 10, 5, 5, 0])
    for (const [changed, grown] of [
        ["sample", ["sample"]],
        ["verdict", ["verdict"]],
        ["report", ["report"]],
        ["beside", []],
    ] as [keyof Turns, string[]][]) {
        const more = await profileOf({ ...turns, [changed]: turns[changed] + 100 })
        for (const stage of STAGES) {
            const before = once.costs(stage).map(({ steps }) => steps)
            const added = grown.includes(stage) ? 100 * OPCODES_A_TURN : 0
            assert.deepEqual(
                more.costs(stage).map(({ steps }) => steps),
                before.map(steps => steps + added),
                `${stage} after ${changed} took 100 turns more`
            )
        }
    }
})

test("time is charged with the steps", async () => {
    const profile = await profileOf({ sample: 10, verdict: 10, report: 10, beside: 10 })
    for (const stage of ["sample", "verdict", "silence", "report"] as const)
        for (const { nanoseconds } of profile.costs(stage))
            assert.ok(nanoseconds > 0, `${stage}: ${nanoseconds} ns`)
})

test("an app is measured in every stage, beside its plain form", async () => {
    const shares: number[] = []
    const rows = await measureNode({ apps: ["room"], quick: true }, share => shares.push(share))
    assert.deepEqual(
        rows.map(({ app, stage }) => [app, stage]),
        STAGES.map(stage => ["room", stage])
    )
    assert.deepEqual(shares, [0.5, 1])
    for (const row of rows)
        for (const [figure, value] of Object.entries(row))
            if (typeof value === "number") assert.ok(value > 0, `${row.stage}: ${figure} ${value}`)
})

test("an app there is none of is refused before anything is measured", async () => {
    await assert.rejects(measureNode({ apps: ["room", "rooom"] }), UsageError)
})
