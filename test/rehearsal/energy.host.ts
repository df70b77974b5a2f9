/** The account of energy, from the node through the broker to its figures, on good days and bad. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { compile } from "../../image/compile"
import { energyFigures } from "../../rehearsal/energy"
import { Rehearsal } from "../../rehearsal/rehearsal"
import { PART_NAMES } from "../../sim/breadboard"
import { parseFaults } from "../../sim/faults"
import { worldKind } from "../../sim/worlds/worlds"
import { BOARD_POWER } from "../../src/power/board-power"
import type { Span } from "../../src/power/energy"

const C3 = BOARD_POWER.esp32c3
const BATTERY_MILLIWATT_HOURS = 10_800

async function usedIn(seconds: number, faults: string, entry = "src/main.ts"): Promise<Span[]> {
    const { bytes: image } = await compile(entry)
    const rehearsal = await Rehearsal.create({
        image,
        nodes: 1,
        world: worldKind("room").make(1, 1),
        seed: 1,
        virtual: true,
        speed: 1,
        seconds,
        faults: faults === "" ? [] : parseFaults(faults, PART_NAMES),
        exact: false,
        print: () => {},
    })
    await rehearsal.run()
    const [{ used }] = rehearsal.rows()
    assert.deepEqual(rehearsal.panics(), [])
    await rehearsal.close()
    return used
}

const figuresOf = (used: Span[]) => energyFigures(used, C3, BATTERY_MILLIWATT_HOURS)

test("a node tells with its summaries what it has used, and the far end multiplies", async () => {
    const [span, ...others] = await usedIn(7200, "")
    assert.deepEqual(others, [])
    assert.equal(span.use.chip, "wasm")
    assert.ok(span.uptimeMs > 6_800_000, `told at ${span.uptimeMs} ms`)
    assert.ok(span.samples >= 114 && span.reports >= 23, `${span.samples}, ${span.reports}`)
    const figures = figuresOf([span])
    assert.ok(figures !== null, "figures")
    // At rest 70.851 mW; an exchange a minute is 0.3 mW, rounds 0.07 mW.
    assert.ok(figures.meanMilliwatts > 70.9 && figures.meanMilliwatts < 71.5, "mean")
    assert.ok(figures.batteryDays > 6.29 && figures.batteryDays < 6.35, "days")
    // 100 to 300 ms at 3.3 V and 7 mA.
    const { millijoulesPerSample } = figures
    assert.ok(millijoulesPerSample !== null, "a sample")
    assert.ok(millijoulesPerSample > 2.3 && millijoulesPerSample < 7, `${millijoulesPerSample} mJ`)
})

test("of a node that never connected nothing is known, and no figure is made up", async () => {
    const used = await usedIn(1800, "brokerKill:from=0s,for=1800s")
    assert.deepEqual(used, [])
    assert.equal(figuresOf(used), null)
})

test("a link that goes dead costs a connection and what is sent again: more radio for the same reports", async () => {
    const [good] = await usedIn(7200, "")
    const [bad] = await usedIn(7200, "halfOpen:from=10min,every=15min,until=100min,for=3min")
    assert.ok(bad.use.packets > good.use.packets, `${bad.use.packets}, ${good.use.packets} packets`)
    assert.ok(bad.use.sentBytes > good.use.sentBytes, "bytes")
    const onGood = figuresOf([good])?.millijoulesPerReport ?? NaN
    const onBad = figuresOf([bad])?.millijoulesPerReport ?? NaN
    assert.ok(onBad > onGood, `${onBad} mJ a report, on a good day ${onGood}`)
})

test("each boot keeps its own account, and the figures are of both", async () => {
    const used = await usedIn(7200, "brownOut:from=1h")
    assert.equal(used.length, 2)
    assert.ok(used[0].uptimeMs < 3_600_000 && used[1].uptimeMs < 3_600_000, "each its own time")
    const both = figuresOf(used)
    const second = figuresOf([used[1]])
    assert.ok(both !== null && second !== null, "figures")
    assert.ok(both.meanMilliwatts > 70.851 && second.meanMilliwatts > 70.851, "mean")
})

test("a program that keeps no account tells of none", async () => {
    assert.deepEqual(await usedIn(600, "", "bench/programs/soak.ts"), [])
})
