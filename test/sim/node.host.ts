/** A node that loses its power, its store, or its mind. */
import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { compile } from "../../image/compile"
import { Clock } from "../../sim/clock"
import { Flash, PowerLost } from "../../sim/flash"
import { tornImage } from "../../sim/flash-faults"
import { I2cBus } from "../../sim/i2c"
import type { ConnectionEvents, Network } from "../../sim/network"
import { PANIC_TRAP, panicName, SimNode, type SimNodeOptions } from "../../sim/node"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"

let clock: Clock
let sockets: string[]
let lines: string[]

/** Takes every connection, and says nothing. */
const network: Network = {
    connect(_host: string, _port: number, _tls: boolean, events: ConnectionEvents) {
        sockets.push("connect")
        clock.after(2, () => events.open())
        return {
            write: () => {},
            end: () => void sockets.push("end"),
            abandon: () => void sockets.push("abandon"),
        }
    },
}

beforeEach(() => {
    clock = new Clock()
    sockets = []
    lines = []
})

async function imageOf(entry: string): Promise<Uint8Array> {
    const { bytes } = await compile(entry)
    return provision(bytes, { BROKER: "mqtt://far.test" })
}

function nodeWith(flash: Flash, options: Partial<SimNodeOptions> = {}): SimNode {
    return new SimNode({
        id: "0123456789abcdef",
        seed: 1,
        clock,
        network,
        flash,
        bus: new I2cBus(new Map(), [], clock, new RandomStream("test")),
        exact: false,
        print: line => lines.push(line),
        ...options,
    })
}

function runTo(ms: number): void {
    while (clock.step(ms));
}

function runToConnect(): void {
    while (sockets.at(-1) !== "connect") assert.ok(clock.step(600_000), "it connects")
}

test("power fails: nobody is told, the RAM is gone, and it boots when power is back", async () => {
    let resets = 0
    const flash = new Flash(await imageOf("src/main.ts"))
    const node = nodeWith(flash, { onReset: () => resets++ })
    assert.equal(node.powerCut(1000), false, "a node that is off has no power to lose")
    node.start()
    runToConnect()
    const cutMs = clock.nowMs()
    assert.equal(node.powerCut(5000), true)
    assert.equal(node.powerCut(5000), false)
    assert.deepEqual([resets, sockets], [1, ["connect", "abandon"]])
    runTo(cutMs + 4999)
    assert.equal(node.boots, 1)
    runToConnect()
    assert.deepEqual([node.boots, node.powerCuts], [2, 1])
    node.stop()
    runTo(cutMs + 60_000)
    assert.deepEqual([node.boots, sockets.at(-1)], [2, "end"])
    assert.deepEqual([node.panics, node.storeFormatted, node.flashWrites], [[], 0, 0])
})

test("power that fails in a save ends the VM there and then", async () => {
    class Cut extends Flash {
        override save(image: Uint8Array): void {
            super.save(image)
            if (this.saves === 3) throw new PowerLost(2000)
        }
    }
    const node = nodeWith(new Cut(await imageOf("test/rehearsal/flash-writer.ts")))
    node.start()
    runTo(10_000)
    assert.deepEqual([node.powerCuts, node.boots, node.panics], [1, 2, []])
    assert.ok(node.flashWrites > 3, `${node.flashWrites} writes: it goes on`)
})

test("a store that the runtime formats is noticed once, and the node comes back when provisioned", async () => {
    const image = await imageOf("test/rehearsal/flash-writer.ts")
    class Last extends Flash {
        before: Uint8Array = image
        override save(next: Uint8Array): void {
            this.before = this.load()
            super.save(next)
        }
    }
    const flash = new Last(image)
    let formatted = 0
    const node = nodeWith(flash, { onStoreFormatted: () => formatted++ })
    node.start()
    runTo(5000)
    flash.replace(tornImage(flash.before, flash.load(), 1))
    node.powerCut(1000)
    runTo(10_000)
    const writes = node.flashWrites
    runTo(30_000)
    assert.deepEqual([formatted, node.storeFormatted], [1, 1])
    assert.equal(node.flashWrites, writes, "no program is left that writes")
    node.provisionAgain(image)
    runTo(60_000)
    assert.ok(node.flashWrites > writes + 20, "the program is back")
    assert.deepEqual([formatted, node.boots, node.powerCuts], [1, 3, 1])
})

test("a trap of the VM is a panic with a name, and the node boots again", async () => {
    let traps = 2
    const bus = new I2cBus(new Map(), [], clock, new RandomStream("test"))
    bus.answer = message => {
        if (traps-- > 0) throw new WebAssembly.RuntimeError("unreachable")
        message[0] = 0xff
    }
    const node = nodeWith(new Flash(await imageOf("src/main.ts")), { bus })
    node.start()
    runTo(60_000)
    assert.deepEqual(node.panics.map(panicName), ["trap", "trap"])
    assert.equal(node.panics[0], PANIC_TRAP)
    assert.equal(panicName(60005), "60005")
    assert.equal(node.boots, 3)
})

test("what is not the VM's fault is not hidden", async () => {
    const bus = new I2cBus(new Map(), [], clock, new RandomStream("test"))
    bus.answer = () => {
        throw new TypeError("a bug of the simulator")
    }
    const node = nodeWith(new Flash(await imageOf("src/main.ts")), { bus })
    assert.throws(() => {
        node.start()
        runTo(60_000)
    }, /a bug of the simulator/)
})
