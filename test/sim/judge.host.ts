import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Judge, ROWS_AHEAD_MAX } from "../../sim/judge"
import type { World } from "../../sim/worlds/world"

const ROW_MS = 1000

/** A recording of these truths; "-" is a row nobody labelled. */
function recorded(truths: string): World {
    return {
        name: "recorded",
        rowMs: ROW_MS,
        rows: truths.length,
        conditionsAt: () => ({}),
        truthAt: (_place, row) => (truths[row] === "-" ? undefined : truths[row]),
    }
}

/** A world without end in which every truth is "o". */
const ENDLESS: World = {
    name: "endless",
    rowMs: ROW_MS,
    rows: undefined,
    conditionsAt: () => ({}),
    truthAt: () => "o",
}

function judgeOf(truths: string) {
    return new Judge(recorded(truths), 0)
}

function assertTally(judge: Judge, rows: number, labelled: number, correct: number) {
    const accuracy = labelled ? correct / labelled : undefined
    const { verdicts: _, ...tally } = judge.tally()
    assert.deepEqual(tally, { rows, labelled, correct, accuracy })
}

test("nothing heard is nothing judged", () => {
    const judge = judgeOf("vvv")
    assertTally(judge, 0, 0, 0)
    judge.hear(0, "v")
    assertTally(judge, 0, 0, 0)
})

test("a verdict holds until the next one", () => {
    const judge = judgeOf("vvooov")
    judge.hear(0, "v")
    judge.hear(2100, "o")
    judge.hear(5999, "v")
    judge.heardUntil(5999)
    assertTally(judge, 6, 6, 6)
})

test("a verdict counts for the row it was sampled in, and not for the one before", () => {
    const judge = judgeOf("vo")
    judge.hear(0, "v")
    judge.hear(1000, "o")
    judge.heardUntil(1000)
    assertTally(judge, 2, 2, 2)

    const late = judgeOf("vo")
    late.hear(0, "v")
    late.hear(2000, "o")
    late.heardUntil(1999)
    assertTally(late, 2, 2, 1)
})

test("of several verdicts of one row the last one counts", () => {
    const judge = judgeOf("o")
    judge.hear(100, "v")
    judge.hear(900, "o")
    judge.hear(500, "v") // heard last, sampled before
    judge.heardUntil(999)
    assertTally(judge, 1, 1, 1)
})

test("of two verdicts with one time the one heard last counts", () => {
    const judge = judgeOf("o")
    judge.hear(100, "v")
    judge.hear(100, "o")
    judge.heardUntil(100)
    assertTally(judge, 1, 1, 1)
})

test("the row heardUntil lies in counts, the next one does not", () => {
    const judge = judgeOf("vvvv")
    judge.hear(0, "v")
    judge.heardUntil(0)
    assertTally(judge, 1, 1, 1)
    judge.heardUntil(999)
    assertTally(judge, 1, 1, 1)
    judge.heardUntil(1000)
    assertTally(judge, 2, 2, 2)
})

test("asking twice does not count twice", () => {
    const judge = judgeOf("vvv")
    judge.hear(0, "v")
    judge.heardUntil(1500)
    judge.tally()
    assertTally(judge, 2, 2, 2)
    judge.heardUntil(2500)
    assertTally(judge, 3, 3, 3)
})

test("without a verdict, and with unknown, a row is wrong", () => {
    const judge = judgeOf("vvvv")
    judge.heardUntil(1500)
    assertTally(judge, 2, 2, 0)
    judge.hear(2000, "unknown")
    judge.heardUntil(2500)
    assertTally(judge, 3, 3, 0)
    judge.hear(3000, "v")
    judge.heardUntil(3500)
    assertTally(judge, 4, 4, 1)
})

test("a row without a truth is a row, and nothing more", () => {
    const judge = judgeOf("v--o")
    judge.hear(0, "v")
    judge.heardUntil(3999)
    assertTally(judge, 4, 2, 1)
    const unlabelled = judgeOf("--")
    unlabelled.heardUntil(1999)
    assertTally(unlabelled, 2, 0, 0)
})

test("rows that ended before the first sample do not count", () => {
    const judge = judgeOf("vvvvv")
    judge.startedAt(2000)
    judge.hear(2500, "v")
    judge.heardUntil(3500)
    assertTally(judge, 2, 2, 2)
})

test("the row of the first sample counts, and the wait for a verdict is the node's fault", () => {
    const judge = judgeOf("vvvvv")
    judge.startedAt(1999)
    judge.hear(3000, "v")
    judge.heardUntil(3500)
    assertTally(judge, 3, 3, 1)
})

test("the start cannot be moved once rows are final", () => {
    const judge = judgeOf("vvv")
    judge.heardUntil(500)
    judge.startedAt(500)
    judge.heardUntil(1000)
    assert.throws(() => judge.startedAt(0), assert.AssertionError)
})

test("a late report changes the open row, and no final one", () => {
    const judge = judgeOf("oooo")
    judge.hear(0, "v")
    judge.heardUntil(2000)
    assertTally(judge, 3, 3, 0)
    judge.hear(1500, "o") // row 1 is final; row 2 is open, and this is now the last word before its end
    assertTally(judge, 3, 3, 1)
    judge.heardUntil(3000)
    assertTally(judge, 4, 4, 2)
})

test("a late report does not outweigh a newer one", () => {
    const judge = judgeOf("oooo")
    judge.hear(1900, "o")
    judge.heardUntil(2500)
    assertTally(judge, 3, 3, 2)
    judge.hear(500, "v")
    judge.hear(1800, "v")
    assertTally(judge, 3, 3, 2)
})

test("a verdict ahead of what was heard waits for its row", () => {
    const judge = judgeOf("vvo")
    judge.hear(2000, "o")
    judge.hear(0, "v")
    judge.heardUntil(1000)
    assertTally(judge, 2, 2, 2)
    judge.heardUntil(2000)
    assertTally(judge, 3, 3, 3)
})

test("going back with heardUntil means nothing", () => {
    const judge = judgeOf("vvv")
    judge.hear(0, "v")
    judge.heardUntil(2500)
    judge.heardUntil(100)
    assertTally(judge, 3, 3, 3)
})

test("after the last row of a recording nothing more is counted", () => {
    const judge = judgeOf("vv")
    judge.hear(0, "v")
    judge.hear(5000, "o")
    judge.heardUntil(1e15)
    assertTally(judge, 2, 2, 2)
    judge.hear(1e15, "o")
    assertTally(judge, 2, 2, 2)
})

test("the place is the judge's own", () => {
    const world: World = { ...ENDLESS, truthAt: place => (place === 3 ? "v" : "o") }
    const judge = new Judge(world, 3)
    judge.hear(0, "v")
    judge.heardUntil(0)
    assertTally(judge, 1, 1, 1)
})

test("each row's truth is looked up once when final, and once more for each tally", () => {
    let looked = 0
    const judge = new Judge({ ...ENDLESS, truthAt: () => (++looked, "o") }, 0)
    for (let row = 0; row <= 1000; ++row) judge.heardUntil(row * ROW_MS)
    assert.equal(looked, 1000)
    judge.tally()
    assert.equal(looked, 1001)
})

test("a day of verdicts may be ahead; what is older is then final unheard", () => {
    const judge = new Judge(ENDLESS, 0)
    for (let row = 0; row <= ROWS_AHEAD_MAX; ++row) judge.hear(row * ROW_MS, "o")
    assertTally(judge, 0, 0, 0)
    for (let extra = 1; extra <= 10; ++extra) judge.hear((ROWS_AHEAD_MAX + extra) * ROW_MS, "o")
    assertTally(judge, 10, 10, 10)
    judge.hear(3 * ROW_MS, "v") // final
    assertTally(judge, 10, 10, 10)
    judge.heardUntil((ROWS_AHEAD_MAX + 10) * ROW_MS)
    assertTally(judge, ROWS_AHEAD_MAX + 11, ROWS_AHEAD_MAX + 11, ROWS_AHEAD_MAX + 11)
})

test("what a judge keeps does not grow with the run", () => {
    const kept = (judge: Judge) =>
        Object.values(judge)
            .filter(value => value instanceof Map)
            .map(map => map.size)
    const heardOut = new Judge(ENDLESS, 0)
    const unheard = new Judge(ENDLESS, 0)
    const recording = judgeOf("vvv")
    for (let row = 0; row < 5000; ++row) {
        for (const judge of [heardOut, unheard, recording]) judge.hear(row * ROW_MS, "o")
        for (const judge of [heardOut, recording]) judge.heardUntil(row * ROW_MS)
    }
    assert.deepEqual(kept(heardOut), [1])
    assert.deepEqual(kept(unheard), [ROWS_AHEAD_MAX + 1])
    assert.deepEqual(kept(recording), [0])
})

test("a time that is none is refused", () => {
    const judge = judgeOf("v")
    for (const timeMs of [-1, NaN, Infinity]) {
        assert.throws(() => judge.hear(timeMs, "v"), assert.AssertionError)
        assert.throws(() => judge.heardUntil(timeMs), assert.AssertionError)
        assert.throws(() => judge.startedAt(timeMs), assert.AssertionError)
    }
})

test("heard in any order before its row is final, a report gives the tally of the definition", () => {
    const truths = fc.array(fc.constantFrom("v", "o", "-"), { minLength: 1, maxLength: 12 })
    const reports = fc.uniqueArray(
        fc.record({
            sampleTimeMs: fc.integer({ min: 0, max: 13_000 }),
            verdict: fc.constantFrom("v", "o", "unknown"),
        }),
        { selector: report => report.sampleTimeMs, maxLength: 20 }
    )
    const until = fc.integer({ min: 0, max: 15_000 })
    fc.assert(
        fc.property(truths, reports, fc.integer({ min: 0, max: 5000 }), until, (...drawn) => {
            const [labels, heard, startedAt, heardUntil] = drawn
            const judge = judgeOf(labels.join(""))
            judge.startedAt(startedAt)
            for (const report of heard) judge.hear(report.sampleTimeMs, report.verdict)
            judge.heardUntil(heardUntil)

            let [rows, labelled, correct] = [0, 0, 0]
            labels.forEach((truth, row) => {
                const end = (row + 1) * ROW_MS
                if (end <= startedAt || row > Math.floor(heardUntil / ROW_MS)) return
                ++rows
                if (truth === "-") return
                ++labelled
                const before = heard.filter(report => report.sampleTimeMs < end)
                before.sort((one, other) => other.sampleTimeMs - one.sampleTimeMs)
                if (before[0]?.verdict === truth) ++correct
            })
            assertTally(judge, rows, labelled, correct)
        }),
        { numRuns: 500 }
    )
})

test("rows with a verdict are counted, and unknown is none", () => {
    const judge = judgeOf("vvvv-v")
    judge.hear(1000, "v")
    judge.hear(3000, "unknown")
    judge.hear(4000, "o")
    judge.heardUntil(5000)
    assert.equal(judge.tally().verdicts, 4) // rows 1, 2, 4 and 5
})
