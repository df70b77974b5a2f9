/** The examples of features, each run in the simulator: what it prints, worked out by hand from what it says it shows. */
import assert from "node:assert/strict"
import { decode } from "cborg"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { parseFaults } from "../../sim/faults"
import { DESK } from "../../sim/worlds/desk"
import type { World } from "../../sim/worlds/world"
import { called } from "../cli/run"

/** What an example prints in so many seconds, on a desk: 21.5 Cel, 400 lx. */
async function printed(example: string, seconds: number, ...args: string[]): Promise<string[]> {
    const run = ["run", `examples/${example}.ts`, "--virtual", "--seconds", `${seconds}`, "--json"]
    const { lines, panics } = JSON.parse(await called(...run, ...args))
    assert.deepEqual(panics, [])
    return lines
}

/** To a tenth, for a part has steps of its own. */
const rounded = (line: string) => line.replace(/\d+\.\d+/g, number => Number(number).toFixed(1))

test("sampling: a part that fails is a gap while the other goes on, and it comes back", async () => {
    const lines = await printed("sampling", 34, "--faults", "nack:part=bh1750,from=9s,for=10s")
    assert.deepEqual(lines.map(rounded), [
        "21.5 Cel, 400 lx, 0 gaps",
        "21.5 Cel, 400 lx, 0 gaps",
        "bh1750: bus",
        "21.5 Cel, NaN lx, 1 gaps",
        "21.5 Cel, NaN lx, 2 gaps",
        "bh1750: back",
        "21.5 Cel, 400 lx, 2 gaps",
        "21.5 Cel, 400 lx, 2 gaps",
        "21.5 Cel, 400 lx, 2 gaps",
    ])
})

test("window-features: nothing is said of a window before it is full", async () => {
    const lines = await printed("window-features", 9)
    const none = "mean NaN Cel, range NaN Cel"
    assert.deepEqual(lines.slice(0, 5).map(rounded), [
        ...[none, none, none, none],
        "mean 21.5 Cel, range 0 Cel",
    ])
})

test("fifo-windows: whole windows, a second apart", async () => {
    const lines = await printed("fifo-windows", 10.5)
    assert.ok(lines.length === 9 || lines.length === 10, `${lines.length} windows in 10 s`)
    assert.deepEqual([...new Set(lines)], ["50 samples, range 0 m/s2"])
})

// The trainer's threshold is at 365 lx (models/occupancy/README.md).
test("generated-model: classes by the threshold, and no class for a reading that did not come", async () => {
    assert.deepEqual(await printed("generated-model", 3), [
        "0 lx: vacant",
        "300 lx: vacant",
        "400 lx: occupied",
        "NaN lx: unknown",
        "1000 lx: occupied",
    ])
})

test("packed-model: a damaged model is refused, a whole one answers from then on", async () => {
    assert.deepEqual(await printed("packed-model", 3), [
        "built in: 500 lx is occupied",
        'damaged: "altered"',
        "still: 500 lx is occupied",
        'whole: ""',
        "from then on: 500 lx is vacant",
    ])
})

test("detectors: both notice the kettle when it begins to boil, and nothing else", async () => {
    const lines = await printed("detectors", 3)
    const minutes = (who: string) =>
        lines.filter(line => line.endsWith(`: ${who}`)).map(line => parseInt(line.slice(7)))
    const [ewma, fastSlow] = [minutes("ewma"), minutes("fast and slow")]
    assert.equal(ewma.length + fastSlow.length, lines.length)
    assert.equal(ewma[0], 120)
    assert.equal(fastSlow.length, 1)
    assert.ok(
        [...ewma, ...fastSlow].every(minute => minute >= 120 && minute < 140),
        lines.join()
    )
})

test("steady-verdict: what flickers does not count, what holds for three rounds does", async () => {
    const lines = await printed("steady-verdict", 3)
    assert.deepEqual(
        lines.map(line => line.split(" holds ")[1]),
        ["vacant", "vacant", "vacant", "vacant", "vacant", "occupied", "occupied"]
    )
})

test("outbox: alarms first, then the newest; the oldest have made room", async () => {
    const order = ["5 alarm", "6 routine", "4 routine", "3 routine"]
    assert.deepEqual(await printed("outbox", 3), ["dropped: 0-2", ...order])
})

test("settings: what was not set, and what was kept", async () => {
    assert.deepEqual(await printed("settings", 5), ["BROKER is not set", "started 1 times, kept"])
})

test("wall-clock: half of the round trip is taken off", async () => {
    const [asks, ...lines] = await printed("wall-clock", 3)
    // A map of one pair (a1), the text "time" (64 74 69 6d 65).
    assert.equal(asks, "asks a16474696d65...")
    assert.deepEqual(lines, ["knows the time: false", "takes it: true", "100 ms after noon"])
})

test("sealed-report: what is open is SenML, and sealing costs a nonce, a tag and their wrapping", async () => {
    const [open, sealed] = await printed("sealed-report", 3)
    const [, hex] = /^open 23 B: ([0-9a-f]{46})$/.exec(open) ?? []
    // RFC 8949, 3.4.4: tag 4 is exponent and mantissa.
    const options = { useMaps: true, tags: { 4: (content: () => unknown) => content() } }
    const [, reading] = decode(Buffer.from(hex, "hex"), options)
    // RFC 8428, chapter 6: the name is 0, the value is 2.
    assert.equal(reading.get(0), "t")
    assert.deepEqual(reading.get(2), [-1, 215])
    const bytes = parseInt(sealed.slice(7))
    // RFC 9052: an array of three, of headers and a ciphertext; 13 B of nonce, 8 B of tag.
    assert.ok(bytes > 23 + 13 + 8 && bytes <= 23 + 13 + 8 + 12, sealed)
})

/** A desk where the lamp goes on after ten minutes and stays on. */
const LAMP: World = {
    name: "lamp",
    rowMs: 60_000,
    rows: undefined,
    conditionsAt: (_, timeMs) => ({ ...DESK, illuminanceLuxes: timeMs < 600_000 ? 20 : 500 }),
    truthAt: () => undefined,
}

interface Rehearsed {
    lines: string[]
    /** By the order in which they came. */
    sequences: number[]
    reported: Map<string, number>
    acknowledged: number
}

/** An example that is a node, with a broker of its own. */
async function rehearsed(example: string, seconds: number, faults = ""): Promise<Rehearsed> {
    const image = await compile(`examples/${example}.ts`)
    const lines: string[] = []
    const sequences: number[] = []
    const rehearsal = await Rehearsal.create({
        image: image.bytes,
        seats: image.parts,
        nodes: 1,
        world: LAMP,
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        faults: faults === "" ? [] : parseFaults(faults, []),
        exact: false,
        print: (_, line) => line.startsWith("> ") && lines.push(line.slice(2)),
        onHeard: (_, { sequence }) => sequences.push(sequence),
    })
    await rehearsal.run()
    const [{ reported, acknowledged }] = rehearsal.rows()
    await rehearsal.close()
    assert.deepEqual(rehearsal.panics(), [])
    return { lines, sequences, reported, acknowledged }
}

test("report-policy: a report a minute, an alarm with the lamp, and the light is never told", async () => {
    const { lines, sequences, reported } = await rehearsed("report-policy", 905)
    const told = lines.filter(line => line.startsWith("report "))
    assert.equal(told.length, 15)
    assert.deepEqual(
        told.map((line, i) => line === `report ${i}, ${i === 10 ? "an alarm" : "routine"}`),
        told.map(() => true),
        told.join()
    )
    assert.deepEqual(
        sequences,
        told.map((_, i) => i)
    )
    assert.deepEqual([...reported.keys()].sort(), [
        "carbonDioxidePpm",
        "relativeHumidityPercent",
        "temperatureCelsius",
    ])
})

test("while-offline: after an outage the newest report comes, and those between are gone", async () => {
    const { lines, sequences } = await rehearsed("while-offline", 540, "refuse:until=330s")
    const made = lines.filter(line => line.startsWith("report ")).length
    assert.ok(made >= 8, `${made} reports were made`)
    const [first] = sequences
    assert.ok(first >= 5, `the first that came was ${first}`)
    assert.deepEqual(
        sequences,
        Array.from({ length: made - first }, (_, i) => first + i)
    )
})

test("mqtt: what it says comes back, and is acknowledged", async () => {
    const { lines } = await rehearsed("mqtt", 12)
    const heard = lines.filter(line => line.startsWith("heard motewise/uptime: "))
    assert.ok(heard.length >= 2, lines.join())
    for (const [i, line] of heard.entries()) {
        assert.match(line, new RegExp(`: ${i === 0 ? "[0-3]" : i * 5} s$`))
        assert.ok(lines.includes(`the broker has ${i}`), lines.join())
    }
})
