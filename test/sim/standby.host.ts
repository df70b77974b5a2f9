/** A simulated chip that is off until a time it gave, and one that has no such thing. */
import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { compile } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { SimNode, type SimNodeOptions } from "../../sim/node"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"

let clock: Clock
/** When the program said something, in seconds, and what. */
let said: string[]

beforeEach(() => {
    clock = new Clock()
    said = []
})

async function started(options: Partial<SimNodeOptions> = {}): Promise<SimNode> {
    const { bytes } = await compile("test/sim/standby-node.ts")
    const node = new SimNode({
        id: "0123456789abcdef",
        seed: 1,
        clock,
        network: { connect: () => assert.fail("nobody connects") },
        flash: new Flash(provision(bytes, {})),
        bus: new I2cBus(new Map(), [], clock, new RandomStream("test")),
        exact: true,
        print: line => {
            if (line.startsWith("> "))
                said.push(`${Math.round(clock.nowMs() / 1000)} ${line.slice(2)}`)
        },
        ...options,
    })
    node.start()
    return node
}

function runTo(seconds: number): void {
    while (clock.step(seconds * 1000));
}

test("standby is a minute without power, a second to start, and a reset; virtual time passes it in one step", async () => {
    const node = await started()
    runTo(140)
    // The runtime starts a program after 1.2 s, which then sleeps for 2.
    assert.deepEqual(said, ["1 awake on esp32c3", "65 awake on esp32c3", "130 awake on esp32c3"])
    assert.deepEqual([node.boots, node.standbys, node.powerCuts, node.panics], [3, 3, 0, []])
})

test("a chip without standby resets at once", async () => {
    const node = await started({ chip: "rp2040w" })
    runTo(12)
    assert.deepEqual(said, ["1 awake on rp2040w", "5 awake on rp2040w", "10 awake on rp2040w"])
    assert.equal(node.standbys, 0)
})

test("a node that stands by wakes by its own clock", async () => {
    await started({ skewPpm: () => 100_000 })
    runTo(70)
    // A tenth fast: 60 s of its own are 54.5, and its 3 before and 1 after are a little less.
    assert.deepEqual(said, ["1 awake on esp32c3", "59 awake on esp32c3"])
})

test("power that fails in standby ends it, and what is off for good stays off", async () => {
    const node = await started()
    runTo(20)
    assert.equal(node.powerCut(5000), true)
    runTo(30)
    assert.deepEqual(said, ["1 awake on esp32c3", "26 awake on esp32c3"])
    assert.deepEqual([node.boots, node.powerCuts], [2, 1])
    node.stop()
    runTo(500)
    assert.equal(node.boots, 2)
    assert.equal(node.powerCut(5000), false)
})
