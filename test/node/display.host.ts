/** A node with a display, and what somebody in front of it reads: out of the simulated display's RAM. */
import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { compile } from "../../image/compile"
import { LocalBroker } from "../../rehearsal/local-broker"
import { Clock } from "../../sim/clock"
import { parseFaults } from "../../sim/faults"
import { Flash } from "../../sim/flash"
import { I2cBus } from "../../sim/i2c"
import { MemoryNetwork } from "../../sim/network"
import { SimNode } from "../../sim/node"
import { runFast } from "../../sim/pace"
import { SimBh1750 } from "../../sim/parts/bh1750"
import type { Conditions, Part } from "../../sim/parts/part"
import { SimSht4x } from "../../sim/parts/sht4x"
import { SimSsd1306 } from "../../sim/parts/ssd1306"
import { provision } from "../../sim/provision"
import { RandomStream } from "../../sim/random"
import { Strikes } from "../../sim/strikes"
import { SETTING_BROKER } from "../../src/telemetry/contract/settings"
import { EVERY_UP_TOPIC } from "../../src/telemetry/contract/topics"
import { Picture } from "./picture"

const NODE_ID = "00000000000de5c0"
const MINUTE_MS = 60_000
const SECOND_MS = 1000
/** A round is every minute from the first second on; its picture follows a second later. */
const SHOWN_MS = 5 * SECOND_MS

let clock: Clock
let conditions: Conditions
let display: SimSsd1306
let lines: string[]
let reports: { atMs: number; payload: string }[]
let node: SimNode | undefined
let broker: LocalBroker | undefined

beforeEach(() => {
    clock = new Clock()
    conditions = { illuminanceLuxes: 480, temperatureCelsius: 21.5, relativeHumidityPercent: 40.2 }
    display = new SimSsd1306(partClock, () => conditions)
    lines = []
    reports = []
    node = undefined
    broker = undefined
})

afterEach(async () => {
    node?.stop()
    await broker?.close()
    assert.deepEqual(node?.panics ?? [], [])
})

const partClock = { millis: () => clock.nowMs() }

/** @param faults of the bus and the broker; "noBroker": there is none at all */
async function start(entry: string, faults = "", hasBroker = true): Promise<void> {
    const struck = faults === "" ? [] : parseFaults(faults, ["ssd1306"])
    const random = new RandomStream("display")
    const network = new MemoryNetwork(clock)
    if (hasBroker) {
        broker = await LocalBroker.create(clock, network, random)
        broker.dieBy(new Strikes(struck, clock, random))
        await broker.subscribe(
            EVERY_UP_TOPIC,
            (_topic, payload) =>
                void reports.push({ atMs: clock.nowMs(), payload: payload.toString("hex") })
        )
    }
    const parts: [string, Part][] = [
        ["ssd1306", display],
        ["sht4x", new SimSht4x(partClock, () => conditions)],
        ["bh1750", new SimBh1750(partClock, () => conditions)],
    ]
    const { bytes } = await compile(entry)
    const url = broker?.url ?? "mqtt://nobody:1883"
    node = new SimNode({
        id: NODE_ID,
        seed: 1,
        clock,
        network,
        flash: new Flash(provision(bytes, { [SETTING_BROKER]: url })),
        bus: new I2cBus(new Map(parts), struck, clock, random),
        exact: false,
        print: line => lines.push(line),
    })
    node.start()
}

const startRoom = (faults = "", hasBroker = true) =>
    start("test/node/room-with-display.ts", faults, hasBroker)

async function runTo(ms: number): Promise<void> {
    const settle = () => broker?.settle()
    await runFast(clock, ms, settle, () => false)
}

const seen = () => new Picture(display.pixels())
/** What the program said of its display. */
const said = () => lines.filter(line => line.includes("ssd1306"))

function assertShows(text: string, style = {}): void {
    assert.ok(
        seen().shows(text, style),
        `"${text}" is not in the picture:\n${display.pixels().join("\n")}`
    )
}

function assertHides(text: string, style = {}): void {
    assert.ok(!seen().shows(text, style), `"${text}" is in the picture`)
}

const OCCUPIED = ["OCCUPIED", { scaleX: 2, scaleY: 3 }] as const
const VACANT = ["VACANT", { scaleX: 3, scaleY: 3 }] as const
const UNKNOWN = ["UNKNOWN", { scaleX: 3, scaleY: 3 }] as const
const INVERSE = { isInverse: true }

test("after the first round: app, link, verdict, readings, name, and that its report was sent", async () => {
    await startRoom()
    await runTo(SHOWN_MS)
    assertShows(...OCCUPIED)
    for (const text of ["room", "online", "21.5 °C", "40.2 %", "480 lx", "e5c0", "sent <1m ago"])
        assertShows(text)
    assertHides("offline")
    assert.deepEqual(said(), [])
})

test("another verdict is there seconds after the round that brought it, and so are the readings", async () => {
    await startRoom()
    await runTo(SHOWN_MS)
    conditions = { ...conditions, illuminanceLuxes: 12, temperatureCelsius: -3.25 }
    await runTo(MINUTE_MS)
    assertShows(...OCCUPIED)
    await runTo(MINUTE_MS + SHOWN_MS)
    assertShows(...VACANT)
    assertShows("12 lx")
    assertShows("-3.2 °C")
    assertHides(...OCCUPIED)
})

test("a part that is away is a gap in its place, and the verdict that needs it is unknown", async () => {
    await startRoom()
    conditions = { ...conditions, illuminanceLuxes: undefined }
    await runTo(SHOWN_MS)
    assertShows(...UNKNOWN)
    assertShows("-- lx")
    assertShows("21.5 °C")
})

test("without a broker: connecting for a minute, then offline in a bar, since when, and what waits", async () => {
    await startRoom("", false)
    await runTo(SHOWN_MS)
    assertShows("connecting")
    assertShows("1 waiting")
    await runTo(12 * MINUTE_MS + SHOWN_MS)
    assertShows("offline 12m", INVERSE)
    assertShows("room", INVERSE)
    assertShows("3 waiting")
    assertShows(...OCCUPIED)
    assertHides("online")
    assertHides("connecting")
})

test("a broker that goes and comes: offline since it went, online as soon as it is back", async () => {
    await startRoom("brokerKill:from=10min,for=15min")
    await runTo(9 * MINUTE_MS + SHOWN_MS)
    assertShows("online")
    await runTo(20 * MINUTE_MS + SHOWN_MS)
    assertShows("offline 11m", INVERSE)
    assertShows("3 waiting")
    await runTo(25 * MINUTE_MS)
    const isBack = () => lines.filter(line => line.includes("mqtt: online")).length === 2
    while (!isBack() && clock.nowMs() < 60 * MINUTE_MS) await runTo(clock.nowMs() + 100)
    await runTo(clock.nowMs() + 2 * SECOND_MS)
    assertShows("online")
    assertHides("offline", INVERSE)
    assertShows(...OCCUPIED)
    await runTo(clock.nowMs() + 2 * MINUTE_MS)
    assertHides("waiting")
})

test("reports are the same, and come at the same time, with a display, without one, and with one that fails", async () => {
    const run = async (prepare: () => void, faults = "") => {
        clock = new Clock()
        display = new SimSsd1306(partClock, () => conditions)
        reports = []
        lines = []
        prepare()
        await startRoom(faults)
        await runTo(21 * MINUTE_MS)
        const heard = reports
        node?.stop()
        await broker?.close()
        assert.deepEqual(node?.panics, [])
        return heard
    }
    const with_ = await run(() => {})
    assert.ok(with_.length >= 5, `${with_.length} reports`)
    assert.ok(display.dataBytes > 10 * 1024, `${display.dataBytes} B drawn`)
    const without = await run(() => display.unplug())
    assert.equal(display.dataBytes, 0)
    const failing = await run(() => {}, "nack:part=ssd1306,p=0.1")
    assert.ok(display.dataBytes > 0, "it works now and then")
    assert.deepEqual(without, with_)
    assert.deepEqual(failing, with_)
})

test("a display that is not there is told once, and once when it comes, with the state of that time", async () => {
    display.unplug()
    await startRoom()
    await runTo(10 * MINUTE_MS)
    assert.equal(said().length, 1, said().join("\n"))
    assert.match(said()[0], /^> ssd1306: bus: /)
    conditions = { ...conditions, illuminanceLuxes: 3 }
    display.plugIn()
    assert.ok(seen().isDark(), "nothing has been drawn")
    await runTo(12 * MINUTE_MS)
    assertShows(...VACANT)
    assertShows("online")
    assert.deepEqual(said().slice(1), ["> ssd1306: back"])
    display.unplug()
    await runTo(15 * MINUTE_MS)
    assert.equal(said().length, 3)
})

test("one that loses its power between two rounds, unnoticed, shows its picture after the next", async () => {
    await startRoom()
    await runTo(MINUTE_MS + SHOWN_MS)
    display.unplug()
    display.plugIn()
    assert.ok(seen().isDark(), "it lost its power")
    await runTo(2 * MINUTE_MS + SHOWN_MS)
    assertShows(...OCCUPIED)
    assert.deepEqual(said(), [])
})

test("a bus that fails now and then: a while without a panic, and the state in the end", async () => {
    await startRoom("nack:part=ssd1306,p=0.2,until=20min")
    await runTo(22 * MINUTE_MS)
    assertShows(...OCCUPIED)
    assertShows("online")
})

test("no picture is drawn that stands there already, and one a minute at most", async () => {
    await startRoom()
    await runTo(SHOWN_MS)
    const before = display.dataBytes
    await runTo(20 * MINUTE_MS)
    const pictures = (display.dataBytes - before) / 1024
    assert.ok(pictures > 10 && pictures <= 20, `${pictures} pictures`)
})

test("a display that throws, and one that hangs, is nobody's concern but its own", async () => {
    await start("test/node/bad-display.ts")
    await runTo(10 * MINUTE_MS + SHOWN_MS)
    const calls = lines.filter(line => line.includes("call "))
    assert.equal(calls.length, 3, calls.join("\n"))
    assert.equal(lines.filter(line => line.includes("display: bad display")).length, 2)
    assert.equal(lines.filter(line => line.includes("report ")).length, 11)
    assert.equal(reports.length, 11)
})

test("a node without a display has nothing of it in its image", async () => {
    const without = (await compile("src/main.ts")).bytes
    const with_ = (await compile("test/node/room-with-display.ts")).bytes
    for (const trace of ["connecting", "ssd1306"]) {
        assert.ok(with_.includes(trace), `"${trace}" is in the one`)
        assert.ok(!without.includes(trace), `"${trace}" is in the other`)
    }
    // The font's first three glyphs.
    const glyphs = Buffer.from("2000000000000000210000005e0000002200000e000e0000", "hex")
    assert.ok(with_.includes(glyphs), "the font is in the one")
    assert.ok(!without.includes(glyphs), "the font is in the other")
})
