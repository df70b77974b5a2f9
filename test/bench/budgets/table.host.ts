/** What the table tells, and that every app is held to its budgets. */
import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { test } from "node:test"
import { HALF_BYTES } from "../../../sim/store-layout"
import { MAX_STEPS } from "../../../sim/vm/counting-vm"
import type { NodeDay } from "../../../bench/budgets/day"
import { CODE } from "../../../bench/budgets/limits"
import { dayRows, failures, rowOf, sizeRows } from "../../../bench/budgets/rows"
import { StoreWear } from "../../../bench/budgets/store-wear"
import { apps } from "../../../image/apps"
import { inProject } from "../../../image/project"

const DAY: NodeDay = {
    heapBytes: 40_000,
    aliveBytes: 30_000,
    growthBytesADay: 0,
    fibers: 5,
    stretchSteps: 20_000,
    panics: 0,
    flashWritesADay: 10,
    flashYears: 1000,
    packetsADay: 3200,
    bytesADay: 45_000,
    bytesAReport: 110,
    changesADay: 5,
    measurands: 4,
}

test("every app has a suite that holds it to its budgets", () => {
    for (const app of apps().keys())
        assert.ok(existsSync(inProject(`test/bench/budgets/${app}.host.ts`)), app)
})

test("a row tells the value, the budget, the last value and the change", () => {
    const row = rowOf("room", CODE, 40_000, { code: 39_000 })
    // 48 kB of code: design.md, chapter 8.
    assert.deepEqual(row, {
        app: "room",
        measure: "code",
        unit: "B",
        value: 40_000,
        budget: 49_152,
        atLeast: false,
        ok: true,
        last: 39_000,
        change: 1000,
    })
    assert.equal(rowOf("room", CODE, 49_152).ok, true)
    assert.equal(rowOf("room", CODE, 49_153).ok, false)
    assert.equal("last" in rowOf("room", CODE, 1), false)
})

test("boards with one image share its rows, and another image has its own", () => {
    const rows = sizeRows("room", [
        { boards: ["a", "b"], codeBytes: 1, imageBytes: 2 },
        { boards: ["c"], codeBytes: 50_000, imageBytes: 57_344 },
    ])
    assert.deepEqual(
        rows.map(({ measure }) => measure),
        ["code", "image", "code (c)", "image (c)"]
    )
    assert.deepEqual(
        failures(rows).map(({ measure }) => measure),
        ["code (c)"]
    )
})

test("each figure of a day that is too much is over, and no other with it", () => {
    assert.deepEqual(failures(dayRows("x", [DAY, DAY])), [])
    const tooMuch: [Partial<NodeDay>, string][] = [
        [{ heapBytes: 48 * 1024 + 1 }, "heap of 64 kB, with garbage"],
        [{ aliveBytes: 32 * 1024 + 1 }, "heap of 40 kB, alive"],
        [{ growthBytesADay: 257 }, "heap growth a day"],
        [{ fibers: 9 }, "fibers"],
        [{ stretchSteps: MAX_STEPS / 4 + 1 }, "steps between awaits"],
        [{ panics: 1 }, "panics"],
        [{ flashWritesADay: 35 }, "flash writes a day"],
        [{ flashYears: 19 }, "flash lasts"],
        // Of 288 reports, twice 5 changes, 1,440 pings and 96 others, each with its answer.
        [{ packetsADay: 2 * (288 + 10 + 1440 + 96) + 1 }, "packets a day"],
        [{ bytesADay: (288 + 10) * 124 + 1440 * 4 + 16_384 + 1 }, "bytes a day"],
        [{ bytesAReport: 121 }, "bytes a report"],
    ]
    for (const [figures, measure] of tooMuch) {
        const node = { ...DAY, ...figures }
        assert.deepEqual(
            failures(dayRows("x", [node, node])).map(row => row.measure),
            [measure]
        )
    }
})

test("a report of more measurands may be longer, and one of fewer not shorter", () => {
    const day = (measurands: number) => ({ ...DAY, measurands })
    const budgetOf = (measurands: number) =>
        dayRows("x", [day(measurands), day(measurands)]).find(
            ({ measure }) => measure === "bytes a report"
        )?.budget
    assert.deepEqual([0, 4, 5].map(budgetOf), [120, 120, 135])
})

test("flash lasts as long as the arithmetic says", () => {
    // A store as sim/store-layout.ts has it: a header, then entries of 24 B; a value of 18 B takes 24.
    const image = Buffer.alloc(2 * HALF_BYTES, 0xff)
    image.writeUInt32LE(0x52545346, 0)
    image.writeUInt32LE(0x6becea0a, 4)
    image.writeUInt32LE(1, 8)
    const wear = new StoreWear()
    const put = (index: number) => {
        const at = 24 + index * 24
        image.fill(0, at, at + 16)
        image.write(`a${index % 2}`, at)
        image.writeUInt32LE(HALF_BYTES - 24 * (index + 1), at + 16)
        image.writeUInt32LE(18, at + 20)
        wear.look(image)
    }
    wear.look(image)
    for (let index = 0; index < 50; ++index) put(index)
    assert.equal(wear.writes, 50)
    // Two values of 48 B are alive, so a half takes 8,096 B: 50 writes a day erase a sector every 6.75 days, 100,000 times in 1,847 years.
    assert.equal(
        Math.round(wear.years(1)),
        Math.round((100_000 * 2 * (8192 - 96)) / (50 * 48) / 365.25)
    )
})
