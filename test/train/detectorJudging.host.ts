/** What a detector's alarms are worth, counted by hand; and which of equally good candidates is taken. */
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { alarmStarts, delayRows, episodesOf, figuresOf } from "../../train/detector/judging"
import { middleOfBest, type Outcome } from "../../train/detector/labelled"
import { asTicks, autocorrelation, inputFor, typicalDeviation } from "../../train/detector/scale"
import { eventsOf } from "../../train/detector/streams"

describe("alarms", () => {
    test("within 60 rows of each other are one episode", () => {
        assert.deepEqual(episodesOf([]), [])
        assert.deepEqual(episodesOf([5, 65, 125, 186]), [
            { start: 5, end: 125 },
            { start: 186, end: 186 },
        ])
    })

    test("that do not end are counted again every 240 rows where a detector is chosen", () => {
        const lasting = Array.from({ length: 500 }, (_, i) => 100 + i)
        assert.deepEqual(alarmStarts(lasting), [100, 341, 582])
        assert.deepEqual(
            episodesOf(lasting).map(({ start }) => start),
            [100]
        )
        assert.deepEqual(alarmStarts([5, 65, 125, 186]), [5, 186])
    })

    test("are of an event from 12 rows before it to 240 behind its start, or to its end", () => {
        const event = { start: 1000, end: 1099 }
        assert.equal(delayRows(event, [987, 1241]), undefined)
        assert.equal(delayRows(event, [988]), 0)
        assert.equal(delayRows(event, [987, 1003, 1004]), 3)
        assert.equal(delayRows(event, [1240]), 240)
        assert.equal(delayRows({ start: 1000, end: 1400 }, [1400]), 400)
    })

    test("are false where no event is near, and counted by group", () => {
        const streams = [
            {
                events: [
                    { start: 100, end: 109 },
                    { start: 900, end: 919 },
                ],
            },
            { events: [{ start: 50, end: 59 }] },
            { events: [] },
        ]
        // The first: 5 rows late, false at 500. The second starts before its event and is false, and yet hits it. The third: two.
        const alarms = [
            [105, 106, 500],
            [30, 31, 50],
            [7, 20, 400],
        ]
        assert.deepEqual(figuresOf(streams, alarms), {
            events: 3,
            eventsHit: 2,
            maxDelayRows: 5,
            alarmEpisodes: 5,
            falseEpisodes: 4,
            rightRows: 3,
            eventRows: 40,
        })
        assert.equal(figuresOf(streams, [[], [], []]).maxDelayRows, undefined)
    })
})

test("an event is a run of unusual rows of one group, whatever stands between its rows in the file", () => {
    //              0  1  2  3  4  5  6  7
    const truths = [0, 1, 1, 1, 0, 1, 1, 1]
    assert.deepEqual(eventsOf(truths, Int32Array.from([0, 2, 4, 6])), [
        { start: 1, end: 1 },
        { start: 3, end: 3 },
    ])
    assert.deepEqual(eventsOf(truths, Int32Array.from([1, 3, 5, 7])), [{ start: 0, end: 3 }])
})

describe("of candidates as good as the best", () => {
    const good: Outcome = { events: 1, eventsHit: 1, falseEpisodes: 0, maxDelayRows: 0 }
    const late: Outcome = { ...good, maxDelayRows: 9 }
    const loud: Outcome = { ...good, falseEpisodes: 1 }
    const deaf: Outcome = { events: 1, eventsHit: 0, falseEpisodes: 0 }
    const outcomes: Record<string, Outcome> = { g: good, l: late, f: loud, ".": deaf }
    const grid = (...rows: string[]) =>
        rows
            .join("")
            .split("")
            .map(sort => outcomes[sort])

    test("the middle one is taken", () => {
        assert.deepEqual(middleOfBest([1, 7], grid("ffggg.."), 2), { index: 3, asGood: 3 })
        // The widest part of the plateau, in both directions; not its tail.
        const plateau = grid("fffff", "fggg.", "fggg.", "fggg.", "ffg..", "ffg..")
        assert.deepEqual(middleOfBest([6, 5], plateau, 2), { index: 2 * 5 + 2, asGood: 11 })
    })

    test("but none further than twice above what alarms falsely", () => {
        assert.deepEqual(middleOfBest([1, 11], grid("ffggggggggg"), 2), { index: 4, asGood: 9 })
    })

    test("hits come before false episodes, and these before the delay", () => {
        assert.equal(middleOfBest([3], grid(".fl"), 2).index, 2)
        assert.equal(middleOfBest([3], grid(".f."), 2).index, 1)
        assert.equal(middleOfBest([3], grid("lgl"), 2).index, 1)
        assert.equal(middleOfBest([3], grid("lgl"), 9).asGood, 3)
    })
})

describe("a channel's scale", () => {
    test("has the recording's range in the middle eighth of the ticks", () => {
        const values = Float64Array.from({ length: 1001 }, (_, i) => 20 + i / 100)
        const { offset, step } = inputFor("t", values)
        // 20..30: 80 over 65,534 ticks.
        assert.ok(Math.abs(step - 80 / 65534) < 1e-8, `${step}`)
        assert.ok(Math.abs(offset - 25) < step, `${offset}`)
        const input = { measurand: "t", feature: "last", offset, step }
        const [within, above, missing] = asTicks(input, Float64Array.from([27.5, 1e9, NaN]))
        assert.ok(Math.abs(within - 27.5) <= step, `${within}`)
        assert.ok(Math.abs(above - 65) < 0.01, `${above}`)
        assert.ok(Number.isNaN(missing), "a missing value stays missing")
    })

    test("is not that of two wild readings", () => {
        const values = Float64Array.from({ length: 1001 }, (_, i) => 101000 + (i % 100))
        values[500] = 9e8
        values[600] = -9e8
        const { step, offset } = inputFor("p", values)
        assert.ok(Math.abs(offset - 101050) < 100, `${offset}`)
        // Four times what 98 % span above the middle, and as much below: some 780 Pa in an eighth of the ticks.
        assert.ok(step < (8 * 800) / 65534, `${step}`)
    })

    test("has the deviation most rows have, of any unit", () => {
        const values = Float64Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 3 : -3))
        values.fill(1000, 100, 110)
        const typical = typicalDeviation([values], 1 / 64, 0.001)
        // +-3 by turns is a standard deviation of 3.
        assert.ok(typical > 2.9 && typical < 3.3, `${typical}`)
        assert.equal(typicalDeviation([new Float64Array(100).fill(5)], 1 / 64, 0.5), 0.5)
    })

    test("wanders when it is what it was a while ago, and not when it is noise", () => {
        const slow = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i / 200))
        const noise = Float64Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 1000)
        assert.ok(autocorrelation([slow], 10) > 0.9, "slow")
        assert.ok(Math.abs(autocorrelation([noise], 10)) < 0.5, "noise")
    })
})
