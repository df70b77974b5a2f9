/** Counts of steps against the listing of the compiler (`devs disasm -d`), whose instructions are counted by hand. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { compile, compileSources } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import type { Network } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { withStepCount } from "../../sim/vm/counting-vm"
import { VmLayoutError, vmBinary } from "../../sim/vm/module"
import { StepCount } from "../../sim/vm/step-count"
import { bodiesOf, codeOf, moduleOf, Section, sectionsOf } from "../../sim/vm/wasm"

/** One iteration is 9 opcodes: load, 1000, less, jump if not; load, 1, add, store; jump. The last test is 4. */
const countTo = (limit: number) => `while (n < ${limit}) n = n + 1`
const OPCODES_A_TURN = 9
const OPCODES_LAST_TEST = 4
/** The function, its argument, the call. */
const OPCODES_SLEEP = 3

const network: Network = {
    connect: () => ({ write: () => {}, end: () => {}, abandon: () => {} }),
}

interface Run {
    steps: StepCount
    node: SimNode
    clock: Clock
    lines: string[]
}

function nodeOf(image: Uint8Array, steps?: StepCount): Omit<Run, "steps"> {
    const clock = new Clock()
    const lines: string[] = []
    const node = new SimNode({
        id: "0123456789abcdef",
        seed: 1,
        clock,
        network,
        flash: new Flash(provision(image, { BROKER: "mqtt://far.test" })),
        bus: new I2cBus(new Map(), [], clock, new RandomStream("test")),
        exact: false,
        stepCount: steps,
        print: line => lines.push(line),
    })
    return { node, clock, lines }
}

/** A program that has run for as long. @param body follows a sleep, and ends before another */
async function run(body: string, seconds = 5): Promise<Run> {
    const source = `
        import * as ds from "@devicescript/core"
        let n = 0
        await ds.sleep(50)
        ${body}
        await ds.sleep(50)
    `
    const { bytes } = await compileSources("src/main.ts", new Map([["src/main.ts", source]]))
    const steps = new StepCount()
    const on = nodeOf(bytes, steps)
    on.node.start()
    runTo(on.clock, seconds * 1000)
    return { steps, ...on }
}

function runTo(clock: Clock, ms: number): void {
    while (clock.step(ms));
}

test("a loop takes the steps that the compiler's listing has", async () => {
    const [once, twice] = [await run(countTo(1000)), await run(countTo(2000))]
    assert.equal(twice.steps.steps - once.steps.steps, 1000 * OPCODES_A_TURN)
})

test("the longest stretch is from the end of one await to the next await's call", async () => {
    const { steps } = await run(countTo(1000))
    assert.equal(steps.longestStretch, 1000 * OPCODES_A_TURN + OPCODES_LAST_TEST + OPCODES_SLEEP)
})

test("who gives way starts a new stretch", async () => {
    const halves = await run(`${countTo(500)}; await ds.sleep(0); ${countTo(1000)}`)
    assert.equal(
        halves.steps.longestStretch,
        500 * OPCODES_A_TURN + OPCODES_LAST_TEST + OPCODES_SLEEP
    )
})

test("a program that spins is ended with panic 60001 instead of its 131,072nd step", async () => {
    // One turn more than the limit is 14,564 turns.
    const { steps, node } = await run(countTo(20_000))
    assert.equal(node.panics[0], 60_001)
    assert.equal(steps.longestStretch, 131_071)
})

test("a program of one turn less than the limit is not ended", async () => {
    const turns = Math.floor((131_071 - OPCODES_LAST_TEST - OPCODES_SLEEP) / OPCODES_A_TURN)
    const { steps, node } = await run(countTo(turns))
    assert.deepEqual(node.panics, [])
    assert.ok(131_071 - steps.longestStretch < OPCODES_A_TURN, `${steps.longestStretch}`)
    assert.equal((await run(countTo(turns + 1))).node.panics[0], 60_001)
})

test("steps add up over boots, and the longest stretch is the longest of all", async () => {
    const { steps, node, clock } = await run(countTo(1000))
    const [once, longest] = [steps.steps, steps.longestStretch]
    node.powerCut(10)
    runTo(clock, 10_000)
    assert.equal(node.boots, 2)
    assert.equal(steps.steps, 2 * once)
    assert.equal(steps.longestStretch, longest)
})

test("a reset begins anew, also for what earlier boots ran", async () => {
    const { steps, node, clock } = await run(countTo(1000))
    const once = steps.steps
    node.powerCut(10)
    runTo(clock, 10_000)
    steps.reset()
    assert.deepEqual([steps.steps, steps.longestStretch], [0, 0])
    node.powerCut(10)
    runTo(clock, 20_000)
    assert.equal(steps.steps, once)
})

test("a node that is counted does what it does uncounted", async () => {
    const { bytes } = await compile("src/main.ts")
    const [plain, counted] = [undefined, new StepCount()].map(steps => {
        const { node, clock, lines } = nodeOf(bytes, steps)
        node.start()
        runTo(clock, 120_000)
        return { lines, heapBytes: node.heapUsedBytes(), writes: node.flashWrites }
    })
    assert.ok(plain.lines.length > 10, "it says something")
    assert.deepEqual(counted, plain)
})

test("a VM without the loop, or with two of them, is one clear error", () => {
    const edited = (change: (bodies: Buffer[]) => Buffer[]) => {
        const sections = sectionsOf(vmBinary())
        const code = sections.find(({ id }) => id === Section.Code)!
        code.payload = codeOf(change(bodiesOf(code.payload)))
        return moduleOf(vmBinary(), sections)
    }
    const limit = Buffer.from("41808008", "hex") // i32.const 131072
    const hasLimit = (body: Buffer) => body.includes(limit)
    for (const wasm of [
        edited(bodies => bodies.filter(body => !hasLimit(body))),
        edited(bodies => [...bodies, ...bodies.filter(hasLimit)]),
    ])
        assert.throws(
            () => withStepCount(wasm),
            (e: Error) => e instanceof VmLayoutError && /loop that counts steps/.test(e.message)
        )
})

test("a binary that is only taken apart and put together has the sections it had", () => {
    const wasm = vmBinary()
    const sections = sectionsOf(wasm)
    const again = sectionsOf(moduleOf(wasm, sections))
    assert.deepEqual(again, sections)
    const code = sections.find(({ id }) => id === Section.Code)!.payload
    assert.ok(codeOf(bodiesOf(code)).equals(code), "the code section")
})
