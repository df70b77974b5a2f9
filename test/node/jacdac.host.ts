/** Two simulated nodes on a Jacdac bus, both running an example: one serves its part's readings, the other listens. */
import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { SimSht4x } from "../../sim/parts/sht4x"
import { consoleNode, Desk, type ConsoleNode } from "../sim/console-node"

const MODULE = "00000000000000a1"
const LISTENER = "00000000000000b2"
const MINUTE_MS = 60_000

let desk: Desk
let module: ConsoleNode
let listener: ConsoleNode

async function put(faults = ""): Promise<void> {
    desk = new Desk()
    const air = { temperatureCelsius: 21.5, relativeHumidityPercent: 43.25 }
    const [server, client] = ["examples/jacdac-services.ts", "examples/jacdac-source.ts"]
    module = await consoleNode(desk, MODULE, server, air, SimSht4x, faults)
    listener = await consoleNode(desk, LISTENER, client)
}

/** What the listener said in a time; two thousandths are the part's and the service's steps. */
function heard(fromMs: number, toMs: number): string[] {
    return listener.lines
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .map(({ text }) => text)
        .filter(text => !/^(DeviceScript|start)/.test(text))
        .map(text => {
            const [name, value] = text.split(" ")
            return isNaN(Number(value)) ? text : `${name} ${Number(value).toFixed(2)}`
        })
}

const READINGS = ["temperatureCelsius 21.50", "relativeHumidityPercent 43.25"]
const GONE = ["jacdac-Temperature: bus", "jacdac-Humidity: bus"]
const SILENT = ["jacdac-Temperature: timeout", "jacdac-Humidity: timeout"]
const BACK = ["jacdac-Temperature: back", "jacdac-Humidity: back"]

beforeEach(async () => await put())

test("what one device sends the others hear, a frame's time later, and it does not", () => {
    const { clock, jacdac } = new Desk()
    const said: string[] = []
    for (const id of ["a", "b", "c"])
        jacdac.join({
            id,
            receiveJacdacFrame: frame => said.push(`${clock.nowMs()} ${id} ${frame[0]}`),
        })
    jacdac.send("b", Uint8Array.of(7))
    assert.deepEqual(said, [])
    while (clock.step(1000));
    assert.deepEqual(said, ["2.5 a 7", "2.5 c 7"])
})

test("a node hears another's readings, and goes with them", async () => {
    desk.runTo(12_000)
    assert.deepEqual(heard(0, 7_000), READINGS)
    module.conditions.temperatureCelsius = -7.25
    desk.runTo(30_000)
    assert.deepEqual(heard(25_000, 30_000)[0], "temperatureCelsius -7.25")
    assert.deepEqual([module.node.panics, listener.node.panics], [[], []])
})

test("a part that fails there is a timeout here, until it is back", async () => {
    await put("crc:from=20s,for=30s")
    desk.runTo(80_000)
    const said = heard(20_000, 65_000)
    assert.deepEqual([...new Set(heard(27_000, 50_000))], [])
    assert.deepEqual(said.filter(text => text.endsWith("timeout")).sort(), [...SILENT].sort())
    assert.deepEqual(said.filter(text => text.endsWith("back")).sort(), [...BACK].sort())
    assert.deepEqual(heard(72_000, 80_000).slice(-2), READINGS)
})

test("a cable that is pulled and a module without power are gone and come back, as often as one likes, and leave nothing", async () => {
    desk.runTo(MINUTE_MS)
    for (let round = 0; round < 4; ++round) {
        const startMs = desk.clock.nowMs()
        desk.jacdac.isCut = round % 2 === 0
        if (!desk.jacdac.isCut) module.node.powerCut(2 * MINUTE_MS)
        desk.runTo(startMs + 2 * MINUTE_MS)
        const gone = heard(startMs + 10_000, startMs + 2 * MINUTE_MS)
        assert.ok(
            gone.every(text => GONE.includes(text)),
            gone.join()
        )
        desk.jacdac.isCut = false
        desk.runTo(startMs + 3 * MINUTE_MS)
        const again = heard(startMs + 2 * MINUTE_MS, startMs + 3 * MINUTE_MS)
        assert.deepEqual(again.slice(0, 4).sort(), [...READINGS, ...BACK].sort())
        assert.deepEqual(again.slice(-2), READINGS)
    }
    assert.deepEqual([module.node.panics, listener.node.panics], [[], []])
})

// 1,440 reads time out: a fiber left behind by each, or 46 B, would fill the heap.
test("a module that is there and says nothing for two hours costs no memory", async () => {
    await put("nack:from=1min")
    desk.runTo(122 * MINUTE_MS)
    assert.deepEqual(heard(0, MINUTE_MS).slice(0, 2), READINGS)
    assert.deepEqual(heard(2 * MINUTE_MS, 122 * MINUTE_MS), [])
    assert.ok(listener.node.heapUsedBytes() < 32_000, `${listener.node.heapUsedBytes()} B`)
    assert.deepEqual([module.node.panics, listener.node.panics], [[], []])
})
